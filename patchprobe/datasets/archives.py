"""Unpack archives of datasets: whole or not at all, and never outside their folder."""

import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from patchprobe.errors import DownloadError
from patchprobe.logs import progress


def unpack(archive, root, inside="."):
    """Unpack a zip file so that its folder `inside` becomes `root`.

    Parameters
    ----------
    archive : path
    root : path
        Folder to make. It must not exist, or be empty.
    inside : str
        Folder of the archive, e.g. "ADEChallengeData2016" ("." for all of it).

    Raises
    ------
    DownloadError
        If the file is damaged or not a zip file, a name in it leads outside, it holds links or
        lacks the folder, the disk is too full, or `root` is not empty.
    """
    root = Path(root)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise DownloadError(
            f"{root} is not empty: nothing was unpacked. Remove what it holds to unpack again."
        )
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=f".{root.name}.") as folder:
        unpacked = Path(folder) / "unpacked"
        try:
            with zipfile.ZipFile(archive) as file:
                _check(file, archive, folder)
                for member in progress(file.infolist(), desc=f"unpack {root.name}", unit="file"):
                    file.extract(member, unpacked)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise DownloadError(
                f"{archive} cannot be unpacked ({error}): fetch it again."
            ) from error
        found = unpacked / inside
        if not found.is_dir():
            top = sorted(path.name for path in unpacked.iterdir())[:5]
            raise DownloadError(f"{archive}: expected a folder {inside}, found {', '.join(top)}.")
        if root.exists():
            root.rmdir()
        os.replace(found, root)


def _check(file, archive, folder):
    for member in file.infolist():
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise DownloadError(
                f"{archive}: {member.filename!r} leads outside its folder: refused."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise DownloadError(f"{archive}: {member.filename!r} is a link: refused.")
    needed = sum(member.file_size for member in file.infolist())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DownloadError(
            f"{archive} needs {needed / 1e9:.1f} GB unpacked, but only {free / 1e9:.1f} GB are "
            "free: make room, or set `root` to another disk."
        )
