"""Subsets: lists of items, one name a line, `#` starts a comment; and how they are drawn."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from patchprobe.errors import DatasetError

_NOTHING = "there is nothing to choose from: check the folder and the split"


def read_list(path):
    """The names in a list file, in its order.

    Raises
    ------
    DatasetError
        If the file is missing, is not UTF-8, lists nothing, or lists a name twice.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise DatasetError(
                f"Subset list {path} not found: correct `subsets` in the configuration."
            )
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Subset list {path} is not UTF-8 text ({error}): save it so."
        ) from error
    except OSError as error:
        raise DatasetError(
            f"Subset list {path} cannot be read ({error}): check its path and permissions."
        ) from error
    names = [name for line in lines if (name := line.split("#")[0].strip())]
    if not names:
        raise DatasetError(f"Subset list {path} is empty: expected one name a line.")
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise DatasetError(f"Subset list {path} names {', '.join(twice)} more than once.")
    return names


def select(presence, classes, n_per_class, rng=None):
    """Choose items greedily, so that every class is in at least `n_per_class` of them.

    For one class after the other, the first `n_per_class` items that show it and are not taken yet
    are taken; all of them, where there are fewer. This is the rule of the paper's authors, who
    went through the names in the order of their disk.

    Parameters
    ----------
    presence : dict of str to set of int
        Classes of each item. The order of the mapping does not matter.
    classes : iterable of int
        In the order in which they choose.
    n_per_class : int
    rng : numpy.random.Generator, optional
        Shuffles the names first; without it they are sorted.

    Returns
    -------
    list of str, sorted
    """
    if n_per_class < 1:
        raise ValueError(f"expected at least 1 item per class, found {n_per_class}")
    if not presence:
        raise DatasetError(_NOTHING)
    names = sorted(presence)
    if rng is not None:
        names = [names[i] for i in rng.permutation(len(names))]
    taken = set()
    for label in classes:
        free = [name for name in names if name not in taken and label in presence[name]]
        taken.update(free[:n_per_class])
    return sorted(taken)


def scarce(presence, classes, names, n_per_class):
    """Those of the classes that fewer than `n_per_class` of the named items show, in order."""
    shown = Counter(label for name in names for label in presence[name])
    return [label for label in classes if shown[label] < n_per_class]


def draw_per_group(names, group_of, n_per_group, rng):
    """Draw `n_per_group` names of each group, e.g. four images a city.

    The draw depends on the sorted names and the generator only.

    Parameters
    ----------
    names : iterable of str
    group_of : callable, name -> group
    n_per_group : int
    rng : numpy.random.Generator

    Returns
    -------
    list of str, sorted
    """
    groups = defaultdict(list)
    for name in sorted(set(names)):
        groups[group_of(name)].append(name)
    if not groups:
        raise DatasetError(_NOTHING)
    drawn = []
    for group, members in sorted(groups.items()):
        if len(members) < n_per_group:
            raise DatasetError(
                f"{group} has {len(members)} items, fewer than the {n_per_group} to be drawn."
            )
        drawn += [members[i] for i in rng.choice(len(members), n_per_group, replace=False)]
    return sorted(drawn)


def draw(dataset, root, split, n_per_class, seed=None, threads=1):
    """Text of a list file: so many items that show each class, of all that lie under `root`.

    Classes choose from the last, which is the rarest of ADE20K, to the first; see `select`.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    split : str
    n_per_class : int
    seed : int, optional
        Shuffles the names; without it they are sorted.
    threads : int

    Raises
    ------
    DatasetError
        If there is nothing to draw from, or the dataset does not tell the classes of its items.
    """
    if dataset.presence is None:
        raise DatasetError(
            f"{dataset.name} cannot be drawn by class: draw it by group, with --per-group."
        )
    items = dataset.items(root, split)
    if not items:
        raise DatasetError(_NOTHING)
    classes = dataset.classes(root).evaluated
    shown = dataset.presence(root, split, items, threads)
    rng = None if seed is None else np.random.default_rng(seed)
    names = select(shown, reversed(classes), n_per_class, rng)
    order = "sorted names" if seed is None else f"names shuffled with seed {seed}"
    lines = [f"# {dataset.name} {split}, {n_per_class} per class, of {len(items):,} ({order})."]
    if few := scarce(shown, classes, names, n_per_class):
        lines.append(f"# In fewer than {n_per_class}: classes {', '.join(map(str, few))}.")
    return "\n".join([*lines, *names])


def draw_groups(dataset, root, split, n_per_group, seed=0):
    """Text of a list file: so many items of each group, drawn with a seed; see `draw_per_group`.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    split : str
    n_per_group : int
    seed : int
    """
    names = draw_per_group(
        dataset.items(root, split),
        lambda item: dataset.read(root, split, item).group,
        n_per_group,
        np.random.default_rng(seed),
    )
    header = f"# {dataset.name} {split}, {n_per_group} per group, seed {seed}."
    return "\n".join([header, *names])


def draw_all(dataset, root, split, n_expected):
    """Text of a list file: all items of a split that lie under `root`.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    split : str
    n_expected : int

    Raises
    ------
    DatasetError
        If there are more or fewer: a dataset that is unpacked in part is not all of it.
    """
    names = dataset.items(root, split)
    if len(names) != n_expected:
        raise DatasetError(
            f"expected all {n_expected:,} items of {dataset.name} {split} in {root}, found "
            f"{len(names):,}: unpack the rest, or correct the number in the configuration."
        )
    return "\n".join([f"# {dataset.name} {split}, all {n_expected:,}.", *names])


def resolve(subsets, drawn=()):
    """Items of subsets, those that were drawn read from their files.

    Parameters
    ----------
    subsets : list of [name, split, items or None]
        None: the subset was drawn.
    drawn : path or list of path
        List files, each named after its subset.

    Returns
    -------
    dict of str to list of (split, item)
    """
    paths = [drawn] if isinstance(drawn, str) else drawn
    files = {Path(path).stem: path for path in paths}
    return {
        name: [(split, item) for item in (read_list(files[name]) if items is None else items)]
        for name, split, items in subsets
    }


def left_out(items, every):
    """Those of the items that were left out, sorted.

    Parameters
    ----------
    items : list of (split, item)
    every : list of [split, item]
        All that were left out of a store.
    """
    return sorted(set(items) & set(map(tuple, every)))


def join(subsets):
    """All items of subsets, sorted, each once: list of (split, item)."""
    return sorted({item for items in subsets.values() for item in items})
