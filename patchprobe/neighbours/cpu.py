"""The two passes of the search on a CPU: matrix products of torch, compiled loops around them.

Each thread works on tiles of its own with single-threaded products, small enough for its cache.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import local

import numpy as np
import torch

from patchprobe.neighbours import kernels
from patchprobe.neighbours.engine import Engine
from patchprobe.neighbours.products import Float32

_TILE_ROWS, _TILE_QUERIES = 512, 1024  # 2 MiB of products
_QUERIES_OF_TASK = 2048  # share one block of decoded bank rows
_RANKED_ROWS, _RANKED_QUERIES = 2048, 256
_MAXIMA_BYTES = 256 * 2**20


class Workers:
    """As many threads as torch has, in each of which torch computes alone."""

    def __enter__(self):
        self.n_threads = torch.get_num_threads()
        torch.set_num_threads(1)
        self.pool = ThreadPoolExecutor(self.n_threads)
        return self

    def __exit__(self, *error):
        self.pool.shutdown(cancel_futures=True)
        torch.set_num_threads(self.n_threads)

    def run(self, function, *tasks):
        """Call `function` for each of the tasks, in any order; return the results in theirs."""
        return list(self.pool.map(torch.inference_mode()(function), *tasks))


class CpuEngine(Engine):
    """Its maxima have the shape (n_settings, n_groups, n_queries)."""

    def __init__(self, bank, first, layout, workers):
        self.workers = workers
        self.stops = np.array(layout.kept)
        names = layout.similarities
        self.places = tuple(
            names.index(name) if name in names else -1 for name in ("dot", "l2", "cosine")
        )
        self.own, self.maxima = local(), torch.empty(0)
        if layout.k > 1:  # many groups are looked at again: small ones cost less
            self.groups, self.smallest_group = 8192, 16
        super().__init__(bank, first, layout, Float32)
        self.block = max(self.group, _TILE_ROWS)

    def _maxima_bytes(self):
        return _MAXIMA_BYTES

    def _squares(self, rows):
        squares = torch.empty(len(rows), len(self.stops), dtype=torch.float64)
        self.workers.run(
            lambda part, into: kernels.prefix_squares(
                part.float().numpy(), self.stops, into.numpy()
            ),
            rows.split(_TILE_ROWS),
            squares.split(_TILE_ROWS),
        )
        return squares

    def _group_maxima(self, queries):
        shape = (self.layout.n, self.n_groups, len(queries))
        if self.maxima.numel() < np.prod(shape):
            self.maxima = torch.empty(int(np.prod(shape)))  # kept: new pages cost time
        maxima = self.maxima[: int(np.prod(shape))].view(shape)
        tasks = product(
            range(0, len(self.bank), self.block), range(0, len(queries), _QUERIES_OF_TASK)
        )

        def fill(task):
            start, q = task
            rows = self.bank[start : start + self.block].float()
            self._fill(maxima, queries[q : q + _QUERIES_OF_TASK], q, rows, start)

        self.workers.run(fill, tasks)
        return maxima

    def _fill(self, maxima, queries, q, rows, start):
        """Write the group maxima of queries from `q` on and bank rows from `start` on."""
        stop = start + len(rows)
        for offset in range(0, len(queries), _TILE_QUERIES):
            some = queries[offset : offset + _TILE_QUERIES]
            tile = self._tile(len(rows), len(some))
            for i, (a, b) in enumerate(self.layout.segments()):
                self.product.add(tile, rows[:, a:b], some[:, a:b], beta=min(i, 1))
                kernels.group_maxima(
                    tile.numpy(),
                    self.half_squares[i, start:stop].numpy(),
                    self.inverse_norms[i, start:stop].numpy(),
                    self.group,
                    self.places,
                    maxima.numpy(),
                    (i * len(self.layout.similarities), start // self.group, q + offset),
                )

    def _tile(self, n_rows, n_queries):
        """A matrix for products, the same memory each time in a thread."""
        if not hasattr(self.own, "tile"):
            self.own.tile = torch.empty(self.block * _TILE_QUERIES)
        return self.own.tile[: n_rows * n_queries].view(n_rows, n_queries)

    def _kth_best(self, maxima):
        def best(span):
            if self.layout.k == 1:
                return maxima[..., span].amax(1)
            return maxima[..., span].topk(self.layout.k, 1).values[:, -1]

        spans = _spans(maxima.shape[-1], _RANKED_QUERIES)
        return torch.cat(self.workers.run(best, spans), 1)

    def _set(self, maxima, groups, value):
        maxima.masked_fill_(groups.T, value)

    def _rank(self, queries, maxima, lowest, excluded, index, score):
        block = max(self.group, _RANKED_ROWS)
        for start in range(0, len(self.bank), block):
            rows = self._decoded(self.bank[start : start + block])
            self._rank_block(queries, rows, start, maxima, lowest, excluded, index, score)

    def _decoded(self, rows):
        return torch.cat(self.workers.run(torch.Tensor.float, rows.split(_TILE_ROWS // 2)))

    def _rank_block(self, queries, rows, start, maxima, lowest, excluded, index, score):
        norms = self.half_squares.numpy(), self.inverse_norms.numpy()

        def rank(span):
            kernels.rank(
                (span.start, span.stop),
                queries.numpy(),
                rows.numpy(),
                (self.first, start),
                self.group,
                (self.stops, self.places),
                norms,
                maxima.numpy(),
                lowest.numpy(),
                excluded.numpy(),
                index,
                score,
            )

        self.workers.run(rank, _spans(len(queries), _RANKED_QUERIES))


def _spans(n, size):
    """Slices that cut 0..n into spans of `size`; the last may be shorter."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]
