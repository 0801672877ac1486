"""Print scores of the miniature backbones with confidence intervals, from finished tables.

The tables are those of `config/miniature_backbones.yaml`.
"""

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from patchprobe.datasets.cityscapes import EVALUATED
from patchprobe.evaluation import metrics
from patchprobe.figures.tables import read, where

CONFIG = Path(__file__).parents[2] / "config" / "miniature_backbones.yaml"
LABEL_RULE = "centre"
LEVEL = 0.95
SEED = 0
N_DRAWS = 1000


def interval(confusions, against=None):
    """Mean IoU with its confidence interval, from images drawn anew.

    It tells what other query images would have given, not another bank or another training. A
    class that no drawn image has does not count in that draw.

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
    rng = np.random.default_rng(SEED)
    times = rng.multinomial(n_images, np.full(n_images, 1 / n_images), N_DRAWS)
    times = np.concatenate([np.ones((1, n_images), int), times])
    scores = sum(
        sign * _mean_iou(np.tensordot(times, matrices, 1))
        for sign, matrices in ((1, confusions), (-1, against))
        if matrices is not None
    )
    return (scores[0], *np.quantile(scores[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))


def _mean_iou(confusions):
    """Mean over the classes that have pixels."""
    has_pixels = confusions[:, list(EVALUATED)].sum(-1) > 0
    return metrics.mean_iou(np.where(has_pixels, metrics.iou(confusions, EVALUATED), np.nan))


class Results:
    """The removal sweeps of a results folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def confusions(self, how, backbone, **values):
        """Confusion matrices of each image for one setting (`how` is knn or linear)."""
        folder = self.folder / how / "cityscapes" / backbone
        rows = where(read([folder / "sweep.csv"]), metric="miou", label_rule=LABEL_RULE, **values)
        with np.load(folder / "sweep_confusions.npz") as file:
            return file["confusions"][rows["setting"].item()]

    def spectrum(self, backbone):
        """Largest variance over the median, and the share of the first quarter of features."""
        table = pd.read_csv(self.folder / "variance" / "cityscapes" / f"{backbone}.csv")
        variances = where(table, layer=table["layer"].max())["variance"].sort_values().to_numpy()
        quarter = len(variances) // 4
        return variances[-1] / np.median(variances), variances[-quarter:].sum() / variances.sum()


def told(value, low, high):
    """One cell: the value and its interval."""
    return re.sub(r"\b0\.", ".", f"{value:.3f} [{low:.3f}, {high:.3f}]")


def spectra(results, backbones):
    """Table of variance spectra."""
    rows = [(name, *results.spectrum(name)) for name in backbones]
    return pd.DataFrame(
        [(name, f"{ratio:.1f}", f"{share:.2f}") for name, ratio, share in rows],
        columns=["backbone", "largest / median variance", "share of the first quarter"],
    )


def scores(results, backbones, removed):
    """Table of mean IoU with intervals: k-NN by each similarity and linear, m features removed."""
    rows = []
    for name in backbones:
        for m in removed:
            cells = [
                told(*interval(results.confusions("knn", name, n_removed=m, similarity=how)))
                for how in ("dot", "l2", "cosine")
            ]
            cells.append(told(*interval(results.confusions("linear", name, n_removed=m))))
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


def differences(results, untrained, m):
    """Table of differences of mean IoU: to the untrained network, and of removing m features."""
    rows = []
    for name, other in untrained.items():
        cells = []
        for how, values in (("knn", {"similarity": "cosine"}), ("linear", {})):
            whole = results.confusions(how, name, n_removed=0, **values)
            random = results.confusions(how, other, n_removed=0, **values)
            cells += [told(*interval(whole, random))]
            cells += [told(*interval(results.confusions(how, name, n_removed=m, **values), whole))]
        rows.append([name, *cells])
    what = [f"{how}, {x}" for how in ("cosine", "linear") for x in ("to untrained", f"without {m}")]
    return pd.DataFrame(rows, columns=["backbone", *what])


def main():
    """Print the three tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--removed", type=int, nargs="+", default=[0, 33, 100])
    parser.add_argument("--without", type=int, default=33, help="m of the table of differences")
    asked = parser.parse_args()
    config = yaml.safe_load(CONFIG.read_text())
    results, backbones = Results(config["pathvars"]["results"]), config["backbones"]
    for table in (
        spectra(results, backbones),
        scores(results, backbones, asked.removed),
        differences(results, untrained_of(backbones), asked.without),
    ):
        for row in (table.columns, ["---"] * table.shape[1], *table.to_numpy()):
            print("|".join(["", *map(str, row), ""]))
        print()


if __name__ == "__main__":
    main()
