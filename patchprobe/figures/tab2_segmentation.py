"""Table 2: mean IoU of 1-NN and linear patch classifiers on two datasets."""

import pandas as pd

from patchprobe.figures.tables import select_representation


def build(knn, linear, representations, banks):
    """One row per dataset and representation.

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Score tables under one protocol.
    representations : list of patchprobe.figures.style.Representation
        Those that are not run on a dataset are left out there.
    banks : dict of str to str
        Training subset of each dataset.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, representation, knn_miou and linear_miou with the ends of their intervals
        (`_low`, `_high`), n_left_out (listed images that could not be read).
    """
    rows = []
    for dataset, bank in banks.items():
        of_dataset = {
            name: table[table["dataset"] == dataset]
            for name, table in (("knn", knn), ("linear", linear))
        }
        there = set(of_dataset["knn"]["backbone"])
        for r in (r for r in representations if r.backbone in there):
            row = {"dataset": dataset, "representation": r.label}
            for name, table in of_dataset.items():
                found = select_representation(table, r, train_set=bank, metric="miou").iloc[0]
                row[f"{name}_miou"] = found["value"]
                row[f"{name}_low"], row[f"{name}_high"] = found["low"], found["high"]
            rows.append({**row, "n_left_out": found["n_left_out"]})
    return pd.DataFrame(rows).round(3)
