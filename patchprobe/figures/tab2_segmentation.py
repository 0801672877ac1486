"""Table 2: mean IoU of 1-NN and linear patch classifiers."""

import pandas as pd

from patchprobe.figures.tables import of, where


def build(knn, linear, representations, train_set):
    """One row per representation.

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Rows of metric miou under one protocol.
    representations : list of patchprobe.figures.style.Representation
    train_set : str

    Returns
    -------
    pandas.DataFrame
        Columns representation, knn_miou, linear_miou, n_left_out (listed images that could not be
        read).
    """
    values = [
        [where(of(table, r), train_set=train_set)["value"].item() for table in (knn, linear)]
        for r in representations
    ]
    table = pd.DataFrame(values, columns=["knn_miou", "linear_miou"]).round(3)
    table.insert(0, "representation", [r.label for r in representations])
    table["n_left_out"] = [
        where(of(knn, r), train_set=train_set)["n_left_out"].item() for r in representations
    ]
    return table
