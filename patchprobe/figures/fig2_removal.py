"""Figures 2b and 2c: k-NN and linear probing without the m features of highest variance."""

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.style import KNN, LINEAR
from patchprobe.figures.tables import where


def draw(knn, linear, representations):
    """Mean IoU against the number m of removed features.

    Parameters
    ----------
    knn, linear : pandas.DataFrame
        Rows of metric miou under one protocol; columns backbone, n_removed, value.
    representations : list of patchprobe.figures.style.Representation
        Backbones to show; those with removed features are left out.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    shown = [r for r in representations if r.is_whole]
    for representation in shown:
        for table, how in ((knn, KNN), (linear, LINEAR)):
            rows = where(table, backbone=representation.backbone).sort_values("n_removed")
            axes.plot(rows["n_removed"], rows["value"], color=representation.colour, **how)
    axes.set(xlabel="Features removed, highest variance first (m)", ylabel="mIoU")
    axes.set_ylim(bottom=0)
    handles = [Line2D([], [], color=r.colour, label=r.label) for r in shown]
    handles += [
        Line2D([], [], color="0.3", label=label, **how)
        for label, how in (("k-NN", KNN), ("linear", LINEAR))
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure
