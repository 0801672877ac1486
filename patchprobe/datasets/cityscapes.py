"""Cityscapes as distributed: `leftImg8bit` and `gtFine`, labelIds 0..33.

The label table and the folder layout are those of the official cityscapesScripts
(helpers/labels.py, README.md).
"""

import re
from pathlib import Path

import numpy as np

from patchprobe.datasets import pictures
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.datasets.folders import entries
from patchprobe.datasets.reports import Acceptance
from patchprobe.errors import DatasetError, DatasetNotFoundError

IMAGE_SIZE = (1024, 2048)  # height, width
TILE_PX = 256
SPLITS = ("train", "val")
N_CLASSES = 34
NAME = "Cityscapes"

# name, RGB, whether the official evaluation counts it; the position is the labelId
LABELS = (
    ("unlabeled", (0, 0, 0), False),
    ("ego vehicle", (0, 0, 0), False),
    ("rectification border", (0, 0, 0), False),
    ("out of roi", (0, 0, 0), False),
    ("static", (0, 0, 0), False),
    ("dynamic", (111, 74, 0), False),
    ("ground", (81, 0, 81), False),
    ("road", (128, 64, 128), True),
    ("sidewalk", (244, 35, 232), True),
    ("parking", (250, 170, 160), False),
    ("rail track", (230, 150, 140), False),
    ("building", (70, 70, 70), True),
    ("wall", (102, 102, 156), True),
    ("fence", (190, 153, 153), True),
    ("guard rail", (180, 165, 180), False),
    ("bridge", (150, 100, 100), False),
    ("tunnel", (150, 120, 90), False),
    ("pole", (153, 153, 153), True),
    ("polegroup", (153, 153, 153), False),
    ("traffic light", (250, 170, 30), True),
    ("traffic sign", (220, 220, 0), True),
    ("vegetation", (107, 142, 35), True),
    ("terrain", (152, 251, 152), True),
    ("sky", (70, 130, 180), True),
    ("person", (220, 20, 60), True),
    ("rider", (255, 0, 0), True),
    ("car", (0, 0, 142), True),
    ("truck", (0, 0, 70), True),
    ("bus", (0, 60, 100), True),
    ("caravan", (0, 0, 90), False),
    ("trailer", (0, 0, 110), False),
    ("train", (0, 80, 100), True),
    ("motorcycle", (0, 0, 230), True),
    ("bicycle", (119, 11, 32), True),
)
CLASS_NAMES = tuple(name for name, _, _ in LABELS)
EVALUATED = tuple(i for i, (_, _, is_evaluated) in enumerate(LABELS) if is_evaluated)

_IMAGE = re.compile(r"(?P<stem>.*)_leftImg8bit\.png", re.IGNORECASE | re.DOTALL)
_STEM = re.compile(r"^(?P<city>[a-z]+)_\d{6}_\d{6}$")
_HELP = "How to get Cityscapes: config/README.md#cityscapes."


def image_path(root, split, stem):
    """Path of the RGB image `stem`, e.g. `aachen_000000_000019`."""
    return Path(root) / "leftImg8bit" / _known(split) / city_of(stem) / f"{stem}_leftImg8bit.png"


def label_path(root, split, stem):
    """Path of the label image of `stem` (grey, labelIds)."""
    return Path(root) / "gtFine" / _known(split) / city_of(stem) / f"{stem}_gtFine_labelIds.png"


def city_of(stem):
    """City of an image, the first word of its name."""
    match = _STEM.match(stem)
    if match is None:
        raise DatasetError(
            f"{stem!r} is not a Cityscapes image name: expected <city>_<6 digits>_<6 digits>, "
            "e.g. aachen_000000_000019, without folder and suffix. Mend the subset list."
        )
    return match["city"]


def items(root, split):
    """Names of all images of a split that lie under `root`, sorted.

    A name whose suffix has capital letters is among them, so that `problems` tells it.
    """
    if message := missing(root):
        raise DatasetNotFoundError(message)
    cities = entries(Path(root) / "leftImg8bit" / _known(split), _HELP)
    paths = (path for city in cities for path in entries(city, _HELP))
    return sorted({match["stem"] for path in paths if (match := _IMAGE.fullmatch(path.name))})


