"""The paper's numbers beside those of a run: difference, interval, tolerance, verdict."""

import numpy as np
import pandas as pd

from patchprobe.reproduction.evidence import Score
from patchprobe.reproduction.paper_values import DISTRUSTED

AGREES, DIFFERS, NOT_RUN = "agrees", "differs", "not run"
WRITTEN = [
    *("shown_in", "dataset", "representation", "backbone", "n_removed", "classifier", "layer"),
    *("n_train_images", "condition", "class", "metric", "published", "source"),
    *("obtained", "low", "high", "difference", "tolerance", "verdict", "note"),
]
COUNTED = ("tiles", "labels")  # results that are counts of pixels and patches
_IMAGES = {"train_36": 36, "train_72": 72, "train_72_prime": 72, "train_144": 144}
_BANKS = {"cityscapes": "train_72", "ade20k": "train_600"}
_OF_BANK = {"cityscapes": 72, "ade20k": 600}
LABELS = {
    "supervised": "Supervised",
    "dino": "DINO",
    "dinov2": "DINOv2",
    "mae": "MAE",
    "simmim": "SimMIM",
}


def compare(values, run):
    """Published and obtained, one row each.

    Parameters
    ----------
    values : pandas.DataFrame
        See `patchprobe.reproduction.paper_values.read`.
    run : patchprobe.reproduction.run.Run

    Returns
    -------
    pandas.DataFrame
        Columns `WRITTEN`.
    """
    rows = [_row(row, run) for row in values.to_dict("records")]
    return pd.DataFrame(rows, columns=WRITTEN)


def verdict(row, obtained):
    """How a published number and an obtained one compare.

    A number agrees if the two differ by no more than the tolerance of the published one. What the
    source itself makes doubtful is "distrusted", whatever was obtained.
    """
    if obtained is None or np.isnan(obtained.value):
        return NOT_RUN
    if row["reliability"] == DISTRUSTED:
        return DISTRUSTED
    is_close = abs(obtained.value - row["value"]) <= row["tolerance"] + 1e-9
    return AGREES if is_close else DIFFERS


def _row(row, run):
    m = int(row["n_removed"] or 0)
    obtained = _obtained(row, m, run)
    low, high = (np.nan, np.nan) if obtained is None else obtained.ends
    label = LABELS.get(row["backbone"], row["backbone"])
    n_images = _IMAGES.get(row["train_set"]) or _OF_BANK.get(row["dataset"], "")
    value = np.nan if obtained is None else obtained.value
    return {
        **{key: row[key] for key in WRITTEN if key in row},
        "representation": f"{label}-{m}" if m else label,
        "n_removed": m,
        "n_train_images": n_images if row["classifier"] else "",
        "condition": row["condition"].replace("=", " ").replace(";", ", ").replace("_", " "),
        "published": row["value"],
        "obtained": value,
        **{"low": low, "high": high, "difference": value - row["value"]},
        "verdict": verdict(row, obtained),
        "note": "; ".join(filter(None, [row["reason"], _stands_for(row, m, run, obtained)])),
    }


def _stands_for(row, m, run, obtained):
    """What of the run stands for what of the paper, where that is something else."""
    if obtained is None:
        return ""
    texts = []
    if run.m(m) != m:
        texts.append(f"{run.m(m)} features removed for {m}")
    bank = run.evidence.banks.get(row["dataset"])
    if row["train_set"] in run.train_sets:
        texts.append(f"{run.train_sets[row['train_set']]} for {row['train_set']}")
    elif row["classifier"] and not row["train_set"] and bank != _BANKS.get(row["dataset"]):
        texts.append(f"bank {bank} for {_BANKS.get(row['dataset'])}")
    return "; ".join(texts)


def _obtained(row, m, run):
    """The score that a published value is compared with, None if it was not run."""
    asked = dict(pair.split("=") for pair in row["condition"].split(";") if pair)
    if row["result"] in COUNTED:
        count = run.counted.get((row["result"], row["metric"], row["class"]))
        return None if count is None else Score(float(count), is_exact=True)
    if row["result"] == "variance":
        other = asked.get("other_dataset")
        return run.shared_features(row["dataset"], other, row["backbone"], m)
    values = {key: _typed(value) for key, value in asked.items()}
    if row["result"] == "knn_layers":
        values["layer"] = int(row["layer"])
    if row["classifier"] and row["result"] in ("robustness", "whole_frames"):
        values["classifier"] = row["classifier"]
    if row["train_set"]:
        values["train_set"] = run.train_sets.get(row["train_set"], row["train_set"])
    of = (row["result"], row["dataset"], row["backbone"], row["metric"], row["class"] or None)
    return run.score(*of, m, **values)


def _typed(text):
    if text in ("True", "False"):
        return text == "True"
    return int(text) if text.isdigit() else text
