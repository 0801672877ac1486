"""Lists and splits of the datasets of land use, which have no official ones."""

from importlib import import_module
from pathlib import Path
from zlib import crc32

import numpy as np

from patchprobe.datasets.land_use import SEE
from patchprobe.errors import DatasetError

_SHOWN = 20  # problems in a message


def land_use(name):
    """The `patchprobe.datasets.land_use.LandUse` of a dataset; None if it is no such dataset."""
    return getattr(import_module(f"{__package__}.{name}"), "LAND_USE", None)


def read_split_list(land_use, root, path):
    """Items that a list names, in its order.

    Lines are `<class>/<file>`, `./<class>/<file>` as in Scale-MAE's mae/splits, or bare file
    names, as in the lists of Neumann et al. (2019) that torchgeo fetches; `#` starts a comment.

    Parameters
    ----------
    land_use : patchprobe.datasets.land_use.LandUse
    root : path or None
        With None the images are not looked for.
    path : path
        The list.

    Returns
    -------
    list of str

    Raises
    ------
    DatasetError
        If the list is missing, not UTF-8 or empty, or if a line is no image's name, is there
        twice or names an image that is not under `root`.
    """
    present = None if root is None else set(land_use.items(root))
    lines_of, wrong = {}, []
    for number, line in _lines(path):
        try:
            item = land_use.item_of(line.removeprefix("./"))
        except DatasetError as error:
            wrong.append(f"line {number}: {error}")
            continue
        if present is not None and item not in present:
            wrong.append(f"line {number}: {Path(root) / item} does not exist")
        if lines_of.setdefault(item, number) != number:
            wrong.append(f"line {number}: {item} is in line {lines_of[item]}, too")
    if wrong:
        shown = "\n  ".join(wrong[:_SHOWN] + ["..."] * (len(wrong) > _SHOWN))
        raise DatasetError(
            f"{len(wrong)} problems in {path}, a list of images of {land_use.name}:\n  "
            f"{shown}\n  Take the list that belongs to this dataset, {SEE}."
        )
    return list(lines_of)


def draw(land_use, root, part, seed=0):
    """Text of a list file: one part of all images under `root`, see `splits_80_20`.

    Parameters
    ----------
    land_use : patchprobe.datasets.land_use.LandUse
    root : path
    part : {"train", "val"}
    seed : int
    """
    names = split(land_use, root, seed)[part]
    return "\n".join([f"# {land_use.name}, {part} of an 80/20 split, seed {seed}.", *names])


def split(land_use, root, seed=0):
    """All images under `root` as train and val, see `splits_80_20`."""
    names = {}
    for item in land_use.items(root):
        names.setdefault(land_use.class_of(item), []).append(item)
    return splits_80_20(names, seed)


def splits_80_20(names, seed=0):
    """Every class split into 80 % train and 20 % val, by chance.

    The draw of a class depends on its sorted names, its own name and the seed, not on other
    classes. A class of two images has one in each split.

    Parameters
    ----------
    names : dict of str to list of str
        By class.
    seed : int
        0 or more.

    Returns
    -------
    dict of str to list of str
        Names in train and in val, sorted.

    Raises
    ------
    DatasetError
        If there is no class, or a class has fewer than two names or the same name twice.
    """
    for group, members in names.items():
        if len(set(members)) < max(2, len(members)):
            raise DatasetError(
                f"Class {group} cannot be split: expected at least two images, none of them named "
                f"twice; found {len(members)}, {len(set(members))} of them different, {SEE}."
            )
    if not names:
        raise DatasetError(f"there are no images to split: check the folder, {SEE}.")
    splits = {"train": [], "val": []}
    for group, members in names.items():
        rng = np.random.default_rng([seed, crc32(group.encode())])
        n_val = max(1, round(len(members) / 5))
        shuffled = rng.permutation(len(members))
        ordered = sorted(members)
        splits["val"] += [ordered[i] for i in shuffled[:n_val]]
        splits["train"] += [ordered[i] for i in shuffled[n_val:]]
    return {split: sorted(chosen) for split, chosen in splits.items()}


def _lines(path):
    """Numbers and contents of the lines of a list that are not blank."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a path that cannot be
        raise DatasetError(f"List {path} cannot be read as UTF-8 text ({error}).") from error
    lines = enumerate((line.split("#")[0].strip() for line in text.splitlines()), start=1)
    found = [(number, line) for number, line in lines if line]
    if not found:
        raise DatasetError(f"List {path} is empty: expected one image name a line.")
    return found
