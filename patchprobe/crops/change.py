"""A change of images: how the pixels of a tile change, and where its points come from."""

import hashlib
import json
import math
import numbers
import operator
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from patchprobe.crops.affine import Affine

_HALF = Fraction(1, 2)


def generator(seed, *identity):
    """A generator of random numbers that depends on nothing but these words.

    The position of a tile in a batch, the order of the work and the number of workers cannot
    change its noise. NumPy may change the stream of its generators between releases.

    Parameters
    ----------
    seed, *identity : int or str
        For example seed, split, item, number of the tile, name of the change. 1 and "1" differ.

    Returns
    -------
    numpy.random.Generator
    """
    words = [word if isinstance(word, str) else operator.index(word) for word in (seed, *identity)]
    digest = hashlib.sha256(json.dumps(words).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))


@dataclass(frozen=True)
class Change(ABC):
    """One level of one family of changes.

    A family is a subclass in `corruptions` or `transformations`, and a name in `changes.FAMILIES`.
    """

    level: float | int

    family: ClassVar[str]
    expected: ClassVar[str]  # the levels that are possible, in words

    def __post_init__(self):
        """Refuse impossible levels."""
        number = isinstance(self.level, numbers.Real) and not isinstance(self.level, bool)
        if not (number and math.isfinite(self.level) and self.is_possible()):
            raise ValueError(
                f"expected a level of {self.family} that is {self.expected}, found {self.level!r}; "
                "correct `changes` in the configuration"
            )

    @abstractmethod
    def is_possible(self):
        """Whether the family has this level, a finite number."""

    @property
    def name(self):
        """Family and level, as in blur-10."""
        level = int(self.level) if self.level == int(self.level) else float(self.level)
        return f"{self.family}-{level}"

    def rng(self, seed):
        """The generator of this level for the tile that `seed` names, see `generator`."""
        if isinstance(seed, str) or not isinstance(seed, list | tuple) or not seed:
            raise ValueError(
                "expected the words that name a tile, such as (0, 'val', 'ulm_000000_000019', 31), "
                f"found {seed!r}"
            )
        return generator(*seed, self.name)

    @abstractmethod
    def apply(self, image, box, seed):
        """The changed tile.

        Parameters
        ----------
        image : numpy.ndarray of shape (height, width, 3), uint8
            The image that the tile is cut from.
        box : tuple of int
            Top, left, height and width of the tile in the image.
        seed : tuple of int and str
            Words that name the tile, such as seed, split, item and number of the tile. The name of
            the change is added to them. Ignored where there is no chance.

        Returns
        -------
        numpy.ndarray of shape (height, width, 3) of the box, uint8
            Shares no memory with the image.
        """

    def forward(self, image_size):
        """Map from points of the image to points of the changed image.

        Parameters
        ----------
        image_size : tuple of int
            Height and width of the image.

        Returns
        -------
        patchprobe.crops.affine.Affine
            The identity, unless the family moves the content.
        """
        return Affine()

    def changed_size(self, image_size):
        """Height and width of the changed image, px."""
        return tuple(image_size)

    def corner(self, image_size, box):
        """Left and top edge of the changed tile in the changed image, px.

        The tile lies around the place to which the centre of the original tile moves, rounded to
        whole pixels, and inside the changed image.

        Raises
        ------
        ValueError
            If the changed image is smaller than the tile.
        """
        top, left, height, width = box
        centre = np.array([[left + _HALF * width, top + _HALF * height]], object)
        ((x, y),) = self.forward(image_size)(centre)
        corner = []
        for middle, side, length in zip(
            (x, y), (width, height), self.changed_size(image_size)[::-1], strict=True
        ):
            if length < side:
                raise ValueError(
                    f"{self.name} makes images of {image_size} px smaller than a tile of "
                    f"{height} x {width} px; correct `changes` in the configuration"
                )
            corner.append(min(max(math.floor(middle - _HALF * side + _HALF), 0), length - side))
        return tuple(corner)

    def back(self, points, image_size, box):
        """Where points of the changed tile lie in the original tile.

        Parameters
        ----------
        points : array-like of shape (n, 2)
            x, y in pixel-edge coordinates of the changed tile: its first pixel covers [0, 1). Whole
            numbers and fractions, in an array of objects, are mapped exactly where the change is
            rational: only a rotation by other than right angles is not.
        image_size : tuple of int
            Height and width of the image that the tile is cut from.
        box : tuple of int
            Top, left, height and width of the tile in the image.

        Returns
        -------
        numpy.ndarray of shape (n, 2), float64, or objects if the points are
            In the same coordinates of the original tile; outside it where a point comes from
            beyond its border.
        """
        top, left = box[:2]
        return self.to_image(image_size, box).then_moved(-left, -top)(as_points(points))

    def move(self, points, image_size):
        """Where points of the image lie in the changed image, float64 of shape (n, 2)."""
        return self.forward(image_size)(as_points(points))

    def comes_from_image(self, image_size, box):
        """Whether each pixel of the changed tile shows a place in the image: (height, width), bool.

        Where it does not, the tile is filled up.
        """
        height, width = box[2:]
        to_image = self.to_image(image_size, box)
        corners = np.array([[x, y] for x in (0.5, width - 0.5) for y in (0.5, height - 0.5)])
        if _are_inside(to_image(corners), image_size).all():  # then so is all between them
            return np.ones((height, width), bool)
        y, x = np.mgrid[:height, :width] + 0.5
        points = to_image(np.stack([x.ravel(), y.ravel()], -1))
        return _are_inside(points, image_size).reshape(height, width)

    def to_image(self, image_size, box):
        """Map from points of the changed tile to points of the image."""
        x, y = self.corner(image_size, box)
        return self.forward(image_size).then_moved(-x, -y).inverse()


def _are_inside(points, image_size):
    return ((points >= 0) & (points < image_size[::-1])).all(-1)


def as_points(points):
    """A copy as an array of shape (n, 2), float64 unless it holds objects."""
    points = np.array(points)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"expected points of shape (n, 2), found {points.shape}")
    return points if points.dtype == object else points.astype(np.float64)


def cut_tile(image, box):
    """A copy of the box, after checking that it lies in the image."""
    check_tile(image, box)
    top, left, height, width = box
    return image[top : top + height, left : left + width].copy()


def check_tile(image, box):
    """Raise a ValueError unless the box lies in the image, which is RGB in uint8."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"expected an image of shape (height, width, 3) and uint8, found {image.shape} and "
            f"{image.dtype}"
        )
    top, left, height, width = box
    inside = top >= 0 and left >= 0 and height > 0 and width > 0
    if not (inside and top + height <= image.shape[0] and left + width <= image.shape[1]):
        raise ValueError(
            f"expected a box (top, left, height, width) inside {image.shape[0]} x "
            f"{image.shape[1]} px, found {tuple(box)}"
        )
