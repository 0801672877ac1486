"""Datasets of aerial images with one land-use class each: a folder per class.

What UC Merced, RESISC45 and EuroSAT share. They have no official splits: items are
`<class>/<file>` of the one split `all`; `land_use_splits` tells bank from queries.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from os.path import lexists
from pathlib import Path

import numpy as np
from PIL import Image

from patchprobe.datasets import pictures
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.datasets.folders import entries
from patchprobe.errors import DatasetError, DatasetNotFoundError

_FORMATS = {".tif": "TIFF", ".jpg": "JPEG"}  # Pillow's names
SPLITS = ("all",)  # as distributed
_BITS_PER_SAMPLE = 258  # tag of a TIFF file
SEE = "see config/README.md#uc-merced-resisc45-eurosat"


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

    def dataset(self):
        """What all readers offer, a `patchprobe.datasets.base.Dataset`.

        The group of an image is its class, whose position among the names is its label.
        """
        names = tuple(self.n_images)
        classes = Classes(names, evaluated=tuple(range(len(names))))
        layout = Layout((self.image_px, self.image_px), 1, 1, self.image_px)
        return Dataset(
            name=self.name,
            splits=SPLITS,
            classes=lambda root: classes,
            missing=self.missing,
            items=self.items,
            files=self._files,
            problems=self.problems,
            layout=lambda root, split, item: layout,
            read=self._read,
            layout_problems=self.layout_problems,
        )

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
                    f"Give that as `root`, {SEE}."
                )
        classes = ", ".join(self.n_images)
        return (
            f"{self.name} not found in {root}: expected a folder for each of its "
            f"{len(self.n_images)} classes: {classes}. {self._help}"
        )

    def items(self, root, split="all"):
        """Names of all images under `root`, `<class>/<file>`, sorted.

        Files with other names are not among them; `layout_problems` tells them.
        """
        if message := self.missing(root):
            raise DatasetNotFoundError(message)
        self._check_split(split)
        paths = (
            path for folder in self._class_folders(root) for path in entries(folder, self._help)
        )
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

    def item_of(self, name):
        """Item of an image: of `<class>/<file>`, or of the name of the file alone."""
        bare = self._file_name.fullmatch(name)
        item = f"{bare['name']}/{name}" if bare else name
        self.class_of(item)
        return item

    def problems(self, root, split, item):
        """Lines about what is wrong with an image; it is decoded."""
        try:
            self._check_split(split)
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
        for path in entries(root, self._help):
            if path.is_dir() and path.name not in self.n_images:
                yield f"{root}: {self.name} has no class {path.name!r}. Take it away, {SEE}."
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
        with pictures.opened(path, (kind,), self._help) as image:
            self._check_header(path, image)
            size = (self.image_px, self.image_px)
            return np.array(image.resize(size, Image.Resampling.BILINEAR))

    def _files(self, root, split, item):
        self._check_split(split)
        self.class_of(item)
        return [Path(root) / item]

    def _read(self, root, split, item, frame=0):
        self._check_split(split)
        return Sample(self.class_of(item), lambda: self.read_image(root, item))

    def _check_split(self, split):
        if split not in SPLITS:
            raise DatasetError(
                f"{self.name} has no split {split!r}: all its images are the split 'all', {SEE}."
            )

    @property
    def _help(self):
        return f"Wanted is {self.wanted}, {SEE}."

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
                for path in entries(folder, self._help):
                    if self._is_image(path):
                        return None
                    other = other or path
        except DatasetError as error:
            return str(error)
        if other is None:
            return f"The class folders in {root} are empty. {self._help}"
        what = self.look_alikes.get(other.suffix, f"not of {self.name}")
        return (
            f"{other.parent}: {other.name!r} is {what}; expected images like "
            f"{self._example(other.parent.name)}. {self._help}"
        )

    def _class_problems(self, folder, n_images, is_miniature):
        if not folder.is_dir():
            if lexists(folder):
                yield f"{folder} is not a folder: expected {n_images} images in it, {SEE}."
            elif not is_miniature:
                yield f"missing: {folder} with {n_images} images. Unpack it again, {SEE}."
            return
        paths = entries(folder, self._help)
        others = [path.name for path in paths if not self._is_image(path)]
        if others:
            yield (
                f"{folder}: expected names like {self._example(folder.name)}, found "
                f"{len(others)} others, e.g. {others[0]!r}. Take them away, {SEE}."
            )
        n_found = len(paths) - len(others)
        is_fewer = 0 < n_found < n_images
        if n_found != n_images and not (is_fewer and is_miniature):
            yield f"{folder}: expected {n_images} images, found {n_found}. Unpack it again, {SEE}."

    def _check_header(self, path, image):
        width, height = image.size
        bits = sorted(set(getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))))
        off_px = max(abs(side - self.image_px) for side in image.size)
        if off_px > self.spare_px or image.mode != "RGB" or bits != [8]:
            spare = f" ({self.spare_px} more or less)" if self.spare_px else ""
            raise DatasetError(
                f"{path}: expected {self.image_px}x{self.image_px} px{spare}, mode RGB of 8 bits; "
                f"found {width}x{height} px, mode {image.mode} of {', '.join(map(str, bits[:4]))} "
                f"bits. {self._help}"
            )
