"""Bounds for files that may claim to be larger than they are."""

import threading
import zipfile
from contextlib import contextmanager
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None

_SLACK = 2**30  # bytes: of other threads, and of what Python makes of a small file
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def bounded_memory(n_bytes):
    """Let this process take `n_bytes` more within the block, and some slack: then MemoryError.

    A file of a kilobyte may ask for a gigabyte of zeros, in words that every reader understands.
    Linux alone tells what is taken and holds processes to it; elsewhere nothing is bounded.
    """
    statm = Path("/proc/self/statm")
    if resource is None or not statm.is_file():
        yield
        return
    with _ONE_AT_A_TIME:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        taken = int(statm.read_text().split()[5]) * resource.getpagesize()
        bound = taken + n_bytes + _SLACK
        is_lower = soft == resource.RLIM_INFINITY or bound < soft
        resource.setrlimit(resource.RLIMIT_DATA, (bound if is_lower else soft, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def compressed(path):
    """Name of a compressed file in a zip archive, or None.

    PyTorch compresses none but the code of TorchScript. Read in place, compressed numbers would be
    taken for others; unpacked, they may fill the memory.
    """
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            is_code = member.filename.endswith((".py", ".debug_pkl"))
            if member.compress_type != zipfile.ZIP_STORED and not is_code:
                return member.filename
    return None
