"""Where a job computes."""

import logging

import torch

log = logging.getLogger(__name__)


def choose(device, threads):
    """Resolve `device` ("auto", "cpu" or "cuda") and let torch use `threads` CPU threads.

    Raises
    ------
    RuntimeError
        If "cuda" is asked for and torch sees no GPU.
    """
    torch.set_num_threads(threads)
    if device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError(
            "device: cuda was asked for, but torch sees no GPU here. Use `device: auto`, or check "
            "the driver with nvidia-smi and `python -c 'import torch; torch.zeros(1).cuda()'`."
        )
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    log.info("computing on %s, %d CPU threads", chosen, threads)
    return chosen
