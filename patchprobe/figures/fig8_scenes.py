"""Figure 8: k-NN classification of whole scenes at several scales, with and without features."""

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from patchprobe.figures.tables import select, select_representation

TITLES = {"uc_merced": "UC Merced", "resisc45": "RESISC45", "eurosat": "EuroSAT"}
POOLINGS = {
    "cls": ("CLS", {"linestyle": "--", "marker": "^"}),
    "mean": ("mean of patches", {"linestyle": "-", "marker": "o"}),
}
_BESIDE = 0.06  # octaves between lines
_BANKS = {True: "bank at the same scale", False: "bank at native scale"}


def draw(scenes, representations):
    """Accuracy against the scale of the queries, one column of panels per dataset.

    Above, the bank has the scale of the queries; below, its native one. Bars are 95 % intervals of
    resampled queries; lines stand a little beside each other, so that they can be told apart.

    Parameters
    ----------
    scenes : pandas.DataFrame
        Rows of `patchprobe.evaluation.scenes.evaluate`.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    datasets = [name for name in TITLES if name in set(scenes["dataset"])]
    size = (2.5 * len(datasets) + 1.2, 4.8)
    figure, grid = plt.subplots(
        len(_BANKS), len(datasets), figsize=size, sharex="col", sharey="col", squeeze=False
    )
    for axes_of_row, (is_resized, bank) in zip(grid, _BANKS.items(), strict=True):
        for axes, dataset in zip(axes_of_row, datasets, strict=True):
            asked = {"dataset": dataset, "resize_bank": is_resized, "metric": "accuracy"}
            _panel(axes, select(scenes, **asked), representations)
        axes_of_row[0].set_ylabel(f"k-NN accuracy\n({bank})")
    for axes, dataset in zip(grid[0], datasets, strict=True):
        axes.set_title(TITLES[dataset])
    for axes in grid[-1]:
        axes.set_xlabel("Side of the scene, % of native")
    handles = [
        Line2D([], [], color=r.colour, label=f"{r.label}, {words}", **look)
        for r in representations
        for words, look in POOLINGS.values()
    ]
    n_columns = min(2, len(datasets))  # as wide as the panels
    figure.legend(handles=handles, loc="outside upper center", ncols=n_columns)
    return figure


def _panel(axes, rows, representations):
    lines = [(r, pooling) for r in representations for pooling in POOLINGS]
    for number, (r, pooling) in enumerate(lines):
        line = select_representation(rows, r, pooling=pooling).sort_values("scale")
        percent = 100 * line["scale"] * 2 ** (_BESIDE * (number - (len(lines) - 1) / 2))
        axes.plot(percent, line["value"], color=r.colour, **POOLINGS[pooling][1])
        axes.vlines(percent, line["low"], line["high"], color=r.colour, linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_minor_locator(NullLocator())
    scales = sorted(set(rows["scale"]))
    axes.set_xticks([100 * scale for scale in scales], [f"{100 * scale:g}" for scale in scales])
