"""Files that are there whole or not at all."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path

from patchprobe.disk_space import naming_full_disk


def write_text(path, text, errors="strict"):
    """Write text as UTF-8 with plain line ends, whole or not at all."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", errors=errors, newline="\n")


@contextmanager
def replacing(path):
    """Give a path to write to, in the same folder, that takes the place of `path` in the end.

    Whoever reads `path` meanwhile, or after a kill, finds what was there before. If the block
    fails, what it wrote is removed.
    """
    path = Path(path)
    unfinished = path.with_name(f".{secrets.token_hex(4)}_unfinished_{path.name}")
    try:
        with naming_full_disk(path.parent):
            yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
