"""Datasets of aerial images with one land-use class each: a folder per class.

What UC Merced, RESISC45 and EuroSAT share. They have no official splits: items are
`<class>/<file>`, and `splits_80_20` or a list made by others tells bank from queries.
"""

import re
import stat
from dataclasses import dataclass, field
from functools import cached_property
from os.path import lexists
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image

from patchprobe.errors import DatasetError, DatasetNotFoundError

_FORMATS = {".tif": "TIFF", ".jpg": "JPEG"}  # Pillow's names
_LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini")
SPLITS = ("all",)  # as distributed
_SHOWN = 20  # problems in a message
_BITS_PER_SAMPLE = 258  # tag of a TIFF file
_SEE = "see config/README.md#uc-merced-resisc45-eurosat"


@dataclass(frozen=True)
class LandUse:
    """How a dataset is distributed, and how it is read."""

    name: str
    wanted: str  # the archive, for messages
    n_images: dict  # official number by class; the position of a class is its label
    number: str  # regular expression of what stands between class and suffix in a file name
    example: str  # of that
    suffix: str  # .tif or .jpg
    image_px: int  # height and width
    folders: tuple  # where the class folders may lie below a folder that was meant
    spare_px: int = 0  # so much larger or smaller may an image be, per side; it is resized
    look_alikes: dict = field(default_factory=dict)  # what images of another suffix are

    def missing(self, root):
        """What to tell the user if `root` is not the folder of the class folders; None if it is.

        A root that is one level too high or low is told where to go. What only looks alike, by the
        names of its files, is refused.
        """
        root = Path(root)
        if self._class_folders(root):
            return self._refusal(root)
        nearby = [root / folder for folder in self.folders]
        if root.absolute().name in self.n_images:
            nearby.append(root.absolute().parent)
        for folder in nearby:
            if self._class_folders(folder):
                return self._refusal(folder) or (
                    f"{self.name} not found in {root}: its class folders are in {folder}. "
                    f"Give that as `root`, {_SEE}."
                )
        classes = ", ".join(self.n_images)
        return (
            f"{self.name} not found in {root}: expected a folder for each of its "
            f"{len(self.n_images)} classes: {classes}. Wanted is {self.wanted}, {_SEE}."
        )

    def items(self, root, split="all"):
        """Names of all images under `root`, `<class>/<file>`, sorted.

        Files with other names are not among them; `layout_problems` tells them.
        """
        if message := self.missing(root):
            raise DatasetNotFoundError(message)
        paths = (path for folder in self._class_folders(root) for path in _entries(folder))
        return sorted(f"{path.parent.name}/{path.name}" for path in paths if self._is_image(path))

    def class_of(self, item):
        """Class of an image."""
        folder, _, name = item.partition("/")
        match = self._file_name.fullmatch(name)
        if match is None or match["name"] != folder:
            raise DatasetError(
                f"{item!r:.80} is not the name of an image of {self.name}: expected one like "
                f"{self._example()}. Mend the list."
            )
        return folder

    def label_of(self, item):
        """Label of an image: the position of its class among the classes."""
        return list(self.n_images).index(self.class_of(item))

    def problems(self, root, split, item):
        """Lines about what is wrong with an image; it is decoded."""
        try:
            self.read_image(root, item)
        except DatasetError as error:
            yield str(error)

    def layout_problems(self, root, is_miniature=False):
        """Lines about folders, file names and numbers of images that are not the official ones.

        With `is_miniature` classes may be absent or have fewer images, as in a miniature.
        """
        if message := self.missing(root):
            yield message
            return
        for path in _entries(root):
            if path.is_dir() and path.name not in self.n_images:
                yield f"{root}: {self.name} has no class {path.name!r}. Take it away, {_SEE}."
        for name, n_images in self.n_images.items():
            try:
                yield from self._class_problems(Path(root) / name, n_images, is_miniature)
            except DatasetError as error:
                yield str(error)

    def read_image(self, root, item):
        """RGB image, uint8 of shape (image_px, image_px, 3).

        An image of another size within `spare_px` is resized: bilinear on uint8 as Pillow does it,
        which averages where it shrinks. So does Scale-MAE (torchvision's Resize of a Pillow image,
        mae/dataloaders/utils.py).

        Raises
        ------
        DatasetNotFoundError
            If the file is not there.
        DatasetError
            If it is damaged, or is not RGB of 8 bits and about the official size.
        """
        self.class_of(item)
        path, kind = Path(root) / item, _FORMATS[self.suffix]
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise OSError("it is not a file")
            with Image.open(path, formats=[kind]) as image:
                self._check_header(path, image)
                size = (self.image_px, self.image_px)
                return np.array(image.resize(size, Image.Resampling.BILINEAR))
        except FileNotFoundError as error:
            raise DatasetNotFoundError(f"missing: {path}. Unpack it again, {_SEE}.") from error
        # Pillow raises the last three where tags of a TIFF file are damaged
        except (OSError, SyntaxError, Image.DecompressionBombError, ValueError, TypeError) as error:
            raise DatasetError(
                f"{path} cannot be decoded as {kind} ({error}): unpack it again, {_SEE}."
            ) from error

    def read_split_list(self, root, path):
        """Items that a list made by others names, in its order.

        Lines are `./<class>/<file>` as in Scale-MAE's mae/splits, or bare file names, as in the
        lists of Neumann et al. (2019) that torchgeo fetches.

        Raises
        ------
        DatasetError
            If the list is missing, not UTF-8 or empty, or if a line is no image's name, is there
            twice or names an image that is not under `root`.
        """
        present = set(self.items(root))
        lines_of, wrong = {}, []
        for number, line in _lines(path):
            try:
                item = self._listed_item(line)
            except DatasetError as error:
                wrong.append(f"line {number}: {error}")
                continue
            if item not in present:
                wrong.append(f"line {number}: {Path(root) / item} does not exist")
            if lines_of.setdefault(item, number) != number:
                wrong.append(f"line {number}: {item} is in line {lines_of[item]}, too")
        if wrong:
            shown = "\n  ".join(wrong[:_SHOWN] + ["..."] * (len(wrong) > _SHOWN))
            raise DatasetError(
                f"{len(wrong)} problems in {path}, a list of images of {self.name} in {root}:\n  "
                f"{shown}\n  Take the list that belongs to this dataset, {_SEE}."
            )
        return list(lines_of)

    def splits(self, root, seed=0):
        """All images under `root` as train and val, see `splits_80_20`."""
        names = {}
        for item in self.items(root):
            names.setdefault(self.class_of(item), []).append(item)
        return splits_80_20(names, seed)

    @cached_property
    def _file_name(self):
        classes = "|".join(re.escape(name) for name in self.n_images)
        return re.compile(rf"(?P<name>{classes}){self.number}{re.escape(self.suffix)}")

    def _example(self, name=None):
        name = name or next(iter(self.n_images))
        return f"{name}/{name}{self.example}{self.suffix}"

    def _class_folders(self, root):
        return [folder for name in self.n_images if (folder := Path(root) / name).is_dir()]

    def _is_image(self, path):
        match = self._file_name.fullmatch(path.name)
        return match is not None and match["name"] == path.parent.name

    def _refusal(self, root):
        """Why the class folders in `root` are not those of the dataset; None if they are."""
        other = None
        try:
            for folder in self._class_folders(root):
                for path in _entries(folder):
                    if self._is_image(path):
                        return None
                    other = other or path
        except DatasetError as error:
            return str(error)
        if other is None:
            return f"The class folders in {root} are empty. Wanted is {self.wanted}, {_SEE}."
        what = self.look_alikes.get(other.suffix, f"not of {self.name}")
        return (
            f"{other.parent}: {other.name!r} is {what}; expected images like "
            f"{self._example(other.parent.name)}. Wanted is {self.wanted}, {_SEE}."
        )

    def _class_problems(self, folder, n_images, is_miniature):
        if not folder.is_dir():
            if lexists(folder):
                yield f"{folder} is not a folder: expected {n_images} images in it, {_SEE}."
            elif not is_miniature:
                yield f"missing: {folder} with {n_images} images. Unpack it again, {_SEE}."
            return
        entries = _entries(folder)
        others = [path.name for path in entries if not self._is_image(path)]
        if others:
            yield (
                f"{folder}: expected names like {self._example(folder.name)}, found "
                f"{len(others)} others, e.g. {others[0]!r}. Take them away, {_SEE}."
            )
        n_found = len(entries) - len(others)
        is_fewer = 0 < n_found < n_images
        if n_found != n_images and not (is_fewer and is_miniature):
            yield f"{folder}: expected {n_images} images, found {n_found}. Unpack it again, {_SEE}."

    def _check_header(self, path, image):
        width, height = image.size
        bits = sorted(set(getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))))
        off_px = max(abs(side - self.image_px) for side in image.size)
        if off_px > self.spare_px or image.mode != "RGB" or bits != [8]:
            spare = f" ({self.spare_px} more or less)" if self.spare_px else ""
            raise DatasetError(
                f"{path}: expected {self.image_px}x{self.image_px} px{spare}, mode RGB of 8 bits; "
                f"found {width}x{height} px, mode {image.mode} of {', '.join(map(str, bits[:4]))} "
                f"bits. Wanted is {self.wanted}, {_SEE}."
            )

    def _listed_item(self, line):
        name = line.removeprefix("./")
        bare = self._file_name.fullmatch(name)
        item = f"{bare['name']}/{name}" if bare else name
        self.class_of(item)
        return item


