"""ADE20K SceneParsing as distributed: the folder ADEChallengeData2016, 150 classes and 0 = other.

The layout is that of the official toolkit (CSAILVision/sceneparsing: README.md).
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from patchprobe.crops.patch_labels import resize_nearest
from patchprobe.datasets import pictures
from patchprobe.datasets.ade20k_names import HELP, N_CLASSES, NAME, SEE, class_names, split_of
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.datasets.folders import entries
from patchprobe.errors import DatasetError, DatasetNotFoundError
from patchprobe.logs import progress

SPLITS = ("train", "val")
EVALUATED = tuple(range(1, N_CLASSES))  # 0, other, is not
FRAME_SIZE = (448, 672)  # height, width
TILE_PX = 224
GRID = (28, 42)  # patches of 16 px in a frame: rows, columns

_FOLDERS = {"train": "training", "val": "validation"}
_PARTS = tuple(f"{kind}/{part}" for kind in ("images", "annotations") for part in _FOLDERS.values())
_FULL_ANNOTATIONS = tuple(f"{part}/[!.]*_seg.png" for part in _PARTS)
_FULL_RELEASE = ("index_ade20k.*", "ADE20K_20*", "images/ADE", "ADE/training", "images/*/[a-z]")


def image_path(root, split, item):
    """Path of the image `item`, e.g. `ADE_train_00000001`."""
    return Path(root) / "images" / _folder(split, item) / f"{item}.jpg"


def label_path(root, split, item):
    """Path of the label image of `item` (grey, 0..150)."""
    return Path(root) / "annotations" / _folder(split, item) / f"{item}.png"


def missing(root):
    """What to tell the user if the dataset is not at `root`, or is another; None if it is there."""
    root = Path(root)
    absent = [part for part in _PARTS if not (root / part).is_dir()]
    if absent and (found := _root_nearby(root)):
        return f"{root} is not the root of {NAME}, {found} is: give that as `root`, {SEE}."
    signs = _FULL_ANNOTATIONS + (_FULL_RELEASE if absent else ())
    if sign := next(chain.from_iterable(map(root.glob, signs)), None):
        return (
            f"{root} is the full {NAME}, with thousands of classes in colour: found {sign}. The "
            f"SceneParsing release has 150 classes in grey images. {HELP}"
        )
    if absent:
        folders = ", ".join(str(root / part) for part in absent)
        return f"{NAME} not found in {root}: expected {folders}. {HELP}"
    return None


def items(root, split):
    """Names of all images of a split that lie under `root`, sorted.

    A name whose suffix has capital letters is among them, so that `problems` tells it.
    """
    if message := missing(root):
        raise DatasetNotFoundError(message)
    paths = entries(Path(root) / "images" / _folder(split), HELP)
    return sorted({path.stem for path in paths if path.suffix.lower() == ".jpg"})


def layout_problems(root, is_miniature=False):
    """Lines about what is wrong with the dataset as a whole: the table of classes."""
    try:
        class_names(root)
    except DatasetError as error:
        yield str(error)


def problems(root, split, item):
    """Lines about what is wrong with an image or its labels; both are decoded."""
    found = []
    for read in (read_image, _read_labels, _check_sizes):
        try:
            read(root, split, item)
        except DatasetError as error:
            found.append(str(error))
    yield from dict.fromkeys(found)


def read_image(root, split, item):
    """RGB image, uint8 of shape (height, width, 3); grey images have three equal channels."""
    with _opened(image_path(root, split, item), "JPEG", ("RGB", "L")) as image:
        return np.array(image.convert("RGB"))


def read_labels(root, split, item):
    """Labels, uint8 of the shape (height, width) of the image, values 0..150."""
    labels = _read_labels(root, split, item)
    _check_sizes(root, split, item)
    return labels


def read_resized(root, split, item):
    """Image at the size of the experiment, uint8 of shape (448, 672, 3).

    Resized with cv2.INTER_CUBIC (a = -0.75, no antialiasing) on uint8; the aspect ratio is not
    kept.
    """
    image = read_image(root, split, item)
    return cv2.resize(image, FRAME_SIZE[::-1], interpolation=cv2.INTER_CUBIC)


def classes_in(labels):
    """Classes that a label map shows: those at the patch centres of its frame, without 0.

    The labels are resized to the frame and then to the patches, both nearest-exact, as the paper's
    authors did.

    Parameters
    ----------
    labels : numpy.ndarray of shape (height, width), uint8
        At native size.

    Returns
    -------
    frozenset of int
    """
    frame = resize_nearest(labels, FRAME_SIZE)
    return frozenset(np.unique(resize_nearest(frame, GRID)).tolist()) - {0}


def presence(root, split, items, threads=1):
    """Classes of each image: {name: frozenset of int}, see `classes_in`.

    Raises
    ------
    DatasetError
        If the labels of an image cannot be used.
    """

    def classes(item):
        return classes_in(read_labels(root, split, item))

    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(classes, items)
        bar = progress(found, total=len(items), desc=f"classes {split}", unit="image")
        return dict(zip(items, bar, strict=True))


def _folder(split, item=None):
    """Folder of a split, for an image that is in it."""
    if split not in SPLITS:
        raise DatasetError(
            f"{NAME} has no split {split!r} that can be used: the labels of its test images are "
            f"not public. Use train or val, {SEE}."
        )
    if item is not None and split_of(item) != split:
        raise DatasetError(
            f"{item} is an image of {split_of(item)}, not of {split}. Mend the subset list, {SEE}."
        )
    return _FOLDERS[split]


def _root_nearby(root):
    """The right root, if it is one of the two folders above or directly below; otherwise None."""
    below = (path.parent for path in sorted(root.glob("*/annotations")))
    near = (*root.absolute().parents[:2], *below)
    return next((path for path in near if all((path / part).is_dir() for part in _PARTS)), None)


def _read_labels(root, split, item):
    path = label_path(root, split, item)
    with _opened(path, "PNG", ("L",)) as image:
        labels = np.array(image)
    if labels.max() >= N_CLASSES:
        unknown = sorted(int(i) for i in np.unique(labels) if i >= N_CLASSES)
        raise DatasetError(
            f"{path}: expected labels 0..{N_CLASSES - 1}, 0 = other; found {unknown}. Were they "
            f"renumbered by another program? {HELP}"
        )
    return labels


def _check_sizes(root, split, item):
    """Compare the size of the labels with that of the image; nothing is decoded."""
    paths = image_path(root, split, item), label_path(root, split, item)
    with _opened(paths[0], "JPEG") as image, _opened(paths[1], "PNG") as labels:
        if image.size != labels.size:
            raise DatasetError(
                f"{paths[1]}: expected {image.width}x{image.height} px as in the image, "
                f"found {labels.width}x{labels.height} px. {HELP}"
            )


@contextmanager
def _opened(path, file_format, modes=None):
    """An image file of one format and one of the modes; errors in the block are named."""
    with pictures.opened(path, (file_format,), HELP) as image:
        if modes and image.mode not in modes:
            raise DatasetError(
                f"{path}: expected mode {' or '.join(modes)}, found {image.mode}. {HELP}"
            )
        yield image


def _read_sample(root, split, item, frame=0):
    return Sample(
        item,
        lambda: read_resized(root, split, item),
        lambda: read_labels(root, split, item),
    )


def _files(root, split, item):
    return [image_path(root, split, item), label_path(root, split, item)]


LAYOUT = Layout(FRAME_SIZE, FRAME_SIZE[0] // TILE_PX, FRAME_SIZE[1] // TILE_PX, TILE_PX)
DATASET = Dataset(
    name=NAME,
    splits=SPLITS,
    classes=lambda root: Classes(class_names(root), EVALUATED, absent="zero"),
    missing=missing,
    items=items,
    files=_files,
    problems=problems,
    layout=lambda root, split, item: LAYOUT,
    read=_read_sample,
    layout_problems=layout_problems,
    presence=presence,
)
