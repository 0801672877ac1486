"""Changes that move the content of an image: diagonal shift, rotation, scale (Sec. 5.2, Figure 5).

They act on the whole image, from which the tile is then cut anew, so that what enters the tile is
image and not padding. One map of points defines everything: pixels are sampled with its inverse,
annotations are moved with it, and patches of the changed tile are led back with its inverse.

All coordinates are x, y from pixel edges: the first pixel covers [0, 1), its centre lies at 0.5.
"""

import math
from fractions import Fraction

import numpy as np
from scipy.ndimage import affine_transform

from patchprobe.crops.affine import Affine
from patchprobe.crops.change import Change, check_tile

_RIGHT_ANGLES = ((1, 0), (0, 1), (-1, 0), (0, -1))  # cosine and sine of 0, 90, 180, 270 degrees
_HALF = Fraction(1, 2)


class Transformation(Change):
    """A change that moves the content of an image."""

    beyond = "nearest"  # what lies around the image, as scipy.ndimage calls it

    def apply(self, image, box, seed):
        """The tile of the changed image, by bilinear interpolation, in rounded grey values."""
        check_tile(image, box)
        values = self.sample(image.astype(np.float64), box)
        return np.rint(values).clip(0, 255).astype(np.uint8)

    def sample(self, image, box):
        """The tile of the changed image as float64, of an image of any range, (h, w, n)."""
        size = image.shape[:2]
        to_image = self.to_image(size, box)
        linear = np.array(to_image.linear, float)[::-1, ::-1]  # of rows and columns
        ((x, y),) = to_image(np.array([[0.5, 0.5]])) - 0.5  # where the first pixel comes from
        channels = [
            affine_transform(
                channel, linear, (y, x), box[2:], order=1, mode=self.beyond, output=np.float64
            )
            for channel in np.moveaxis(image, -1, 0)
        ]
        return np.stack(channels, -1)


class Shift(Transformation):
    """The tile is cut `level` pixels further right and down."""

    family = "shift"
    expected = "a whole number of pixels, 0 or more"

    def is_possible(self):
        """Whether the level is a number of pixels."""
        return self.level >= 0 and self.level == int(self.level)

    def forward(self, image_size):
        """The identity: the image stays, the tile moves."""
        return Affine()

    def corner(self, image_size, box):
        """Left and top edge of the shifted tile, which must lie in the image."""
        top, left, height, width = box
        x, y = left + int(self.level), top + int(self.level)
        if x + width > image_size[1] or y + height > image_size[0]:
            raise ValueError(
                f"{self.name}: the tile {tuple(box)} leaves the image of {image_size} px; correct "
                "`changes` in the configuration"
            )
        return x, y


class Rotate(Transformation):
    """The image is turned about its centre, `level` degrees counter-clockwise; black beyond it."""

    family = "rotate"
    expected = "an angle from 0 to 360 degrees"
    beyond = "grid-constant"

    def is_possible(self):
        """Whether the level is an angle."""
        return 0 <= self.level <= 360

    def forward(self, image_size):
        """The rotation; y points down, so that counter-clockwise lifts what is on the right."""
        if self.level % 90:
            radians = math.radians(self.level)
            cos, sin = math.cos(radians), math.sin(radians)
        else:
            cos, sin = _RIGHT_ANGLES[int(self.level) // 90 % 4]
        height, width = image_size
        x, y = Fraction(width, 2), Fraction(height, 2)
        return Affine(((cos, sin), (-sin, cos)), (x - cos * x - sin * y, y + sin * x - cos * y))


class Scale(Transformation):
    """The image is resized by the factor `level`, bilinear, without antialiasing."""

    family = "scale"
    expected = "a factor above 0"

    def is_possible(self):
        """Whether the level is a factor."""
        return self.level > 0

    def changed_size(self, image_size):
        """Height and width of the changed image, rounded to whole pixels."""
        factor = Fraction(str(self.level))
        return tuple(math.floor(factor * side + _HALF) for side in image_size)

    def forward(self, image_size):
        """The resize, as exact fractions of whole sides."""
        height, width = self.changed_size(image_size)
        return Affine(((Fraction(width, image_size[1]), 0), (0, Fraction(height, image_size[0]))))
