"""Lists of images: one name a line, `#` starts a comment."""

from collections import Counter, defaultdict
from pathlib import Path

from patchprobe.errors import DatasetError


def read_list(path):
    """The image names in a list file, in its order.

    Raises
    ------
    DatasetError
        If the file is missing, is not UTF-8, lists nothing, or lists an image twice.
    """
    path = Path(path)
    if not path.is_file():
        raise DatasetError(f"Subset list {path} not found: correct `subsets` in the configuration.")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Subset list {path} is not UTF-8 text ({error}): save it so."
        ) from error
    names = [name for line in lines if (name := line.split("#")[0].strip())]
    if not names:
        raise DatasetError(f"Subset list {path} is empty: expected one image name a line.")
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise DatasetError(f"Subset list {path} names {', '.join(twice)} more than once.")
    return names


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
        raise DatasetError("there are no images to draw from: check the folder and the split")
    drawn = []
    for group, members in sorted(groups.items()):
        if len(members) < n_per_group:
            raise DatasetError(
                f"{group} has {len(members)} images, fewer than the {n_per_group} to be drawn."
            )
        drawn += [members[i] for i in rng.choice(len(members), n_per_group, replace=False)]
    return sorted(drawn)


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


def join(subsets):
    """All items of subsets, sorted, each once: list of (split, item)."""
    return sorted({item for items in subsets.values() for item in items})
