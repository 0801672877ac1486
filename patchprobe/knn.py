"""Exact nearest neighbours of patches: three similarities and every removal setting in one search.

Removing the m features of highest variance leaves a prefix of the features sorted from the lowest
variance upwards. So one block of inner products, accumulated in that order, passes through all
settings, and each of them gives the dot product, the L2 distance and the cosine (see `_scores`).
Eleven settings under three similarities cost about one search instead of thirty-three.

The search is exact. Blocks are scored in float32 with a rigorous bound on the rounding error; only
groups of bank rows whose best score lies within that bound of the best are looked at again, and
their rows are ranked in float64. Ties go to the lowest bank index.
"""

from dataclasses import dataclass

import numpy as np
import torch

from patchprobe.rows import RowBlocks

SIMILARITIES = ("dot", "l2", "cosine")

_UNIT_ROUNDOFF = 2.0**-24
_MAXIMA_BYTES = 256 * 2**20  # of group maxima kept for a chunk of queries
_MAX_CANDIDATES = 4_000_000  # before the best are picked
_PAIRS_AT_ONCE = 8192


@dataclass(frozen=True)
class Neighbours:
    """Neighbours under every setting and similarity.

    Attributes
    ----------
    n_removed : tuple of int
    similarities : tuple of str
    index : numpy.ndarray of shape (len(n_removed), len(similarities), n_queries, k), int64
        Bank rows, nearest first.
    score : numpy.ndarray of the same shape, float64
        Inner product, cosine, or (for "l2") minus half the squared distance: larger is nearer.
    """

    n_removed: tuple
    similarities: tuple
    index: np.ndarray
    score: np.ndarray


def search(
    queries,
    bank,
    order=None,
    n_removed=(0,),
    similarities=SIMILARITIES,
    k=1,
    device="cpu",
    cache_bytes=2 * 2**30,
):
    """The k nearest bank rows of every query, for each number of removed features.

    Parameters
    ----------
    queries : array of shape (n_queries, n_features)
        NumPy, Zarr or Dask; read in chunks.
    bank : array of shape (n_bank, n_features)
        Kept in memory as float16 or float32 if that takes at most `cache_bytes`, else streamed.
    order : sequence of int, optional
        A permutation of the features: the first m are removed. Default: as they come.
    n_removed : sequence of int
        Numbers m of features to remove, each below n_features.
    similarities : sequence of {"dot", "l2", "cosine"}
        The cosine with a zero vector counts as 0.
    k : int
    device : str
        "cpu" or "cuda".
    cache_bytes : int

    Returns
    -------
    Neighbours
    """
    n_features = bank.shape[1]
    order = np.arange(n_features) if order is None else np.asarray(order)
    _check(queries, bank, order, n_removed, similarities, k)
    kept = sorted({n_features - m for m in n_removed})
    layout = _Layout(tuple(kept), tuple(similarities), k)
    bank = RowBlocks(bank, order[::-1][: kept[-1]], device, cache_bytes)
    queries = RowBlocks(queries, order[::-1][: kept[-1]], device, 0)
    with _full_float32():
        engine = _Engine(bank, layout)
        parts = [engine.search(chunk) for _, chunk in queries.blocks(engine.n_queries_at_once)]
    index, score = (np.concatenate(arrays, axis=2) for arrays in zip(*parts, strict=True))
    asked = [kept.index(n_features - m) for m in n_removed]
    return Neighbours(tuple(n_removed), tuple(similarities), index[asked], score[asked])


def vote(labels, index):
    """Class of each query by majority of its k neighbours; ties go to the nearest's class.

    Parameters
    ----------
    labels : numpy.ndarray of shape (n_bank,), integer
    index : numpy.ndarray of shape (..., n_queries, k)

    Returns
    -------
    numpy.ndarray of shape (..., n_queries), of the dtype of `labels`
    """
    found = labels[index]
    if found.shape[-1] == 1:
        return found[..., 0]
    votes = (found[..., :, None] == found[..., None, :]).sum(-1)
    winner = votes.argmax(-1)  # the first, hence nearest, neighbour among the tied
    return np.take_along_axis(found, winner[..., None], -1)[..., 0]


@dataclass(frozen=True)
class _Layout:
    """What is searched: `kept` features (ascending prefixes), similarities, k."""

    kept: tuple
    similarities: tuple
    k: int

    @property
    def n(self):
        return len(self.kept) * len(self.similarities)

    def segments(self):
        """Feature ranges that lead from one prefix to the next."""
        return zip((0, *self.kept[:-1]), self.kept, strict=True)

    def prefix_sums(self, rows):
        """Sums of each prefix along the last axis: (..., n_features) -> (..., n_kept)."""
        sums = [rows[..., a:b].sum(-1) for a, b in self.segments()]
        return torch.stack(sums, -1).cumsum(-1)


