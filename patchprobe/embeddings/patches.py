"""Patches of chosen images: their tokens, their labels, and which crop of which image they are.

Stores of crops, tokens and labels name their images alike, [split, item, frame], so that tokens of
changed images are scored with the labels of the clean ones.
"""

import math
from dataclasses import dataclass

import numpy as np

from patchprobe import provenance, store
from patchprobe.crops.tiles import image_of_crop
from patchprobe.errors import StoreError

# What tells how tokens were made, alike in all stores of a backbone and dataset.
MADE_BY = (
    *("dataset", "backbone", "loader", "architecture", "model_args", "loader_args"),
    *("weights_sha256", "preprocessing", "precision", "depth"),
)
# What tells of which crops they are, alike in all parts and in the labels of these crops.
OF_CROPS = ("images", "tiles", "left_out")


def patches_name(level, layer):
    """Name of the array of patch tokens of one level and layer in an embedding store."""
    return f"{level}/layer_{layer}/patches"


def cls_name(level, layer):
    """Name of the array of CLS tokens of one level and layer in an embedding store."""
    return f"{level}/layer_{layer}/cls"


@dataclass(frozen=True, eq=False)
class Selection:
    """The crops of chosen images in a store.

    Attributes
    ----------
    images : list of tuple (split, item, frame)
        Those that were taken, in the order of the store.
    crops : numpy.ndarray of shape (n_crops,), int
        Rows of the arrays of the store.
    image_of_crop : numpy.ndarray of shape (n_crops,), int
        Into `images`.
    tiles : list of [rows, columns]
        Tiles of each of these images.
    left_out : list of tuple (split, item)
        Items that were asked for, but left out of the store because they could not be read.
    """

    images: list
    crops: np.ndarray
    image_of_crop: np.ndarray
    tiles: list
    left_out: list

    @property
    def items(self):
        """Items that were taken, each once, as [split, item]."""
        return [list(item) for item in dict.fromkeys(image[:2] for image in self.images)]

    def part(self, part, n_parts):
        """Part `part` (from 1) of `n_parts`: some images that lie one after the other.

        `left_out` is that of the whole.
        """
        n_images = len(self.images)
        if not 1 <= part <= n_parts <= n_images:
            raise ValueError(
                f"expected one of at most {n_images} parts, since there are so many images, found "
                f"part {part} of {n_parts}: lower `knn: parts`"
            )
        start, stop = (n_images * n // n_parts for n in (part - 1, part))
        rows = slice(*np.searchsorted(self.image_of_crop, [start, stop]))
        return Selection(
            self.images[start:stop],
            self.crops[rows],
            self.image_of_crop[rows] - start,
            self.tiles[start:stop],
            self.left_out,
        )


def select(path, items):
    """The crops of some items in a store of crops, tokens or labels.

    Parameters
    ----------
    path : path
        A store with the attributes `images`, `tiles` and `left_out`.
    items : list of (split, item)

    Returns
    -------
    Selection
    """
    if not items:
        raise ValueError(f"no images asked of {path}: expected at least one")
    about = store.attributes(path)
    _check_kind(path, about, "images", "tiles")
    stored = [tuple(image) for image in about["images"]]
    asked = set(map(tuple, items))
    left_out = sorted(asked & set(map(tuple, about.get("left_out", []))))
    is_taken = np.array([image[:2] in asked for image in stored])
    images = [image for image, taken in zip(stored, is_taken, strict=True) if taken]
    if absent := sorted(asked - {image[:2] for image in images} - set(left_out)):
        names = ", ".join(item for _, item in absent)
        raise StoreError(f"{path} lacks images {names}: make it again")
    if not images:
        raise StoreError(f"all of the images asked of {path} were left out as unreadable")
    numbers = image_of_crop(about["tiles"])
    crops = np.flatnonzero(is_taken[numbers])
    numbers = np.unique(numbers[crops], return_inverse=True)[1]
    tiles = [about["tiles"][number] for number in np.flatnonzero(is_taken)]
    return Selection(images, crops, numbers, tiles, left_out)


class Tokens:
    """Patch tokens in the parts of a scattered store.

    Parameters
    ----------
    parts : list of path
    like : Tokens, optional
        Those of other images, which the same backbone must have made.
    **expected
        Attributes of the store: `dataset`, `backbone`, `variant`.

    Raises
    ------
    StoreError
        If a part is missing or damaged, or was made by another backbone, other weights or in
        another way than the others, than `like`, or than expected.
    """

    def __init__(self, parts, like=None, **expected):
        self.parts = store.ordered_parts(parts)
        self.attributes = store.attributes(self.parts[0], **expected)
        _check_kind(self.parts[0], self.attributes, "grid", "levels", "images", "tiles")
        self.grid = tuple(self.attributes["grid"])
        self.levels = self.attributes["levels"]
        every_key = (*MADE_BY, *OF_CROPS, "grid", "levels", "layers", "variant")
        for part in self.parts[1:]:
            store.agree(part, store.attributes(part), self.parts[0], self.attributes, every_key)
        if like is not None:
            store.agree(self.parts[0], self.attributes, like.parts[0], like.attributes, MADE_BY)
        n_crops = self.attributes["crops"][2]
        _check_size(self.parts[0], "crops", n_crops, _n_crops(self.attributes["tiles"]))

    @property
    def provenance(self):
        """What made these tokens, all their parts: attributes without those of their images."""
        of_images = ("images", "tiles", "left_out", "crops")
        about = provenance.of_whole([store.attributes(part) for part in self.parts])
        return {key: value for key, value in about.items() if key not in of_images}

    def select(self, items):
        """The crops of some items."""
        return select(self.parts[0], items)

    def rows(self, selection, layer, level="clean"):
        """Patch embeddings, (n_patches, n_features) as a Dask array, crop by crop, row-major."""
        tokens = self.all(layer, level)[selection.crops]
        return tokens.reshape(-1, tokens.shape[-1])

    def all(self, layer, level="clean"):
        """Tokens of all crops, (n_crops, n_patches, n_features) as a Dask array."""
        tokens = store.load_parts(self.parts, patches_name(level, layer))
        _check_size(self.parts[0], "crops", tokens.shape[0], self.attributes["crops"][2])
        _check_size(self.parts[0], "patches", tokens.shape[1], math.prod(self.grid))
        return tokens

    def mean_of(self, selection, layer, patches, level="clean"):
        """Mean of some patches of every crop, (n_crops, n_features) float32."""
        tokens = self.all(layer, level)[selection.crops]
        return tokens[:, patches].astype(np.float32).mean(axis=1).compute()


class Labels:
    """Patch labels of a store of `patchprobe.crops.labels.write`.

    Parameters
    ----------
    path : path
    tokens : Tokens, optional
        What is labelled: of the same crops, in the same order, and of the same grid.
    **expected
        Attributes of the store: `dataset`, `grid`.

    Attributes
    ----------
    names, evaluated, absent
        As in `patchprobe.datasets.base.Classes`.
    super_categories : list of str
        Of each class; empty if there are none.
    groups : dict of (split, item, frame) to str
    """

    def __init__(self, path, tokens=None, **expected):
        self.path, about = path, store.attributes(path, **expected)
        _check_kind(path, about, "classes", "images", "groups", "grid")
        _check_labels(path, about, tokens)
        self.names, self.evaluated = about["classes"]["names"], about["classes"]["evaluated"]
        self.absent, self.super_categories = about["classes"]["absent"], about["classes"]["groups"]
        self.grid = tuple(about["grid"])
        images = map(tuple, about["images"])
        self.groups = dict(zip(images, about["groups"], strict=True))

    @property
    def n_classes(self):
        """Number of labels, void among them."""
        return len(self.names)

    def select(self, items):
        """The crops of some items."""
        return select(self.path, items)

    def numbers_of(self, names):
        """Labels of classes by their names."""
        if unknown := [name for name in names if name not in self.names]:
            raise StoreError(
                f"{self.path} has no classes {', '.join(unknown)}: {', '.join(self.names)}"
            )
        return [list(self.names).index(name) for name in names]

    def labels(self, selection, rule):
        """Patch labels by a rule ("centre" or "majority"), (n_patches,) uint8."""
        return store.read(self.path, rule, selection.crops).ravel()

    def pixels(self, selection):
        """Native pixels of each class under each patch, (n_crops, n_patches, n_classes)."""
        return store.read(self.path, "pixels", selection.crops)


class ChangedLabels:
    """Labels of changed patches, in a store of `patchprobe.crops.changed_labels.write`.

    Parameters
    ----------
    path : path
    tokens : Tokens, optional
        Those of the changed images, see `Labels`.
    """

    def __init__(self, path, tokens=None):
        self.path, about = path, store.attributes(path)
        _check_kind(path, about, "grid", "levels")
        _check_labels(path, about, tokens)
        self.grid, self.levels = tuple(about["grid"]), about["levels"]

    def select(self, items):
        """The crops of some items."""
        return select(self.path, items)

    def labels(self, selection, level, rule):
        """Patch labels by a rule ("centre" or "majority"), (n_patches,) uint8."""
        return store.read(self.path, f"{level}/{rule}", selection.crops).ravel()

    def original(self, selection, level):
        """Patch of the original crop that each patch shows, -1 for none: (n_crops, n_patches)."""
        return store.read(self.path, f"{level}/original", selection.crops).astype(np.int64)


def _check_labels(path, about, tokens):
    if tokens is not None:
        keys = ("dataset", "grid", *OF_CROPS)
        store.agree(path, about, tokens.parts[0], tokens.attributes, keys)


def _check_kind(path, about, *keys):
    """Raise a StoreError if a store does not tell what all of its kind do."""
    if missing := [key for key in keys if key not in about]:
        raise StoreError(
            f"{path} tells no {', '.join(missing)}, so it is a store of another kind: make it "
            f"again with `snakemake --force {path}`"
        )


def _n_crops(tiles):
    return sum(rows * columns for rows, columns in tiles)


def _check_size(path, what, found, expected):
    if found != expected:
        raise StoreError(
            f"{path} holds {found} {what}, expected {expected}: make it again with "
            f"`snakemake --force {path}`"
        )
