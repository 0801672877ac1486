"""Images and annotations of FAIR1M 1.0 and 2.0: TIFF, and rotated boxes in XML.

Files and annotations as torchgeo's and JDet's readers know them. Points are pixels from the upper
left corner, y down. Ids count from 0 in every part of every split, so an image is named with its
part, `part1/123`, where a split has parts, and `123` where it has none.
"""

import math
import re
import stat
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from PIL.TiffImagePlugin import BITSPERSAMPLE

from patchprobe.datasets import fair1m_folders as folders
from patchprobe.datasets import pictures
from patchprobe.datasets.fair1m_folders import HELP, SEE, SPLITS
from patchprobe.datasets.fair1m_names import category_of
from patchprobe.errors import DatasetError, DatasetNotFoundError

NAME = "FAIR1M"

_MAX_XML_BYTES = 64_000_000
_FAR_PX = 10_000  # outside the image
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Object:
    """An annotated object.

    Attributes
    ----------
    category : int
        Fine category, an index into `fair1m_names.CLASS_NAMES`.
    polygon : numpy.ndarray of shape (n >= 4, 2), float64
        Corners x, y in pixels of the image, origin upper left, y down; they may lie outside it.
    """

    category: int
    polygon: np.ndarray


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


def problems(root, split, item):
    """Lines about what is wrong with an image or its annotation; both are read whole."""
    found, size = [], None
    try:
        size = read_image(root, split, item).shape[:2]
    except DatasetError as error:
        found.append(str(error))
    try:
        found += _read_objects(label_path(root, split, item), size)[1]
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
    objects, wrong = _read_objects(label_path(root, split, item), size)
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
                objects = _object_elements(path, _read_xml(path))
            except DatasetError:
                continue  # `problems` says what is wrong
            if objects and all(element.find("points") is None for element in objects):
                return f"{path}: expected objects with points, found other boxes. {HELP}"
    return None


def _check_is_file(path):
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is not a file")


def _read_tiff(path, use):
    """What `use` makes of an opened image."""
    with pictures.opened(path, ("TIFF",), HELP) as image:
        bits = str(image.tag_v2.get(BITSPERSAMPLE))[:80]
        if image.mode != "RGB" or bits != "(8, 8, 8)":
            raise DatasetError(
                f"{path}: expected RGB of 8 bits, found mode {image.mode}, bits {bits}. {HELP}"
            )
        return use(image)


def _read_xml(path):
    """The element `annotation` of a file; a DOCTYPE, which could define entities, is refused."""
    try:
        _check_is_file(path)
        if path.stat().st_size > _MAX_XML_BYTES:
            raise DatasetError(f"{path}: expected at most {_MAX_XML_BYTES:,} bytes. {HELP}")
        text = path.read_text(encoding="utf-8-sig")
        if "<!DOCTYPE" in text:
            raise DatasetError(f"{path}: expected no DOCTYPE, which {NAME} does not have. {HELP}")
        annotation = ElementTree.fromstring(text)
    except (OSError, UnicodeDecodeError, ElementTree.ParseError) as error:
        raise DatasetError(
            f"{path} cannot be read as XML ({error}): unpack it again. {HELP}"
        ) from error
    if annotation.tag != "annotation":
        raise DatasetError(f"{path}: expected <annotation>, found <{annotation.tag}>. {HELP}")
    return annotation


def _object_elements(path, annotation):
    elements = annotation.findall("objects/object") or annotation.findall("object")
    if not elements and annotation.find("objects") is None:
        raise DatasetError(f"{path}: expected <objects>, found none. {HELP}")
    return elements


def _read_objects(path, size):
    """Good objects, and lines about the others; their place is not checked without a size."""
    annotation = _read_xml(path)
    named = (annotation.findtext("source/filename") or "").strip()
    if named and re.split(r"[/\\]", named)[-1].split(".")[0] != path.stem:
        raise DatasetError(
            f"{path}: expected the annotation of {path.stem}.tif, found that of {named[:80]!r}. "
            f"Are annotations of another split or part among these? {HELP}"
        )
    objects, wrong = [], []
    for number, element in enumerate(_object_elements(path, annotation), 1):
        try:
            objects.append(_object(element, size))
        except DatasetError as error:
            wrong.append(f"{path}, object {number}: {error}; {SEE}")
    return objects, wrong


def _object(element, size):
    name = (element.findtext("possibleresult/name") or "").strip()
    category = category_of(name)
    if category is None:
        raise DatasetError(f"unknown category {name[:80]!r}")
    points = [_point(point.text or "") for point in element.findall("points/point")]
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < 4:
        raise DatasetError(
            f"{name}: expected 4 or more points and the first repeated, found {len(points)}"
        )
    polygon = np.array(points, np.float64)
    if size is not None:
        _check_place(polygon, size)
    return Object(category, polygon)


def _point(text):
    try:
        x, y = map(float, text.split(","))
    except ValueError:
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise DatasetError(f"expected points of two finite numbers x,y; found {text[:80]!r}")
    return x, y


def _check_place(polygon, size):
    height, width = size
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if (high < 0).any() or (low > (width, height)).any():
        raise DatasetError(
            f"lies outside the image of {width}x{height} px, at x {low[0]:g}..{high[0]:g}, "
            f"y {low[1]:g}..{high[1]:g}. Are annotations of another split beside these images?"
        )
    if (low < -_FAR_PX).any() or (high > (width + _FAR_PX, height + _FAR_PX)).any():
        raise DatasetError(f"reaches more than {_FAR_PX:,} px out of the image")
