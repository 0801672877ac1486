"""Folders of the miniature world: never a real dataset's, and never a file half written."""

import os
import tempfile
from pathlib import Path

from patchprobe.errors import DatasetError

MARKER = "MINIATURE.txt"


def claim(root):
    """Mark a new or empty folder as a miniature world; never write into a real dataset.

    Parameters
    ----------
    root : path-like
        Made where missing.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world.
    """
    root = Path(root)
    if root.is_dir() and any(root.iterdir()) and not (root / MARKER).is_file():
        raise DatasetError(
            f"{root} holds files that are not a miniature world: nothing was written. Remove "
            "`miniature` to use the dataset there, or give another `root`."
        )
    root.mkdir(parents=True, exist_ok=True)
    (root / MARKER).write_text(
        "Generated scenes of patchprobe's miniature world; safe to delete.\n"
    )


def write_atomically(path, save):
    """Let `save(temporary path)` write a file, then move it into place in one step.

    The temporary file has the name of `path`, in a folder beside it, so that a writer which goes
    by the suffix writes the right format.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        temporary = Path(folder) / path.name
        save(temporary)
        os.replace(temporary, path)
