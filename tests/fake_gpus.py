"""A made-up machine with four GPUs, one of them in two slices, and what CUDA would show of it.

Follows the rules of CUDA_VISIBLE_DEVICES in the CUDA C++ Programming Guide: numbers, UUIDs and
beginnings of them, in the order of the list, up to the first entry that is none; one slice at most.
"""

import os

GPUS = {f"{digit * 8}-0000-0000-0000-00000000000{digit}": f"Fake {digit}" for digit in "abcd"}
SLICES = {f"{digit * 8}-0000-0000-0000-0000000000ff": f"Fake slice {digit}" for digit in "ef"}


def shown(value=None, machine=GPUS):
    """In place of `visible_gpus._ask_in_a_process`: UUID and name of what a process would see."""
    value = os.environ.get("CUDA_VISIBLE_DEVICES") if value is None else value
    known = list(machine.items())
    if value is None:
        return known
    found = []
    for entry in value.split(","):
        entry = entry.strip()
        if entry.startswith("MIG-"):
            slices = [item for item in SLICES.items() if item[0] == entry.removeprefix("MIG-")]
            return found or slices
        if entry.startswith("GPU-"):
            matching = [gpu for gpu in known if f"GPU-{gpu[0]}".startswith(entry)]
        else:
            matching = known[int(entry) :][:1] if entry.isdecimal() else []
        if len(matching) != 1:
            break
        found += matching
    return found


JOB = """
import logging, sys
from patchprobe import gpu_locks, visible_gpus
from tests import fake_gpus

logging.basicConfig(stream=sys.stderr, level=logging.INFO)
gpu_locks._LOOK_EVERY_S, gpu_locks._TELL_EVERY_S = 0.02, 0.2
visible_gpus._ask_in_a_process = fake_gpus.shown
gpu = gpu_locks.take()
(alone, _), = fake_gpus.shown()
assert alone == gpu.uuid
print(alone, flush=True)
input()
"""  # a process that takes a GPU, says which, and has it until its input ends
