"""What made a store or a table: versions, commit, files."""

import hashlib
import json
import os
import platform
import subprocess
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from patchprobe.files import write_text

PACKAGES = (
    *("torch", "timm", "zarr", "numcodecs", "dask", "numpy"),
    *("scikit-learn", "scikit-image", "faiss-cpu"),
)


def record(**made_from):
    """A JSON-able record of software versions and git commit, together with `made_from`."""
    return {**made_from, "software": versions(), "git_commit": git_commit()}


def write(path, **made_from):
    """Write `record` as JSON, beside the table that it is about."""
    write_text(path, json.dumps(record(**made_from), indent=1))


def of_whole(parts):
    """What made something of which several jobs made a part each.

    Parameters
    ----------
    parts : list of dict
        Records that agree but for versions of software and commits.

    Returns
    -------
    dict
        The number of `parts` too. Of a version or commit that differs, a list of all that occur.
    """
    about = {**parts[0], "parts": len(parts)}
    if "git_commit" in about:
        about["git_commit"] = _alike(part.get("git_commit") for part in parts)
    if "software" in about:
        packages = dict.fromkeys(name for part in parts for name in part.get("software", {}))
        about["software"] = {
            name: _alike(part.get("software", {}).get(name) for part in parts) for name in packages
        }
    return about


def _alike(values):
    every = list(dict.fromkeys(values))
    return every[0] if len(every) == 1 else every


def every(value):
    """All versions or commits that a record tells at one place, as a list."""
    return value if isinstance(value, list) else [value]


def versions():
    """Versions of Python and of the packages that numbers depend on (None: not installed)."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def git_commit():
    """Commit of the checkout this module lies in, with `+` if it was edited, else None."""
    folder = Path(__file__).resolve().parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def file_digest(path):
    """SHA-256 of a file, hexadecimal; read once as long as it stays the same file."""
    about = os.stat(path)
    return _file_digest(os.fspath(path), about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _file_digest(path, *about):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_digest(items):
    """SHA-256 of a list of items, in whatever order: the first 16 hexadecimal digits.

    Parameters
    ----------
    items : list of (split, item), or of (split, item, frame)
    """
    lines = sorted(json.dumps(list(item)) for item in items)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
