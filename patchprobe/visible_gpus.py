"""The GPUs that CUDA shows to this process, and what tells each from all others.

The driver is asked itself, so that CUDA_VISIBLE_DEVICES means what it means to CUDA, in every
spelling, and a device of an allocation, always number 0 there, is known by its UUID. nvidia-smi
follows neither that variable nor CUDA's order, and is missing in many containers. Asking starts
CUDA, after which it no longer reads the variable: `visible` therefore asks in a process of its own,
which runs this file with the standard library alone.
"""

import ctypes
import json
import os
import subprocess
import sys
import uuid
from typing import NamedTuple

VARIABLE = "CUDA_VISIBLE_DEVICES"
_LIBRARY = "libcuda.so.1"  # the name by which torch finds it, too


class Gpu(NamedTuple):
    """A GPU, or a MIG slice of one.

    uuid : str
        What identifies it on every machine and in every allocation.
    name : str
    visible : str
        Its spelling in CUDA_VISIBLE_DEVICES: with that value a process sees it alone.
    """

    uuid: str
    name: str
    visible: str

    def __str__(self):
        return f"{self.name} ({VARIABLE}={self.visible}, UUID {self.uuid})"


def visible():
    """GPUs that a new process with this environment sees, in the order of their numbers.

    Returns
    -------
    list of Gpu
        Empty without a driver, without a GPU, or if CUDA_VISIBLE_DEVICES names none.
    """
    value = os.environ.get(VARIABLE)
    if value is None:
        return [Gpu(*known, str(number)) for number, known in enumerate(_ask_in_a_process())]
    entries = [entry.strip() for entry in value.split(",")]
    if any(entry.startswith("MIG-") for entry in entries):
        # CUDA shows a process one slice at most, the first: each is asked for alone
        return [Gpu(*known, entry) for entry in entries for known in _ask_in_a_process(entry)[:1]]
    # those shown are those named, in that order, up to the first entry that names none
    return [Gpu(*known, entry) for known, entry in zip(_ask_in_a_process(), entries, strict=False)]


def started():
    """Whether CUDA has started in this process, so that what it shows is fixed."""
    try:
        cuda = ctypes.CDLL(_LIBRARY, mode=os.RTLD_NOLOAD)
    except OSError:
        return False
    return cuda.cuDeviceGetCount(ctypes.byref(ctypes.c_int())) == 0  # refused before it starts


def shown():
    """GPUs that this process itself sees, in the order of their numbers; starts CUDA."""
    return [Gpu(known, name, f"GPU-{known}") for known, name in _ask()]


def _ask_in_a_process(value=None):
    environment = os.environ if value is None else {**os.environ, VARIABLE: value}
    command = [sys.executable, "-I", "-S", __file__]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _ask():
    """UUID and name of every GPU that CUDA shows; starts CUDA in this process.

    Makes no context, so that it works beside a process that has a GPU to itself, and costs no
    memory of the GPU.
    """
    try:
        cuda = ctypes.CDLL(_LIBRARY)
    except OSError:
        return []
    count = ctypes.c_int()
    if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)):
        return []  # no GPU, or one that the driver cannot use
    # the second version knows the slices of a GPU apart; drivers before 11.4 lack it
    get_uuid = getattr(cuda, "cuDeviceGetUuid_v2", cuda.cuDeviceGetUuid)
    gpus = []
    for number in range(count.value):
        device, digits, name = ctypes.c_int(), (ctypes.c_ubyte * 16)(), (ctypes.c_char * 256)()
        if (
            cuda.cuDeviceGet(ctypes.byref(device), number)
            or get_uuid(digits, device)
            or cuda.cuDeviceGetName(name, len(name), device)
        ):
            raise OSError(f"the CUDA driver counts {count.value} GPUs, but cannot tell of {number}")
        gpus.append([str(uuid.UUID(bytes=bytes(digits))), name.value.decode(errors="replace")])
    return gpus


if __name__ == "__main__":
    print(json.dumps(_ask()))
