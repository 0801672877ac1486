"""Rows of retrieval results, arranged for figures and tables; names and colours of outcomes."""

import pandas as pd

from patchprobe.evaluation.outcomes import OUTCOMES
from patchprobe.figures.tables import select_representation

FAMILIES = {  # in the order of the paper's rows
    "shift": "Shift, px",
    "rotate": "Rotation, degrees",
    "scale": "Scale",
    "blur": "Box blur, px",
    "noise": "Gaussian noise",
    "frequency": "Noise in a band",
}
# the level of each family that changes nothing; noise in a band has none
UNCHANGED = {"shift": 0, "rotate": 0, "scale": 1, "blur": 1, "noise": 0, "frequency": 0}
# shades of one colour from the very patch to any object of the same super-category
COLOURS = {
    "same_patch": "#08519c",
    "same_category": "#6baed6",
    "same_super_category": "#c6dbef",
    "other_object": "#fdae6b",
    "background": "#d9d9d9",
}
LABELS = {
    "same_patch": "same patch",
    "same_category": "same category",
    "same_super_category": "same super-category",
    "other_object": "another object",
    "background": "background",
}
METRICS = ("n_queries", *OUTCOMES, "attainable")


def select_outcomes(retrieval, representation, excluded=False, **values):
    """Outcomes of a representation, one row per level.

    Parameters
    ----------
    retrieval : pandas.DataFrame
        Rows of retrieval under one protocol.
    representation : patchprobe.figures.style.Representation
    excluded : bool
        Rows of the search without a query's own tile (or source image).
    **values
        Other columns that rows must have; default: features as they are, or without those of
        highest variance, and queries by the labels of changed patches.

    Returns
    -------
    pandas.DataFrame
        Columns level, family, level_value (a number), and those of `METRICS`: the number of
        queries, and shares of them.
    """
    asked = {"removal": "highest", "standardised": False, "query_label": "changed", **values}
    rows = select_representation(retrieval, representation, **asked)
    rows = rows[(rows["excluded"] != "") == excluded]
    table = rows[rows["metric"].isin(METRICS)].pivot(
        index="level", columns="metric", values="value"
    )
    return with_families(table.reset_index())


def with_families(table):
    """The table with columns family and level_value, from a column level such as "blur-10"."""
    parts = table["level"].str.split("-", n=1, expand=True).reindex(columns=[0, 1])
    return table.assign(family=parts[0], level_value=pd.to_numeric(parts[1]))
