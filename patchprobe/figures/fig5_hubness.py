"""Beside Figure 5: how few patches of the bank are retrieved for how many queries."""

import pandas as pd

from patchprobe.figures.tables import select

_METRICS = ["hub_largest", "hub_skewness", "hub_top_share"]
_KEYS = ["removal", "n_removed", "standardised", "excluded", "similarity", "level"]


def build(retrieval, representations):
    """One row per representation or control, similarity and level.

    Parameters
    ----------
    retrieval : pandas.DataFrame
        Rows of retrieval by one label rule, of all similarities.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, removal, standardised, excluded, similarity, level, n_queries,
        hub_largest (how often the most retrieved patch is retrieved), hub_skewness (of these counts
        over the bank), hub_top_share (of the queries, won by the most retrieved 1 % of the bank).
    """
    tables = []
    for r in representations:
        asked = {"backbone": r.backbone, "n_removed": r.n_removed, "query_label": "changed"}
        rows = select(retrieval, **asked)
        wide = rows.pivot(index=_KEYS, columns="metric", values="value")
        wide = wide.loc[pd.MultiIndex.from_frame(rows[_KEYS].drop_duplicates())]
        table = wide[["n_queries", *_METRICS]].reset_index().drop(columns="n_removed")
        table.insert(0, "representation", r.label)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).astype({"n_queries": int}).round(4)
