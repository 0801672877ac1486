"""The exact search behind `patchprobe.neighbours.knn`, in two passes over blocks of bank rows.

First pass: float32 scores, of which only the maximum of each group of bank rows is kept. Second
pass: groups whose maximum lies within a rigorous bound on the rounding error of the best are looked
at again, and their rows are ranked in float64. So the search is exact, and memory holds a few
blocks and the group maxima of a chunk of queries, whatever the bank's size.

`patchprobe.neighbours.cpu` and `patchprobe.neighbours.gpu` hold the passes for either device.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import torch

_UNIT_ROUNDOFF = 2.0**-24
_LARGEST = 2.0**126  # a product of lengths below it cannot overflow in float32
_MAXIMA_BYTES = 256 * 2**20  # of group maxima kept for a chunk of queries


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
    """Search of one bank. Scores and maxima are in float32, norms and final scores in float64."""

    # about as many groups of rows, unless that makes them too small or too large
    groups, smallest_group = 1024, 64

    def __init__(self, bank, layout):
        self.bank, self.layout = bank, layout
        exponent = np.ceil(np.log2(len(bank) / self.groups))
        self.group = int(np.clip(2**exponent, self.smallest_group, 4096))
        self.n_groups = -(-len(bank) // self.group)
        fitting = _MAXIMA_BYTES // (4 * layout.n * self.n_groups)
        self.n_queries_at_once = int(np.clip(fitting // 1024 * 1024, 256, 65536))
        norms = self._bank_squares().T.contiguous()  # (n_kept, n_bank), float64
        _stop_unless_finite(norms, "bank")
        self.half_squares = (norms / 2).float()
        self.inverse_norms = torch.where(norms > 0, norms.rsqrt(), 0).float()
        self.largest_norm = norms.amax(1).sqrt()

    def search(self, queries, excluded=None):
        """Indices and exact scores, each (n_kept, n_similarities, n_queries, k), as NumPy.

        Groups with excluded rows (n_queries, 2) play no part in how good a neighbour must be at
        least. Those that hold other rows as well are always looked at again.
        """
        slack = self._slack(queries)
        maxima = self._group_maxima(queries)
        if excluded is None:
            ranges = torch.zeros(len(queries), 2, dtype=torch.int64, device=queries.device)
        else:
            ranges = torch.from_numpy(excluded).to(queries.device)
            is_touched, is_mixed = self._groups_with(ranges)
            self._set(maxima, is_touched, -torch.inf)
        if self.layout.k > self.n_groups:  # fewer groups than neighbours: look at all rows
            return self._rank(queries, maxima, torch.full_like(slack, -torch.inf).float(), ranges)
        lowest = self._kth_best(maxima).double() - slack
        lowest = torch.nextafter(lowest.float(), torch.tensor(-torch.inf, device=lowest.device))
        if excluded is not None:
            self._set(maxima, is_mixed, torch.inf)
        return self._rank(queries, maxima, lowest, ranges)

    def _groups_with(self, ranges):
        """Groups with excluded rows, and those among them with others: (n_queries, n_groups)."""
        start, stop = ranges[:, :1], ranges[:, 1:]
        first = torch.arange(self.n_groups, device=ranges.device) * self.group
        last = (first + self.group).clamp(max=len(self.bank))
        is_touched = (first < stop) & (last > start)
        return is_touched, is_touched & ((first < start) | (last > stop))

    @abstractmethod
    def _set(self, maxima, groups, value):
        """Set the maxima of some groups of each query (n_queries, n_groups) to a value."""

    @abstractmethod
    def _bank_squares(self):
        """Squared lengths of bank rows after each prefix: (n_bank, n_kept), float64."""

    @abstractmethod
    def _squares(self, rows):
        """Squared lengths of `rows` after each prefix: (n_rows, n_kept), float64."""

    @abstractmethod
    def _group_maxima(self, queries):
        """Best float32 score in each group of bank rows, in an order of axes of the engine's own.

        For L2 the score is q.b - |b|^2 / 2: minus half the squared distance up to |q|^2 / 2, which
        is the same for all rows of the bank. For the cosine it is q.b / |b|.
        """

    @abstractmethod
    def _kth_best(self, maxima):
        """The k-th largest of the group maxima: (n_settings, n_queries)."""

    @abstractmethod
    def _rank(self, queries, maxima, lowest, excluded):
        """Rank in float64 the rows whose float32 scores reach `lowest` (n_settings, n_queries).

        Rows in the range of a query in `excluded` (n_queries, 2) are passed over.
        """

    def _slack(self, queries):
        """How far below the k-th best float32 score a k-nearest row may lie.

        Of shape (n_settings, n_queries), float64. An inner product of n terms in float32 errs by at
        most (n + 2) u |q| |b|, u = 2^-24, in whatever order it is summed (Higham, Accuracy and
        Stability of Numerical Algorithms, eq. 3.5; two more for the steps after it). The best and
        the row compared with it may both err: twice the bound below the best.
        """
        norms = self._squares(queries).sqrt().T
        _stop_unless_finite(norms, "queries")
        self._stop_if_products_overflow(norms)
        slacks = []
        for i, kept in enumerate(self.layout.kept):
            unit = (kept + 4) * _UNIT_ROUNDOFF * norms[i]
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
