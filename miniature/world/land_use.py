"""Miniature UC Merced, RESISC45 and EuroSAT: small photographs from above, one land use each.

The folders, file names, sizes and class names are those of the three datasets.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from miniature.world.aerial.blocks import Block
from miniature.world.aerial.canvas import Canvas
from miniature.world.aerial.land import cover_all
from miniature.world.aerial.land_classes import (
    EUROSAT,
    EUROSAT_FINE,
    RESISC45,
    UC_MERCED,
)
from miniature.world.aerial.light import develop, random_light
from miniature.world.aerial.surfaces import GRASS
from miniature.world.cityscapes import scene_generator
from miniature.world.folders import check_seed, claim, write_atomically

JPEG_QUALITY = 92


@dataclass(frozen=True)
class Layout:
    """The classes of a dataset, the file of photograph `i` of class `name`, and the numbers.

    Photographs are numbered from `first` on, `most` at most; each pixel is the mean of `fine` x
    `fine` painted ones.
    """

    places: dict
    item: str
    first: int
    most: int
    fine: int = 1


def write_uc_merced(root, n_per_class, seed, classes=None):
    """Write photographs laid out as UC Merced: <class>/<class>NN.tif, 256 x 256 pixels.

    A photograph depends on the seed and its own name alone, so that more can be added later;
    writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into, the dataset's `UCMerced_LandUse/Images`; made where missing. A
        folder that holds anything else is refused.
    n_per_class : int
        Photographs of each class, numbered from 0.
    seed : int
        Seed of the world, 0 or more.
    classes : iterable of str, optional
        Some of the 21 classes; all if left out.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world.
    ValueError
        If the seed, the number or a class is not possible.
    """
    layout = Layout(UC_MERCED, "{name}/{name}{i:02d}.tif", first=0, most=100)
    _write(root, layout, n_per_class, seed, classes)


def write_resisc45(root, n_per_class, seed, classes=None):
    """Write photographs laid out as RESISC45: <class>/<class>_NNN.jpg, 256 x 256 pixels.

    Parameters and errors as for `write_uc_merced`; `root` is the dataset's `NWPU-RESISC45`, and
    photographs are numbered from 1.
    """
    layout = Layout(RESISC45, "{name}/{name}_{i:03d}.jpg", first=1, most=700)
    _write(root, layout, n_per_class, seed, classes)


def write_eurosat(root, n_per_class, seed, classes=None):
    """Write photographs laid out as EuroSAT's RGB images: <Class>/<Class>_N.jpg, 64 x 64 pixels.

    Parameters and errors as for `write_uc_merced`; `root` is the dataset's `2750`, and photographs
    are numbered from 1.
    """
    layout = Layout(EUROSAT, "{name}/{name}_{i}.jpg", first=1, most=2000, fine=EUROSAT_FINE)
    _write(root, layout, n_per_class, seed, classes)


def _write(root, layout, n_per_class, seed, classes):
    classes = list(layout.places) if classes is None else list(classes)
    check_seed(seed)
    if not 1 <= n_per_class <= layout.most:
        raise ValueError(
            f"expected 1 to {layout.most} photographs a class, found {n_per_class}: the dataset "
            "has no more"
        )
    if unknown := sorted(set(classes) - set(layout.places)):
        raise ValueError(f"expected classes among {sorted(layout.places)}, found {unknown}")
    claim(root)
    for name in classes:
        for i in range(layout.first, layout.first + n_per_class):
            item = layout.item.format(name=name, i=i)
            image = paint_place(
                scene_generator(seed, "all", item), layout.places[name], layout.fine
            )
            _save(Path(root) / item, image)


def _save(path, image):
    options = {"quality": JPEG_QUALITY} if path.suffix == ".jpg" else {}
    write_atomically(path, lambda file: Image.fromarray(image).save(file, **options))


def paint_place(rng, place, fine=1):
    """Paint one photograph of a place.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    place : Place
    fine : int
        Each pixel is the mean of `fine` x `fine` painted ones.

    Returns
    -------
    numpy.ndarray of uint8, shape (256 / fine, 256 / fine, 3)
    """
    light = random_light(rng)
    canvas = Canvas(256, 256, rng.uniform(place.finest, place.coarsest), light, rng)
    cover_all(canvas, rng, GRASS)
    side = 1.45 * canvas.size[0]
    place.paint(canvas, rng, Block(canvas.centre.at(0, 0, rng.uniform(0, 2 * np.pi)), side, side))
    canvas.finish(rng)
    small = canvas.image.reshape(256 // fine, fine, 256 // fine, fine, 3).mean(axis=(1, 3))
    return develop(small, light, rng)
