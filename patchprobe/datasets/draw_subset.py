"""Draw a subset of Cityscapes: python -m patchprobe.datasets.draw_subset --help"""

import argparse

import numpy as np

from patchprobe.datasets import cityscapes, subsets


def main(arguments=None):
    """Print a list of images, so many of each city, drawn with a seed."""
    parser = argparse.ArgumentParser(
        prog="python -m patchprobe.datasets.draw_subset",
        description="Print a subset list of Cityscapes: so many images of each city, drawn with a "
        "seed. Send it to a file and name that under `subsets` in the configuration.",
    )
    parser.add_argument("root", help="folder with leftImg8bit and gtFine")
    parser.add_argument("--split", choices=("train", "val"), default="train")
    parser.add_argument("--per-city", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    if args.per_city < 1:
        parser.error(f"--per-city: expected at least 1, found {args.per_city}")
    stems = subsets.draw_per_group(
        cityscapes.items(args.root, args.split),
        cityscapes.city_of,
        args.per_city,
        np.random.default_rng(args.seed),
    )
    print(f"# Cityscapes {args.split}, {args.per_city} images per city, seed {args.seed}.")
    print("\n".join(stems))


if __name__ == "__main__":
    main()
