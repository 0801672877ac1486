"""Annotations of FAIR1M 1.0 and 2.0: rotated boxes in XML.

As torchgeo's and JDet's readers know them. Points are pixels from the upper left corner, y down.
"""

import codecs
import math
import re
import stat
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np

from patchprobe.datasets.caching import stamp
from patchprobe.datasets.fair1m_folders import HELP, SEE
from patchprobe.datasets.fair1m_names import category_of
from patchprobe.datasets.folders import entries
from patchprobe.errors import DatasetError, DatasetNotFoundError

_MAX_XML_BYTES = 64_000_000
_FAR_PX = 10_000  # outside the image
_DECLARATION = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("ascii", "us-ascii"), "ascii"),
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1"), "latin-1"),
    **{name: name for name in ("gb2312", "gbk", "gb18030", "big5", "windows-1252")},
}


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


def read_xml(path):
    """The element `annotation` of a file; a DOCTYPE, which could define entities, is refused.

    No entity of its own and no other file is read: Python's parser knows those of XML only.
    """
    text = _read_text(path)
    if "<!DOCTYPE" in text:
        raise DatasetError(f"{path}: expected no DOCTYPE, which FAIR1M does not have. {HELP}")
    try:
        annotation = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DatasetError(
            f"{path} cannot be read as XML ({error}): unpack it again. {HELP}"
        ) from error
    if annotation.tag != "annotation":
        raise DatasetError(f"{path}: expected <annotation>, found <{annotation.tag}>. {HELP}")
    return annotation


def _read_text(path):
    """Text of an XML file, in the encoding that it declares; UTF-8 if it declares none.

    Raises
    ------
    DatasetError
        If it cannot be read or is not in that encoding. A lie that shows in no byte is not noticed:
        all that is used, numbers and names of categories, is ASCII in every encoding.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise OSError("it is not a file")
        if about.st_size > _MAX_XML_BYTES:
            raise DatasetError(f"{path}: expected at most {_MAX_XML_BYTES:,} bytes. {HELP}")
        content = path.read_bytes()
        return _decode(content)
    except FileNotFoundError as error:
        raise DatasetNotFoundError(f"missing: {path}. {HELP}") from error
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{path} cannot be read as XML ({error}): unpack it again. {HELP}"
        ) from error


def _decode(content):
    """Text of the bytes of an XML file; a ValueError says what they are not."""
    marked = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    head = content[:400].replace(b"\x00", b"")
    match = _DECLARATION.search(head)
    declared = match[1].decode().lower() if match else None
    if declared is None:
        return content.decode(marked or "utf-8")
    if marked:
        kind = "utf-8" if marked == "utf-8-sig" else "utf-16"
        if not _CODECS.get(declared, declared).startswith(kind):
            raise ValueError(f"it declares {declared}, but is {kind.upper()}")
        return content.decode(marked)
    if declared.startswith("utf-16"):
        raise ValueError(f"it declares {declared}, but is not in it")
    if declared not in _CODECS:
        raise ValueError(f"it declares {declared}, expected utf-16 or one of {', '.join(_CODECS)}")
    try:
        return content.decode(_CODECS[declared])
    except UnicodeDecodeError as error:
        if declared != "gb2312" or _is_utf_8(content):
            raise ValueError(f"it declares {declared}, but is not in it: {error}") from error
    return content.decode("gb18030")  # Windows calls the larger set gb2312, too


def _is_utf_8(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def declared_id(annotation):
    """Id of the image that an annotation names, e.g. "123" of `images/123.tif`; "" if none."""
    name = (annotation.findtext("source/filename") or "").strip()
    return re.split(r"[/\\]", name)[-1].split(".")[0]


def _check_name(path, annotation):
    """Refuse an annotation of another image: one that names an image which others name, too.

    A name that differs from the file's may be stale, left by whoever renumbered the files. But two
    annotations in a folder that name the same image cannot both be right: one is a copy of the
    other, or they are of two splits. Of these, the one whose file has that name is good. A name
    that is no number is none of an image.
    """
    declared = declared_id(annotation)
    if declared == path.stem or not re.fullmatch("[0-9]+", declared):
        return
    others = [
        name for name in _naming(path.parent, stamp(path.parent))[declared] if name != path.name
    ]
    if others:
        raise DatasetError(
            f"{path}: expected the annotation of {path.stem}.tif, found that of {declared}.tif, "
            f"which {others[0]} names, too. Are annotations of another split or part among these? "
            f"{HELP}"
        )


@lru_cache(8)
def _naming(folder, _):
    """Annotations in a folder by the id of the image that they name; unreadable ones are left."""
    found = defaultdict(list)
    for path in entries(folder, HELP):
        if path.suffix == ".xml":
            try:
                found[declared_id(read_xml(path))].append(path.name)
            except DatasetError:
                continue  # told of its own image
    return found


def object_elements(path, annotation):
    """The elements `object` of an annotation."""
    elements = annotation.findall("objects/object") or annotation.findall("object")
    if not elements and annotation.find("objects") is None:
        raise DatasetError(f"{path}: expected <objects>, found none. {HELP}")
    return elements


def read_annotation(path, size):
    """Good objects, and lines about the others; their place is not checked without a size.

    Parameters
    ----------
    path : pathlib.Path
    size : tuple of int or None
        Height and width of the image, px.

    Returns
    -------
    objects : list of Object
    wrong : list of str

    Raises
    ------
    DatasetError
        If the file cannot be read, is the result of a detector, or is mixed up with another.
    """
    annotation = read_xml(path)
    _check_name(path, annotation)
    objects, wrong = [], []
    elements = object_elements(path, annotation)
    if any(element.findtext("possibleresult/probability", "").strip() for element in elements):
        raise DatasetError(
            f"{path}: expected ground truth, found objects with a probability, as in the results "
            f"of a detector. {HELP}"
        )
    for number, element in enumerate(elements, 1):
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
    unit = (element.findtext("coordinate") or "").strip()
    if unit and not unit.casefold().startswith("pixel"):
        raise DatasetError(
            f"{name}: expected points in pixels (coordinate pixel), found coordinate {unit[:80]!r}"
        )
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
