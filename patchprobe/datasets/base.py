"""The contract of all readers: each module of a dataset offers `DATASET`, a `Dataset`.

An item is what subset lists name: an image, a tile of an aerial image, or a video. It has one frame
or, if it is a video, many. Every frame is cut into rows and columns of equal tiles.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Classes:
    """The classes of a dataset; the position of a name is its label.

    Attributes
    ----------
    names : tuple of str
    evaluated : tuple of int
        Labels that scores count; all others are void or background.
    absent : {"skip", "zero"}
        How the official mean counts an evaluated class that neither occurs nor is predicted.
    groups : tuple of str
        Super-category of each class; empty if there are none.
    colours : tuple of (int, int, int)
        RGB of each class in pictures; empty if the dataset defines none.
    """

    names: tuple
    evaluated: tuple
    absent: str = "skip"
    groups: tuple = ()
    colours: tuple = ()

    def as_dict(self):
        """For the attributes of a store."""
        return {
            "names": list(self.names),
            "evaluated": [int(label) for label in self.evaluated],
            "absent": self.absent,
            "groups": list(self.groups),
        }


@dataclass(frozen=True)
class Layout:
    """How an item is cut. Tiles need not cover the whole frame; labels are of what they cover.

    Attributes
    ----------
    size : (int, int)
        Height and width of each frame before cutting, px.
    rows, columns : int
        Of tiles.
    tile_px : int
        Height and width of a tile.
    origin : (int, int)
        Top and left edge of the first tile in the frame.
    n_frames : int
    rate : float
        Frames per second of a video.
    native_size : (int, int)
        Height and width of each frame as distributed, px, where objects are boxes in it.
    """

    size: tuple
    rows: int
    columns: int
    tile_px: int
    origin: tuple = (0, 0)
    n_frames: int = 1
    rate: float | None = None
    native_size: tuple | None = None

    @property
    def boxes(self):
        """Top, left, height and width of every tile, row by row, px."""
        top, left = self.origin
        px = self.tile_px
        return [
            (top + row * px, left + column * px, px, px)
            for row in range(self.rows)
            for column in range(self.columns)
        ]


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame of an item; what it holds is read when it is asked for.

    Attributes
    ----------
    group : str
        City, sequence, source image or land use: what resampling and held-out sets go by.
    read_image : callable
        Gives uint8 of shape (height, width, 3), RGB, of the layout's size.
    read_labels : callable, optional
        Gives uint8 of shape (height, width). Labels cover exactly the tiled area of the frame, from
        the first tile to the last, at the native resolution, which may be another than the image's.
    read_objects : callable, optional
        Gives annotated objects, in the pixels of the frame as distributed, before it is resized.
    """

    group: str
    read_image: Callable
    read_labels: Callable | None = None
    read_objects: Callable | None = None

    @cached_property
    def image(self):
        """RGB image, uint8 (height, width, 3)."""
        return self.read_image()

    @cached_property
    def labels(self):
        """Label map of the tiled area, uint8 (height, width); None if the dataset has none."""
        return self.read_labels() if self.read_labels else None

    @cached_property
    def objects(self):
        """Annotated objects; None if the dataset has none."""
        return self.read_objects() if self.read_objects else None


NAMES = (
    *("cityscapes", "ade20k", "fair1m", "bdd100k", "mot17"),
    *("uc_merced", "resisc45", "eurosat"),
)


def _nothing(*_):
    return ()


@dataclass(frozen=True)
class Dataset:
    """A dataset as distributed.

    Attributes
    ----------
    name : str
        For people.
    splits : tuple of str
    classes : callable, root -> Classes
    missing : callable, root -> str or None
        What to tell the user if the dataset is not there, or is a look-alike.
    items : callable, (root, split) -> list of str
        All items of a split that lie under the root, sorted. No pixels are decoded.
    files : callable, (root, split, item) -> list of path
        Files without which the item cannot be read, and the folder of a video's frames; they are
        named without opening an image.
    problems : callable, (root, split, item) -> iterable of str
        Lines about what is wrong with an item; all of it is decoded.
    layout : callable, (root, split, item) -> Layout
        No pixels are decoded.
    read : callable, (root, split, item, frame=0) -> Sample
    layout_problems : callable, (root, is_miniature) -> iterable of str
        Lines about what is wrong with the dataset as a whole; a miniature may be smaller.
    notes : callable, (root, split, items) -> iterable of str
        Lines about what is odd in items, but changes no number.
    acceptance : callable, (root, what, split, items, published) -> iterable of Acceptance
        Comparison with published numbers.
    presence : callable, (root, split, items, threads) -> {item: set of int}, optional
        Classes that each of the items shows, where subsets are drawn by class.
    draw_labels : callable, (objects, size) -> uint8 of shape `size`, optional
        Label map of objects with a `polygon` in the pixels of an image of this size, where labels
        follow from polygons: so they can follow images that are turned or scaled.

    All of them raise a DatasetError for a split that the dataset does not have, an item that cannot
    be one of it, or files that are missing or damaged; `missing` and the problems tell it instead.
    """

    name: str
    splits: tuple
    classes: Callable[[Path], Classes]
    missing: Callable[[Path], str | None]
    items: Callable[[Path, str], list]
    files: Callable[[Path, str, str], list]
    problems: Callable[[Path, str, str], Iterator[str]]
    layout: Callable[[Path, str, str], Layout]
    read: Callable[..., Sample]
    layout_problems: Callable[[Path, bool], Iterable[str]] = field(default=_nothing)
    notes: Callable[[Path, str, list], Iterable[str]] = field(default=_nothing)
    acceptance: Callable[..., Iterable] = field(default=_nothing)
    presence: Callable[..., dict] | None = None
    draw_labels: Callable[..., np.ndarray] | None = None

    def all_items(self, root):
        """All items of all splits that lie under the root: list of (split, item)."""
        return [(split, item) for split in self.splits for item in self.items(root, split)]


def dataset(name):
    """The `Dataset` of a module of this package, e.g. "cityscapes"."""
    return import_module(f"{__package__}.{name}").DATASET


def examples(dataset, root, items, n=2):
    """Images with their labels, to be drawn: the first of each of the first `n` groups.

    Parameters
    ----------
    dataset : Dataset
    root : path
    items : list of (split, item)
    n : int

    Returns
    -------
    dict of str to numpy.ndarray
        `images` (n, 3), split, item and frame; `image_<i>` uint8 RGB; `labels_<i>` uint8; `names`
        and `colours` of the classes.
    """
    first = {}
    for split, item in items:
        sample = dataset.read(root, split, item)
        first.setdefault(sample.group, (split, item, sample))
    chosen = list(first.values())[:n]
    classes = dataset.classes(root)
    found = {
        "images": np.array([[split, item, "0"] for split, item, _ in chosen]),
        "names": np.array(classes.names),
        "colours": np.array(classes.colours, np.uint8),
    }
    for i, (_, _, sample) in enumerate(chosen):
        found |= {f"image_{i}": sample.image, f"labels_{i}": sample.labels}
    return found
