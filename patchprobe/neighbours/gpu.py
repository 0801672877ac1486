"""The two passes of the search in torch alone: made for a GPU, right on any device."""

import torch

from patchprobe.neighbours.engine import Engine

_MAX_CANDIDATES = 4_000_000  # added before the best are picked
_PAIRS_AT_ONCE = 8192
_OPEN_ROWS = 2**21  # (query, setting) pairs times bank rows that are looked at again at once
_BLOCK, _TILE = 32768, 4096  # bank rows and queries whose products are held at once
_MAXIMA_BYTES = 256 * 2**20  # of the group maxima of a chunk of queries
_MAXIMA_SHARE = 16  # and on a GPU, one part in so many of what is free


class GpuEngine(Engine):
    """Its maxima have the shape (n_settings, n_queries, n_groups)."""

    def _maxima_bytes(self):
        if self.bank.device.type != "cuda":
            return _MAXIMA_BYTES
        return torch.cuda.mem_get_info(self.bank.device)[0] // _MAXIMA_SHARE

    def _squares(self, rows):
        pieces = rows.split(_BLOCK)
        return torch.cat([self._prefix_sums(piece.double().square_()) for piece in pieces])

    def _prefix_sums(self, rows):
        """Sums of each prefix along the last axis: (..., n_features) -> (..., n_kept)."""
        sums = [rows[..., a:b].sum(-1) for a, b in self.layout.segments()]
        return torch.stack(sums, -1).cumsum(-1)

    def _scores(self, queries, rows, start, stop):
        """Yield float32 scores (n_queries, n_rows) of one setting and similarity after another.

        Rows are bank rows start..stop of this part. The yielded array is overwritten by the next
        one.
        """
        products = torch.empty(len(queries), len(rows), device=rows.device)
        scaled = torch.empty_like(products)
        for i, (a, b) in enumerate(self.layout.segments()):
            self.product.add(products, queries[:, a:b], rows[:, a:b], beta=min(i, 1))
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
        for start, rows in self._blocks(_BLOCK):
            first = start // self.group
            for q in range(0, len(queries), _TILE):
                part = queries[q : q + _TILE]
                for s, scores in enumerate(self._scores(part, rows, start, start + len(rows))):
                    best = _maxima(scores, self.group)
                    maxima[s, q : q + _TILE, first : first + best.shape[1]] = best
        return maxima

    def _blocks(self, n_rows):
        """Yield (start, rows) of this part, as they are multiplied."""
        for start in range(0, len(self.bank), n_rows):
            yield start, self.bank[start : start + n_rows].to(self.product.dtype)

    def _kth_best(self, maxima):
        if self.layout.k == 1:
            return maxima.amax(-1)
        return maxima.topk(self.layout.k).values[..., -1]

    def _set(self, maxima, groups, value):
        maxima.masked_fill_(groups, value)

    def _rank(self, queries, maxima, lowest, excluded, index, score):
        is_open = maxima >= lowest[..., None]
        so_far = (torch.from_numpy(array).to(queries.device) for array in (index, score))
        found = _Candidates(*so_far)
        at_once = max(64, _OPEN_ROWS // self.group)
        for start, rows in self._blocks(self.group):
            pairs = is_open[..., start // self.group].T.nonzero()  # (query, setting), by query
            for query, setting in (part.T for part in pairs.split(at_once) if len(part)):
                self._rank_group(found, queries, lowest, excluded, query, setting, start, rows)
        index[:], score[:] = (array.cpu().numpy() for array in found.best())

    def _rank_group(self, found, queries, lowest, excluded, query, setting, start, rows):
        """Add the rows of a group that reach the lowest of (query, setting) pairs."""
        asking, position = query.unique_consecutive(return_inverse=True)
        shape = (self.layout.n, len(asking), len(rows))
        scores = torch.empty(shape, device=rows.device)
        for s, score in enumerate(self._scores(queries[asking], rows, start, start + len(rows))):
            scores[s] = score
        reached = scores[setting, position] >= lowest[setting, query, None]
        row = torch.arange(len(rows), device=rows.device) + self.first + start
        reached &= (row < excluded[query, :1]) | (row >= excluded[query, 1:])
        pair, row = reached.nonzero(as_tuple=True)
        distinct, where = (position[pair] * len(rows) + row).unique(return_inverse=True)
        exact = [
            self._exact(queries[asking[part // len(rows)]], rows[part % len(rows)])
            for part in distinct.split(_PAIRS_AT_ONCE)
        ]
        score = torch.cat(exact)[where, setting[pair]]
        found.add(setting[pair], query[pair], row + self.first + start, score)

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
    """Scored candidates of all settings and queries, thinned to the best k when they get many.

    Parameters
    ----------
    index, score : torch.Tensor of shape (n_settings, n_queries, k)
        The best so far.
    """

    def __init__(self, index, score):
        self.shape, self.k = index.shape, index.shape[-1]
        slot = torch.arange(index.numel(), device=index.device) // self.k
        self.parts, self.n_added = [(slot, index.ravel(), score.ravel())], 0

    def add(self, setting, query, index, score):
        self.parts.append((setting * self.shape[1] + query, index, score))
        self.n_added += len(index)
        if self.n_added > _MAX_CANDIDATES:
            self._thin()

    def _thin(self):
        slot, index, score = (torch.cat(arrays) for arrays in zip(*self.parts, strict=True))
        by_rank = index.argsort()
        for key in (-score, slot):  # ties stay in the order of their indices
            by_rank = by_rank[key[by_rank].argsort(stable=True)]
        slot = slot[by_rank]
        rank = torch.arange(len(slot), device=slot.device) - torch.searchsorted(slot, slot)
        best = by_rank[rank < self.k]
        self.parts, self.n_added = [(slot[rank < self.k], index[best], score[best])], 0

    def best(self):
        self._thin()
        _, index, score = self.parts[0]
        return index.view(self.shape), score.view(self.shape)


def _maxima(scores, group):
    """Maximum over each `group` of columns; the last group may be shorter."""
    if excess := scores.shape[1] % group:
        padding = (0, group - excess)
        scores = torch.nn.functional.pad(scores, padding, value=-torch.inf)
    return scores.view(len(scores), -1, group).amax(-1)
