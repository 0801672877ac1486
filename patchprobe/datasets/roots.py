"""Roots of datasets as people give them: links, files, folders that cannot be read or filled."""

import os
from pathlib import Path


def problem(root):
    """Why a root cannot be looked into, whatever the dataset; None if it can, or is not there yet.

    Parameters
    ----------
    root : path
        May be a link to a folder, or lead through one.
    """
    root = Path(root)
    if root.parts[:1] and root.parts[0].startswith("~") and not os.path.lexists(root.parts[0]):
        return f"{root}: ~ does not stand for a folder here. Write the whole path as `root`."
    for path in (*reversed(root.parents), root):
        if path.is_symlink() and not path.exists():
            target = path.parent / os.readlink(path)
            return (
                f"{path} is a link to {target}, where nothing is. Mend the link, or give another "
                "`root`."
            )
    try:
        if root.is_dir() and not os.access(root, os.R_OK | os.X_OK):
            raise PermissionError("no permission to list it")
    except OSError as error:
        return f"{root} cannot be read ({error}): check the permissions of its folders."
    return None


def not_to_be_filled(root):
    """Why a download cannot be unpacked at a root; None if it can.

    It can where nothing is, and in an empty folder, which may be the target of a link: the folder
    is replaced by the one of the archive, so that the link stays.
    """
    if message := problem(root):
        return f"{message} Nothing was fetched."
    folder = Path(os.path.realpath(root))
    try:
        reason = _obstacle(root, folder)
    except OSError as error:
        reason = f"{root} cannot be looked at ({error}): check the permissions of its folders."
    return f"{reason} Nothing was fetched." if reason else None


def _obstacle(root, folder):
    if folder.exists() and not folder.is_dir():
        return f"{root} is a file: a dataset needs a folder. Remove it, or give another `root`."
    if folder.is_dir():
        if names := sorted(path.name for path in folder.iterdir()):
            shown = ", ".join(map(ascii, names[:5])) + (", ..." if len(names) > 5 else "")
            return (
                f"{root} is not empty (it holds {shown}): nothing is unpacked over files. Remove "
                "what it holds, or give another `root`."
            )
        if os.path.ismount(folder):
            return (
                f"{root} is a mount point, which cannot be replaced: give a folder in it as `root`."
            )
    parent = next(path for path in folder.parents if path.exists())
    if not parent.is_dir():
        return f"{parent} is a file: {root} cannot be made in it. Give another `root`."
    if not os.access(parent, os.W_OK | os.X_OK):
        return (
            f"{parent} may not be written into, where {root} is made: change its permissions, or "
            "give another `root`."
        )
    return None
