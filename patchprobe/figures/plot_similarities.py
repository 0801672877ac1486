"""Mean IoU of k-NN by similarity, backbone and choice of features."""

import numpy as np
from matplotlib import pyplot as plt

from patchprobe.figures import similarities

_TITLES = {"dot": "Inner product", "l2": "Euclidean distance", "cosine": "Cosine"}
_MARKERS = "oDs^v*P"
_COLOURS = ("0.15", "#d55e00", "#949494", "#0173b2", "#029e73", "#cc78bc", "#ca9161")


def draw(knn, variants, representations, bank):
    """One panel a similarity, one line a backbone, one marker a choice of features.

    Light bars are 95 % intervals from resampled images. Arguments as of `similarities.build`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = similarities.build(knn, variants, representations, bank)
    backbones = list(dict.fromkeys(table["backbone"]))
    features = list(dict.fromkeys(table["features"]))
    places = np.linspace(-0.28, 0.28, len(features))
    height = 1.4 + 0.5 * len(backbones)
    figure, grid = plt.subplots(1, len(_TITLES), figsize=(8, height), sharex=True, sharey=True)
    for axes, (similarity, title) in zip(grid, _TITLES.items(), strict=True):
        of_similarity = table[table["similarity"] == similarity]
        for i, name in enumerate(features):
            rows = of_similarity[of_similarity["features"] == name]
            y = rows["backbone"].map(backbones.index) + places[i]
            bars = np.maximum([rows["mIoU"] - rows["low"], rows["high"] - rows["mIoU"]], 0)
            look = {"color": _COLOURS[i % len(_COLOURS)], "marker": _MARKERS[i % len(_MARKERS)]}
            axes.errorbar(
                rows["mIoU"], y, xerr=bars, **look, linestyle="", elinewidth=0.7, label=name
            )
        axes.set(title=title, xlabel="k-NN mIoU")
    grid[0].set_yticks(range(len(backbones)), backbones)
    grid[0].set_ylim(len(backbones) - 0.5, -0.5)
    grid[0].set_xlim(left=0)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, title="Features", loc="outside upper center", ncols=len(features)
    )
    return figure
