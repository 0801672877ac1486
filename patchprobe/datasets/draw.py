"""Draw a subset of a dataset: python -m patchprobe.datasets.draw --help"""

import argparse
import sys

from patchprobe.datasets import subsets
from patchprobe.datasets.base import NAMES, dataset
from patchprobe.errors import PatchprobeError


def main(arguments=None):
    """Print a subset list: so many items of each class or of each group."""
    parser = _parser()
    args = parser.parse_args(arguments)
    for option in ("per_class", "per_group", "threads"):
        value = getattr(args, option)
        if value is not None and value < 1:
            parser.error(f"--{option.replace('_', '-')}: expected at least 1, found {value}")
    try:
        print(_draw(dataset(args.name), args))
    except PatchprobeError as error:
        sys.exit(str(error))


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m patchprobe.datasets.draw",
        description="Print a subset list: so many items of each class, the last class first, or of "
        "each group (city, land use). Send it to a file and name that under `subsets` in the "
        "configuration.",
    )
    parser.add_argument("name", choices=NAMES, help="name of the dataset")
    parser.add_argument("root", help="its folder, as in the configuration")
    parser.add_argument("--split", default="train")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--per-class", type=int, help="items that show each class")
    what.add_argument("--per-group", type=int, help="items of each group")
    parser.add_argument("--seed", type=int, help="default: sorted names by class, seed 0 by group")
    parser.add_argument("--threads", type=int, default=4)
    return parser


def _draw(chosen, args):
    if args.per_group:
        return subsets.draw_groups(chosen, args.root, args.split, args.per_group, args.seed or 0)
    return subsets.draw(
        chosen, args.root, args.split, args.per_class, args.seed, threads=args.threads
    )


if __name__ == "__main__":
    main()
