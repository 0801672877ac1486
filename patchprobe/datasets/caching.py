"""Keys for what is remembered of files: a file that changes gets another key."""

from pathlib import Path


def stamp(path):
    """Path, size in bytes and time of change of a file, ns; the path alone if it is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return (str(path),)
    return str(path), found.st_size, found.st_mtime_ns


def stamps(paths):
    """The stamps of several files."""
    return tuple(map(stamp, paths))
