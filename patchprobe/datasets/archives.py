"""Unpack archives of datasets: whole or not at all, and never outside their folder."""

import hashlib
import lzma
import os
import re
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from patchprobe import disk_space, download
from patchprobe.errors import DownloadError
from patchprobe.logs import progress

_DAMAGED = (zipfile.BadZipFile, EOFError, lzma.LZMAError, zlib.error, ValueError)
_NOT_READ = (NotImplementedError, RuntimeError)  # methods that zipfile lacks, a password
_PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: the program that made it tells no kind


def install(url, folder, root, inside=".", checksum=None):
    """Fetch an archive and unpack it into `root`; what was fetched before is not fetched again.

    Parameters
    ----------
    url : str
        See `patchprobe.download.fetch`.
    folder : path
        Where the archive is kept until it is unpacked: when that fails, for want of room say,
        the next call goes on from there.
    root, inside
        See `unpack`.
    checksum : str, optional
        See `patchprobe.download.parse_checksum`.

    Raises
    ------
    DownloadError, DiskError
    """
    check_inside(inside)
    _check_root(Path(root).resolve())
    archive = Path(folder) / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}.zip"
    if not _is_here(archive, checksum):
        download.fetch(url, archive, checksum)
    unpack(archive, root, inside)
    archive.unlink()


def unpack(archive, root, inside="."):
    """Unpack a zip file so that its folder `inside` becomes `root`.

    Parameters
    ----------
    archive : path
    root : path
        Folder to make. It must not exist, or be empty. A link is followed.
    inside : str
        Folder of the archive, e.g. "ADEChallengeData2016" ("." for all of it). The rest of the
        archive is not unpacked.

    Raises
    ------
    DownloadError
        If the file is damaged or not a zip file, a name in it leads outside or is there twice, it
        holds links or lacks the folder, or `root` is not empty or cannot be written.
    DiskError
        If the disk is too full.
    """
    top, root = check_inside(inside), Path(root).resolve()
    _check_root(root)
    try:
        with zipfile.ZipFile(archive) as file:
            _unpack(file, archive, root, top)
    except _DAMAGED as error:
        raise _damaged(archive, error) from error
    except _NOT_READ as error:
        raise DownloadError(
            f"{archive} cannot be unpacked ({error}): unpack its folder {inside} by hand, so that "
            f"it becomes {root}."
        ) from error
    except OSError as error:
        if error.errno is None:  # of bz2
            raise _damaged(archive, error) from error
        raise DownloadError(
            f"{archive} cannot be unpacked to {root}: {error}. Check the permissions of its folder."
        ) from error


def _unpack(file, archive, root, top):
    members = _members(file, archive, top)
    needed = sum(member.file_size for member in members)
    disk_space.require(root.parent, needed, f"What is in {archive}")
    with disk_space.naming_full_disk(root.parent, needed):
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent, prefix=f".{root.name}.") as folder:
            unpacked = Path(folder) / "unpacked"
            for member in progress(members, desc=f"unpack {root.name}", unit="file"):
                file.extract(member, unpacked)
            if root.exists():
                root.rmdir()
            os.replace(unpacked.joinpath(*top), root)


def check_inside(inside):
    """Parts of the path of a folder in an archive, which must not lead out of it.

    Raises
    ------
    DownloadError
    """
    if problem := _problem(inside):
        raise DownloadError(
            f"inside: {inside!r} {problem}: expected a folder of the archive, such as "
            "ADEChallengeData2016, or . for all of it. Correct the entry."
        )
    return PurePosixPath(inside).parts


def _check_root(root):
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise DownloadError(
            f"{root} is not empty: nothing was unpacked. Remove what it holds to unpack again."
        )
    if root.is_mount():
        raise DownloadError(
            f"{root} is a disk of its own, which cannot be replaced: set `root` to a folder in it."
        )


def _is_here(archive, checksum):
    """Whether an archive was fetched before (whole: it has its name only then)."""
    if not archive.exists():
        return False
    try:
        download.check(archive, checksum)
    except DownloadError:
        return False
    return True


def _damaged(archive, error):
    return DownloadError(
        f"{archive} cannot be unpacked ({error}): it is damaged, or not a zip file. Delete it and "
        "fetch it again."
    )


def _members(file, archive, top):
    """The files and folders of the folder `top`, after all names of the archive were checked."""
    files, folders = {}, set()
    for member in file.infolist():
        if problem := _problem(member.filename) or _problem_of_kind(member):
            raise DownloadError(f"{archive}: {member.filename!r} {problem}: refused.")
        path = PurePosixPath(member.filename)
        folders.update([path] if member.is_dir() else path.parents)
        if member.is_dir():
            continue
        known = files.setdefault(path, member)
        if (known.CRC, known.file_size) != (member.CRC, member.file_size):
            raise DownloadError(f"{archive}: {member.filename!r} is there twice, in two versions.")
    if both := sorted(map(str, folders & set(files))):
        raise DownloadError(f"{archive}: {both[0]!r} is a file and a folder: refused.")
    if not files:
        raise DownloadError(f"{archive} holds no files: fetch it again, or correct its address.")
    inside = PurePosixPath(*top)
    found = [member for path, member in files.items() if inside in path.parents]
    if not found:
        names = sorted({path.parts[0] for path in files})[:5]
        raise DownloadError(
            f"{archive}: expected a folder {inside} with files, found {', '.join(names)}. Correct "
            "`inside` in the entry."
        )
    return found


def _problem(name):
    """Why a name in an archive is refused, or None."""
    if "\\" in name:
        return "holds a back slash"
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        return "leads outside its folder"
    return None


def _problem_of_kind(member):
    """Why something in an archive is refused for what it is, or None."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return "is a link"
    if kind not in _PLAIN:
        return "is a device or a pipe"
    if member.filename in ("", ".") or member.filename.endswith("/."):
        return "is a file without a name"
    return None
