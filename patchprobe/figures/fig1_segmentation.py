"""Figure 1: mean IoU of patch classifiers for training sets of several sizes."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.tables import select, select_representation

_AREA_OF_LARGEST = 120  # points squared


def draw(knn, linear, representations):
    """Linear against k-NN mean IoU, one circle per training set, its area the number of images.

    Light bars are the 95 % intervals over resampled query images.

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Score tables under one protocol; columns backbone, n_removed, train_set, n_train_images,
        metric, value, low, high.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    height = max(3.6, 1.6 + 0.19 * len(representations))  # of the two legends
    figure, axes = plt.subplots(figsize=(1.8 + height, height))
    knn, linear = (select(table, metric="miou") for table in (knn, linear))
    sizes = sorted(set(knn["n_train_images"]))
    scale = _AREA_OF_LARGEST / sizes[-1]
    for representation in representations:
        points = select_representation(knn, representation).merge(
            select_representation(linear, representation), on="train_set", suffixes=("", "_linear")
        )
        points = points.sort_values(["n_train_images", "train_set"])
        axes.errorbar(
            points["value"],
            points["value_linear"],
            xerr=_reach(points),
            yerr=_reach(points, "_linear"),
            fmt="none",
            ecolor=representation.colour,
            alpha=0.3,
            linewidth=0.8,
            zorder=2,
        )
        axes.scatter(
            points["value"],
            points["value_linear"],
            s=points["n_train_images"] * scale,
            color=representation.colour,
            alpha=0.65,
            edgecolor="white",
            linewidth=0.6,
            zorder=3,
        )
    top = max(table[["value", "high"]].max(axis=None) for table in (knn, linear)) * 1.05
    axes.plot([0, top], [0, top], color="0.6", linewidth=0.8, linestyle=":", zorder=1)
    axes.set(xlim=(0, top), ylim=(0, top), xlabel="k-NN mIoU", ylabel="Linear probe mIoU")
    axes.set_aspect("equal")
    _legends(figure, axes, representations, sizes, scale)
    return figure


def _reach(points, suffix=""):
    """Lengths of the bars to the lower and upper ends of intervals, (2, n_points)."""
    value = points[f"value{suffix}"]
    ends = value - points[f"low{suffix}"], points[f"high{suffix}"] - value
    return np.maximum(ends, 0)  # matplotlib draws none where there is no interval


def _legends(figure, axes, representations, sizes, scale):
    dot = {"marker": "o", "linestyle": "", "markeredgecolor": "white"}
    models = [
        Line2D([], [], color=r.colour, label=r.label, markersize=7, **dot) for r in representations
    ]
    images = [
        Line2D([], [], color="0.5", label=f"{n}", markersize=np.sqrt(n * scale), **dot)
        for n in sizes
    ]
    equal = Line2D([], [], color="0.6", linewidth=0.8, linestyle=":", label="k-NN = linear")
    first = axes.legend(
        handles=[*models, equal], title="Representation", loc="upper left", bbox_to_anchor=(1.02, 1)
    )
    axes.add_artist(first)
    first.set_clip_on(False)  # else the layout leaves no room for it
    axes.legend(handles=images, title="Training images", loc="lower left", bbox_to_anchor=(1.02, 0))
