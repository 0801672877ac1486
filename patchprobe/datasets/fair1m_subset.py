"""Few-shot set of FAIR1M (paper, App. A.4): tiles by category and their statistics (Table 3)."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from patchprobe.crops.patch_labels import centre_labels
from patchprobe.datasets import fair1m
from patchprobe.datasets.fair1m_names import (
    CLASS_NAMES,
    N_CLASSES,
    SUPER_NAMES,
    SUPER_OF,
    parse_tile,
)
from patchprobe.datasets.fair1m_tiles import (
    is_present,
    object_shares,
    objects_of_tile,
    read_tile,
    tiles_of_image,
)
from patchprobe.errors import DatasetError
from patchprobe.logs import progress

GRIDS = {"patches_vit16": 14, "patches_dinov2": 16}  # patches a side of a tile


def presence(root, split, items, threads=1):
    """Fine categories present in every tile of images.

    Parameters
    ----------
    root : path
    split : str
    items : iterable of str
    threads : int

    Returns
    -------
    dict of str to frozenset of int
        By name of the tile, in sorted order.
    """
    items = list(items)

    def of_image(item):
        tiles = tiles_of_image(item, fair1m.read_size(root, split, item))
        objects = fair1m.read_objects(root, split, item)
        categories = np.array([thing.category for thing in objects], int)
        there = is_present(object_shares(objects, tiles))
        return [
            (tile.name, frozenset(categories[row].tolist()))
            for tile, row in zip(tiles, there, strict=True)
        ]

    with ThreadPoolExecutor(threads) as pool:
        bar = progress(pool.map(of_image, items), total=len(items), desc="presence", unit="image")
        return dict(sorted(pair for pairs in bar for pair in pairs))


def select(presence, n_per_category=8, order=None, rng=None):
    """Choose tiles greedily: for one category after the other, tiles that contain it.

    Tiles that are taken are not available to later categories (App. A.4). The published list was
    made from an unordered pool; this one depends on the arguments alone.

    Parameters
    ----------
    presence : dict of str to set of int
        Fine categories present in each tile.
    n_per_category : int
        Tiles for each category; fewer are taken where there are fewer.
    order : iterable of int, optional
        Fine categories; by default from the last to the first of Table 3.
    rng : numpy.random.Generator, optional
        Shuffles the tiles; without it they are taken sorted by name.

    Returns
    -------
    list of str, sorted
    """
    if n_per_category < 1:
        raise ValueError(f"expected at least 1 tile per category, found {n_per_category}")
    pool = sorted(presence)
    if not pool:
        raise DatasetError("there are no tiles to choose from: check the folder and the split")
    if rng is not None:
        pool = [pool[i] for i in rng.permutation(len(pool))]
    taken = set()
    for category in range(N_CLASSES - 1, 0, -1) if order is None else order:
        free = [name for name in pool if category in presence[name] and name not in taken]
        taken.update(free[:n_per_category])
    return sorted(taken)


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
    """

    def of_tile(name):
        tile = parse_tile(name)
        objects = fair1m.read_objects(root, split, tile.item)
        there = {thing.category for thing in objects_of_tile(objects, tile)}
        return read_tile(root, split, name)[1], there

    with ThreadPoolExecutor(threads) as pool:
        found = progress(pool.map(of_tile, names), total=len(names), desc="masks", unit="tile")
        masks, present = zip(*found, strict=True)
    return np.stack(masks), list(present)


def table3(masks, present, published):
    """Pixels, patches and tiles of every category, beside the printed ones.

    A patch has the label of the pixel at its centre.

    Parameters
    ----------
    masks : numpy.ndarray of shape (n_tiles, 224, 224), uint8
    present : iterable of set of int
        Fine categories present in each tile.
    published : pandas.DataFrame
        Columns category, pixels, patches_vit16, patches_dinov2 and perhaps others.

    Returns
    -------
    pandas.DataFrame
        Background and the 38 categories in the order of Table 3. Columns super, category, pixels,
        patches_vit16 (grid of 14x14), patches_dinov2 (16x16), tiles (in which the category is
        present), and those of `published` with the suffix `_paper`.
    """
    if set(published["category"]) != set(CLASS_NAMES) or len(published) != N_CLASSES:
        raise DatasetError(
            f"published table: expected the {N_CLASSES} categories {', '.join(CLASS_NAMES)}; "
            f"found {', '.join(map(str, published['category']))}"
        )
    labels = {"pixels": masks} | {name: centre_labels(masks, n) for name, n in GRIDS.items()}
    counts = {name: np.bincount(x.ravel(), minlength=N_CLASSES) for name, x in labels.items()}
    sets = list(present)
    counts["tiles"] = [sum(category in found for found in sets) for category in range(N_CLASSES)]
    supers = [SUPER_NAMES[i] for i in SUPER_OF]
    table = pd.DataFrame({"super": supers, "category": CLASS_NAMES, **counts})
    printed = published.drop(columns="super", errors="ignore").set_index("category")
    return table.join(printed.add_suffix("_paper"), on="category")
