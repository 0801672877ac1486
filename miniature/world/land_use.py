"""What the miniatures of UC Merced, RESISC45 and EuroSAT share: one land use a photograph."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from miniature.world.aerial.blocks import Block
from miniature.world.aerial.canvas import Canvas
from miniature.world.aerial.land import cover_all
from miniature.world.aerial.light import develop, random_light
from miniature.world.aerial.surfaces import GRASS
from miniature.world.folders import claim, write_atomically
from miniature.world.seeds import check_seed, scene_generator

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

    def write(self, root, used, seed, n=10, classes=None):
        """Paint photographs and write them in the layout of the dataset.

        A photograph depends on the seed and its own name alone, so that more can be added later;
        writing again gives the same bytes.

        Parameters
        ----------
        root : path-like
            Folder of the classes' folders; made where missing. A folder that holds anything else
            is refused.
        used : dict
            Not used: the first photographs of every class are painted.
        seed : int
            Seed of the world, 0 or more.
        n : int
            Photographs of each class.
        classes : iterable of str, optional
            Some of the classes; all if left out.

        Raises
        ------
        DatasetError
            If `root` holds something that is not a miniature world.
        ValueError
            If the seed, the number or a class is not possible.
        """
        classes = list(self.places) if classes is None else list(classes)
        self._check(seed, n, classes)
        claim(root)
        for name in classes:
            for i in range(self.first, self.first + n):
                item = self.item.format(name=name, i=i)
                image = paint_place(
                    scene_generator(seed, "all", item), self.places[name], self.fine
                )
                _save(Path(root) / item, image)

    def _check(self, seed, n, classes):
        check_seed(seed)
        if not 1 <= n <= self.most:
            raise ValueError(
                f"expected 1 to {self.most} photographs a class, found {n}: the dataset has no more"
            )
        if unknown := sorted(set(classes) - set(self.places)):
            raise ValueError(f"expected classes among {sorted(self.places)}, found {unknown}")


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
