"""Beside Figure 3: mean IoU and accuracies of k-NN by layer."""

import pandas as pd

from patchprobe.figures.style import whole
from patchprobe.figures.tables import select

_METRICS = ["pixel_accuracy", "patch_accuracy"]


def build(knn, representations):
    """One row per backbone and layer.

    Parameters
    ----------
    knn : pandas.DataFrame
        Rows of every layer under one protocol.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown.

    Returns
    -------
    pandas.DataFrame
        Columns backbone (label), layer, mIoU, low, high (its interval), pixel_accuracy (of native
        pixels of evaluated classes), patch_accuracy (of patches, over all labels, void too),
        n_left_out.
    """
    tables = []
    for r in whole(representations):
        rows = select(knn, backbone=r.backbone, n_removed=0)
        mean = rows[rows["metric"] == "miou"].set_index("layer").sort_index()
        table = mean[["value", "low", "high"]].rename(columns={"value": "mIoU"})
        for metric in _METRICS:
            table[metric] = rows[rows["metric"] == metric].set_index("layer")["value"]
        table["n_left_out"] = mean["n_left_out"]
        table = table.reset_index()
        table.insert(0, "backbone", r.label)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).round(4)
