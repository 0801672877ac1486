"""The miniature world on disk, laid out and encoded exactly like the Cityscapes dataset."""

import os
import re
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from patchprobe.datasets.miniature.streets import paint_street

SPLITS = ("train", "val")
STEM = re.compile(r"[a-z]+_\d{6}_\d{6}")
CITY = re.compile(r"[a-z]+")
FRAME_NUMBER = 19


def miniature_stems(cities, images_per_city):
    """Image stems of some cities, such as ``aachen_000000_000019``.

    Parameters
    ----------
    cities : iterable of str
        City names, each one lower-case word (a-z).
    images_per_city : int
        How many stems to make for each city, 0 or more.

    Returns
    -------
    list of str
        City by city, sequence numbers counting up from zero.
    """
    cities = list(cities)
    for city in cities:
        if not CITY.fullmatch(city):
            raise ValueError(
                f"expected a city name of one lower-case word (a-z), found {city!r}; "
                "rename the city"
            )
    return [f"{city}_{i:06d}_{FRAME_NUMBER:06d}" for city in cities for i in range(images_per_city)]


def write_cityscapes(root, stems, seed):
    """Paint scenes and write them in the layout of Cityscapes.

    Writes ``leftImg8bit/{split}/{city}/{stem}_leftImg8bit.png`` (RGB, 8 bit, 2048 x 1024) and
    ``gtFine/{split}/{city}/{stem}_gtFine_labelIds.png`` (8 bit grey, label ids 0..33). A scene
    depends on the seed, its split and its stem alone, so that more scenes can be added later;
    writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing.
    stems : dict of str to iterable of str
        Image stems, such as ``aachen_000000_000019``, for the splits "train" and "val".
    seed : int
        Seed of the world, 0 or more.
    """
    stems = {split: list(names) for split, names in stems.items()}
    _check(stems, seed)
    for split, names in stems.items():
        for stem in names:
            image, label_ids = paint_street(scene_generator(seed, split, stem))
            image_path, label_path = scene_paths(root, split, stem)
            _write_png(image_path, Image.fromarray(image))
            _write_png(label_path, Image.fromarray(label_ids))


def scene_generator(seed, split, stem):
    """The random generator of one scene, from seed, split and stem alone."""
    return np.random.default_rng([seed, *f"{split}/{stem}".encode()])


def scene_paths(root, split, stem):
    """Where a scene's image and label map lie under `root` (two Paths)."""
    root, city = Path(root), stem.split("_")[0]
    image = root / "leftImg8bit" / split / city / f"{stem}_leftImg8bit.png"
    label_ids = root / "gtFine" / split / city / f"{stem}_gtFine_labelIds.png"
    return image, label_ids


def _check(stems, seed):
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"expected a seed that is a whole number, 0 or more, found {seed!r}")
    for split, names in stems.items():
        if split not in SPLITS:
            raise ValueError(f"expected the splits {SPLITS}, found {split!r}; rename the split")
        for stem in names:
            if not STEM.fullmatch(stem):
                raise ValueError(
                    "expected an image stem of one lower-case city name and two numbers of six "
                    f"digits, such as aachen_000000_000019, found {stem!r}; make stems with "
                    "miniature_stems"
                )


def _write_png(path, image):
    """Write a picture under a temporary name, then move it into place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            # Level 1 is several times faster than the default and hardly larger on noisy scenes.
            image.save(file, format="PNG", compress_level=1)
        # mkstemp keeps the file private; give it the rights that a newly made file would have.
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
