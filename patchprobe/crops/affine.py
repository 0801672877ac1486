"""Affine maps of points that stay exact for whole numbers and fractions."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np


@dataclass(frozen=True)
class Affine:
    """The map of x, y to linear @ (x, y) + offset.

    Attributes
    ----------
    linear : tuple of two tuples of two numbers
        Rows for the new x and the new y.
    offset : tuple of two numbers
    """

    linear: tuple = ((1, 0), (0, 1))
    offset: tuple = (0, 0)

    def __call__(self, points):
        """Map an array of shape (n, 2); exactly if it holds objects and all is rational."""
        if points.dtype == object:
            linear, offset = np.array(self.linear, object), np.array(self.offset, object)
        else:
            linear, offset = np.array(self.linear, float), np.array(self.offset, float)
        return points @ linear.T + offset

    def then_moved(self, x, y):
        """This map, followed by a translation."""
        return Affine(self.linear, (self.offset[0] + x, self.offset[1] + y))

    def inverse(self):
        """The map back."""
        (a, b), (c, d) = self.linear
        determinant = a * d - b * c
        if isinstance(determinant, int):
            determinant = Fraction(determinant)
        linear = ((d / determinant, -b / determinant), (-c / determinant, a / determinant))
        x, y = self.offset
        offset = tuple(-row[0] * x - row[1] * y for row in linear)
        return Affine(linear, offset)
