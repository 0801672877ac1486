"""Beside Figure 2b: removing features of highest variance, of lowest, and random ones."""

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.style import whole
from patchprobe.figures.tables import select

_LOWEST = {"color": "0.35", "linestyle": "--", "marker": "v"}
_RANDOM = {"color": "0.6", "linestyle": "-", "marker": "x"}
_SCALED = {"standardised": ("0.2", ":"), "whitened": ("0.5", "-.")}


def draw(knn, linear, knn_variants, linear_variants, representations, bank):
    """Mean IoU against the number m of removed features, k-NN on the left, probes on the right.

    Of random features the mean of all draws is shown, and the band from the worst to the best.
    Level lines show k-NN with all features standardised or whitened.

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Score tables under one protocol, as of Figure 2b.
    knn_variants, linear_variants : pandas.DataFrame
        The same of other removals and of scaled features.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown, a row of panels each.
    bank : str
        Training subset.

    Returns
    -------
    matplotlib.figure.Figure
    """
    shown = whole(representations)
    size = (7.2, 0.8 + 2.5 * len(shown))
    figure, grid = plt.subplots(len(shown), 2, figsize=size, squeeze=False, sharex=True)
    sources = {"k-NN": (knn, knn_variants), "linear probe": (linear, linear_variants)}
    for row, r in zip(grid, shown, strict=True):
        for axes, (title, (table, variants)) in zip(row, sources.items(), strict=True):
            chosen = {"backbone": r.backbone, "metric": "miou"}
            highest = select(table, train_set=bank, **chosen).sort_values("n_removed")
            of_backbone = select(variants, **chosen)
            _controls(axes, of_backbone)
            axes.plot(highest["n_removed"], highest["value"], color=r.colour, marker="o")
            if "scaling" in variants:
                _levels(axes, of_backbone)
            axes.set(title=f"{r.label}, {title}", ylim=(0, None))
        row[0].set_ylabel("mIoU")
    for axes in grid[-1]:
        axes.set_xlabel("Features removed (m)")
    _legend(figure, shown)
    return figure


def _controls(axes, variants):
    lowest = variants[variants["removal"] == "lowest"].sort_values("n_removed")
    drawn = variants[variants["removal"] == "random"].groupby("n_removed")["value"]
    axes.fill_between(
        drawn.min().index, drawn.min(), drawn.max(), color=_RANDOM["color"], alpha=0.2, linewidth=0
    )
    axes.plot(drawn.mean().index, drawn.mean(), **_RANDOM)
    axes.plot(lowest["n_removed"], lowest["value"], **_LOWEST)


def _levels(axes, variants):
    for name, (colour, style) in _SCALED.items():
        value = select(variants, scaling=name)["value"].iloc[0]
        axes.axhline(value, color=colour, linestyle=style, linewidth=1)


def _legend(figure, shown):
    handles = [
        Line2D([], [], color=r.colour, marker="o", label=f"{r.label}, highest variance first")
        for r in shown
    ]
    handles += [
        Line2D([], [], label="random", **_RANDOM),
        Line2D([], [], label="lowest variance first", **_LOWEST),
    ]
    handles += [
        Line2D([], [], color=colour, linestyle=style, linewidth=1, label=f"none, but {name}")
        for name, (colour, style) in _SCALED.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
