"""Representations by task, with intervals, ranks, and what cannot be told from the best."""

import numpy as np
import pandas as pd

from patchprobe.reproduction.claims import average
from patchprobe.reproduction.evidence import difference

COLUMNS = [
    *("task", "dataset", "metric", "representation", "backbone", "n_removed"),
    *("value", "low", "high", "rank", "is_best"),
]


def _segmentation(classifier, dataset):
    def miou(run, backbone, m):
        return run.score(f"{classifier}_subsets", dataset, backbone, "miou", m=m)

    return dataset, "mean IoU", miou


def _degraded(run, backbone, m):
    levels = run.values_of("robustness", "cityscapes", "level", classifier="linear")
    return average(run.changed("linear", backbone, level, m=m) for level in levels)


def _same_patch(run, backbone, m):
    levels = run.values_of("retrieval", "fair1m", "level")
    return average(run.retrieved(backbone, x, m=m) for x in levels if x != "clean")


def _same_category(run, backbone, m):
    levels = run.values_of("retrieval", "fair1m", "level", excluded="tile")
    return average(
        run.retrieved(backbone, x, "same_category", m=m, excluded="tile") for x in levels
    )


def _instances(dataset):
    def accuracy(run, backbone, m):
        gaps = run.values_of("association", dataset, "frame_gap")
        return average(run.associated(backbone, int(gap), m, dataset=dataset) for gap in gaps)

    return dataset, "instance accuracy, mean of gaps", accuracy


def _scenes(dataset):
    def accuracy(run, backbone, m):
        of = {"pooling": "mean", "scale": 1.0}
        return run.score("scenes", dataset, backbone, "accuracy", m=m, **of)

    return dataset, "accuracy", accuracy


# Task, dataset, metric, score of a backbone without m features.
TASKS = [
    ("Patches by k-NN", *_segmentation("knn", "cityscapes")),
    ("Patches by a linear probe", *_segmentation("linear", "cityscapes")),
    ("Patches by k-NN", *_segmentation("knn", "ade20k")),
    ("Patches by a linear probe", *_segmentation("linear", "ade20k")),
    ("Degraded images by a linear probe", "cityscapes", "mean IoU, mean of levels", _degraded),
    ("The same patch after a change", "fair1m", "share, mean of levels", _same_patch),
    ("The category without the own tile", "fair1m", "share, mean of levels", _same_category),
    ("Objects in videos", *_instances("bdd100k")),
    ("People in videos", *_instances("mot17")),
    ("Scenes by the mean of patches", *_scenes("uc_merced")),
    ("Scenes by the mean of patches", *_scenes("resisc45")),
    ("Scenes by the mean of patches", *_scenes("eurosat")),
]


def build(run, representations):
    """One row per task and representation that was run on it.

    Parameters
    ----------
    run : patchprobe.reproduction.run.Run
        Without stand-ins: numbers of removed features are those of the representations.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; rank 1 is the best. `is_best` is true of the best and of all whose difference to
        it has an interval that reaches 0, on the same resampled images.
    """
    rows = []
    for task, dataset, metric, score in TASKS:
        of = {r: score(run, r.backbone, r.n_removed) for r in representations}
        of = {r: x for r, x in of.items() if x is not None and not np.isnan(x.value)}
        ranked = sorted(of, key=lambda r: -of[r].value)
        for r in of:
            low, high = of[r].ends
            rows.append(
                {"task": task, "dataset": dataset, "metric": metric, "representation": r.label}
                | {"backbone": r.backbone, "n_removed": r.n_removed, "value": of[r].value}
                | {"low": low, "high": high}
                | {"rank": 1 + sum(of[x].value > of[r].value for x in of)}
                | {"is_best": _reaches(of[r], of[ranked[0]])}
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _reaches(score, best):
    """Whether a score cannot be told from the best one."""
    if score is best or score.value == best.value:
        return True
    high = difference(score, best).ends[1]
    return bool(high >= 0)  # False without an interval
