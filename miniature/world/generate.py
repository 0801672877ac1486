"""Generate any dataset of the miniature world, as a configuration names its images."""

from importlib import import_module

SEQUENCES = ("MOT17-02", "MOT17-05")
LAND_USE = ("uc_merced", "resisc45", "eurosat")


def module_of(dataset):
    """Module of this package that generates a dataset."""
    return "land_use" if dataset in LAND_USE else dataset


def generate(dataset, root, used, seed, n=None):
    """Write a dataset in its official layout.

    Parameters
    ----------
    dataset : str
        Name of its reader, e.g. "cityscapes".
    root : path
    used : dict of str to list of str
        Images, tiles or videos of each split that are used.
    seed : int
    n : int, optional
        Frames of a video, images of a land-use class, or further training images of ADE20K.
    """
    generator = import_module(f"{__package__}.{module_of(dataset)}")
    write = getattr(generator, f"write_{dataset}")
    if dataset in LAND_USE:
        write(root, n, seed)
    elif dataset == "mot17":
        write(root, SEQUENCES, seed, n)
    elif dataset == "bdd100k":
        write(root, used, seed, n)
    elif dataset == "fair1m":
        names = import_module("patchprobe.datasets.fair1m_names")
        images = {x: sorted({names.parse_tile(t).item for t in used[x]}) for x in used}
        write(root, images, seed)
    elif dataset == "ade20k":
        pool = [f"ADE_train_{i:08}" for i in range(1, n + 1)]
        write(root, {**used, "train": sorted({*used.get("train", []), *pool})}, seed)
    else:
        write(root, used, seed)
