"""Contact sheet of retrieval: queries and the crops retrieved for them, right and wrong ones."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

from patchprobe import store
from patchprobe.evaluation.outcomes import OUTCOMES, outcomes
from patchprobe.figures.retrieval_tables import FAMILIES, LABELS, with_families

_RIGHT, _WRONG = "#029e73", "#d55e00"
_OF_EACH = 2  # right and wrong ones in each row
_PLACES = np.arange(1, 2 * _OF_EACH, 2)  # at a quarter and three quarters of all


def draw(neighbours, original_crops, changed_crops, representations, similarity, label_rule):
    """Two queries that retrieve the same patch and two that do not, at a level of each family.

    Parameters
    ----------
    neighbours : dict of str to numpy.ndarray
        What `patchprobe.evaluation.retrieval.search` returns.
    original_crops, changed_crops : path
        Stores of crops.
    representations : list of one patchprobe.figures.style.Representation
    similarity, label_rule : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    (r,) = representations
    rows = examples(neighbours, r.n_removed, similarity, label_rule)
    figure, grid = plt.subplots(
        max(len(rows), 1), 4 * _OF_EACH, figsize=(7.2, 1.2 * max(len(rows), 1) + 0.5), squeeze=False
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for axes_of_row, (level, found) in zip(grid, rows.items(), strict=False):
        for number, example in enumerate(found):
            pair = axes_of_row[2 * number : 2 * number + 2]
            _pair(pair, example, level, original_crops, changed_crops, neighbours)
        axes_of_row[0].text(
            -0.1, 0.5, level, rotation=90, ha="center", va="center", fontsize=7,
            transform=axes_of_row[0].transAxes,
        )  # fmt: skip
    figure.suptitle(f"{r.label}: queries and, on their right, what they retrieve", fontsize=9)
    return figure


def examples(neighbours, n_removed, similarity, label_rule):
    """Queries to show, spread evenly over those there are.

    Parameters
    ----------
    neighbours : dict of str to numpy.ndarray
    n_removed : int
    similarity, label_rule : str

    Returns
    -------
    dict of str to list of dict
        By level, the middle one of each family (the upper of two): up to two queries with the same
        patch, then up to two with another outcome; each with query, bank row, outcome and the names
        of the two labels.
    """
    m = neighbours["n_removed"].tolist().index(n_removed)
    s = neighbours["similarities"].tolist().index(similarity)
    found = neighbours["found"][m, s]
    labels, bank_labels = (neighbours[f"{of}labels_{label_rule}"] for of in ("", "bank_"))
    is_query = np.isin(labels, neighbours["evaluated"])
    numbers = outcomes(
        found,
        bank_labels,
        labels,
        neighbours["original"],
        neighbours["super_categories"],
        neighbours["evaluated"],
    )
    chosen = {}
    for level in _middle_levels(neighbours["level"]):
        here = np.flatnonzero(is_query & (neighbours["level"] == level))
        picked = [
            query
            for some in (here[numbers[here] == 0], here[numbers[here] > 0])
            if len(some)
            for query in some[np.unique(len(some) * _PLACES // (2 * _OF_EACH))]
        ]
        chosen[level] = [
            {
                "query": int(query),
                "row": int(found[query]),
                "outcome": OUTCOMES[numbers[query]],
                "names": neighbours["names"][[labels[query], bank_labels[found[query]]]].tolist(),
            }
            for query in picked
        ]
    return chosen


def _middle_levels(levels):
    """The middle level of each family, in the order of the figures."""
    table = with_families(pd.DataFrame({"level": np.unique(levels)}))
    of_family = {
        name: rows.sort_values("level_value")["level"].tolist()
        for name, rows in table.groupby("family")
    }
    return [of_family[name][len(of_family[name]) // 2] for name in FAMILIES if name in of_family]


def _pair(pair, example, level, original_crops, changed_crops, neighbours):
    colour = _RIGHT if example["outcome"] == OUTCOMES[0] else _WRONG
    n_patches = len(neighbours["bank_labels_centre"]) // len(neighbours["bank_crops"])
    query = divmod(int(neighbours["patch"][example["query"]]), n_patches)
    found = divmod(example["row"], n_patches)
    sides = (
        (changed_crops, level, neighbours["query_crops"], *query),
        (original_crops, "clean", neighbours["bank_crops"], *found),
    )
    for axes, name, (path, level_name, crops, crop, patch) in zip(
        pair, example["names"], sides, strict=True
    ):
        image = store.read(path, f"{level_name}/crops", crops[[crop]])[0]
        axes.imshow(image, interpolation="none")
        rows, columns = neighbours["grid"]
        height, width = image.shape[0] / rows, image.shape[1] / columns
        row, column = divmod(patch, int(columns))
        corner = (column * width - 0.5, row * height - 0.5)
        axes.add_patch(Rectangle(corner, width, height, fill=False, ec="white", lw=2))
        axes.add_patch(Rectangle(corner, width, height, fill=False, ec=colour, lw=1))
        axes.set_title(name, fontsize=5.5, pad=2)
    pair[1].text(
        0.5, -0.04, LABELS[example["outcome"]], fontsize=5.5, color=colour, ha="center", va="top",
        transform=pair[1].transAxes,
    )  # fmt: skip
