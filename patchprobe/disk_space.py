"""Full disks, told in a sentence: the folder, what is needed there, what is free."""

import errno
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from patchprobe.errors import DiskError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_ADVICE = "make room there, or choose another disk, and run again."


def require(folder, n_bytes, what):
    """Stop before something is written that does not fit.

    Parameters
    ----------
    folder : path
        Where it will be written. It need not exist yet.
    n_bytes : int
        What will be written, at most.
    what : str
        The thing that needs the room: the beginning of the sentence, such as a file's name.

    Raises
    ------
    DiskError
    """
    free = _free(folder)
    if free is not None and n_bytes > free:
        raise DiskError(
            f"{what} needs {size(n_bytes)} in {folder}, but only {size(free)} are free there: "
            f"{_ADVICE}"
        )


@contextmanager
def naming_full_disk(folder, n_bytes=None):
    """Turn the error of a disk (or quota) that fills up within the block into a DiskError.

    Other errors pass. Whoever writes within the block removes what is half written.

    Parameters
    ----------
    folder : path
        Where the block writes.
    n_bytes : int, optional
        What it writes in all, if that is known.
    """
    try:
        yield
    except DiskError:
        raise
    except Exception as error:  # libraries have errors of their own for it
        number = _number_of_full(error)
        if number is None:
            raise
        needed = "" if n_bytes is None else f"{size(n_bytes)} are needed, "
        free = _free(folder)
        told = "" if free is None else f"{size(free)} are free"
        raise DiskError(
            f"The disk of {folder} is full ({os.strerror(number)}): "
            f"{needed}{told or 'it does not tell what is free'}. {_ADVICE.capitalize()}"
        ) from error


def size(n_bytes):
    """A number of bytes in words: 1.5 GB, 30.0 MB, 0.2 kB."""
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= 0.1 * length:
            return f"{n_bytes / length:,.1f} {unit}"
    return f"{n_bytes / 1e3:.1f} kB"


def _free(folder):
    """Bytes that may still be written to the disk of a folder; None if the disk does not tell."""
    there = Path(folder).resolve()
    while not there.exists():
        there = there.parent
    usage = shutil.disk_usage(there)
    return usage.free if usage.total else None  # some network disks say 0 of 0


def _number_of_full(error):
    """The number of the error that says that a disk is full, or None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return error.errno
        text = str(error)
        for number in _FULL:
            if f"(os error {number})" in text:  # Rust: safetensors
                return number
        if isinstance(error, OSError) and re.fullmatch(r"\d+ requested and \d+ written", text):
            return errno.ENOSPC  # numpy tells no number
        error = error.__cause__ or error.__context__
    return None
