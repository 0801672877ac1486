"""How few patches of the bank are the nearest of how many queries, by features and similarity."""

import pandas as pd

from patchprobe.figures.tables import select_representation

_METRICS = ["hub_largest", "hub_skewness", "hub_top_share"]


def build(patches, representations):
    """One row per representation (or its scaled features) and similarity.

    Parameters
    ----------
    patches : pandas.DataFrame
        Rows of `patchprobe.evaluation.knn_variants.Variants.patches`.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, scaling, similarity, hub_largest (how often the most retrieved patch
        is the nearest), hub_skewness (of these counts over the bank), hub_top_share (of the
        queries, won by the most retrieved 1 % of the bank).
    """
    tables = []
    for r in representations:
        rows = select_representation(patches[patches["metric"].isin(_METRICS)], r)
        wide = rows.pivot_table(
            index=["scaling", "similarity"], columns="metric", values="value", sort=False
        )
        table = wide[_METRICS].reset_index()
        table.insert(0, "representation", r.label)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).round(4)
