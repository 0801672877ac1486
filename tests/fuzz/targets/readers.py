"""The readers of datasets, on their miniatures."""

from pathlib import Path

import numpy as np
import pandas as pd

from miniature.world.generate import generate
from patchprobe.crops.objects import BOX
from patchprobe.datasets import checks
from patchprobe.datasets.base import dataset
from patchprobe.errors import DatasetError
from tests.fuzz.target import Target, Wrong

# what is generated, and the items of it that are read
WORLDS = {
    "cityscapes": ({"train": ["ulm_000001_000019"], "val": ["lindau_000000_000019"]}, None),
    "ade20k": ({"val": ["ADE_val_00000001"]}, 1),
    "fair1m": ({"val": ["5__1__0___0.224_0_0"], "train": ["part1-3__1__0___0.224_0_0"]}, None),
    "bdd100k": ({"val": ["b1c66a42-6f7d68ca"], "train": ["0000f77c-6257be58"]}, 2),
    "mot17": ({"train": ["MOT17-05"]}, 2),
    "uc_merced": ({"all": ["river/river00.tif", "harbor/harbor00.tif"]}, 1),
    "resisc45": ({"all": ["river/river_001.jpg", "airport/airport_001.jpg"]}, 1),
    "eurosat": ({"all": ["River/River_1.jpg", "Highway/Highway_1.jpg"]}, 1),
}
TEXTS = (".txt", ".ini", ".json", ".xml")


class Reader(Target):
    """A reader: its check, and all that it tells and reads of some items."""

    def __init__(self, name):
        self.name, self.used = name, WORLDS[name][0]

    @property
    def reader(self):
        """The `Dataset`; it is no attribute, since it cannot be sent to another process."""
        return dataset(self.name)

    def prepare(self, world):
        used, n = WORLDS[self.name]
        generate(self.name, world / "root", {} if self.name == "mot17" else used, seed=0, n=n)

    def learn(self, world):
        root = world / "root"
        read = {
            file
            for split, items in self.used.items()
            for item in items
            for path in self.reader.files(root, split, item)
            for file in (path.rglob("*") if Path(path).is_dir() else [Path(path)])
        }
        read |= {path for path in root.rglob("*") if path.suffix in TEXTS}
        self._files = sorted(str(path.relative_to(world)) for path in read)

    def files(self, folder):
        return self._files

    def use(self, folder):
        root, reader = folder / "root", self.reader
        told = checks.absent(reader, root, self.used)
        report = checks.check(reader, root, self.used, is_miniature=True)
        told += report.problems
        report.text()
        refused = [self._refused(reader.all_items, root), self._refused(reader.classes, root)]
        for split, items in self.used.items():
            refused.append(self._refused(self._presence, root, split, items))
            for item in items:
                error = self._refused(self._read, root, split, item)
                if error and not told:
                    raise Wrong(f"{item} passed the check, but is refused when read: {error}")
                refused.append(error)
        return not told and not any(refused)

    def _refused(self, function, *arguments):
        """The error by which something was refused; None if it was not."""
        try:
            function(*arguments)
        except DatasetError as error:
            return error
        return None

    def _presence(self, root, split, items):
        if self.reader.presence is not None:
            self.reader.presence(root, split, items, 1)

    def _read(self, root, split, item):
        layout = self.reader.layout(root, split, item)
        for frame in range(min(layout.n_frames, 3)):
            sample = self.reader.read(root, split, item, frame)
            if (sample.image.shape, sample.image.dtype) != ((*layout.size, 3), np.uint8):
                raise Wrong(f"an image of {sample.image.shape}, the layout tells {layout.size}")
            if sample.labels is not None:
                n_classes = len(self.reader.classes(root).names)
                if sample.labels.max() >= n_classes:
                    raise Wrong(f"label {sample.labels.max()} of {n_classes} classes")
            if isinstance(sample.objects, pd.DataFrame):
                boxes = sample.objects[list(BOX)].to_numpy(np.float64)
                if not (np.isfinite(boxes).all() and (boxes[:, 2:] >= boxes[:, :2]).all()):
                    raise Wrong("a box that is not finite, or inside out")