class _Engine:
    def __init__(self, bank, layout):
        self.bank, self.layout = bank, layout
        on_gpu = bank.device.type == "cuda"
        self.group = int(np.clip(2 ** np.ceil(np.log2(len(bank) / 1024)), 64, 4096))
        self.block = max(self.group, 32768 if on_gpu else 512)
        self.tile = 4096 if on_gpu else 1024
        self.n_groups = -(-len(bank) // self.group)
        fitting = _MAXIMA_BYTES // (4 * layout.n * self.n_groups)
        self.n_queries_at_once = int(np.clip(fitting, 256, 65536))
        squares = [
            layout.prefix_sums(rows.double().square_()) for _, rows in bank.blocks(self.block)
        ]
        norms = torch.cat(squares).T.contiguous()  # (n_kept, n_bank), squared, float64
        _stop_unless_finite(norms, "bank")
        self.half_squares = (norms / 2).float()
        self.inverse_norms = torch.where(norms > 0, norms.rsqrt(), 0).float()
        self.largest_norm = norms.amax(1).sqrt()

    def search(self, queries):
        """Indices and exact scores, each (n_kept, n_similarities, n_queries, k), as NumPy."""
        maxima = self._group_maxima(queries)
        best = (
            maxima.topk(self.layout.k).values[..., -1] if self.layout.k <= self.n_groups else None
        )
        threshold = self._thresholds(queries, best)
        is_open = (maxima >= threshold[..., None]).any(0)
        return self._rank(queries, threshold, is_open)

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
        for start, rows in self.bank.blocks(self.block):
            first = start // self.group
            for q in range(0, len(queries), self.tile):
                part = queries[q : q + self.tile]
                for s, scores in enumerate(self._scores(part, rows, start, start + len(rows))):
                    best = _maxima(scores, self.group)
                    maxima[s, q : q + self.tile, first : first + best.shape[1]] = best
        return maxima

    def _thresholds(self, queries, best):
        """Float32 scores that a k-nearest row certainly reaches: (n_settings, n_queries).

        An inner product of n terms in float32 errs by at most (n + 2) u |q| |b|, u = 2^-24 (Higham,
        Accuracy and Stability of Numerical Algorithms, eq. 3.5; two more for the steps after it).
        The best and the row compared with it may both err: twice the bound below the best.
        """
        norms = self.layout.prefix_sums(queries.double().square()).sqrt().T
        _stop_unless_finite(norms, "queries")
        thresholds = []
        for i, kept in enumerate(self.layout.kept):
            unit = (kept + 4) * _UNIT_ROUNDOFF * norms[i]
            largest = self.largest_norm[i]
            slack = {
                "dot": unit * largest,
                "l2": unit * largest + 2 * _UNIT_ROUNDOFF * largest**2,
                "cosine": unit,
            }
            thresholds += [2 * slack[similarity] for similarity in self.layout.similarities]
        slack = torch.stack(thresholds)
        if best is None:  # fewer groups than neighbours: look at all rows
            return torch.full_like(slack, -torch.inf).float()
        return torch.nextafter((best.double() - slack).float(), best.new_tensor(-torch.inf))

    def _rank(self, queries, threshold, is_open):
        """Rank the rows of the open groups in float64; the first k of each setting and query."""
        found = _Candidates(self.layout, len(queries))
        for start, rows in self.bank.blocks(self.group):
            members = is_open[:, start // self.group].nonzero().ravel()
            for part in members.split(512) if len(members) else ():
                scores = self._scores(queries[part], rows, start, start + len(rows))
                reached = torch.stack(
                    [score >= threshold[s, part, None] for s, score in enumerate(scores)], -1
                )  # (n_members, n_rows, n_settings)
                for pair in reached.any(-1).nonzero().split(_PAIRS_AT_ONCE):
                    exact = self._exact(queries[part[pair[:, 0]]], rows[pair[:, 1]])
                    hit, setting = reached[pair[:, 0], pair[:, 1]].nonzero(as_tuple=True)
                    found.add(
                        setting,
                        part[pair[hit, 0]],
                        pair[hit, 1] + start,
                        exact[hit, setting],
                    )
        return found.best()

    def _exact(self, queries, rows):
        """Float64 scores of pairs (query, row) under every setting: (n_pairs, n_settings)."""
        queries, rows = queries.double(), rows.double()
        dot = self.layout.prefix_sums(queries * rows)
        scores = {"dot": dot}
        if "l2" in self.layout.similarities:
            scores["l2"] = self.layout.prefix_sums((queries - rows).square()) / -2
        if "cosine" in self.layout.similarities:
            squares = [self.layout.prefix_sums(side.square()) for side in (queries, rows)]
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


class _full_float32:
    """Float32 products without TF32 or bfloat16 shortcuts, and without gradients."""

    def __enter__(self):
        self.before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        self.no_grad = torch.inference_mode()
        self.no_grad.__enter__()

    def __exit__(self, *error):
        self.no_grad.__exit__(*error)
        torch.set_float32_matmul_precision(self.before)


def _stop_unless_finite(norms, what):
    if not norms.isfinite().all():
        raise ValueError(f"the {what} hold values that are not finite: embed these crops again")


def _check(queries, bank, order, n_removed, similarities, k):
    n_features = bank.shape[1]
    if queries.shape[1] != n_features:
        raise ValueError(
            f"queries have {queries.shape[1]} features, the bank has {n_features}: expected equal"
        )
    if sorted(order.tolist()) != list(range(n_features)):
        raise ValueError(f"order is not a permutation of the {n_features} features")
    if not all(0 <= m < n_features for m in n_removed):
        raise ValueError(f"expected n_removed in 0..{n_features - 1}, found {list(n_removed)}")
    if unknown := set(similarities) - set(SIMILARITIES):
        raise ValueError(f"unknown similarity {sorted(unknown)}: expected some of {SIMILARITIES}")
    if not 1 <= k <= len(bank):
        raise ValueError(f"expected k in 1..{len(bank)} (rows of the bank), found {k}")