def splits_80_20(names, seed=0):
    """Every class split into 80 % train and 20 % val, by chance.

    The draw of a class depends on its sorted names, its own name and the seed, not on other
    classes. A class of two images has one in each split.

    Parameters
    ----------
    names : dict of str to list of str
        By class.
    seed : int
        0 or more.

    Returns
    -------
    dict of str to list of str
        Names in train and in val, sorted.

    Raises
    ------
    DatasetError
        If there is no class, or a class has fewer than two names or the same name twice.
    """
    for group, members in names.items():
        if len(set(members)) < max(2, len(members)):
            raise DatasetError(
                f"Class {group} cannot be split: expected at least two images, none of them named "
                f"twice; found {len(members)}, {len(set(members))} of them different, {_SEE}."
            )
    if not names:
        raise DatasetError(f"there are no images to split: check the folder, {_SEE}.")
    splits = {"train": [], "val": []}
    for group, members in names.items():
        rng = np.random.default_rng([seed, crc32(group.encode())])
        n_val = max(1, round(len(members) / 5))
        shuffled = rng.permutation(len(members))
        ordered = sorted(members)
        splits["val"] += [ordered[i] for i in shuffled[:n_val]]
        splits["train"] += [ordered[i] for i in shuffled[n_val:]]
    return {split: sorted(chosen) for split, chosen in splits.items()}


def _entries(folder):
    """Paths in a folder, sorted, without what operating systems leave there."""
    try:
        paths = sorted(Path(folder).iterdir())
    except OSError as error:
        raise DatasetError(
            f"{folder} cannot be listed ({error}): unpack it again, {_SEE}."
        ) from error
    return [path for path in paths if not path.name.startswith(".") and path.name not in _LITTER]


def _lines(path):
    """Numbers and contents of the lines of a list that are not blank."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"List {path} cannot be read as UTF-8 text ({error}).") from error
    lines = enumerate(map(str.strip, text.splitlines()), start=1)
    found = [(number, line) for number, line in lines if line]
    if not found:
        raise DatasetError(f"List {path} is empty: expected one image name a line.")
    return found
