"""Changes of images: how the pixels of a tile change, and where its points come from."""

import hashlib
import json
import math
import numbers
import operator
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from patchprobe.crops.frequency_noise import LEVELS, frequency_field


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

    A family adds a subclass with `family`, `expected`, `is_possible`, `apply` and `back`, and its
    line in `FAMILIES`.
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
            the change is added to them.

        Returns
        -------
        numpy.ndarray of shape (height, width, 3) of the box, uint8
            Shares no memory with the image.
        """

    @abstractmethod
    def back(self, points, image_size, box):
        """Where points of the changed tile lie in the original tile.

        Parameters
        ----------
        points : array-like of shape (n, 2)
            x, y in pixel-edge coordinates of the changed tile: its first pixel covers [0, 1).
        image_size : tuple of int
            Height and width of the image that the tile is cut from.
        box : tuple of int
            Top, left, height and width of the tile in the image.

        Returns
        -------
        numpy.ndarray of shape (n, 2), float64
            In the same coordinates of the original tile; outside it where a point comes from
            beyond its border.
        """


class Corruption(Change):
    """A change of grey values that moves nothing: it acts on the tile as cut, before any resize."""

    @abstractmethod
    def corrupt(self, tile, seed):
        """The corrupted tile, uint8, from the tile as cut."""

    def apply(self, image, box, seed):
        """The tile, cut and then corrupted; pixels beyond its border play no part."""
        return self.corrupt(_cut(image, box), seed)

    def back(self, points, image_size, box):
        """The points themselves."""
        points = np.array(points, np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"expected points of shape (n, 2), found {points.shape}")
        return points


class Blur(Corruption):
    """Mean over k x k pixels, level k; reflected at the border without repeating the edge pixel.

    As published, even kernels reach one pixel further up and left, which moves the content half a
    pixel down and right, and OpenCV rounds the means, for k = 2 always up (by .4 grey levels on
    average).
    """

    family = "blur"
    expected = "a whole number of pixels, 1 or more"

    def is_possible(self):
        """Whether the level is a kernel size."""
        return self.level >= 1 and self.level == int(self.level)

    def corrupt(self, tile, seed):
        """The blurred tile; no chance in it."""
        return cv2.blur(tile, (int(self.level), int(self.level)))


class Noise(Corruption):
    """Gaussian noise of standard deviation `level`, independent for each pixel and channel."""

    family = "noise"
    expected = "a standard deviation in grey levels above 0"

    def is_possible(self):
        """Whether the level is a standard deviation."""
        return self.level > 0

    def corrupt(self, tile, seed):
        """The tile with noise added."""
        return _to_uint8(tile + self.rng(seed).normal(0, self.level, tile.shape))


class Frequency(Corruption):
    """Noise in one band of frequencies, `level` 1 (lowest) to 4."""

    family = "frequency"
    expected = f"one of {', '.join(map(str, LEVELS))} (1 is the lowest band)"

    def is_possible(self):
        """Whether there is such a band."""
        return self.level in LEVELS

    def field(self, shape, seed):
        """The noise that is added to a tile of this shape, float64, see `frequency_field`."""
        return frequency_field(shape, self.level, self.rng(seed))

    def corrupt(self, tile, seed):
        """The tile with noise added."""
        return _to_uint8(tile + self.field(tile.shape, seed))


FAMILIES = {kind.family: kind for kind in (Blur, Noise, Frequency)}


def changes(asked):
    """The changes that a configuration asks for, in its order.

    Parameters
    ----------
    asked : dict
        Levels by family, as in {"blur": [10, 20], "frequency": [1, 2, 3, 4]}.

    Returns
    -------
    list of Change

    Raises
    ------
    ValueError
        If a family is unknown, a level impossible or asked for twice.
    """
    every = []
    for family, levels in asked.items():
        if family not in FAMILIES:
            raise ValueError(f"expected changes of {sorted(FAMILIES)}, found {family!r}")
        if not isinstance(levels, list | tuple):
            raise ValueError(
                f"expected a list of levels of {family}, such as [10, 20], found {levels!r}"
            )
        every += [FAMILIES[family](level) for level in levels]
    repeated = sorted({change.name for change in every if every.count(change) > 1})
    if repeated:
        raise ValueError(f"expected each change once, found {repeated} twice or more")
    return every


def _cut(image, box):
    """A copy of the box, after checking that it lies in the image."""
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
    return image[top : top + height, left : left + width].copy()


def _to_uint8(values):
    """Clip to 0..255 and drop the fraction.

    Truncation as in the published experiments: it darkens noisy images by half a grey level.
    """
    return values.clip(0, 255).astype(np.uint8)
