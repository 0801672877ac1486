"""Beside Figures 5, 6 and 11: shares of what is retrieved, with intervals, and the controls."""

import pandas as pd

from patchprobe.evaluation.outcomes import OUTCOMES
from patchprobe.figures.tables import select

_KEYS = ["backbone", "n_removed", "removal", "standardised", "excluded", "query_label", "level"]
_SHARES = (*OUTCOMES, "attainable")


def build(retrieval, representations):
    """One row per representation or control, level, and choice of bank and queries.

    Parameters
    ----------
    retrieval : pandas.DataFrame
        Rows of retrieval under one protocol.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, removal, standardised, excluded, query_label, level, n_queries, and
        for each outcome its share of the queries and the ends of its interval.
    """
    tables = []
    for r in representations:
        rows = select(retrieval, backbone=r.backbone, n_removed=r.n_removed)
        wide = rows.pivot(index=_KEYS, columns="metric", values=["value", "low", "high"])
        table = wide["value"][["n_queries"]].astype(int)
        for name in _SHARES:
            table[name] = wide["value"][name]
            table[f"{name}_low"], table[f"{name}_high"] = wide["low"][name], wide["high"][name]
        table = table.loc[pd.MultiIndex.from_frame(rows[_KEYS].drop_duplicates())]
        table = table.reset_index().drop(columns=["backbone", "n_removed"])
        table.insert(0, "representation", r.label)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).round(4)
