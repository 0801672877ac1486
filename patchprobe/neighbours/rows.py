"""Rows of an array on disk or in memory, read piece by piece as tensors on a device."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch


class Rows:
    """Rows with a choice of columns, in their own precision: float16, or else float32.

    Parameters
    ----------
    array : array of shape (n_rows, n_columns)
        Anything with `shape`, `dtype` and slices: NumPy, Zarr, Dask.
    columns : sequence of int
        Columns to take, in this order.
    device : str or torch.device
    """

    read_rows = 16384  # a read from disk, bounded and large enough to be worth it

    def __init__(self, array, columns, device="cpu"):
        self.array = array
        self.columns = np.ascontiguousarray(columns)
        self.is_whole = np.array_equal(columns, np.arange(array.shape[1]))
        self.device = torch.device(device)
        self.dtype = torch.float16 if array.dtype == np.float16 else torch.float32

    def __len__(self):
        return self.array.shape[0]

    @property
    def bytes_of_row(self):
        """Bytes of one row as a tensor."""
        return len(self.columns) * self.dtype.itemsize

    def pieces(self, n_rows):
        """Yield (start, tensor) for consecutive pieces of `n_rows` rows; the last may be shorter.

        While one is worked on, a thread reads the next: two are in memory.
        """
        with ThreadPoolExecutor(1) as reader:
            ahead = reader.submit(self._load, 0, n_rows)
            for start in range(0, len(self), n_rows):
                piece = ahead.result()
                ahead = None  # or it keeps the piece
                if start + n_rows < len(self):
                    ahead = reader.submit(self._load, start + n_rows, start + 2 * n_rows)
                yield start, piece
                del piece

    def _load(self, start, stop):
        stop = min(stop, len(self))
        shape = (stop - start, len(self.columns))
        piece = torch.empty(shape, dtype=self.dtype, device=self.device)
        for first in range(start, stop, self.read_rows):
            rows = np.asarray(self.array[first : min(first + self.read_rows, stop)])
            if not self.is_whole:
                rows = np.take(rows, self.columns, axis=1)  # five times faster than an index
            rows = torch.from_numpy(np.require(rows, requirements=["C", "W"])).to(self.dtype)
            if self.device.type == "cuda":
                rows = rows.pin_memory()  # so that the copy waits for nothing
            piece[first - start : first - start + len(rows)].copy_(rows, non_blocking=True)
        return piece