def missing(root):
    """What to tell the user if the dataset is not at `root` at all; None if its folders exist."""
    absent = [name for name in ("leftImg8bit", "gtFine") if not (Path(root) / name).is_dir()]
    if not absent:
        return None
    folders = " and ".join(str(Path(root) / name) for name in absent)
    return f"{NAME} not found in {root}: expected {folders}. {_HELP}"


def problems(root, split, item):
    """Lines about what is wrong with an image or its labels; both are decoded."""
    found = []
    for read in (read_image, read_labels):
        try:
            read(root, split, item)
        except DatasetError as error:
            found.append(str(error))
    yield from dict.fromkeys(found)


def compare(root, what, split, stems, published):
    """Label pixels of a subset against published counts.

    Parameters
    ----------
    root : path
    what : str
        Name of the subset.
    split : str
    stems : list of str
    published : pandas.DataFrame
        Columns label_id, pixels.

    Yields
    ------
    patchprobe.datasets.reports.Acceptance
    """
    counts = np.zeros(N_CLASSES, np.int64)
    for stem in stems:
        counts += np.bincount(read_labels(root, split, stem).ravel(), minlength=N_CLASSES)
    for label_id, pixels in zip(published["label_id"], published["pixels"], strict=True):
        name = f"pixels of {CLASS_NAMES[label_id]} in {what}"
        yield Acceptance(name, f"{pixels:,}", f"{counts[label_id]:,}")


def _known(split):
    if split not in SPLITS:
        raise DatasetError(
            f"{NAME} has no split {split!r} that can be used: the labels of its test split are "
            "dummies. Use train or val."
        )
    return split


def _check_header(path, image, mode):
    height, width = IMAGE_SIZE
    if image.size != (width, height) or image.mode != mode:
        raise DatasetError(
            f"{path}: expected {width}x{height} px, mode {mode}; "
            f"found {image.size[0]}x{image.size[1]} px, mode {image.mode}"
        )


def read_image(root, split, stem):
    """RGB image, uint8 of shape (1024, 2048, 3)."""
    return _read(image_path(root, split, stem), "RGB")


def read_labels(root, split, stem):
    """LabelIds, uint8 of shape (1024, 2048), values 0..33."""
    path = label_path(root, split, stem)
    labels = _read(path, "L")
    if labels.max() >= N_CLASSES:
        unknown = sorted(int(i) for i in np.unique(labels) if i >= N_CLASSES)
        raise DatasetError(
            f"{path}: expected labelIds 0..{N_CLASSES - 1}, found {unknown}. Is it a labelTrainIds "
            "or instanceIds file? Only *_gtFine_labelIds.png of the official download is read."
        )
    return labels


def _read(path, mode):
    with pictures.opened(path, ("PNG",), _HELP) as image:
        _check_header(path, image, mode)
        return np.array(image)


def _read_sample(root, split, item, frame=0):
    return Sample(
        city_of(item),
        lambda: read_image(root, split, item),
        lambda: read_labels(root, split, item),
    )


def _files(root, split, item):
    return [image_path(root, split, item), label_path(root, split, item)]


CLASSES = Classes(
    CLASS_NAMES, EVALUATED, absent="skip", colours=tuple(colour for _, colour, _ in LABELS)
)
LAYOUT = Layout(
    IMAGE_SIZE, rows=IMAGE_SIZE[0] // TILE_PX, columns=IMAGE_SIZE[1] // TILE_PX, tile_px=TILE_PX
)
DATASET = Dataset(
    name=NAME,
    splits=SPLITS,
    classes=lambda root: CLASSES,
    missing=missing,
    items=items,
    files=_files,
    problems=problems,
    layout=lambda root, split, item: LAYOUT,
    read=_read_sample,
    acceptance=compare,
)
