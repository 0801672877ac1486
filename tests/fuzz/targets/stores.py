"""Stores of crops, tokens and labels: what is read without an error is what was written."""

import shutil

import numpy as np

from patchprobe import store
from patchprobe.crops import labels, tiles
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.errors import PatchprobeError
from tests import fakes
from tests.fuzz.target import Target, Wrong

IMAGES = [["val", item, 0] for item in fakes.IMAGES]
ITEMS = fakes.items(fakes.IMAGES)
GRID, TILES = (2, 3), (2, 3)


class Stores(Target):
    """Files of stores are changed, lost, and put in each other's place; so are whole arrays."""

    name = "stores"

    def prepare(self, world):
        made = fakes.dataset(fakes.IMAGES)
        about = {"dataset": "fake", "backbone": "mae"}
        tiles.write(world / "crops.zarr", made, None, ITEMS, "clean", about)
        labels.write(world / "labels.zarr", world / "crops.zarr", made, None, GRID, about)
        rng = np.random.default_rng(0)
        values = rng.normal(size=(18, 6, 4)).astype(np.float16)
        for n, (start, stop) in enumerate(((0, 7), (7, 18))):
            self._tokens(world / f"tokens_{n}.zarr", values, start, stop)
            self._tokens(world / f"other_{n}.zarr", -values, start, stop, backbone="dino")

    def _tokens(self, path, values, start, stop, **about):
        levels = {"clean": values[start:stop], "blur_10": values[start:stop] * 2}
        fakes.write_tokens(path, levels, IMAGES, GRID, TILES, crops=(start, stop, 18))
        store.zarr.open_group(str(path), mode="r+").attrs.update(about)
        store.seal(path)

    def learn(self, world):
        self.expected = {}
        for name, read in self._reads(world).items():
            self.expected[name] = read()

    def damage(self, folder, change):
        if change.rng.random() < 0.75:
            return super().damage(folder, change)
        arrays = sorted({path.parent for path in folder.rglob("zarr.json")})
        one, other = change.rng.sample(arrays, 2)
        if one in other.parents or other in one.parents:
            return None
        if change.rng.random() < 0.3:
            # rows of another store of the same kind, whole with its seal: only its head can tell
            one, other = folder / "tokens_0.zarr", folder / "labels.zarr"
        change.note(f"{one.relative_to(folder)} in the place of {other.relative_to(folder)}")
        shutil.rmtree(other)
        shutil.copytree(one, other)
        return None

    def _reads(self, folder):
        """What is read, by name: calls that give arrays, lists or dictionaries."""
        parts = [folder / f"tokens_{n}.zarr" for n in range(2)]

        def rows(level):
            tokens = Tokens(parts, backbone="mae", dataset="fake")
            return tokens.rows(tokens.select(ITEMS), 2, level).compute(scheduler="sync")

        def of_labels(rule):
            found = Labels(folder / "labels.zarr")
            return found.labels(found.select(ITEMS), rule)

        def pixels():
            found = Labels(folder / "labels.zarr", None)
            return found.pixels(found.select(ITEMS[1:]))

        def about():
            return store.attributes(folder / "crops.zarr", dataset="fake", input_px=[224, 224])

        return {
            "rows": lambda: rows("clean"),
            "changed rows": lambda: rows("blur_10"),
            "one part": lambda: Tokens([parts[0], parts[1]]).all(2)[:5].compute(scheduler="sync"),
            "centre": lambda: of_labels("centre"),
            "majority": lambda: of_labels("majority"),
            "groups": lambda: Labels(folder / "labels.zarr").groups,
            "pixels": pixels,
            "crops": lambda: store.read(folder / "crops.zarr", "clean/crops"),
            "a few crops": lambda: store.read(folder / "crops.zarr", "clean/crops", [3, 7]),
            "attributes of crops": about,
        }

    def use(self, folder):
        refused = []
        for name, read in self._reads(folder).items():
            try:
                found = read()
            except PatchprobeError as error:
                refused.append(error)
                continue
            if not _equal(found, self.expected[name]):
                raise Wrong(f"{name} is read without an error, and is not what was written")
        return not refused


def _equal(found, expected):
    if isinstance(expected, np.ndarray):
        return (found.shape, found.dtype) == (expected.shape, expected.dtype) and np.array_equal(
            found, expected
        )
    return found == expected
