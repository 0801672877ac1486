"""Annotated objects in frames of videos: who they are, where they lie, and their mean colour."""

import numpy as np
import pandas as pd

from patchprobe import store
from patchprobe.crops.patch_labels import stitch
from patchprobe.crops.tiles import in_threads
from patchprobe.datasets.videos import BOX
from patchprobe.result_files import read_table

FLAGS = ("crowd", "occluded", "truncated", "visibility")
COLOUR = ("red", "green", "blue")
_KEYS = ("split", "item", "frame", "id", "category")


def table(dataset, root, crops_path, threads=1):
    """The objects of all frames of a store of crops, frame by frame in the order of the store.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    crops_path : path
        Clean crops, as `patchprobe.crops.tiles.write` makes them.
    threads : int

    Returns
    -------
    pandas.DataFrame
        One row per object and frame: split, item, frame; rate (frames per second); id, category;
        x1, y1, x2, y2 (edges of the box in the resized frame, px); crowd, occluded, truncated,
        visibility (as in `patchprobe.datasets.videos.Video`); red, green, blue (means over the
        pixels of the box in 0..255).
    """
    about = store.attributes(crops_path)
    images, tiles = about["images"], about["tiles"]
    ends = np.cumsum([rows * columns for rows, columns in tiles])
    crops = store.open_array(crops_path, "clean/crops")
    layouts = {
        (split, item): dataset.layout(root, split, item)
        for split, item in dict.fromkeys((split, item) for split, item, _ in images)
    }
    tables = [None] * len(images)

    def read_frame(number):
        split, item, frame = images[number]
        layout = layouts[split, item]
        objects = dataset.read(root, split, item, frame).objects
        objects = objects.assign(split=split, item=item, frame=frame, rate=layout.rate)
        boxes = resize_boxes(objects[list(BOX)], layout.native_size, layout.size)
        objects[list(BOX)] = boxes
        n_tiles = np.prod(tiles[number])
        pixels = crops[int(ends[number] - n_tiles) : int(ends[number])] if len(boxes) else None
        colours = mean_colours(pixels, tiles[number], boxes)
        objects[list(COLOUR)] = colours
        tables[number] = objects[[*_KEYS[:3], "rate", *_KEYS[3:], *BOX, *FLAGS, *COLOUR]]

    in_threads(read_frame, len(images), threads, "objects", "frame")
    return pd.concat(tables, ignore_index=True)


def read(path):
    """The table as written to a CSV file; a name such as "NA" is a name.

    Raises
    ------
    ResultError
        If it is missing, or is no table of objects.
    """
    text = dict.fromkeys(("split", "item", "id", "category"), str)
    flags = dict.fromkeys(FLAGS[:3], "boolean")
    numbers = dict.fromkeys(("rate", *BOX, FLAGS[3], *COLOUR), "float64")
    types = {**text, **flags, **numbers, "frame": "int64"}
    missing = {name: [""] for name in (*FLAGS, *COLOUR)}
    return read_table(path, *types, dtype=types, keep_default_na=False, na_values=missing)


def resize_boxes(boxes, native, resized):
    """Boxes in the pixels of a resized frame; each axis has its own factor.

    Parameters
    ----------
    boxes : array_like of shape (n, 4)
        x1, y1, x2, y2 in native px.
    native, resized : tuple of int
        Height and width, px.

    Returns
    -------
    numpy.ndarray of shape (n, 4), float64
    """
    (height, width), (new_height, new_width) = native, resized
    factors = np.tile((new_width / width, new_height / height), 2)
    return np.asarray(boxes, np.float64).reshape(-1, 4) * factors


def mean_colours(tiles, grid, boxes):
    """Mean colour of each box over the pixels that it touches; at least one, the nearest.

    Parameters
    ----------
    tiles : numpy.ndarray of shape (rows * columns, px, px, 3), uint8
        The frame, cut row by row.
    grid : (int, int)
        Rows and columns of tiles.
    boxes : numpy.ndarray of shape (n, 4)
        x1, y1, x2, y2, px; they may leave the frame.

    Returns
    -------
    numpy.ndarray of shape (n, 3), float64
    """
    colours = np.empty((len(boxes), 3))
    if not len(boxes):
        return colours
    px = tiles.shape[1:3]
    frame = stitch(tiles.reshape(len(tiles), -1, 3), grid, px)
    height, width = frame.shape[:2]
    for colour, (x1, y1, x2, y2) in zip(colours, boxes, strict=True):
        rows, columns = _touched(y1, y2, height), _touched(x1, x2, width)
        colour[:] = frame[rows, columns].mean(axis=(0, 1))
    return colours


def _touched(low, high, size):
    """Pixels that an interval touches, as a slice of at least one of `size`."""
    first = int(np.clip(np.floor(low), 0, size - 1))
    return slice(first, int(np.clip(np.ceil(high), first + 1, size)))
