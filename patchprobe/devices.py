"""Where a job computes."""

import logging
import sys

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

    Products on a GPU are computed in full float32, or in TensorFloat-32 if `tf32`.

    Raises
    ------
    RuntimeError
        If "cuda" is asked for and torch sees no GPU.
    """
    import torch

    use_threads(threads)
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    torch.backends.cudnn.allow_tf32 = tf32  # torch's default rounds convolutions to 10 bits
    if device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError(
            "device: cuda was asked for, but torch sees no GPU here. Use `device: auto`, or check "
            "the driver with nvidia-smi and `python -c 'import torch; torch.zeros(1).cuda()'`."
        )
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    log.info("computing on %s, %d CPU threads", chosen, threads)
    return chosen
