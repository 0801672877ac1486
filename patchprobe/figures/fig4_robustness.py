"""Figure 4: mean IoU of patch classifiers on degraded images."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.tables import select_representation

_TITLES = {"blur": "Box blur", "noise": "Gaussian noise", "frequency": "Noise in a band"}
_LEVELS = {"blur": "kernel, px", "noise": "standard deviation", "frequency": "band, high to low"}
_KEPT = (1.0, 0.75, 0.5, 0.25)  # grey lines: shares of the score on clean images


def draw(clean_knn, clean_linear, changed, representations):
    """Scores on degraded images above those on clean ones, one panel per family and classifier.

    Every representation is a column of dots at its score on clean images; grey lines through the
    origin join equal relative drops.

    Parameters
    ----------
    clean_knn, clean_linear : pandas.DataFrame
        Score tables of clean images under one protocol.
    changed : pandas.DataFrame
        Score tables of changed images; column level holds names such as "blur-10".
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    points = joined(clean_knn, clean_linear, changed, representations)
    families = [name for name in _TITLES if name in set(points["family"])]
    rows = ("linear", "knn")
    size = (2.5 * len(families) + 1.4, 4.6)
    figure, grid = plt.subplots(len(rows), len(families), figsize=size, squeeze=False)
    for axes_of_row, classifier in zip(grid, rows, strict=True):
        for axes, family in zip(axes_of_row, families, strict=True):
            part = points[(points["family"] == family) & (points["classifier"] == classifier)]
            _panel(axes, part, representations)
            axes.set_title(f"{_TITLES[family]}\n({_LEVELS[family]}: {_levels(part)})", fontsize=8)
        name = "Linear probe" if classifier == "linear" else "k-NN"
        axes_of_row[0].set_ylabel(f"{name} mIoU, degraded")
    for axes in grid[-1]:
        axes.set_xlabel("mIoU on clean images")
    _legend(figure, representations)
    return figure


def joined(clean_knn, clean_linear, changed, representations):
    """One row per point: representation, classifier, family, level, clean and value.

    Returns
    -------
    pandas.DataFrame
        Sorted from the mildest to the strongest degradation of each family.
    """
    bank = set(changed["train_set"])  # changed images are classified with the bank alone
    clean = {
        classifier: table[table["train_set"].isin(bank)]
        for classifier, table in (("knn", clean_knn), ("linear", clean_linear))
    }
    found = []
    for r in representations:
        for classifier, table in clean.items():
            (whole,) = select_representation(table, r, metric="miou")["value"]
            rows = select_representation(changed, r, metric="miou", classifier=classifier)
            family, level = zip(*(name.split("-", 1) for name in rows["level"]), strict=True)
            found.append(
                pd.DataFrame(
                    {
                        "representation": r.name,
                        "classifier": classifier,
                        "family": family,
                        "level": np.array(level, float),
                        "clean": whole,
                        "value": rows["value"].to_numpy(),
                    }
                )
            )
    points = pd.concat(found, ignore_index=True)
    # the lowest band is the strongest: its noise is the hardest to average away
    points["strength"] = points["level"].where(points["family"] != "frequency", -points["level"])
    return points.sort_values(["family", "strength"], ignore_index=True)


def _panel(axes, points, representations):
    largest = points["clean"].max()
    left, right = max(0, points["clean"].min() - 0.3 * largest), 1.15 * largest
    bottom = max(0, points["value"].min() - 0.2 * largest)
    top = max(right, 1.05 * points["value"].max())
    for kept in _KEPT:
        axes.plot([0, right], [0, kept * right], color="0.8", linewidth=0.8, zorder=1)
        if kept * right > bottom:
            axes.annotate(
                f"{kept:.0%}", (right, kept * right), xytext=(1, 0), textcoords="offset points",
                fontsize=6, color="0.5", va="center",
            )  # fmt: skip
    for r in representations:
        rows = points[points["representation"] == r.name]
        clean = rows["clean"].iloc[0]
        values = [clean, *rows["value"]]
        axes.plot([clean] * len(values), values, color=r.colour, linewidth=0.8, zorder=2)
        sizes = np.linspace(30, 6, len(values))
        axes.scatter([clean] * len(values), values, s=sizes, color=r.colour, zorder=3)
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _levels(points):
    levels = points.drop_duplicates("level")["level"]
    return ", ".join(f"{level:g}" for level in levels)


def _legend(figure, representations):
    dot = {"marker": "o", "linestyle": ""}
    handles = [Line2D([], [], color=r.colour, label=r.label, **dot) for r in representations]
    handles.append(Line2D([], [], color="0.8", label="share of the clean score that is kept"))
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
