"""Figures 7 and 9: association of objects after a gap of frames, by representation."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.tables import select, select_representation

INSTANCE = {"linestyle": "-", "marker": "o"}
CATEGORY = {"linestyle": "--", "marker": "^"}
_CONTROLS = {
    "geometry": ("position and size of the box alone", {"color": "0.35", "marker": "s"}),
    "colour": ("mean colour of the box alone", {"color": "0.6", "marker": "D"}),
    "chance": ("random choice", {"color": "0.75", "marker": "x"}),
}
_N_TICKS = 6


def draw(association, controls, representations, average):
    """Accuracy against the gap: solid lines same instance, dashed lines same category.

    Categories are left out where there is only one. Grey lines show what is reached without a
    backbone. Bands are 95 % intervals from resampled blocks of frames.

    Parameters
    ----------
    association, controls : pandas.DataFrame
        Rows under one protocol.
    representations : list of patchprobe.figures.style.Representation
    average : {"frames", "videos"}
        How frames of several videos are averaged.

    Returns
    -------
    matplotlib.figure.Figure
    """
    of_all = {"video": "all", "average": average}
    rows = {r.name: select_representation(association, r, **of_all) for r in representations}
    grey = {name: select(controls, control=name, **of_all) for name in _CONTROLS}
    chance = select(grey["chance"], metric="category_accuracy")["value"]
    has_categories = bool((chance < 1).any())
    figure, axes = plt.subplots(figsize=(5.2, max(3.8, 3.4 + 0.06 * len(representations))))
    for name, (_, look) in _CONTROLS.items():
        curve(axes, grey[name], "instance_accuracy", {**look, "markersize": 2.5, "linewidth": 0.9})
    for r in representations:
        curve(axes, rows[r.name], "instance_accuracy", {**INSTANCE, "color": r.colour}, band=True)
    if has_categories:
        for r in representations:
            curve(axes, rows[r.name], "category_accuracy", {**CATEGORY, "color": r.colour})
        look = {**_CONTROLS["chance"][1], "linestyle": "--", "markersize": 2.5, "linewidth": 0.9}
        curve(axes, grey["chance"], "category_accuracy", look)
    label_gaps(axes, rows[representations[0].name])
    axes.set(ylabel="Accuracy", ylim=(0, 1.02))
    handles = [Line2D([], [], color=r.colour, label=r.label) for r in representations]
    if has_categories:
        handles.append(Line2D([], [], color="0.3", label="same instance", **INSTANCE))
        handles.append(Line2D([], [], color="0.3", label="same category", **CATEGORY))
    handles += [Line2D([], [], label=label, **look) for label, look in _CONTROLS.values()]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=7)
    return figure


def curve(axes, rows, metric, look, band=False):
    """A line of one metric against the gap, with its interval where it is known."""
    rows = select(rows, metric=metric).sort_values("frame_gap")
    axes.plot(rows["frame_gap"], rows["value"], **look)
    if band:
        ends = rows["low"], rows["high"]
        axes.fill_between(rows["frame_gap"], *ends, color=look["color"], alpha=0.12, linewidth=0)


def label_gaps(axes, rows):
    """Label the gaps in frames below and in seconds above; a range where videos differ in rate."""
    gaps = rows.drop_duplicates("frame_gap").sort_values("frame_gap")
    shown = gaps.iloc[np.unique(np.linspace(0, len(gaps) - 1, _N_TICKS).round().astype(int))]
    axes.set_xticks(shown["frame_gap"])
    axes.set_xlabel("Gap, frames")
    above = axes.secondary_xaxis("top")
    ends = zip(shown["seconds_from"], shown["seconds_to"], strict=True)
    texts = [_short(low) if low == high else f"{_short(low)}–{_short(high)}" for low, high in ends]
    above.set_xticks(shown["frame_gap"], texts)
    above.tick_params(labelsize=7)
    above.set_xlabel("Gap, seconds", fontsize=7)


def _short(seconds):
    return f"{round(seconds, 1 if seconds >= 1 else 2):g}"
