"""Cut images into tiles, and keep them as cut: uint8 at native size.

A store of crops says at which size a model sees them (`input_px`); the model's preprocessing
resizes (see `patchprobe.backbones.backbone`), so that nothing is rounded in between.
"""

import logging
import math
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

from patchprobe import store
from patchprobe.crops.variants import CHANGED, CLEAN, WHOLE
from patchprobe.logs import progress

log = logging.getLogger(__name__)

CROP_PX = 224

Frame = namedtuple("Frame", "split item frame layout")


def tile(image, tile_px):
    """Cut an image into square tiles, row by row.

    Parameters
    ----------
    image : numpy.ndarray of shape (height, width, ...)
        Height and width are multiples of `tile_px`.

    Returns
    -------
    numpy.ndarray of shape (n_tiles, tile_px, tile_px, ...)
    """
    height, width, *rest = image.shape
    if height % tile_px or width % tile_px:
        raise ValueError(
            f"expected sides that are multiples of {tile_px} px, found {height}x{width}"
        )
    rows, columns = height // tile_px, width // tile_px
    grid = image.reshape(rows, tile_px, columns, tile_px, *rest).swapaxes(1, 2)
    return grid.reshape(rows * columns, tile_px, tile_px, *rest)


def frames(dataset, root, items, keep=range):
    """Frames of items, in order.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    items : list of (split, item)
    keep : callable, n_frames -> sequence of int
        Frames of an item that are taken; default: all.

    Returns
    -------
    list of Frame
    """
    found = []
    for split, item in items:
        layout = dataset.layout(root, split, item)
        found += [Frame(split, item, frame, layout) for frame in keep(layout.n_frames)]
    return found


def some_frames(n_frames, every, residues):
    """Frames of a video whose number leaves one of the residues when divided by `every`.

    Returns
    -------
    list of int
    """
    return [frame for frame in range(n_frames) if frame % every in residues]


def boxes_of(layout, variant):
    """Top, left, height and width of the tiles of a frame; a whole frame is one tile."""
    return [(0, 0, *layout.size)] if variant == WHOLE else layout.boxes


def write(
    path, dataset, root, items, variant, attributes, changes=(), seed=0, threads=1, keep=range
):
    """Cut the frames of the items into tiles.

    Parameters
    ----------
    path : path
        Store to make. Arrays: `<level>/crops` (n_crops, height, width, 3) uint8, tiles as cut.
        Attributes: `images`, a list of [split, item, frame]; `tiles`, rows and columns of the crops
        of each image; `input_px`, height and width at which a model sees a crop.
    dataset : patchprobe.datasets.base.Dataset
    root : path
    items : list of (split, item)
        In the order in which their crops are stored.
    variant : {"clean", "changed", "whole"}
    attributes : dict
        What made this store.
    changes : sequence of patchprobe.crops.change.Change
        Of the variant "changed": one level of the store each.
    seed : int
        Of the random changes.
    threads : int
    keep : callable, n_frames -> sequence of int
        Frames of an item that are cut; default: all.
    """
    if not items:
        raise ValueError(f"no images to write to {path}: list some")
    every = frames(dataset, root, items, keep)
    tile_size = _one_tile_size(every, variant)
    n_tiles = [len(boxes_of(frame.layout, variant)) for frame in every]
    ends = np.cumsum(n_tiles)
    levels = [change.name for change in changes] if variant == CHANGED else [CLEAN]
    about = {
        "images": [[frame.split, frame.item, frame.frame] for frame in every],
        "tiles": [[1, 1] if variant == WHOLE else _grid(frame.layout) for frame in every],
        "input_px": list(tile_size) if variant == WHOLE else [CROP_PX, CROP_PX],
        "levels": levels,
        "variant": variant,
    }
    store.create(path, {**attributes, **about})
    # every frame fills whole chunks, so that threads never write into the same one
    chunk = math.gcd(*n_tiles)
    arrays = [
        store.create_array(
            path,
            f"{level}/crops",
            (int(ends[-1]), *tile_size, 3),
            "uint8",
            (chunk, *tile_size, 3),
            store.IMAGE_CODECS,
            ("crop", "y", "x", "channel"),
        )
        for level in levels
    ]

    def write_frame(number):
        frame = every[number]
        image = _read(dataset, root, frame)
        boxes = boxes_of(frame.layout, variant)
        rows = slice(int(ends[number]) - len(boxes), int(ends[number]))
        if variant == CHANGED:
            for array, change in zip(arrays, changes, strict=True):
                array[rows] = _changed(image, frame, boxes, change, seed)
        else:
            arrays[0][rows] = np.stack([cut(image, box) for box in boxes])

    in_threads(write_frame, len(every), threads, "crops", "image")
    store.seal(path)


def image_of_crop(tiles):
    """Number of the image that each crop is of, from rows and columns of the tiles of each image.

    Returns
    -------
    numpy.ndarray of shape (n_crops,), int64
    """
    return np.repeat(np.arange(len(tiles)), np.prod(np.reshape(tiles, (-1, 2)), axis=1))


def cut(image, box):
    """The pixels of a box (top, left, height, width)."""
    top, left, height, width = box
    return image[top : top + height, left : left + width]


def in_threads(work, n, threads, description, unit):
    """Call `work` with 0 to n - 1 in threads; the first error stops all."""
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(work, number) for number in range(n)]
        try:
            for job in progress(as_completed(jobs), total=n, desc=description, unit=unit):
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)  # a bad image is told now, not after the others
            raise


def _changed(image, frame, boxes, change, seed):
    """Tiles of a changed frame; their noise depends on who they are, not on when they are made."""
    who = (frame.split, frame.item, frame.frame)
    return np.stack(
        [change.apply(image, box, (seed, *who, number)) for number, box in enumerate(boxes)]
    )


def _read(dataset, root, frame):
    image = dataset.read(root, frame.split, frame.item, frame.frame).image
    if image.shape != (*frame.layout.size, 3) or image.dtype != np.uint8:
        raise ValueError(
            f"{frame.item}: expected a uint8 RGB image of {frame.layout.size} px, "
            f"found {image.dtype} of shape {image.shape}"
        )
    return image


def _grid(layout):
    return [layout.rows, layout.columns]


def _one_tile_size(every, variant):
    """Height and width of all tiles, which one array can hold only if they are equal."""
    sizes = {box[2:] for frame in every for box in boxes_of(frame.layout, variant)}
    if len(sizes) > 1:
        raise ValueError(
            f"expected tiles of one size, found {sorted(sizes)}: list images of one size only"
        )
    return sizes.pop()
