"""Draw a subset of a dataset: python -m patchprobe.datasets.draw --help"""

import argparse
import sys

from patchprobe.datasets import land_use_splits, subsets
from patchprobe.datasets.base import NAMES, dataset
from patchprobe.errors import DatasetError, PatchprobeError


def main(arguments=None):
    """Print a subset list: so many items of each class or group, or a part of all images."""
    parser = _parser()
    args = parser.parse_args(arguments)
    for option in ("per_class", "per_group", "all", "threads"):
        value = getattr(args, option)
        if value is not None and value < 1:
            parser.error(f"--{option.replace('_', '-')}: expected at least 1, found {value}")
    try:
        how = (args.per_class, args.per_group, args.split_80_20, args.all, args.seed, args.threads)
        print(text(args.name, args.root, args.split, *how))
    except PatchprobeError as error:
        sys.exit(str(error))


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m patchprobe.datasets.draw",
        description="Print a subset list: so many items of each class, the last class first, or of "
        "each group (city, land use), one part of a split of each land use, or all. Send it to a "
        "file and name that under `subsets` in the configuration.",
    )
    parser.add_argument("name", choices=NAMES, help="name of the dataset")
    parser.add_argument("root", help="its folder, as in the configuration")
    parser.add_argument("--split", default="train")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--per-class", type=int, help="items that show each class")
    what.add_argument("--per-group", type=int, help="items of each group")
    what.add_argument(
        "--split-80-20", choices=("train", "val"), help="four or one of five images of a land use"
    )
    what.add_argument("--all", type=int, metavar="N", help="all items, which must be so many")
    parser.add_argument("--seed", type=int, help="default: sorted names by class, else seed 0")
    parser.add_argument("--threads", type=int, default=4)
    return parser


def text(
    name,
    root,
    split,
    per_class=None,
    per_group=None,
    split_80_20=None,
    n_all=None,
    seed=None,
    threads=1,
):
    """Text of a list file, drawn in one of four ways.

    Parameters
    ----------
    name : str
        Of the dataset.
    root : path
    split : str
    per_class, per_group : int, optional
        Items of each, see `subsets.draw` and `subsets.draw_groups`.
    split_80_20 : {"train", "val"}, optional
        The part, see `land_use_splits.draw`.
    n_all : int, optional
        How many all items must be, see `subsets.draw_all`.
    seed : int, optional
        Default: sorted names by class, otherwise 0.
    threads : int
    """
    if per_class is not None:
        return subsets.draw(dataset(name), root, split, per_class, seed, threads)
    if per_group is not None:
        return subsets.draw_groups(dataset(name), root, split, per_group, seed or 0)
    if n_all is not None:
        return subsets.draw_all(dataset(name), root, split, n_all)
    land_use = land_use_splits.land_use(name)
    if land_use is None:
        raise DatasetError(
            f"{dataset(name).name} cannot be split 80/20 by class, since its images show several: "
            "draw it by class or by group."
        )
    return land_use_splits.draw(land_use, root, split_80_20, seed or 0)


if __name__ == "__main__":
    main()
