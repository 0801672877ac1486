"""Figure 3: k-NN patch classification by layer, one panel per class."""

import math

from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

from patchprobe.figures.style import whole
from patchprobe.figures.tables import select

# as in the paper: from the easiest class to the hardest
PANELS = (
    "road", "vegetation", "building", "car", "sky", "person", "bicycle", "traffic sign", "terrain",
    "sidewalk", "pole", "fence", "bus", "truck", "traffic light", "rider", "wall", "train",
    "motorcycle",
)  # fmt: skip
_COLUMNS = 5
_LABELS_IN_A_ROW = 7


def draw(knn, representations):
    """IoU of each class, and their mean, against the layer.

    Parameters
    ----------
    knn : pandas.DataFrame
        Rows of metrics iou and miou under one protocol; columns backbone, layer, metric, class,
        value.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    n_rows = -(-(len(PANELS) + 1) // _COLUMNS)
    figure, grid = plt.subplots(n_rows, _COLUMNS, figsize=(9, 1.6 * n_rows), sharex=True)
    panels = [*(("iou", name) for name in PANELS), ("miou", "")]
    for axes, (metric, name) in zip(grid.flat, panels, strict=False):
        rows = select(knn, metric=metric, **{"class": name})
        for representation in whole(representations):
            line = select(rows, backbone=representation.backbone).sort_values("layer")
            axes.plot(
                line["layer"],
                line["value"],
                color=representation.colour,
                label=representation.label,
            )
        axes.set_title(name or "mean of classes", fontweight="normal" if name else "bold")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.set_ylim(0, _top(axes.dataLim.ymax))
    for axes in grid[-1]:
        axes.set_xlabel("Layer")
    for axes in grid[:, 0]:
        axes.set_ylabel("k-NN IoU")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    n_columns = min(len(handles), _LABELS_IN_A_ROW)
    figure.legend(handles, labels, loc="outside upper center", ncols=n_columns)
    return figure


def _top(largest):
    """Upper end of a panel's own scale; a class that nobody finds, or is nowhere, has none."""
    return 1.1 * largest if 0 < largest < math.inf else 0.01
