"""Changes of grey values that move nothing: blur, noise, noise in a band of frequencies."""

from abc import abstractmethod

import cv2
import numpy as np

from patchprobe.crops.change import Change, cut_tile
from patchprobe.crops.frequency_noise import LEVELS, frequency_field


class Corruption(Change):
    """A change of grey values that moves nothing: it acts on the tile as cut, before any resize."""

    @abstractmethod
    def corrupt(self, tile, seed):
        """The corrupted tile, uint8, from the tile as cut."""

    def apply(self, image, box, seed):
        """The tile, cut and then corrupted; pixels beyond its border play no part."""
        return self.corrupt(cut_tile(image, box), seed)


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


def _to_uint8(values):
    """Clip to 0..255 and drop the fraction.

    Truncation as in the published experiments: it darkens noisy images by half a grey level.
    """
    return values.clip(0, 255).astype(np.uint8)
