"""Where a job computes."""

import logging
import os
import sys

from patchprobe import gpu_locks, visible_gpus
from patchprobe.errors import DeviceError

log = logging.getLogger(__name__)


def use_threads(threads):
    """Let Dask and Zarr use so many threads of the CPU, and torch, where it is imported."""
    import dask
    import zarr

    dask.config.set(scheduler="threads", num_workers=threads)
    zarr.config.set({"threading.max_workers": threads})
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(threads)


def choose(device, threads, tf32=False):
    """Resolve `device` ("auto", "cpu" or "cuda"), with so many CPU threads.

    Products on a GPU are computed in full float32, or in TensorFloat-32 if `tf32`. "cuda" is then
    a GPU that this process has to itself (`patchprobe.gpu_locks`): this waits until one is free.

    Raises
    ------
    DeviceError
        If `device` is none of these, or "cuda" where torch sees no GPU.
    """
    import torch

    if device not in ("auto", "cpu", "cuda"):
        raise DeviceError(
            f"device: {device} was asked for, but it is one of auto, cpu and cuda. Among GPUs, "
            f"{visible_gpus.VARIABLE} chooses."
        )
    use_threads(threads)
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    torch.backends.cudnn.allow_tf32 = tf32  # torch's default rounds convolutions to 10 bits
    # before torch looks: that starts CUDA, which then shows what it showed
    gpu = gpu_locks.take() if device != "cpu" and torch.version.cuda else None
    if device == "cpu" or not torch.cuda.is_available():
        gpu_locks.free()
        if device == "cuda":
            value = os.environ.get(visible_gpus.VARIABLE)
            seen = "" if value is None else f" ({visible_gpus.VARIABLE} is {value!r})"
            raise DeviceError(
                f"device: cuda was asked for, but torch sees no GPU here{seen}. Use `device: "
                "auto`, or check the driver with nvidia-smi and `python -c 'import torch; "
                "torch.zeros(1).cuda()'`."
            )
        log.info("computing on cpu, %d CPU threads", threads)
        return "cpu"
    log.info("computing on cuda, %d CPU threads: %s", threads, gpu or "a GPU that cannot be locked")
    return "cuda"
