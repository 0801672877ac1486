"""Figure 2a: the variance of every feature, in decreasing order."""

from matplotlib import pyplot as plt

from patchprobe.figures.style import logarithmic, whole
from patchprobe.figures.tables import select


def draw(variance, representations):
    """Variance against rank, both logarithmic, last layer of each backbone.

    Parameters
    ----------
    variance : pandas.DataFrame
        Columns backbone, layer, rank, variance.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = plt.subplots(figsize=(5.4, 3.2))
    for representation in whole(representations):
        rows = select(variance, backbone=representation.backbone)
        rows = rows[rows["layer"] == rows["layer"].max()].sort_values("rank")
        axes.plot(
            rows["rank"], rows["variance"], color=representation.colour, label=representation.label
        )
    logarithmic(axes.xaxis, axes.yaxis)
    axes.set(xlabel="Feature, by decreasing variance", ylabel="Variance over training patches")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure
