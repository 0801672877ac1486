"""The miniature world on disk, laid out and encoded exactly like the Cityscapes dataset."""

from PIL import Image

from miniature.world.folders import claim, write_atomically
from miniature.world.seeds import check_seed, scene_generator
from miniature.world.streets.street import paint_street
from patchprobe.datasets.cityscapes import city_of, image_path, label_path

SPLITS = ("train", "val")


def write(root, used, seed, n=None):
    """Paint scenes and write them in the layout of Cityscapes.

    A scene depends on the seed, its split and its stem alone, so that more scenes can be added
    later; writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    used : dict of str to iterable of str
        Image stems, such as ``aachen_000000_000019``, for the splits "train" and "val".
    seed : int
        Seed of the world, 0 or more.
    n : None
        Not used: all that is painted is named.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a stem is malformed.
    ValueError
        If the seed or a split is.
    """
    stems = {split: list(names) for split, names in used.items()}
    _check(stems, seed)
    claim(root)
    for split, names in stems.items():
        for stem in names:
            image, label_ids = paint_street(scene_generator(seed, split, stem))
            _write(image_path(root, split, stem), image)
            _write(label_path(root, split, stem), label_ids)


def _check(stems, seed):
    check_seed(seed)
    for split, names in stems.items():
        if split not in SPLITS:
            raise ValueError(f"expected the splits {SPLITS}, found {split!r}; rename the split")
        for stem in names:
            city_of(stem)


def _write(path, pixels):
    # Level 1 is several times faster than the default and hardly larger on noisy scenes.
    write_atomically(path, lambda to: Image.fromarray(pixels).save(to, compress_level=1))
