"""A GPU of its own for every process of a machine.

Who takes a GPU holds a lock on a file of its name in the folder for temporary files. The kernel
gives it back when the process ends, however it ends: there are no stale locks, and the files, which
are empty, may stay. They are shared by all users of a machine.
"""

import fcntl
import logging
import os
import tempfile
import time
from functools import cache
from pathlib import Path

from patchprobe import visible_gpus
from patchprobe.errors import DeviceError

SHARING = "PATCHPROBE_JOBS_PER_GPU"
_LOOK_EVERY_S = 1
_TELL_EVERY_S = 60

log = logging.getLogger(__name__)
_warn_once = cache(log.warning)
_held = None  # (GPU, descriptor of its locked file, CUDA_VISIBLE_DEVICES before)


def take():
    """A GPU that no other process has taken; waits for one, and says so every minute.

    From then on it is the only one that this process and those it starts see, by
    CUDA_VISIBLE_DEVICES: "cuda" is then right everywhere. `torch.cuda.set_device` holds for one
    thread alone (others would pin memory and make streams on the first GPU), and "cuda:2" would
    have to be handed to everything that says "cuda". If CUDA has started before, which fixes what
    it shows, that is the GPU which torch uses now.

    With PATCHPROBE_JOBS_PER_GPU=n in the environment, n processes share a GPU, after every GPU
    has one.

    Returns
    -------
    patchprobe.visible_gpus.Gpu or None
        The same at every call; None if CUDA shows no GPU.

    Raises
    ------
    DeviceError
        If PATCHPROBE_JOBS_PER_GPU is not a number from 1 on.
    """
    global _held
    if _held:
        return _held[0]
    jobs_per_gpu = _jobs_per_gpu()
    is_fixed = visible_gpus.started()
    gpus = [_in_use()] if is_fixed else visible_gpus.visible()
    if not gpus:
        return None
    gpu, descriptor = _wait_for_one(gpus, jobs_per_gpu)
    _held = gpu, descriptor, os.environ.get(visible_gpus.VARIABLE)
    if not is_fixed:
        os.environ[visible_gpus.VARIABLE] = gpu.visible
    return gpu


def free():
    """Give the GPU of this process back, if it has one."""
    global _held
    if not _held:
        return
    _, descriptor, before = _held
    _held = None
    if descriptor is not None:
        os.close(descriptor)
    if before is None:
        os.environ.pop(visible_gpus.VARIABLE, None)
    else:
        os.environ[visible_gpus.VARIABLE] = before


def _jobs_per_gpu():
    value = os.environ.get(SHARING, "1")
    if not value.isdecimal() or int(value) < 1:
        raise DeviceError(
            f"{SHARING} is {value!r}, but has to be how many jobs may share a GPU: 1 or more. "
            "Set it so, or unset it."
        )
    return int(value)


def _in_use():
    import torch

    return visible_gpus.shown()[torch.cuda.current_device()]


def _wait_for_one(gpus, jobs_per_gpu):
    """One of the GPUs that has a place left, and the descriptor that locks it there.

    The descriptor is None if the GPU cannot be locked.
    """
    places = [(gpu, place) for place in range(1, jobs_per_gpu + 1) for gpu in gpus]
    told = -_TELL_EVERY_S
    while True:
        for gpu, place in places:
            try:
                descriptor = _lock(gpu.uuid if place == 1 else f"{gpu.uuid}-{place}")
            except OSError as error:
                log.warning(
                    "%s is used without a lock, so other jobs may use it, too (%s). Set TMPDIR to "
                    "a folder that all jobs of this machine can write to.", gpu, error,
                )  # fmt: skip
                return gpu, None
            if descriptor is not None:
                return gpu, descriptor
        if time.monotonic() - told >= _TELL_EVERY_S:
            told = time.monotonic()
            log.info(
                "waiting for a GPU: other processes have taken all that this job may use, %s. "
                "`fuser %s` names them. `--resources gpu=%d` starts no more jobs than GPUs; with "
                "%s=2 in the environment, two jobs share one.",
                "; ".join(str(gpu) for gpu in gpus), _path("*"), len(gpus), SHARING,
            )  # fmt: skip
        time.sleep(_LOOK_EVERY_S)


def _path(name):
    return Path(tempfile.gettempdir(), f"patchprobe-gpu-{name}.lock")


def _lock(name):
    """A descriptor that holds the lock of this name, or None if another process has it."""
    try:
        return _locked(_path(name))
    except OSError as error:
        own = _path(f"{name}-user-{os.getuid()}")
        descriptor = _locked(own)
        _warn_once(
            f"{error}: {own} takes its place, which the jobs of other users do not look at. They "
            "may take the same GPU, until that file is removed."
        )
        return descriptor


def _locked(path):
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.utime(descriptor)  # or a cleaner of temporary files takes it for abandoned
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:  # a disk without locks
        os.close(descriptor)
        raise
    return descriptor


def _open(path):
    """Open a lock file, made if need be such that every user can lock it.

    Without O_CREAT for a file that exists: in /tmp, Linux refuses that to whoever does not own it.
    """
    flags = os.O_RDWR | os.O_NOFOLLOW
    while True:
        try:
            return os.open(path, flags)
        except FileNotFoundError:
            pass
        try:
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            continue  # made meanwhile
        os.fchmod(descriptor, 0o666)  # whatever the umask; nothing is written to it or read
        return descriptor
