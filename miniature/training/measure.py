"""Print scores of the miniature backbones with confidence intervals, from finished tables.

The tables are those of `config/miniature_measure.yaml`.
"""

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from patchprobe import results
from patchprobe.datasets.cityscapes import EVALUATED
from patchprobe.evaluation import metrics
from patchprobe.figures.tables import read, select

CONFIG = Path(__file__).parents[2] / "config"
LABEL_RULE = "centre"


def interval(confusions, against=None):
    """Mean IoU with its confidence interval, from images drawn anew.

    It tells what other query images would have given, not another bank or another training.

    Parameters
    ----------
    confusions : numpy.ndarray of shape (n_images, n_classes, n_classes)
    against : numpy.ndarray of the same shape, optional
        Subtract the mean IoU of these, of the same images drawn alike.

    Returns
    -------
    (float, float, float)
        Value, lower and upper end.
    """
    n_images = len(confusions)
    if against is not None and len(against) != n_images:
        raise ValueError(f"expected {n_images} images in both, found {len(against)}")
    drawn = np.concatenate([np.ones((1, n_images), int), results.times_drawn(n_images)])
    scores = sum(
        sign * _mean_ious(matrices, drawn)
        for sign, matrices in ((1, confusions), (-1, against))
        if matrices is not None
    )
    return (scores[0], *results.interval(scores[1:], n_images))


def _mean_ious(confusions, drawn):
    """Mean IoU of each resample of images."""
    tallies = metrics.tallies(confusions, EVALUATED)
    return results.bootstrap(tallies, metrics.resampled_mean_iou(tallies.sum(0)), drawn)


class Results:
    """The removal sweeps of a results folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def confusions(self, how, backbone, **values):
        """Confusion matrices of each image for one setting (`how` is knn or linear)."""
        table = self.folder / how / "cityscapes" / backbone / "subsets.csv"
        rows = select(read([table]), metric="miou", label_rule=LABEL_RULE, **values)
        with np.load(results.beside(table, "counts")) as file:
            return file["counts"][rows["setting"].item()]

    def spectrum(self, backbone):
        """Largest variance over the median, and the share of the first quarter of features."""
        table = pd.read_csv(self.folder / "variance" / "cityscapes" / f"{backbone}.csv")
        variances = select(table, layer=table["layer"].max())["variance"].sort_values().to_numpy()
        quarter = len(variances) // 4
        return variances[-1] / np.median(variances), variances[-quarter:].sum() / variances.sum()


def format_interval(value, low, high):
    """One cell: the value and its interval."""
    return re.sub(r"\b0\.", ".", f"{value:.3f} [{low:.3f}, {high:.3f}]")


def _cell(confusions, against=None):
    return format_interval(*interval(confusions, against))


def spectra(found, backbones):
    """Table of variance spectra."""
    rows = [(name, *found.spectrum(name)) for name in backbones]
    return pd.DataFrame(
        [(name, f"{ratio:.1f}", f"{share:.2f}") for name, ratio, share in rows],
        columns=["backbone", "largest / median variance", "share of the first quarter"],
    )


def scores(found, backbones, removed):
    """Table of mean IoU with intervals: k-NN by each similarity and linear, m features removed."""
    rows = []
    for name in backbones:
        for m in removed:
            cells = [
                _cell(found.confusions("knn", name, n_removed=m, similarity=how))
                for how in ("dot", "l2", "cosine")
            ]
            cells.append(_cell(found.confusions("linear", name, n_removed=m)))
            rows.append([name, m, *cells])
    return pd.DataFrame(rows, columns=["backbone", "m", "dot", "L2", "cosine", "linear"])


def untrained_of(backbones):
    """The untrained network of the same architecture, for each trained one.

    Parameters
    ----------
    backbones : dict of str to dict
        Of a configuration; untrained ones have a `random_seed`.

    Returns
    -------
    dict of str to str
    """
    untrained = {x["architecture"]: name for name, x in backbones.items() if "random_seed" in x}
    return {
        name: untrained[entry["architecture"]]
        for name, entry in backbones.items()
        if "random_seed" not in entry
    }


def differences(found, untrained, m):
    """Table of differences of mean IoU: to the untrained network, and of removing m features."""
    rows = []
    for name, other in untrained.items():
        cells = []
        for how, values in (("knn", {"similarity": "cosine"}), ("linear", {})):
            whole = found.confusions(how, name, n_removed=0, **values)
            random = found.confusions(how, other, n_removed=0, **values)
            cells.append(_cell(whole, random))
            removed = found.confusions(how, name, n_removed=m, **values)
            cells.append(_cell(removed, whole))
        rows.append([name, *cells])
    what = [f"{how}, {x}" for how in ("cosine", "linear") for x in ("to untrained", f"without {m}")]
    return pd.DataFrame(rows, columns=["backbone", *what])


def main():
    """Print the three tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--removed", type=int, nargs="+", default=[0, 33, 100])
    parser.add_argument("--without", type=int, default=33, help="m of the table of differences")
    asked = parser.parse_args()
    measured = yaml.safe_load((CONFIG / "miniature_measure.yaml").read_text())
    backbones = yaml.safe_load((CONFIG / "miniature_backbones.yaml").read_text())["backbones"]
    found = Results(measured["pathvars"]["results"])
    for table in (
        spectra(found, backbones),
        scores(found, backbones, asked.removed),
        differences(found, untrained_of(backbones), asked.without),
    ):
        for row in (table.columns, ["---"] * table.shape[1], *table.to_numpy()):
            print("|".join(["", *map(str, row), ""]))
        print()


if __name__ == "__main__":
    main()
