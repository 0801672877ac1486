"""The miniature world on disk, laid out and encoded exactly like the Cityscapes dataset."""

import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from patchprobe.datasets.cityscapes import city_of, image_path, label_path
from patchprobe.datasets.miniature.streets import paint_street
from patchprobe.errors import DatasetError

SPLITS = ("train", "val")
MARKER = "MINIATURE.txt"


def write_cityscapes(root, stems, seed):
    """Paint scenes and write them in the layout of Cityscapes.

    A scene depends on the seed, its split and its stem alone, so that more scenes can be added
    later; writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    stems : dict of str to iterable of str
        Image stems, such as ``aachen_000000_000019``, for the splits "train" and "val".
    seed : int
        Seed of the world, 0 or more.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a stem is malformed.
    ValueError
        If the seed or a split is.
    """
    stems = {split: list(names) for split, names in stems.items()}
    _check(stems, seed)
    _claim(Path(root))
    for split, names in stems.items():
        for stem in names:
            image, label_ids = paint_street(scene_generator(seed, split, stem))
            _write_png(image_path(root, split, stem), Image.fromarray(image))
            _write_png(label_path(root, split, stem), Image.fromarray(label_ids))


def scene_generator(seed, split, stem):
    """The random generator of one scene, from seed, split and stem alone."""
    return np.random.default_rng([seed, *f"{split}/{stem}".encode()])


def _check(stems, seed):
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"expected a seed that is a whole number, 0 or more, found {seed!r}")
    for split, names in stems.items():
        if split not in SPLITS:
            raise ValueError(f"expected the splits {SPLITS}, found {split!r}; rename the split")
        for stem in names:
            city_of(stem)


def _claim(root):
    """Mark a new or empty folder as a miniature world; never write into a real dataset."""
    if root.is_dir() and any(root.iterdir()) and not (root / MARKER).is_file():
        raise DatasetError(
            f"{root} holds files that are not a miniature world: nothing was written. Remove "
            "`miniature_seed` to use the dataset there, or give another `root`."
        )
    root.mkdir(parents=True, exist_ok=True)
    (root / MARKER).write_text(
        "Generated scenes of patchprobe's miniature world; safe to delete.\n"
    )


def _write_png(path, image):
    """Write a picture under a temporary name, then move it into place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        temporary = Path(folder) / path.name
        # Level 1 is several times faster than the default and hardly larger on noisy scenes.
        image.save(temporary, compress_level=1)
        os.replace(temporary, path)
