"""Images of FAIR1M 1.0 and 2.0 with their annotations, which `fair1m_annotations` reads.

Files as torchgeo's and JDet's readers know them. Ids count from 0 in every part of every split, so
an image is named with its part, `part1/123`, where a split has parts, and `123` where it has none.
"""

import numpy as np
from PIL.TiffImagePlugin import BITSPERSAMPLE

from patchprobe.datasets import fair1m_folders as folders
from patchprobe.datasets import pictures
from patchprobe.datasets.fair1m_annotations import (
    declared_id,
    object_elements,
    read_annotation,
    read_xml,
)
from patchprobe.datasets.fair1m_folders import HELP, SPLITS
from patchprobe.errors import DatasetError, DatasetNotFoundError

NAME = "FAIR1M"
_SHOWN = 5


def image_path(root, split, item):
    """Path of the image `item`, e.g. `part1/123`."""
    return folders.find_image(root, split, item)


def label_path(root, split, item):
    """Path of the annotation of the image `item`."""
    return folders.find_label(root, split, item)


def missing(root):
    """What to tell the user if FAIR1M is not at `root`, or is converted; None if it is there.

    One split with images and labels is enough. Looks into the first annotation of each part.
    """
    try:
        if message := folders.absence(root):
            return message
        for split in SPLITS:
            if message := folders.ambiguity(root, split) or _look_alike(root, split):
                return message
    except DatasetError as error:  # a folder that cannot be listed
        return str(error)
    return None


def items(root, split):
    """Names of all images of a split that have an image or an annotation under `root`, sorted."""
    if message := missing(root):
        raise DatasetNotFoundError(message)
    return sorted(
        part.item(number)
        for part in folders.parts(root, split)
        for number in part.image_ids() | part.label_ids()
    )


def layout_problems(root, is_miniature=False):
    """Lines about what is wrong with the dataset as a whole: strange files, mixed splits.

    The same is asked of a miniature.
    """
    for split in SPLITS:
        for part in folders.parts(root, split):
            yield from folders.strange_files(part)
            if message := folders.mixture(part):
                yield message


def notes(root, split, items):
    """A line about annotations of these images that name another image than their own."""
    stale = []
    for item in items:
        try:
            path = label_path(root, split, item)
            declared = declared_id(read_xml(path))
        except DatasetError:
            continue  # `problems` says what is wrong
        if declared not in ("", path.stem):
            stale.append(f"{path} names {declared!r}")
    if stale:
        more = ", ..." if len(stale) > _SHOWN else ""
        yield (
            f"{len(stale)} of {len(items)} annotations name another image than their file does: "
            f"{', '.join(stale[:_SHOWN])}{more}. The name of the file is taken."
        )


def problems(root, split, item):
    """Lines about what is wrong with an image or its annotation; both are read whole."""
    found, size = [], None
    try:
        size = read_image(root, split, item).shape[:2]
    except DatasetError as error:
        found.append(str(error))
    try:
        found += read_annotation(label_path(root, split, item), size)[1]
    except DatasetError as error:
        found.append(str(error))
    yield from dict.fromkeys(found)


def read_image(root, split, item):
    """RGB image, uint8 of shape (height, width, 3)."""
    return _read_tiff(image_path(root, split, item), np.array)


def read_size(root, split, item):
    """Height and width of an image in pixels; it is not decoded."""
    width, height = _read_tiff(image_path(root, split, item), lambda image: image.size)
    return height, width


def read_objects(root, split, item):
    """Objects of an image in the order of its annotation.

    The size of the image is that of the TIFF, not the one in the annotation.

    Returns
    -------
    list of Object

    Raises
    ------
    DatasetError
        If the annotation or the image is missing or damaged, an object has an unknown category or
        bad points, or lies outside the image.
    """
    size = read_size(root, split, item)
    objects, wrong = read_annotation(label_path(root, split, item), size)
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise DatasetError("\n".join(wrong[:_SHOWN] + more))
    return objects


def _look_alike(root, split):
    """Message if images or annotations are of another format; None if they may be FAIR1M's."""
    for part in folders.parts(root, split):
        strange = next(folders.strange_files(part), None)
        if strange and not (part.image_ids() and part.label_ids()):
            return strange
        for number in sorted(part.label_ids())[:1]:
            try:
                path = label_path(root, split, part.item(number))
                objects = object_elements(path, read_xml(path))
            except DatasetError:
                continue  # `problems` says what is wrong
            if objects and all(element.find("points") is None for element in objects):
                return f"{path}: expected objects with points, found other boxes. {HELP}"
    return None


def _read_tiff(path, use):
    """What `use` makes of an opened image."""
    with pictures.opened(path, ("TIFF",), HELP) as image:
        bits = str(image.tag_v2.get(BITSPERSAMPLE))[:80]
        if image.mode != "RGB" or bits != "(8, 8, 8)":
            raise DatasetError(
                f"{path}: expected RGB of 8 bits, found mode {image.mode}, bits {bits}. {HELP}"
            )
        return use(image)
