"""Table 2: mean IoU of 1-NN and linear patch classifiers on two datasets."""

import pandas as pd

from patchprobe.figures.tables import select_representation


def build(scores, representations, banks):
    """One row per dataset and representation.

    Parameters
    ----------
    scores : dict of (dataset, classifier) to pandas.DataFrame
        Score tables under one protocol; classifiers are "knn" and "linear".
    representations : list of patchprobe.figures.style.Representation
    banks : dict of dataset to str
        Training subset of each dataset.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, representation, knn_miou and linear_miou with the ends of their intervals
        (`_low`, `_high`), n_left_out (listed images that could not be read).
    """
    rows = []
    for dataset, bank in banks.items():
        there = set(scores[dataset, "knn"]["backbone"])
        for r in (r for r in representations if r.backbone in there):
            row = {"dataset": dataset, "representation": r.label}
            for classifier in ("knn", "linear"):
                table = scores[dataset, classifier]
                (found,) = select_representation(table, r, train_set=bank, metric="miou").to_dict(
                    "records"
                )
                row[f"{classifier}_miou"] = found["value"]
                row[f"{classifier}_low"], row[f"{classifier}_high"] = found["low"], found["high"]
                row["n_left_out"] = found["n_left_out"]
            rows.append(row)
    table = pd.DataFrame(rows).round(3)
    table["n_left_out"] = table.pop("n_left_out")
    return table
