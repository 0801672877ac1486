"""Tiles of FAIR1M as the paper cuts them: windows, crops, masks, what is in a tile.

An image is cut into windows of 1000 px as by the DOTA devkit, a window into 4x4 tiles of 224 px;
its last 104 px are in no tile of it. A tile is named as in `fair1m_names.Tile`.
"""

import cv2
import numpy as np
import shapely

from patchprobe.datasets import fair1m_images
from patchprobe.datasets.fair1m_annotations import Object
from patchprobe.datasets.fair1m_folders import SEE
from patchprobe.datasets.fair1m_names import TILE_PX, Tile
from patchprobe.errors import DatasetError

WINDOW_PX = 1000
STRIDE_PX = 800
TILES_A_SIDE = 4
MIN_SHARE = 1 / 3  # of the area of an object, for it to be present in a tile

_ROUNDING = 1e-9  # an object exactly a third inside is present, whatever its rotation


def window_starts(length):
    """Left or top edges of the windows along a side of an image.

    They are a stride apart; the last window ends with the image. An image smaller than a window
    has one window that starts at 0.

    Parameters
    ----------
    length : int
        Width or height of the image, px.

    Returns
    -------
    list of int
    """
    last = max(length - WINDOW_PX, 0)
    return [*range(0, last, STRIDE_PX), last]


def tiles_of_image(item, size):
    """All tiles of an image, window by window; those of neighbouring windows overlap.

    Parameters
    ----------
    item : str
    size : tuple of int
        Height and width of the image, px.

    Returns
    -------
    list of patchprobe.datasets.fair1m_names.Tile
    """
    height, width = size
    places = range(TILES_A_SIDE)
    return [
        Tile(item, x, y, row, column)
        for y in window_starts(height)
        for x in window_starts(width)
        for row in places
        for column in places
    ]


def window_image(image, x, y):
    """Window of an image, filled up with 0 to the right and below where the image ends.

    Parameters
    ----------
    image : numpy.ndarray of shape (height, width, 3), uint8
    x, y : int
        Left and top edge, px.

    Returns
    -------
    numpy.ndarray of shape (1000, 1000, 3), uint8
    """
    window = np.zeros((WINDOW_PX, WINDOW_PX, 3), np.uint8)
    inside = image[y : y + WINDOW_PX, x : x + WINDOW_PX]
    window[: inside.shape[0], : inside.shape[1]] = inside
    return window


def window_labels(objects, x, y):
    """Fine category of every pixel of a window, see `draw_labels`.

    Parameters
    ----------
    objects : iterable of patchprobe.datasets.fair1m_annotations.Object
    x, y : int
        Left and top edge, px.

    Returns
    -------
    numpy.ndarray of shape (1000, 1000), uint8, values 0..38
    """
    return draw_labels(_in_window(objects, x, y), (WINDOW_PX, WINDOW_PX))


def draw_labels(objects, size):
    """Fine category of every pixel of an image, 0 = background.

    Corners lose their fraction (towards 0) and are filled by cv2.fillPoly, border included, in the
    order of the annotation, so that later objects cover earlier ones. How the paper's authors
    rounded is not known; their few-shot file has whole numbers.

    Parameters
    ----------
    objects : iterable of patchprobe.datasets.fair1m_annotations.Object
        In pixels of the image.
    size : tuple of int
        Height and width of the image, px.

    Returns
    -------
    numpy.ndarray of shape `size`, uint8, values 0..38
    """
    labels = np.zeros(size, np.uint8)
    for thing in objects:
        cv2.fillPoly(labels, [thing.polygon.astype(np.int32)], thing.category)
    return labels


def cut(window, tile):
    """The pixels of a tile in its window.

    Parameters
    ----------
    window : numpy.ndarray of shape (1000, 1000, ...)
    tile : patchprobe.datasets.fair1m_names.Tile

    Returns
    -------
    numpy.ndarray of shape (224, 224, ...)
    """
    top, left = tile.row * TILE_PX, tile.column * TILE_PX
    return window[top : top + TILE_PX, left : left + TILE_PX]


def window_problem(root, split, tile):
    """What to tell the user if the image of a tile has no such window; None if it has.

    Raises
    ------
    DatasetError
        If the size of the image cannot be read; nothing is decoded.
    """
    height, width = fair1m_images.read_size(root, split, tile.item)
    if tile.x in window_starts(width) and tile.y in window_starts(height):
        return None
    return (
        f"{tile.name}: {fair1m_images.image_path(root, split, tile.item)} of {width}x{height} px "
        f"has no window at x {tile.x}, y {tile.y}. Is the tile of another split or part? Correct "
        f"the list of tiles, or `split`, {SEE}."
    )


def read_window(root, split, tile):
    """Image of the window that a tile is in, uint8 of shape (1000, 1000, 3).

    Raises
    ------
    DatasetError
        If the image cannot be read, or has no such window.
    """
    _require_window(root, split, tile)
    return window_image(fair1m_images.read_image(root, split, tile.item), tile.x, tile.y)


def read_tile_labels(root, split, tile):
    """Fine category of every pixel of a tile, uint8 of shape (224, 224), see `window_labels`.

    Raises
    ------
    DatasetError
        If the annotation cannot be read, or the image has no such window.
    """
    _require_window(root, split, tile)
    objects = fair1m_images.read_objects(root, split, tile.item)
    return cut(window_labels(objects, tile.x, tile.y), tile).copy()


def read_window_objects(root, split, tile):
    """All objects of the image of a tile, in the pixels of the tile's window.

    Returns
    -------
    list of patchprobe.datasets.fair1m_annotations.Object
        Those outside the window have negative corners, or corners above 1000.
    """
    _require_window(root, split, tile)
    objects = fair1m_images.read_objects(root, split, tile.item)
    return _in_window(objects, tile.x, tile.y)


def _in_window(objects, x, y):
    return [Object(thing.category, thing.polygon - (x, y)) for thing in objects]


def _require_window(root, split, tile):
    if message := window_problem(root, split, tile):
        raise DatasetError(message)


def object_shares(objects, tiles):
    """Share of the area of each object that lies in each tile.

    Parameters
    ----------
    objects : list of n patchprobe.datasets.fair1m_annotations.Object
        Those without area have share 0.
    tiles : list of m patchprobe.datasets.fair1m_names.Tile

    Returns
    -------
    numpy.ndarray of shape (m, n), float64
    """
    shapes = np.array([shapely.Polygon(thing.polygon) for thing in objects], object)
    shapes = shapely.make_valid(shapes)
    boxes = np.array([shapely.box(*tile.box) for tile in tiles], object)
    whole, inside = shapely.area(shapes), np.zeros((len(boxes), len(shapes)))
    if inside.size:
        rows, columns = shapely.STRtree(shapes).query(boxes, "intersects")
        parts = shapely.intersection(boxes[rows], shapes[columns])
        inside[rows, columns] = shapely.area(parts)
    return np.divide(inside, whole, out=np.zeros_like(inside), where=whole > 0)


def objects_of_tile(objects, tile):
    """Objects that are present in a tile, with at least a third of their area (App. A.4).

    Returns
    -------
    list of patchprobe.datasets.fair1m_annotations.Object
    """
    shares = object_shares(objects, [tile])[0]
    return [thing for thing, there in zip(objects, is_present(shares), strict=True) if there]


def is_present(shares):
    """Whether shares of objects are at least a third, up to rounding.

    Parameters
    ----------
    shares : numpy.ndarray

    Returns
    -------
    numpy.ndarray of bool
    """
    return shares >= MIN_SHARE - _ROUNDING
