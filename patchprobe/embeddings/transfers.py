"""Between stores and a device: crops read ahead, copies that neither side waits for.

On a CPU the same calls are made, copies to the device are none, and those from it are done when the
call returns.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

import torch

_MOST_THREADS = 8  # that read, and that write, beside a GPU


class Copies:
    """Copies to and from a device, on streams of their own beside its work.

    Parameters
    ----------
    device : torch.device
    """

    def __init__(self, device):
        self.is_cuda = device.type == "cuda"
        self._device = device
        if self.is_cuda:
            self._up, self._down = torch.cuda.Stream(device), torch.cuda.Stream(device)

    def buffer(self, shape, dtype):
        """Memory of the host that is copied from and to without a stop: pinned beside a GPU."""
        return torch.empty(shape, dtype=dtype, pin_memory=self.is_cuda)

    def to_device(self, values):
        """A tensor of a buffer, on the device, for the work that is asked for next."""
        if not self.is_cuda:
            return values
        with torch.cuda.stream(self._up):
            there = values.to(self._device, non_blocking=True)
        work = torch.cuda.current_stream(self._device)
        work.wait_stream(self._up)
        there.record_stream(work)
        return there

    def to_host(self, values, out):
        """Copy a tensor of the device into (part of) a buffer; `arrival` tells when it is there."""
        if self.is_cuda:
            self._down.wait_stream(torch.cuda.current_stream(self._device))
            with torch.cuda.stream(self._down):
                out.copy_(values, non_blocking=True)
            values.record_stream(self._down)
        else:
            out.copy_(values)

    def arrival(self):
        """A function that waits, in any thread, for all that `to_host` was asked for so far."""
        if not self.is_cuda:
            return lambda: None
        event = torch.cuda.Event(blocking=True)  # waiting threads leave their cores to others
        event.record(self._down)
        return event.synchronize


def n_readers(device):
    """Threads that read crops: beside a GPU all of the job's; else one, since the model needs them.

    Parameters
    ----------
    device : torch.device
    """
    return min(torch.get_num_threads(), _MOST_THREADS) if device.type == "cuda" else 1


def n_writers(device):
    """Threads that checksum and write tokens.

    Parameters
    ----------
    device : torch.device
    """
    return min(torch.get_num_threads(), _MOST_THREADS) if device.type == "cuda" else 4


def read_ahead(crops, start, stop, per_block, copies, n_threads):
    """Yield (first crop, block of crops) in their order, while the next ones are read.

    Parameters
    ----------
    crops : patchprobe.store array of shape (n_crops, height, width, 3), uint8
        Of `store.checked`.
    start, stop : int
        Crops to read.
    per_block : int
        Crops in a block; fewer in the last.
    copies : Copies
        Blocks are buffers of it.
    n_threads : int
        That read a block each. One block more is read, or waits to be used.

    Yields
    ------
    int, torch.Tensor of shape (n, height, width, 3), uint8
    """

    def read(first):
        rows = crops[first : min(first + per_block, stop)]
        block = copies.buffer(rows.shape, torch.uint8)
        block.numpy()[:] = rows
        return first, block

    firsts = iter(range(start, stop, per_block))
    with ThreadPoolExecutor(n_threads) as readers:
        some = zip(range(n_threads + 1), firsts, strict=False)
        ahead = deque(readers.submit(read, first) for _, first in some)
        while ahead:
            block = ahead.popleft().result()
            ahead.extend(readers.submit(read, f) for _, f in zip(range(1), firsts, strict=False))
            yield block
