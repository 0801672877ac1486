"""Rows of an array on disk or in memory, read block by block as float32 tensors."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch


class RowBlocks:
    """Blocks of rows with a choice of columns, as float32 on a device.

    Kept in memory in their own precision if that takes at most `cache_bytes`; otherwise each pass
    reads them again, the next piece while the last one is worked on.

    Parameters
    ----------
    array : array of shape (n_rows, n_columns)
        Anything with `shape`, `dtype` and slices: NumPy, Zarr, Dask.
    columns : sequence of int
        Columns to take, in this order.
    device : str or torch.device
    cache_bytes : int
    """

    read_rows = 16384  # a read from disk, bounded and large enough to be worth it

    def __init__(self, array, columns, device="cpu", cache_bytes=0):
        self.array = array
        self.columns = np.ascontiguousarray(columns)
        self.is_whole = np.array_equal(columns, np.arange(array.shape[1]))
        self.device = torch.device(device)
        self.cached = None
        n_bytes = array.shape[0] * len(self.columns) * min(np.dtype(array.dtype).itemsize, 4)
        if n_bytes <= cache_bytes:
            dtype = torch.float16 if array.dtype == np.float16 else torch.float32
            shape = (array.shape[0], len(self.columns))
            self.cached = torch.empty(shape, dtype=dtype, device=self.device)
            for start, piece in self._pieces():
                self.cached[start : start + len(piece)] = piece.to(self.device)

    def __len__(self):
        return self.array.shape[0]

    def blocks(self, n_rows):
        """Yield (start, rows) for consecutive blocks of `n_rows` rows; the last may be shorter."""
        if self.cached is not None:
            for start in range(0, len(self), n_rows):
                yield start, self.cached[start : start + n_rows].float()
            return
        for first, piece in self.pieces(n_rows):
            for offset in range(0, len(piece), n_rows):
                rows = piece[offset : offset + n_rows].to(self.device, torch.float32)
                yield first + offset, rows

    def pieces(self, n_rows):
        """Yield (start, rows in their own precision), each piece but the last of whole blocks."""
        if self.cached is not None:
            yield 0, self.cached
        else:
            yield from self._pieces(max(n_rows, self.read_rows // n_rows * n_rows))

    def _pieces(self, step=read_rows):
        """Yield (start, piece as read), reading one piece ahead in a thread."""
        starts = range(0, len(self), step)
        with ThreadPoolExecutor(1) as reader:
            ahead = reader.submit(self._load, 0, step)
            for start in starts:
                piece = ahead.result()
                if start + step < len(self):
                    ahead = reader.submit(self._load, start + step, start + 2 * step)
                yield start, piece

    def _load(self, start, stop):
        rows = np.asarray(self.array[start:stop])
        if not self.is_whole:
            rows = np.take(rows, self.columns, axis=1)  # five times faster than an index
        return torch.from_numpy(np.require(rows, requirements=["C", "W"]))
