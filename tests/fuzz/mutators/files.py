"""Changes of a folder: its files are changed, lost, replaced, swapped or renamed."""

import os
import shutil

from tests.fuzz.mutators.content import change_bytes, change_text
from tests.fuzz.mutators.images import SUFFIXES, change_image
from tests.fuzz.mutators.structures import change_json

TEXTS = (".txt", ".csv", ".xml", ".json", ".ini", ".yaml")


def change_some(change, folder, files):
    """One to three changes of chosen files, or of the folders that they lie in."""
    for _ in range(change.rng.choice([1, 1, 1, 2, 3])):
        there = sorted(path for path in files if (folder / path).is_file())
        if not there:
            return
        path = change.rng.choice(there)
        if change.rng.random() < 0.8:
            other = folder / change.rng.choice(there)
            change_content(change, folder / path, other)
        else:
            change_place(change, folder, path, there)


def change_content(change, path, other):
    """Change the content of a file, by what it is."""
    suffix, content = path.suffix.lower(), path.read_bytes()
    change.note(f"file {path.name}")
    how = change.rng.random()
    if suffix in SUFFIXES and how < 0.6:
        content = change_image(change, content, suffix)
    elif suffix == ".json" and how < 0.6:
        content = change_json(change, content)
    elif suffix in TEXTS and how < 0.85:
        content = change_text(change, content, suffix)
    else:
        content = change_bytes(change, content, other.read_bytes())
    change.put(path, content)


def change_place(change, folder, name, names):
    """Change what stands at the place of a file, or of the folder above it."""
    rng, path = change.rng, folder / name
    above = path.parent
    if rng.random() < 0.25 and above != folder:
        path = above
    other = folder / rng.choice(names)
    how = rng.choice(
        ["lose", "empty", "folder", "dangling", "loop", "link", "swap", "copy", "case", "rename"]
    )
    change.note(f"{how}: {path.relative_to(folder)} (other: {other.relative_to(folder)})")
    if how == "swap" and path.is_file() and other != path:
        kept = path.with_name(".kept")
        path.rename(kept)
        other.rename(path)
        kept.rename(other)
    elif how == "copy" and path.is_file() and other != path:
        change.put(path, other.read_bytes())
    elif how in ("case", "rename"):
        named = {"case": path.name.swapcase(), "rename": rng.choice(["ü", "a b", "._"]) + path.name}
        path.rename(path.with_name(named[how]))
    elif how not in ("swap", "copy"):
        _replace(path, other, how)


def _replace(path, other, how):
    """Something else, or nothing, where a file or folder was."""
    target = os.path.relpath(other, path.parent)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if how == "empty":
        path.touch()
    elif how == "folder":
        path.mkdir()
    elif how == "dangling":
        path.symlink_to("nowhere")
    elif how == "loop":
        path.symlink_to(path.name)
    elif how == "link":
        path.symlink_to(target)
