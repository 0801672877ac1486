"""Draw a subset of ADE20K by class: python -m patchprobe.datasets.ade20k_subset --help"""

import argparse
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from patchprobe.datasets import ade20k
from patchprobe.errors import DatasetError
from patchprobe.logs import progress

GRID = (28, 42)  # patches of 16 px in a frame: rows, columns


def classes_in(labels):
    """Classes that a label map shows: those at the patch centres of its frame, without 0.

    The labels are resized to the frame and then to the patches, both nearest-exact, as the paper's
    authors did.

    Parameters
    ----------
    labels : numpy.ndarray of shape (height, width), uint8
        At native size.

    Returns
    -------
    frozenset of int
    """
    frame = ade20k.resize_labels(labels, ade20k.FRAME_SIZE)
    return frozenset(np.unique(ade20k.resize_labels(frame, GRID)).tolist()) - {0}


def presence(root, split, items, threads=1):
    """Classes of each image: {name: frozenset of int}, see `classes_in`.

    Raises
    ------
    DatasetError
        If the labels of an image cannot be used.
    """

    def classes(item):
        return classes_in(ade20k.read_labels(root, split, item))

    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(classes, items)
        bar = progress(found, total=len(items), desc=f"classes {split}", unit="image")
        return dict(zip(items, bar, strict=True))


def select(presence, n_per_class, rng=None):
    """Choose images greedily, so that every class is in at least `n_per_class` of them.

    From class 150 (rare) to 1 (common), the first `n_per_class` images with the class are taken
    that are not taken yet; all of them, where there are fewer. So 150 classes make 600 images with
    4 each. This is the rule of the paper's authors, who went through the names in the order of
    their disk.

    Parameters
    ----------
    presence : dict of str to set of int
        Classes of each image. The order of the mapping does not matter.
    n_per_class : int
    rng : numpy.random.Generator, optional
        Shuffles the names first; without it they are sorted.

    Returns
    -------
    list of str, sorted
    """
    if not presence:
        raise DatasetError("there are no images to choose from: check the folder and the split")
    if n_per_class < 1:
        raise ValueError(f"expected at least 1 image per class, found {n_per_class}")
    names = sorted(presence)
    if rng is not None:
        names = [names[i] for i in rng.permutation(len(names))]
    taken = set()
    for label in reversed(ade20k.EVALUATED):
        free = [name for name in names if name not in taken and label in presence[name]]
        taken.update(free[:n_per_class])
    return sorted(taken)


def scarce(presence, names, n_per_class):
    """Classes that fewer than `n_per_class` of the named images show, ascending."""
    shown = [label for name in names for label in presence[name]]
    return [label for label in ade20k.EVALUATED if shown.count(label) < n_per_class]


def draw(root, split, n_per_class, seed=None, threads=1):
    """Text of a subset list: so many images of each class, of all that lie under `root`.

    Parameters
    ----------
    root : path
    split : str
    n_per_class : int
    seed : int, optional
        Shuffles the names; without it they are sorted.
    threads : int
    """
    items = ade20k.items(root, split)
    classes = presence(root, split, items, threads)
    names = select(classes, n_per_class, None if seed is None else np.random.default_rng(seed))
    order = "sorted names" if seed is None else f"names shuffled with seed {seed}"
    lines = [f"# ADE20K {split}, {n_per_class} images per class, of {len(items):,} ({order})."]
    if few := scarce(classes, names, n_per_class):
        lines.append(f"# In fewer than {n_per_class} images: classes {', '.join(map(str, few))}.")
    return "\n".join([*lines, *names])


def main(arguments=None):
    """Print a list of images, so many of each class."""
    parser = argparse.ArgumentParser(
        prog="python -m patchprobe.datasets.ade20k_subset",
        description="Print a subset list of ADE20K: so many images of each class, rare classes "
        "first. Send it to a file and name that under `subsets` in the configuration.",
    )
    parser.add_argument("root", help="the folder ADEChallengeData2016")
    parser.add_argument("--split", choices=ade20k.SPLITS, default="train")
    parser.add_argument("--per-class", type=int, default=4)
    parser.add_argument("--seed", type=int, help="shuffle the names; without it they are sorted")
    parser.add_argument("--threads", type=int, default=4)
    args = parser.parse_args(arguments)
    for option in ("per_class", "threads"):
        if (value := getattr(args, option)) < 1:
            parser.error(f"--{option.replace('_', '-')}: expected at least 1, found {value}")
    print(draw(args.root, args.split, args.per_class, args.seed, args.threads))


if __name__ == "__main__":
    main()
