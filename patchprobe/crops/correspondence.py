"""Which patch of an original tile is shown by each patch of the changed tile."""

from fractions import Fraction
from functools import cache

import numpy as np

NOWHERE = -1


@cache
def original_patches(change, image_size, box, grid):
    """Patch of the original tile that contains the centre of each patch of the changed tile.

    Computed with fractions, since scales put some centres exactly on borders between patches: a
    point there belongs to the patch on its right or below.

    Parameters
    ----------
    change : patchprobe.crops.change.Change
    image_size : tuple of int
        Height and width of the image that the tile is cut from.
    box : tuple of int
        Top, left, height and width of the tile in the image.
    grid : tuple of int
        Rows and columns of patches in the tile.

    Returns
    -------
    numpy.ndarray of shape (n_patches,), int64
        Row-major; `NOWHERE` where the centre comes from outside the original tile. Not writable:
        the same array is returned each time.
    """
    rows, columns = grid
    height, width = box[2:]
    x, y = (
        [Fraction(side * (2 * i + 1), 2 * n) for i in range(n)]
        for side, n in ((width, columns), (height, rows))
    )
    centres = [(x[column], y[row]) for row in range(rows) for column in range(columns)]
    points = change.back(np.array(centres, object), image_size, box)
    column, row = (points * (columns, rows) // (width, height)).astype(np.int64).T
    is_inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    patches = np.where(is_inside, row * columns + column, NOWHERE)
    patches.flags.writeable = False
    return patches
