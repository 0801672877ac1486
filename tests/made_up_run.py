"""A made-up run on disk: confusions of three classes for some backbones, as the workflow writes."""

import numpy as np
import pandas as pd

from patchprobe.evaluation import metrics
from patchprobe.reproduction.evidence import Evidence
from patchprobe.results import Results

EVALUATED = [1, 2]
NAMES = ["void", "road", "car"]
PROTOCOL = {"similarity": "dot", "label_rule": "centre"}
N_IMAGES = 12
IMAGES = [("val", f"ulm_{i}", 0) for i in range(N_IMAGES)]


def confusions(quality, seed=0):
    """Confusions per image: `quality` of the pixels are right, the rest is called void."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((N_IMAGES, 3, 3), np.int32)
    for true in (0, 1, 2):
        pixels = rng.integers(200, 400, N_IMAGES)
        hits = np.round(pixels * np.clip(quality + rng.normal(0, 0.03, N_IMAGES), 0, 1))
        counts[:, true, true] = hits
        counts[:, true, 0] += (pixels - hits).astype(int)
    return counts


def miou(counts):
    """The official score of summed confusions."""
    return metrics.mean_iou(metrics.iou(counts.sum(0), EVALUATED))


def rows_of(counts):
    """Rows of one setting, as `patchprobe.evaluation.scores.Segmentation` writes them."""
    ious = metrics.iou(counts.sum(0), EVALUATED)
    rows = [
        {"metric": "iou", "class": NAMES[c], "value": x}
        for c, x in zip(EVALUATED, ious, strict=True)
    ]
    return [*rows, {"metric": "miou", "class": "", "value": miou(counts)}]


def write(folder, kind, backbone, settings, dataset="cityscapes", **columns):
    """Write a table of settings [(keys, counts), ...] and its counts; its path."""
    results = Results(IMAGES, evaluated=EVALUATED, absent="skip")
    for keys, counts in settings:
        about = {"dataset": dataset, "backbone": backbone, **PROTOCOL, **columns, **keys}
        results.add(rows_of(counts), counts, **about)
    path = folder / f"{kind}_{dataset}_{backbone}.csv"
    results.save(path, path.with_name(f"{path.stem}_counts.npz"))
    return str(path)


def knn(folder, qualities, sweep=(0,), gain=0.0, train_sets=("bank",), dataset="cityscapes"):
    """Paths of k-NN tables: every removed feature and training set adds to a backbone's quality."""
    paths = []
    for i, (backbone, quality) in enumerate(qualities.items()):
        settings = []
        for number, train_set in enumerate(train_sets):
            for m in sweep:
                keys = {"layer": 12, "train_set": train_set, "n_removed": m, "k": 1}
                counts = confusions(quality + gain * m + 0.02 * number, seed=i)
                settings.append((keys, counts))
        paths.append(write(folder, "knn_subsets", backbone, settings, dataset))
    return paths


def evidence(**tables):
    """Evidence of tables by kind, with the bank "bank"."""
    return Evidence(tables, PROTOCOL, {"cityscapes": "bank", "ade20k": "bank"})


def pd_rows(names):
    """Rows that name classes in the order of tallies."""
    return pd.DataFrame([{"metric": "iou", "class": name} for name in names])
