"""Tables of results with what lies beside them, rankings, published numbers, and records."""

import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from patchprobe import provenance, records, store
from patchprobe.embeddings import variance
from patchprobe.errors import PatchprobeError
from patchprobe.figures import tables
from patchprobe.reproduction import paper_values, statistics
from patchprobe.results import Results, beside, write_table
from tests.fuzz.target import Target, Wrong

COUNTS = np.arange(48).reshape(4, 3, 2, 2) % 7


class Tables(Target):
    """Tables of two backbones with counts, predictions and provenance, as figures read them."""

    name = "tables"

    def prepare(self, world):
        for number, backbone in enumerate(("dino", "mae")):
            found = Results(
                [("val", f"ulm_{n}", 0) for n in range(3)], evaluated=[0, 1], grid=(1, 2)
            )
            for m in range(2):
                about = {"dataset": "cityscapes", "backbone": backbone, "n_removed": m}
                values = [
                    {
                        "metric": "miou",
                        "class": "",
                        "value": 0.25 + 0.1 * m,
                        "low": 0.2,
                        "high": 0.5,
                    },
                    {"metric": "iou", "class": "road", "value": float("nan")},
                ]
                found.add(values, COUNTS[2 * number + m], np.full((3, 4), m, np.uint8), **about)
            path = world / f"{backbone}.csv"
            found.save(path, beside(path, "counts"), beside(path, "predictions"))
            made_from = {"k": 1, "bank": "abc", "query": "def", "training": {"epochs": 2}}
            provenance.write(beside(path, "provenance"), **made_from)

    def learn(self, world):
        self.expected = [read() for read in self._reads(world)]

    def _reads(self, folder):
        paths = [str(folder / f"{name}.csv") for name in ("dino", "mae")]

        def table():
            return tables.read(paths).drop(columns="table").to_csv(index=False)

        def predictions():
            read = tables.predictions_of({"table": paths[0], "setting": 1})
            return {name: values.tolist() for name, values in read.items()}

        def counts():
            read = statistics.load(beside(paths[1], "counts"))
            return {name: values.tolist() for name, values in read.items()}

        return table, predictions, counts

    def use(self, folder):
        refused = []
        checked = all(beside(folder / f"{x}.csv", "counts").exists() for x in ("dino", "mae"))
        for number, (read, expected) in enumerate(
            zip(self._reads(folder), self.expected, strict=True)
        ):
            try:
                found = read()
            except PatchprobeError as error:
                refused.append(error)
                continue
            # a table without its counts, and arrays under another name, are not checked
            if number == 0 and checked and found != expected:
                raise Wrong("a table beside its counts is read, and is not what was written")
        return not refused


class Rankings(Target):
    """Variances of features by layer."""

    name = "rankings"

    def prepare(self, world):
        rng = np.random.default_rng(0)
        layers = [variance.rank(rng.random(8)).assign(layer=n) for n in (1, 2)]
        for name, layer in zip("ab", layers, strict=True):
            layer.insert(0, "backbone", "mae")
            layer.insert(0, "dataset", "fake")
            write_table(layer, world / f"{name}.csv")

    def use(self, folder):
        for path in sorted(folder.glob("*.csv")):
            ranking = variance.read_ranking(path, dataset="fake", backbone="mae")
            for layer in set(ranking["layer"]):
                order = variance.removal_order(ranking, layer)
                if sorted(order.tolist()) != list(range(len(order))):
                    raise Wrong(f"features of layer {layer} are removed in the order {order}")
        return True


class PaperValues(Target):
    """The published numbers."""

    name = "paper values"

    def prepare(self, world):
        for path in sorted((Path(__file__).parents[3] / "config/paper_values").glob("*.csv")):
            if len(path.read_bytes()) < 20_000:
                shutil.copy(path, world / path.name)

    def learn(self, world):
        def is_read(path):
            return path.read_text("utf-8").split("\n")[0].strip() == ",".join(paper_values.READ)

        self._files = [path.name for path in sorted(world.glob("*.csv")) if is_read(path)][:3]

    def files(self, folder):
        return self._files

    def use(self, folder):
        values = paper_values.read([folder / name for name in self._files])
        return len(values) > 0


class Records(Target):
    """What made every result, compared with the results."""

    name = "records"

    def prepare(self, world):
        for name in ("dino", "mae"):
            table, zarr = world / f"results/knn/{name}.csv", world / f"results/knn/{name}.zarr"
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_text(f"k,value\n1,{name}\n")
            ranking = world / f"results/variance/{name}.csv"
            ranking.parent.mkdir(parents=True, exist_ok=True)
            ranking.write_text(name)
            store.create(zarr, {"grid": [1, 1]})
            store.create_array(zarr, "a", (2,), "uint8", (1,))[:] = np.arange(2)
            store.seal(zarr)
            parameters = SimpleNamespace(items={"k": 1, "code": name}.items)
            records.write(
                SimpleNamespace(
                    rule="knn",
                    output=[f"{world}/results/knn/{name}.csv", f"{world}/results/knn/{name}.zarr"],
                    input=[f"{world}/results/variance/{name}.csv", "data/a.png"],
                    params=parameters,
                    log=[f"logs/{name}.log"],
                    config={"pathvars": {"results": f"{world}/results"}},
                )
            )

    def learn(self, world):
        self.written = {
            p.relative_to(world).as_posix(): p.read_bytes() for p in world.rglob("*.csv")
        }

    def use(self, folder):
        found, damaged = records.read({"results": f"{folder}/results", "resources": "resources"})
        valid = True
        for record in found:
            for path, known in record.outputs.items():
                is_valid = records.is_as_made(path, known)
                valid = valid and is_valid
                if is_valid:
                    self._check(path, known, path.removeprefix(f"{folder}/"))
            json.dumps([record.rule, record.inputs, record.params, record.log])
            if all(records.is_as_made(*item) for item in record.outputs.items()):
                records.keep_times(record)
        recorded = {path for record in found for path in record.outputs}
        unknown = records.unrecorded(f"{folder}/results", recorded)
        return valid and not damaged and len(unknown) == 2  # the rankings

    def _check(self, path, known, name):
        """A table that its record calls as it was made must have the content that it tells."""
        written = self.written.get(name)
        is_told = known["sha256"] == hashlib.sha256(written or b"").hexdigest()
        if is_told and Path(path).read_bytes() != written:
            raise Wrong(f"{path} was changed, and its record says that it was not")
