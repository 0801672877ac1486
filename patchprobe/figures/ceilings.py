"""Beside Table 2: the best mean IoU of any labels of patches, and the share that is reached."""

import pandas as pd

from patchprobe.figures.tables import select, select_protocol, select_representation

# Rows of ceilings: name, labelling, metric.
_CEILINGS = [
    ("upper bound", "ascent", "miou_bound"),
    ("ascent", "ascent", "miou"),
    ("most scored pixels", "most_scored", "miou"),
    ("majority rule", "majority", "miou"),
    ("centre rule", "centre", "miou"),
]


def build(ceilings, knn, linear, representations, banks, grids, protocol):
    """Ceilings of every dataset and grid, then the scores of classifiers below them.

    Parameters
    ----------
    ceilings : pandas.DataFrame
        Rows of `patchprobe.evaluation.ceilings.score`.
    knn, linear : pandas.DataFrame
        Score tables, under all protocols.
    representations : list of patchprobe.figures.style.Representation
        Those that are not run on a dataset are left out there.
    banks : dict of str to str
        Training subset of each dataset.
    grids : dict of str to str
        Of each backbone, "14x14".
    protocol : dict of str to str
        Selects the scores of classifiers.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, grid, labelling (one of `_CEILINGS`, or the label of a representation),
        classifier ("" or "knn" or "linear"), miou with the ends of its interval (low, high), share
        (of the mean IoU of the ascent on that grid), n_left_out (listed images that could not be
        read).
    """
    scores = {name: select_protocol(x, protocol) for name, x in (("knn", knn), ("linear", linear))}
    rows = []
    for dataset, bank in banks.items():
        on = select(ceilings, dataset=dataset)
        rows += [row for grid in on["grid"].unique() for row in _ceilings(on, grid)]
        keys = {"dataset": dataset, "train_set": bank, "metric": "miou"}
        of_bank = {name: select(table, **keys) for name, table in scores.items()}
        there = set(of_bank["knn"]["backbone"])
        for r in (r for r in representations if r.backbone in there):
            for classifier, table in of_bank.items():
                found = select_representation(table, r).iloc[0]
                rows.append(_row(found, on, grids[r.backbone], r.label, classifier))
    return pd.DataFrame(rows).round(4)


def _ceilings(on, grid):
    """Rows of the ceilings of a grid, of those `on` one dataset."""
    return [
        _row(select(on, grid=grid, labelling=labelling, metric=metric).iloc[0], on, grid, name)
        for name, labelling, metric in _CEILINGS
    ]


def _row(found, on, grid, name, classifier=""):
    best = select(on, grid=grid, labelling="ascent", metric="miou").iloc[0]["value"]
    return {
        "dataset": found["dataset"],
        "grid": grid,
        "labelling": name,
        "classifier": classifier,
        "miou": found["value"],
        "low": found["low"],
        "high": found["high"],
        "share": found["value"] / best,
        "n_left_out": found["n_left_out"],
    }
