"""Parts of predictions: what is joined without an error is what was written."""

import numpy as np

from patchprobe.embeddings.patches import Labels
from patchprobe.evaluation.prediction_parts import Joined, digests, write
from tests import fakes
from tests.fuzz.target import Target, Wrong

ITEMS = ["ulm_1", "aachen_1", "jena_1"]
N_CROPS, N_PATCHES = 2, 6  # of an image
SETTINGS = [{"n_removed": m, "label_rule": "centre"} for m in (0, 2)]


class Parts(Target):
    """Two parts of one backbone, and two of another that may come into their place."""

    name = "parts"

    def prepare(self, world):
        rng = np.random.default_rng(0)
        every = rng.integers(0, 6, (N_CROPS * len(ITEMS), N_PATCHES))
        images = [["val", item, 0] for item in ITEMS]
        labels = Labels(fakes.write_labels(world / "l.zarr", every, images, (2, 3), (1, N_CROPS)))
        query = labels.select(fakes.items(ITEMS))
        for backbone in ("mae", "dino"):
            about = {"embeddings": {"backbone": backbone}, "k": 1, "query": query.items}
            for number in (1, 2):
                part = query.part(number, 2)
                n = len(part.crops) * N_PATCHES
                predicted = [(s, rng.integers(0, 6, n).astype(np.uint8)) for s in SETTINGS]
                made_from = digests({"labels": str(labels.path)})
                path = world / f"{backbone}_{number}.npz"
                write(path, predicted, part, (number, 2), about, made_from)

    def learn(self, world):
        self.expected = self._read(world)

    def files(self, folder):
        return sorted(path.name for path in folder.glob("*.npz"))

    def use(self, folder):
        if self._read(folder) != self.expected:
            raise Wrong("parts are joined, and are not what was written")
        return True

    def _read(self, folder):
        labels = Labels(folder / "l.zarr")
        paths = [folder / f"mae_{number}.npz" for number in (1, 2)]
        query = labels.select(fakes.items(ITEMS))
        joined = Joined(paths, query, labels, backbone="mae", k=1)
        found = [(setting, classes.tolist()) for setting, classes in joined.predictions()]
        return found, [part.made_by for part in joined.parts]
