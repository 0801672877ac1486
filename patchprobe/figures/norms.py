"""Lengths of patch embeddings: their spread tells what inner products favour."""

import pandas as pd

from patchprobe.figures.tables import select_representation

_METRICS = ["norm_mean", "norm_sd", "norm_min", "norm_q01", "norm_median", "norm_q99", "norm_max"]


def build(patches, representations):
    """One row per representation, of the patches of the bank and of the query.

    Parameters
    ----------
    patches : pandas.DataFrame
        Rows of `patchprobe.evaluation.knn_variants.Variants.patches`.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, patches ("bank" or "query"), mean, sd, min, q01, median, q99, max.
    """
    tables = []
    for r in representations:
        rows = select_representation(patches[patches["metric"].isin(_METRICS)], r)
        table = rows.pivot(index="patches", columns="metric", values="value")[_METRICS]
        table = table.rename(columns=lambda name: name.removeprefix("norm_")).reset_index()
        table.insert(0, "representation", r.label)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).round(4)
