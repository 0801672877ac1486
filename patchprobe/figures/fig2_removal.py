"""Figures 2b and 2c: k-NN and linear probing without the m features of highest variance."""

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.style import KNN, LINEAR, whole
from patchprobe.figures.tables import select


def draw(knn, linear, representations, bank):
    """Mean IoU against the number m of removed features.

    The bands are the 95 % intervals of the difference to m = 0 on the same resampled images, drawn
    around the curve: where a band lies above (below) the dotted level of m = 0, removal helps
    (harms).

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Score tables under one protocol; columns backbone, train_set, n_removed, metric, value,
        gain_low, gain_high.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown.
    bank : str
        Training subset.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    shown = whole(representations)
    for representation in shown:
        for table, how in ((knn, KNN), (linear, LINEAR)):
            chosen = {"train_set": bank, "backbone": representation.backbone}
            rows = select(table, metric="miou", **chosen)
            _curve(axes, rows.sort_values("n_removed"), representation.colour, how)
    axes.set(xlabel="Features removed, highest variance first (m)", ylabel="mIoU")
    axes.set_ylim(bottom=0)
    handles = [Line2D([], [], color=r.colour, label=r.label) for r in shown]
    handles += [
        Line2D([], [], color="0.3", label=label, **how)
        for label, how in (("k-NN", KNN), ("linear", LINEAR))
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _curve(axes, rows, colour, how):
    start = rows["value"].iloc[0]
    axes.axhline(start, color=colour, linewidth=0.6, linestyle=":", alpha=0.7, zorder=1)
    axes.fill_between(
        rows["n_removed"],
        start + rows["gain_low"],
        start + rows["gain_high"],
        color=colour,
        alpha=0.15,
        linewidth=0,
        zorder=1,
    )
    axes.plot(rows["n_removed"], rows["value"], color=colour, **how)
