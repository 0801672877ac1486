"""The two passes of the search in torch alone: made for a GPU, right on any device."""

import numpy as np
import torch

from patchprobe.neighbours.engine import Engine

_MAX_CANDIDATES = 4_000_000  # before the best are picked
_PAIRS_AT_ONCE = 8192
_OPEN_ROWS = 2**19  # (query, setting) pairs times bank rows that are looked at again at once
_BLOCK, _TILE = 32768, 4096  # bank rows and queries whose products are held at once


class GpuEngine(Engine):
    """Its maxima have the shape (n_settings, n_queries, n_groups)."""

    def _bank_squares(self):
        return torch.cat([self._squares(rows) for _, rows in self.bank.blocks(_BLOCK)])

    def _squares(self, rows):
        return self._prefix_sums(rows.double().square_())

    def _prefix_sums(self, rows):
        """Sums of each prefix along the last axis: (..., n_features) -> (..., n_kept)."""
        sums = [rows[..., a:b].sum(-1) for a, b in self.layout.segments()]
        return torch.stack(sums, -1).cumsum(-1)

    def _scores(self, queries, rows, start, stop):
        """Yield float32 scores (n_queries, n_rows) of one setting and similarity after another.

        Rows are bank rows start..stop. For L2 the score is q.b - |b|^2 / 2: minus half the squared
        distance up to |q|^2 / 2, which is the same for all rows of the bank. The yielded array is
        overwritten by the next one.
        """
        products = torch.zeros(len(queries), len(rows), device=rows.device)
        scaled = torch.empty_like(products)
        for i, (a, b) in enumerate(self.layout.segments()):
            products.addmm_(queries[:, a:b], rows[:, a:b].T)
            for similarity in self.layout.similarities:
                if similarity == "dot":
                    yield products
                elif similarity == "l2":
                    yield torch.sub(products, self.half_squares[i, start:stop], out=scaled)
                else:
                    yield torch.mul(products, self.inverse_norms[i, start:stop], out=scaled)

    def _group_maxima(self, queries):
        """Best score in each group of bank rows: (n_settings, n_queries, n_groups)."""
        shape = (self.layout.n, len(queries), self.n_groups)
        maxima = torch.empty(shape, device=queries.device)
        for start, rows in self.bank.blocks(_BLOCK):
            first = start // self.group
            for q in range(0, len(queries), _TILE):
                part = queries[q : q + _TILE]
                for s, scores in enumerate(self._scores(part, rows, start, start + len(rows))):
                    best = _maxima(scores, self.group)
                    maxima[s, q : q + _TILE, first : first + best.shape[1]] = best
        return maxima

    def _kth_best(self, maxima):
        return maxima.topk(self.layout.k).values[..., -1]

    def _set(self, maxima, groups, value):
        maxima.masked_fill_(groups, value)

    def _rank(self, queries, maxima, lowest, excluded):
        is_open = maxima >= lowest[..., None]
        found = _Candidates(self.layout, len(queries))
        at_once = max(64, _OPEN_ROWS // self.group)
        for start, rows in self.bank.blocks(self.group):
            pairs = is_open[..., start // self.group].T.nonzero()  # (query, setting), by query
            for query, setting in (part.T for part in pairs.split(at_once) if len(part)):
                self._rank_group(found, queries, lowest, excluded, query, setting, start, rows)
        return found.best()

    def _rank_group(self, found, queries, lowest, excluded, query, setting, start, rows):
        """Add the rows of a group that reach the lowest of (query, setting) pairs."""
        asking, position = query.unique_consecutive(return_inverse=True)
        shape = (self.layout.n, len(asking), len(rows))
        scores = torch.empty(shape, device=rows.device)
        for s, score in enumerate(self._scores(queries[asking], rows, start, start + len(rows))):
            scores[s] = score
        reached = scores[setting, position] >= lowest[setting, query, None]
        row = torch.arange(start, start + len(rows), device=rows.device)
        reached &= (row < excluded[query, :1]) | (row >= excluded[query, 1:])
        pair, row = reached.nonzero(as_tuple=True)
        distinct, where = (position[pair] * len(rows) + row).unique(return_inverse=True)
        exact = [
            self._exact(queries[asking[part // len(rows)]], rows[part % len(rows)])
            for part in distinct.split(_PAIRS_AT_ONCE)
        ]
        score = torch.cat(exact)[where, setting[pair]]
        found.add(setting[pair], query[pair], row + start, score)

    def _exact(self, queries, rows):
        """Float64 scores of pairs (query, row) under every setting: (n_pairs, n_settings)."""
        queries, rows = queries.double(), rows.double()
        dot = self._prefix_sums(queries * rows)
        scores = {"dot": dot}
        if "l2" in self.layout.similarities:
            scores["l2"] = self._prefix_sums((queries - rows).square()) / -2
        if "cosine" in self.layout.similarities:
            squares = [self._prefix_sums(side.square()) for side in (queries, rows)]
            norms = squares[0].sqrt() * squares[1].sqrt()
            scores["cosine"] = torch.where(norms > 0, dot / norms, 0)
        by_setting = torch.stack([scores[name] for name in self.layout.similarities], -1)
        return by_setting.flatten(1)


class _Candidates:
    """Scored candidates of all settings and queries, thinned to the best k when they get many."""

    def __init__(self, layout, n_queries):
        self.layout, self.n_queries = layout, n_queries
        self.parts, self.size = [], 0

    def add(self, setting, query, index, score):
        slot = setting * self.n_queries + query
        self.parts.append([array.cpu().numpy() for array in (slot, index, score)])
        self.size += len(slot)
        if self.size > _MAX_CANDIDATES:
            self._thin()

    def _thin(self):
        slot, index, score = (np.concatenate(arrays) for arrays in zip(*self.parts, strict=True))
        by_rank = np.lexsort((index, -score, slot))
        slot, index, score = slot[by_rank], index[by_rank], score[by_rank]
        rank = np.arange(len(slot)) - np.searchsorted(slot, slot)
        is_best = rank < self.layout.k
        self.parts = [[slot[is_best], index[is_best], score[is_best]]]
        self.size = int(is_best.sum())

    def best(self):
        self._thin()
        _, index, score = self.parts[0]
        layout = self.layout
        shape = (len(layout.kept), len(layout.similarities), self.n_queries, layout.k)
        return index.reshape(shape), score.reshape(shape)


def _maxima(scores, group):
    """Maximum over each `group` of columns; the last group may be shorter."""
    if excess := scores.shape[1] % group:
        padding = (0, group - excess)
        scores = torch.nn.functional.pad(scores, padding, value=-torch.inf)
    return scores.view(len(scores), -1, group).amax(-1)
