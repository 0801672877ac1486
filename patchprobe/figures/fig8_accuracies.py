"""Beside Figure 8: accuracies of k-NN of whole scenes, with intervals."""

import pandas as pd

from patchprobe.figures.tables import select_representation

_COLUMNS = [
    *("dataset", "pooling", "scale", "resize_bank", "value", "low", "high"),
    *("gain", "gain_low", "gain_high", "k", "n_bank", "n_images", "n_left_out"),
]


def build(scenes, representations):
    """One row per representation, dataset, pooling, scale of the queries, and bank.

    Parameters
    ----------
    scenes : pandas.DataFrame
        Rows of `patchprobe.evaluation.scenes.evaluate`.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, dataset, pooling, scale, resize_bank, accuracy with the ends of its
        interval, gain over CLS with all features with the ends of its interval, k, n_bank,
        n_images and n_left_out.
    """
    found = [
        select_representation(scenes, r, metric="accuracy")[_COLUMNS].assign(representation=r.label)
        for r in representations
    ]
    table = pd.concat(found, ignore_index=True).rename(columns={"value": "accuracy"})
    return table[["representation", *(c for c in table if c != "representation")]].round(4)
