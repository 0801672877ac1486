"""Lists of subsets and of splits, and the names in them as items of every dataset."""

from patchprobe.datasets import checks, land_use_splits, subsets
from patchprobe.datasets.base import NAMES, dataset
from patchprobe.errors import DatasetError
from tests.fuzz.target import Target, Wrong

LINES = {
    "cityscapes": "ulm_000001_000019",
    "ade20k": "ADE_val_00000001",
    "fair1m": "part1-3__1__0___0.224_0_0",
    "bdd100k": "b1c66a42-6f7d68ca",
    "mot17": "MOT17-05",
    "uc_merced": "river/river00.tif",
    "resisc45": "river/river_001.jpg",
    "eurosat": "River/River_1.jpg",
}
SPLITS = {
    "uc_merced": "# a comment\nriver/river00.tif\n./river/river01.tif\nforest07.tif\n",
    "resisc45": "./river/river_001.jpg\nairport_700.jpg\n",
    "eurosat": "River/River_1.jpg\nForest_3000.jpg\n",
}


class Lists(Target):
    """`read_list`, `read_split_list`, and readers that are asked for what they name."""

    name = "lists"

    def prepare(self, world):
        (world / "nothing").mkdir()
        for name, line in LINES.items():
            (world / f"{name}.txt").write_text(f"# list\n{line}\n", encoding="utf-8")
        for name, text in SPLITS.items():
            (world / f"{name}.split.txt").write_text(text, encoding="utf-8")
        for name in SPLITS:  # an image that is there; nothing here decodes it
            item = world / "images" / name / LINES[name]
            item.parent.mkdir(parents=True)
            item.write_bytes(b"image")

    def use(self, folder):
        refused = []
        for name in NAMES:
            for read in (subsets.read_list, self._split_list(name)):
                try:
                    names = read(folder / f"{name}.txt")
                    if len(set(names)) < len(names) or not all(names):
                        raise Wrong(f"names that are empty or doubled: {names}")
                    self._ask(name, folder, names[:3])
                except DatasetError as error:
                    refused.append(error)
        for name in SPLITS:
            try:
                land_use = land_use_splits.land_use(name)
                land_use_splits.read_split_list(land_use, None, folder / f"{name}.split.txt")
            except DatasetError as error:
                refused.append(error)
        return not refused

    def _split_list(self, name):
        if name not in SPLITS:
            return subsets.read_list
        land_use = land_use_splits.land_use(name)
        return lambda path: land_use_splits.read_split_list(
            land_use, path.parent / "images" / name, path
        )

    def _ask(self, name, folder, names):
        """Ask a reader for items, in a folder that is there without one of its files."""
        reader, root = dataset(name), folder / "nothing"
        for split in reader.splits:
            checks.absent(reader, root, {split: names})
            checks.bad_items(reader, root, [(split, item) for item in names])
            for item in names:
                for ask in (reader.files, reader.layout, reader.read):
                    try:
                        ask(root, split, item)
                    except DatasetError:
                        continue
