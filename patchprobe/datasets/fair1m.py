"""FAIR1M by tiles of 224 px, as the paper uses it; a tile is named as in `fair1m_names.Tile`.

Images and annotations are read by `fair1m_images`, and cut by `fair1m_tiles`.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from patchprobe.datasets import fair1m_images as images
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.datasets.caching import stamps
from patchprobe.datasets.fair1m_folders import SPLITS
from patchprobe.datasets.fair1m_names import (
    CLASS_NAMES,
    N_CLASSES,
    SUPER_NAMES,
    SUPER_OF,
    TILE_PX,
    parse_tile,
)
from patchprobe.datasets.fair1m_tiles import (
    WINDOW_PX,
    draw_labels,
    is_present,
    object_shares,
    objects_of_tile,
    read_tile_labels,
    read_window,
    read_window_objects,
    tiles_of_image,
    window_problem,
)
from patchprobe.errors import DatasetError
from patchprobe.logs import progress

_ANY_SIZE = (1, 1)  # every image has the tiles of an image this small
_REMEMBERED = 64  # images whose problems are remembered


def items(root, split):
    """Names of all tiles of a split under `root`, sorted; of the images only headers are read.

    An image that cannot be opened, or is missing beside its annotation, has the tiles that every
    image has, so that `problems` tells what is wrong.
    """
    found = images.items(root, split)
    return sorted(tile.name for item in found for tile in _tiles(root, split, item))


def items_of(tiles):
    """Images of listed tiles, sorted."""
    return sorted({parse_tile(name).item for name in tiles})


def _images_named(tiles):
    """Images of those of the tiles that are well named."""
    good = set()
    for name in tiles:
        try:
            good.add(parse_tile(name).item)
        except DatasetError:
            continue  # `problems` says what is wrong
    return sorted(good)


def problems(root, split, item):
    """Lines about what is wrong with a tile, its image or the annotation; both are read whole.

    What is wrong with an image is remembered, so that it is not decoded for each of its tiles.
    """
    try:
        tile = parse_tile(item)
    except DatasetError as error:
        yield str(error)
        return
    yield from _problems_of_image(root, split, tile.item)
    try:
        message = window_problem(root, split, tile)
    except DatasetError:
        return  # the image cannot be opened, which is told already
    if message:
        yield message


def files(root, split, item):
    """Image and annotation of a tile.

    Raises
    ------
    DatasetNotFoundError
        If one of them is in none of the folders where it may be.
    """
    return _files_of_image(root, split, parse_tile(item).item)


def presence(root, split, items, threads=1):
    """Fine categories with at least a third of an object in each tile (App. A.4).

    Parameters
    ----------
    root : path
    split : str
    items : iterable of str
        Tiles.
    threads : int

    Returns
    -------
    dict of str to frozenset of int
    """

    def of_image(image, tiles):
        objects = images.read_objects(root, split, image)
        categories = np.array([thing.category for thing in objects], int)
        there = is_present(object_shares(objects, [parse_tile(name) for name in tiles]))
        return {
            name: frozenset(categories[row].tolist())
            for name, row in zip(tiles, there, strict=True)
        }

    tiles_of = defaultdict(list)
    for name in items:
        tiles_of[parse_tile(name).item].append(name)
    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(of_image, tiles_of, tiles_of.values())
        bar = progress(found, total=len(tiles_of), desc=f"classes {split}", unit="image")
        return {name: there for of_tiles in bar for name, there in of_tiles.items()}


def read_masks(root, split, names, threads=1):
    """Masks of tiles, and the fine categories present in each.

    Parameters
    ----------
    root : path
    split : str
    names : list of str
    threads : int

    Returns
    -------
    masks : numpy.ndarray of shape (n_tiles, 224, 224), uint8
    present : list of set of int

    Raises
    ------
    DatasetError
        If an image or its annotation is missing or damaged, or has no such window.
    """

    def of_tile(name):
        tile = parse_tile(name)
        objects = images.read_objects(root, split, tile.item)
        there = {thing.category for thing in objects_of_tile(objects, tile)}
        read_window(root, split, tile)  # a tile that cannot be embedded is not counted either
        return read_tile_labels(root, split, tile), there

    with ThreadPoolExecutor(threads) as pool:
        found = progress(pool.map(of_tile, names), total=len(names), desc="masks", unit="tile")
        masks, present = zip(*found, strict=True)
    return np.stack(masks), list(present)


def _tiles(root, split, item):
    try:
        size = images.read_size(root, split, item)
    except DatasetError:
        size = _ANY_SIZE
    return tiles_of_image(item, size)


def _files_of_image(root, split, item):
    return [images.image_path(root, split, item), images.label_path(root, split, item)]


def _problems_of_image(root, split, item):
    try:
        key = stamps(_files_of_image(root, split, item))
    except DatasetError:  # there is nothing to remember of a file that is missing
        return tuple(images.problems(root, split, item))
    return _remembered_problems(root, split, item, key)


@lru_cache(_REMEMBERED)
def _remembered_problems(root, split, item, _):
    return tuple(images.problems(root, split, item))


def _layout(root, split, item):
    tile = parse_tile(item)
    origin = (TILE_PX * tile.row, TILE_PX * tile.column)
    return Layout((WINDOW_PX, WINDOW_PX), 1, 1, TILE_PX, origin)


def _read(root, split, item, frame=0):
    tile = parse_tile(item)
    return Sample(
        tile.item,
        lambda: read_window(root, split, tile),
        lambda: read_tile_labels(root, split, tile),
        lambda: read_window_objects(root, split, tile),
    )


CLASSES = Classes(
    CLASS_NAMES,
    evaluated=tuple(range(1, N_CLASSES)),
    groups=tuple(SUPER_NAMES[i] for i in SUPER_OF),
)
DATASET = Dataset(
    name=images.NAME,
    splits=SPLITS,
    classes=lambda root: CLASSES,
    missing=images.missing,
    items=items,
    files=files,
    problems=problems,
    layout=_layout,
    read=_read,
    layout_problems=images.layout_problems,
    notes=lambda root, split, tiles: images.notes(root, split, _images_named(tiles)),
    presence=presence,
    draw_labels=draw_labels,
)
