"""Figures 5 and 11: what patches of changed images retrieve, by transformation and model."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from patchprobe.figures.retrieval_tables import (
    COLOURS,
    FAMILIES,
    LABELS,
    UNCHANGED,
    select_outcomes,
)

_STACKED = ("same_patch", "same_category", "same_super_category")
_COLUMN_INCHES, _ROW_INCHES = 0.92, 1.0


def draw(retrieval, representations):
    """Stacked shares of what is retrieved, one column per representation, one row per family.

    Parameters
    ----------
    retrieval : pandas.DataFrame
        Rows of retrieval under one protocol.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = {r.name: select_outcomes(retrieval, r) for r in representations}
    first = rows[representations[0].name]
    families = [name for name in FAMILIES if name in set(first["family"])]
    size = (_COLUMN_INCHES * len(representations) + 1.0, _ROW_INCHES * len(families) + 0.7)
    figure, grid = plt.subplots(
        len(families), len(representations), figsize=size, squeeze=False, sharey=True
    )
    for axes_of_row, family in zip(grid, families, strict=True):
        for axes, r in zip(axes_of_row, representations, strict=True):
            _panel(axes, rows[r.name], family)
        axes_of_row[0].set_ylabel(f"{FAMILIES[family]}\n% of queries", fontsize=7)
    for axes, r in zip(grid[0], representations, strict=True):
        axes.set_title(r.label, fontsize=7.5)
    handles = [Patch(color=COLOURS[name], label=LABELS[name]) for name in _STACKED]
    handles.append(Line2D([], [], color="black", ls="--", lw=0.9, label="same patch, upper bound"))
    figure.legend(handles=handles, loc="outside upper center", ncols=2, fontsize=7)
    return figure


def _panel(axes, rows, family):
    rows = levels_of(rows, family)
    x = np.arange(len(rows))
    shares = [100 * rows[name].to_numpy() for name in _STACKED]
    axes.stackplot(x, *shares, colors=[COLOURS[name] for name in _STACKED], linewidth=0)
    axes.plot(x, 100 * rows["attainable"], color="black", ls="--", lw=0.9)
    axes.set(xlim=(0, len(rows) - 1), ylim=(0, 103), yticks=[0, 50, 100])
    axes.set_xticks(x, [f"{value:g}" for value in rows["value"]])
    axes.tick_params(labelsize=6, length=2, pad=1.5)


def levels_of(rows, family):
    """Rows of a family by level, the unchanged images in their place.

    Parameters
    ----------
    rows : pandas.DataFrame
        See `patchprobe.figures.retrieval_tables.select_outcomes`.
    family : str

    Returns
    -------
    pandas.DataFrame
        With a column `value`: the level as a number.
    """
    chosen = rows[rows["family"].isin([family, "clean"])].copy()
    is_clean = chosen["family"] == "clean"
    chosen["value"] = chosen["level_value"].where(~is_clean, UNCHANGED[family])
    return chosen.sort_values("value")
