"""The exact search behind `patchprobe.neighbours.knn`, in two passes over a part of the bank.

First pass: float32 scores, of which only the maximum of each group of bank rows is kept. Second
pass: groups whose maximum lies within a rigorous bound on the rounding error of the best are looked
at again, and their rows are ranked in float64. So the search is exact, and memory holds a part of
the bank and the group maxima of a chunk of queries, whatever the bank's size. What earlier parts
found is a floor: later parts look again only at groups that may hold something better.

`patchprobe.neighbours.cpu` and `patchprobe.neighbours.gpu` hold the passes for either device.
"""

import itertools
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import torch

_UNIT_ROUNDOFF = 2.0**-24
_LARGEST = 2.0**126  # a product of lengths below it cannot overflow in float32


@dataclass(frozen=True)
class Layout:
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


class Engine(ABC):
    """Search of one part of a bank.

    Scores and maxima are in float32, norms and final scores in float64.

    Parameters
    ----------
    bank : torch.Tensor of shape (n_rows, n_features)
        The part, float16 or float32.
    first : int
        Number of its first row in the whole bank.
    layout : Layout
    product : class
        How inner products are computed, see `patchprobe.neighbours.products`.
    """

    # about as many groups of rows, unless that makes them too small or too large
    groups, smallest_group = 1024, 64

    def __init__(self, bank, first, layout, product):
        self.bank, self.first, self.layout, self.product = bank, first, layout, product
        exponent = np.ceil(np.log2(len(bank) / self.groups))
        self.group = int(np.clip(2**exponent, self.smallest_group, 4096))
        self.n_groups = -(-len(bank) // self.group)
        norms = self._squares(bank).T.contiguous()  # (n_kept, n_rows), float64
        _stop_unless_finite(norms, "bank")
        self.half_squares = (norms / 2).float()
        self.inverse_norms = torch.where(norms > 0, norms.rsqrt(), 0).float()
        self.largest_norm = norms.amax(1).sqrt()

    @property
    def n_queries_at_once(self):
        """Queries of a chunk, so many that their group maxima take `_maxima_bytes`."""
        fitting = self._maxima_bytes() // (4 * self.layout.n * self.n_groups)
        return int(np.clip(fitting // 1024 * 1024, 256, 65536))

    def search(self, queries, index, score, excluded=None):
        """Rank the rows of this part together with those found in earlier parts.

        Groups with excluded rows play no part in how good a neighbour must be at least. Those that
        hold other rows as well are always looked at again.

        Parameters
        ----------
        queries : torch.Tensor of shape (n_queries, n_features)
        index, score : numpy.ndarray of shape (n_settings, n_queries, k), int64 and float64
            The ranking so far, -1 and -inf where there is none; updated. Bank rows, and their exact
            scores.
        excluded : numpy.ndarray of shape (n_queries, 2), int64, optional
            Rows of the whole bank.
        """
        queries = queries.to(self.product.dtype)
        squares = self._squares(queries).T
        _stop_unless_finite(squares, "queries")
        slack = self._slack(squares.sqrt())
        maxima = self._group_maxima(queries)
        lowest = self._floor(score, squares)
        if excluded is None:
            ranges = torch.zeros(len(queries), 2, dtype=torch.int64, device=queries.device)
        else:
            ranges = torch.from_numpy(excluded).to(queries.device)
            is_touched, is_mixed = self._groups_with(ranges - self.first)
            self._set(maxima, is_touched, -torch.inf)
        if self.layout.k <= self.n_groups:  # else all rows may be among the best
            lowest = torch.maximum(lowest, self._kth_best(maxima).double())
        if excluded is not None:
            self._set(maxima, is_mixed, torch.inf)
        lowest = (lowest - slack).float()
        lowest = torch.nextafter(lowest, torch.full_like(lowest, -torch.inf))
        self._rank(queries, maxima, lowest, ranges, index, score)

    def _groups_with(self, ranges):
        """Groups with excluded rows, and those among them with others: (n_queries, n_groups)."""
        start, stop = ranges[:, :1], ranges[:, 1:]
        first = torch.arange(self.n_groups, device=ranges.device) * self.group
        last = (first + self.group).clamp(max=len(self.bank))
        is_touched = (first < stop) & (last > start)
        return is_touched, is_touched & ((first < start) | (last > stop))

    @abstractmethod
    def _maxima_bytes(self):
        """How much memory the group maxima of a chunk of queries may take."""

    @abstractmethod
    def _set(self, maxima, groups, value):
        """Set the maxima of some groups of each query (n_queries, n_groups) to a value."""

    @abstractmethod
    def _squares(self, rows):
        """Squared lengths of `rows` after each prefix: (n_rows, n_kept), float64."""

    @abstractmethod
    def _group_maxima(self, queries):
        """Best float32 score in each group of bank rows, in an order of axes of the engine's own.

        For L2 the score is q.b - |b|^2 / 2: minus half the squared distance up to |q|^2 / 2, which
        is the same for all rows of the bank. For the cosine it is q.b / |b|, the length of the
        query times the cosine.
        """

    @abstractmethod
    def _kth_best(self, maxima):
        """The k-th largest of the group maxima: (n_settings, n_queries)."""

    @abstractmethod
    def _rank(self, queries, maxima, lowest, excluded, index, score):
        """Rank in float64 the rows whose float32 scores reach `lowest` (n_settings, n_queries).

        Rows in the range of a query in `excluded` (n_queries, 2) are passed over.
        """

    def _floor(self, score, squares):
        """The k-th best exact scores so far as first-pass scores: (n_settings, n_queries)."""
        floor = torch.tensor(score[..., -1], device=squares.device)
        settings = itertools.product(enumerate(self.layout.kept), self.layout.similarities)
        for setting, ((i, kept), similarity) in zip(floor, settings, strict=True):
            if similarity == "l2":  # less what sums in float64 may err
                setting += squares[i] * (0.5 - (kept + 4) * 2.0**-52)
            elif similarity == "cosine":  # of a zero query: 0, or still -inf
                setting *= torch.where(squares[i] > 0, squares[i].sqrt(), 1)
        return floor

    def _slack(self, norms):
        """How far below the k-th best score a k-nearest row may lie: (n_settings, n_queries).

        In float64. The best and the row compared with it may both err: twice the bound of the
        product on the rounding error below the best.

        Parameters
        ----------
        norms : torch.Tensor of shape (n_kept, n_queries), float64
            Lengths of the queries after each prefix.
        """
        self._stop_if_products_overflow(norms)
        slacks = []
        for i, kept in enumerate(self.layout.kept):
            unit = self.product.error(kept, i + 1) * norms[i]
            largest = self.largest_norm[i]
            slack = {
                "dot": unit * largest,
                "l2": unit * largest + 2 * _UNIT_ROUNDOFF * largest**2,
                "cosine": unit,
            }
            slacks += [2 * slack[similarity] for similarity in self.layout.similarities]
        return torch.stack(slacks)

    def _stop_if_products_overflow(self, norms):
        of_bank, of_queries = float(self.largest_norm[-1]), float(norms.max())
        if of_bank * max(of_bank, of_queries) > _LARGEST:
            raise ValueError(
                f"rows of length {of_bank:.2g} (bank) and {of_queries:.2g} (queries) overflow in "
                f"float32: expected products below {_LARGEST:.2g}; divide both by a constant"
            )


def _stop_unless_finite(norms, what):
    if not norms.isfinite().all():
        raise ValueError(f"the {what} hold values that are not finite: embed these crops again")
