"""Figure 6: what patches of blurred images retrieve without their own tile in the bank."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.patches import Patch

from patchprobe.figures.retrieval_tables import COLOURS, FAMILIES, LABELS, select_outcomes

_STACKED = ("same_category", "same_super_category", "other_object", "background")


def draw(retrieval, representations):
    """Stacked numbers of patches by what they retrieve, one panel per representation.

    Parameters
    ----------
    retrieval : pandas.DataFrame
        Rows of retrieval under one protocol.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = {r.name: select_outcomes(retrieval, r, excluded=True) for r in representations}
    families = [x for x in FAMILIES if x in set(rows[representations[0].name]["family"])]
    # the legend needs four inches, or two rows
    n_columns = len(_STACKED) if len(representations) > 3 else 2
    size = (1.0 * len(representations) + 1.0, 1.6 * len(families) + 0.8)
    figure, grid = plt.subplots(
        len(families), len(representations), figsize=size, squeeze=False, sharey=True
    )
    for axes_of_row, family in zip(grid, families, strict=True):
        for axes, r in zip(axes_of_row, representations, strict=True):
            of_family = rows[r.name][rows[r.name]["family"] == family]
            _panel(axes, of_family.sort_values("level_value"))
            axes.set_xlabel(FAMILIES[family], fontsize=7)
        axes_of_row[0].set_ylabel("number of patches", fontsize=7)
    for axes, r in zip(grid[0], representations, strict=True):
        axes.set_title(r.label, fontsize=7.5)
    handles = [Patch(color=COLOURS[name], label=LABELS[name]) for name in _STACKED]
    figure.legend(handles=handles, loc="outside upper center", ncols=n_columns, fontsize=7)
    return figure


def _panel(axes, rows):
    x = np.arange(len(rows))
    numbers = [(rows[name] * rows["n_queries"]).to_numpy() for name in _STACKED]
    colours = [COLOURS[name] for name in _STACKED]
    if len(rows) == 1:  # an area needs two levels
        starts = np.cumsum([np.zeros(1), *numbers[:-1]], axis=0)
        for number, start, colour in zip(numbers, starts, colours, strict=True):
            axes.bar(x, number, bottom=start, color=colour)
    else:
        axes.stackplot(x, *numbers, colors=colours, linewidth=0)
        axes.set_xlim(0, len(rows) - 1)
    axes.set_ylim(0, rows["n_queries"].max())
    axes.set_xticks(x, [f"{value:g}" for value in rows["level_value"]])
    axes.tick_params(labelsize=6, length=2, pad=1.5)
