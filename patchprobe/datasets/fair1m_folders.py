"""Where the files of FAIR1M lie: splits, parts and their folders, in all spellings in use.

    <root>/train/part1/images/<id>.tif       <root>/train/part1/labelXml/<id>.xml
    <root>/validation/images/<id>.tif        <root>/validation/labelXml/<id>.xml

Release 1.0 has images-1 and images-2 in a part. labelXml is also spelled labelXmls and labelXMLs,
and validation val; a split may lack parts. So torchgeo's reader and copies of the dataset.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from patchprobe.datasets.fair1m_names import split_item
from patchprobe.datasets.folders import entries
from patchprobe.errors import DatasetError, DatasetNotFoundError

SPLITS = ("train", "val")
SEE = "see config/README.md#fair1m"
HELP = f"Wanted is FAIR1M as distributed at gaofen-challenge.com, {SEE}."

_SPLITS = {
    "train": re.compile("train", re.IGNORECASE),
    "val": re.compile("validation|val", re.IGNORECASE),
}
_PART = re.compile(r"part[-_ ]?([0-9]+)", re.IGNORECASE)
_IMAGES = re.compile(r"images?([-_ ]?[0-9]+)?", re.IGNORECASE)
_LABELS = re.compile(r"label[-_ ]?xmls?([-_ ]?[0-9]+)?", re.IGNORECASE)
_CONVERTED = re.compile(r"labels?|label[-_ ]?te?xts?|annotations?|ann?files?", re.IGNORECASE)
_IMAGE, _LABEL = re.compile(r"([0-9]+)\.tif"), re.compile(r"([0-9]+)\.xml")
_ALIKE = re.compile(r"[^.].*\.(tiff?|xml|png|jpe?g)", re.IGNORECASE)
_SHOWN = 5


@dataclass(frozen=True)
class Part:
    """A folder with folders of images and of labels.

    Attributes
    ----------
    name : str
        E.g. `part1`; "" for a split without parts.
    folder : pathlib.Path
    images, labels : list of pathlib.Path
        Folders.
    """

    name: str
    folder: Path
    images: list
    labels: list

    def image_ids(self):
        """Ids of all images."""
        return _ids(self.images, _IMAGE)

    def label_ids(self):
        """Ids of all annotations."""
        return _ids(self.labels, _LABEL)

    def item(self, number):
        """Name of the image with an id."""
        return f"{self.name}/{number}" if self.name else number


def parts(root, split):
    """Parts of a split that hold folders of images or labels.

    Returns
    -------
    list of Part
    """
    if split not in SPLITS:
        raise DatasetError(
            f"FAIR1M has no split {split!r} that can be used: its test images have no public "
            f"labels. Use train or val (the folder `validation`), {SEE}."
        )
    folders = []
    for folder in _subfolders(Path(root), _SPLITS[split]):
        inner = _subfolders(folder, _PART)
        folders += [
            ("", folder),
            *((f"part{_PART.fullmatch(path.name)[1]}", path) for path in inner),
        ]
    found = [
        Part(name, folder, _subfolders(folder, _IMAGES), _subfolders(folder, _LABELS))
        for name, folder in folders
    ]
    return [part for part in found if part.images or part.labels]


def find_image(root, split, item):
    """Path of the TIFF of an image."""
    return _find(root, split, item, "images", ".tif")


def find_label(root, split, item):
    """Path of the XML of an image."""
    return _find(root, split, item, "labels", ".xml")


def absence(root):
    """Message that no split has images and labels; None if one has."""
    found = [part for split in SPLITS for part in parts(root, split)]
    if any(part.images and part.labels for part in found):
        return None
    for part in found:
        if part.images and (other := _subfolders(part.folder, _CONVERTED)):
            return (
                f"{part.folder} has {other[0].name}, but no labelXml: was FAIR1M converted by "
                f"another program? {HELP}"
            )
    if found:
        absent = found[0].folder / ("labelXml" if found[0].images else "images")
        return f"FAIR1M not found in {root}: expected {absent}. {HELP}"
    root = Path(root)
    names = [path.name for path in entries(root, HELP)]
    return (
        f"FAIR1M not found in {root}: expected {root / 'train' / 'part1'} or {root / 'validation'} "
        f"with folders images and labelXml; found {', '.join(names[:_SHOWN]) or 'nothing'}. {HELP}"
    )


def ambiguity(root, split):
    """Message if it is unclear which folder a split or a part is; None if it is clear."""
    found = parts(root, split)
    names = {part.name for part in found}
    if len(names) == len(found) and (len(names) < 2 or "" not in names):
        return None
    folders = ", ".join(str(part.folder) for part in found)
    return f"The split {split} is in {root} more than once: {folders}. Keep one of them. {HELP}"


def strange_files(part):
    """Lines about images and annotations whose names are no ids."""
    for folders, name, suffix in ((part.images, _IMAGE, ".tif"), (part.labels, _LABEL, ".xml")):
        for path in (path for folder in folders for path in entries(folder, HELP)):
            if _ALIKE.fullmatch(path.name) and not name.fullmatch(path.name):
                yield f"{path}: expected a name of digits and {suffix}, as 123{suffix}. {HELP}"


def mixture(part):
    """Message if a part has images and annotations of different splits; None if not.

    That is: images without annotation, and annotations without image. Where only some of one kind
    are lacking, the dataset may be incomplete, which is told of the images concerned.
    """
    images, labels = part.image_ids(), part.label_ids()
    if not (images - labels and labels - images):
        return None
    return (
        f"{part.folder}: the annotations are not those of the images: there is no annotation of "
        f"{_some(images - labels)}, and no image of {_some(labels - images)}. Are they of two "
        f"splits or parts? {HELP}"
    )


def _subfolders(folder, name):
    return [path for path in entries(folder, HELP) if name.fullmatch(path.name) and path.is_dir()]


def _ids(folders, name):
    paths = (path for folder in folders for path in entries(folder, HELP))
    return {match[1] for path in paths if (match := name.fullmatch(path.name))}


def _some(numbers):
    shown = sorted(numbers, key=int)[:_SHOWN]
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _find(root, split, item, kind, suffix):
    """Path of a file in the one folder of its part that has it."""
    part_name, number = split_item(item)
    there = parts(root, split)
    named = [part for part in there if part.name == part_name]
    if there and not named:
        raise DatasetNotFoundError(
            f"missing: {item}{suffix} of the split {split} in {root}, which has images "
            f"{' and '.join(part.item('<id>') for part in there)}. {HELP}"
        )
    folders = [folder for part in named for folder in getattr(part, kind)]
    if not folders:
        default = {"train": "train", "val": "validation"}[split]
        home = named[0].folder if named else Path(root) / default / part_name
        folders = [home / {"images": "images", "labels": "labelXml"}[kind]]
    paths = [folder / f"{number}{suffix}" for folder in folders]
    found = [path for path in paths if os.path.lexists(path)]
    if not found:
        raise DatasetNotFoundError(f"missing: {' or '.join(map(str, paths))}. {HELP}")
    if len(found) > 1:
        raise DatasetError(
            f"{item} is there twice, as {' and '.join(map(str, found))}: ids are unique in a part. "
            f"Remove the wrong one. {HELP}"
        )
    return found[0]
