"""Figure 12: association of objects by embeddings of tiles and of whole frames."""

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.fig7_association import CATEGORY, INSTANCE, curve, label_gaps
from patchprobe.figures.tables import select_representation

_VARIANTS = {"clean": ("tiles", {}), "whole": ("whole frames", {"markerfacecolor": "white"})}


def draw(association, representations, average):
    """Accuracy against the gap, same instance and same category; open markers are whole frames.

    Parameters
    ----------
    association : pandas.DataFrame
        Rows of both variants under one protocol.
    representations : list of patchprobe.figures.style.Representation
    average : {"frames", "videos"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    panels = (("Same instance", "instance_accuracy", INSTANCE),
              ("Same category", "category_accuracy", CATEGORY))  # fmt: skip
    figure, grid = plt.subplots(1, 2, figsize=(7.2, 3.4))
    for axes, (title, metric, look) in zip(grid, panels, strict=True):
        for r in representations:
            rows = select_representation(association, r, video="all", average=average)
            for variant, (_, marker) in _VARIANTS.items():
                of_variant = rows[rows["variant"] == variant]
                width = 1.4 if variant == "clean" else 0.8
                is_banded = metric == "instance_accuracy" and variant == "clean"
                colours = {"color": r.colour, "linewidth": width}
                curve(axes, of_variant, metric, {**look, **marker, **colours}, is_banded)
        label_gaps(axes, rows)
        axes.set_title(title)
        axes.set_ylabel("Accuracy")
    handles = [Line2D([], [], color=r.colour, label=r.label) for r in representations]
    handles += [
        Line2D([], [], color="0.3", label=label, marker="o", **marker)
        for label, marker in _VARIANTS.values()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=min(len(handles), 5))
    return figure
