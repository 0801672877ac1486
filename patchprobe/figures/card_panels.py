"""What the card of a backbone can show: panels of curves, from finished tables."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from patchprobe.figures import style
from patchprobe.figures.fig4_robustness import joined
from patchprobe.figures.fig5_retrieval import levels_of
from patchprobe.figures.fig8_scenes import TITLES
from patchprobe.figures.retrieval_tables import FAMILIES, UNCHANGED, select_outcomes

_SHORT = {"rotate": "rotation"}  # names of families where there is little room
_MANY = 10  # levels whose numbers do not fit side by side


@dataclass(frozen=True)
class Panel:
    """Curves of all representations that have one.

    Attributes
    ----------
    title, xlabel, ylabel : str
    curves : dict of str to pandas.DataFrame
        By the name of the representation; columns x, y, part (parts are not joined) and, where
        there are intervals, low and high.
    finish : function
        Scales and ticks of the axes, given these and one of the curves.
    """

    title: str
    xlabel: str
    ylabel: str
    curves: dict
    finish: Callable


def panels(representations, bank, **tables):
    """All panels that these tables hold, in the order of cards.

    Parameters
    ----------
    representations : list of patchprobe.figures.style.Representation
    bank : str or None
        Training subset of Cityscapes.
    **tables : pandas.DataFrame
        Score tables under one protocol, those that there are: knn, linear (Cityscapes, clean),
        layers, changed (robustness), variance, retrieval, bdd100k, mot17 (association), scenes.

    Returns
    -------
    list of Panel
    """
    for name in {"knn", "linear"} & set(tables):
        tables[name] = _rows(tables[name], train_set=bank)
    made = [
        _panel(tables, representations, *parts)
        for parts in (*_of_classification(), *_of_patches_and_objects(), *_of_scenes())
        if set(parts[0]) <= set(tables)
    ]
    return [panel for panel in made if panel.curves]


def _of_classification():
    """Needed tables, title, labels of axes, curve of a representation, finish; on Cityscapes."""
    removed = ("features removed, highest variance first", "mIoU")
    for name, title in (("knn", "k-NN"), ("linear", "probe")):
        title = f"Cityscapes: {title} without features"
        yield (name,), title, *removed, _removal(name), _from_0
    of_variance = ("feature, by decreasing variance", "variance", _variance, _logarithmic)
    yield ("variance",), "Cityscapes: variance of features", *of_variance
    yield ("layers",), "Cityscapes: k-NN by layer", "layer", "mIoU", _layers, _whole_numbers
    for name, title in (("knn", "k-NN"), ("linear", "probe")):
        title = f"Cityscapes: {title}, degraded images"
        needed = ("knn", "linear", "changed")
        yield needed, title, "level", "share of clean mIoU", _retention(name), _levels


def _of_patches_and_objects():
    of_level = ("level", "same patch, share of queries", _same_patch, _levels)
    yield ("retrieval",), "FAIR1M: retrieval by changed patches", *of_level
    of_gap = ("gap, frames", "same instance, accuracy")
    # averaged as published
    bdd100k, mot17 = _association("bdd100k", "frames"), _association("mot17", "videos")
    yield ("bdd100k",), "BDD100K: association of objects", *of_gap, bdd100k, _share
    yield ("mot17",), "MOT17: association of objects", *of_gap, mot17, _share


def _of_scenes():
    for name, title in TITLES.items():
        labels = (f"{title}: whole scenes", "side, % of native", "k-NN accuracy (mean of patches)")
        yield ("scenes",), *labels, _scenes(name), _octaves


def _panel(tables, representations, needed, title, xlabel, ylabel, curve, finish):
    curves = {r.name: curve(tables, r) for r in representations}
    curves = {name: rows for name, rows in curves.items() if len(rows)}
    return Panel(title, xlabel, ylabel, curves, finish)


def _removal(name):
    def curve(tables, r):
        if not r.is_whole:
            return pd.DataFrame()
        rows = _rows(tables[name], backbone=r.backbone, metric="miou")
        return _curve(rows, "n_removed", "value")

    return curve


def _layers(tables, r):
    asked = {"backbone": r.backbone, "n_removed": r.n_removed, "metric": "miou"}
    return _curve(_rows(tables["layers"], **asked), "layer", "value")


def _variance(tables, r):
    if not r.is_whole:
        return pd.DataFrame()
    rows = _rows(tables["variance"], backbone=r.backbone)
    return _curve(rows[rows["layer"] == rows["layer"].max()], "rank", "variance")


def _retention(classifier):
    def curve(tables, r):
        asked = {"backbone": r.backbone, "n_removed": r.n_removed}
        scores = [_rows(tables[name], **asked) for name in ("knn", "linear", "changed")]
        if not all(map(len, scores)):
            return pd.DataFrame()
        points = joined(*scores, [r])
        points = points[points["classifier"] == classifier]
        points = points.assign(value=points["value"] / points["clean"])
        parts = {
            family: pd.concat([pd.DataFrame({"level": [UNCHANGED[family]], "value": 1.0}), rows])
            for family in FAMILIES
            if len(rows := points[points["family"] == family])
        }
        return _side_by_side(parts, "level", "value")

    return curve


def _same_patch(tables, r):
    rows = _rows(tables["retrieval"], backbone=r.backbone, n_removed=r.n_removed)
    if not len(rows):
        return rows
    rows = select_outcomes(rows, r)
    parts = {name: levels_of(rows, name) for name in FAMILIES if name in set(rows["family"])}
    return _side_by_side(parts, "value", "same_patch")


def _association(dataset, average):
    def curve(tables, r):
        asked = {"backbone": r.backbone, "n_removed": r.n_removed, "metric": "instance_accuracy"}
        rows = _rows(tables[dataset], **asked, video="all", average=average)
        return _curve(rows, "frame_gap", "value")

    return curve


def _scenes(dataset):
    def curve(tables, r):
        asked = {"backbone": r.backbone, "n_removed": r.n_removed, "dataset": dataset}
        asked |= {"resize_bank": True, "metric": "accuracy", "pooling": "mean"}
        rows = _rows(tables["scenes"], **asked)
        return _curve(rows.assign(percent=100 * rows["scale"]), "percent", "value")

    return curve


def _rows(table, **values):
    """Rows with these values, or none."""
    return table[
        np.logical_and.reduce([table[column] == value for column, value in values.items()])
    ]


def _curve(rows, x, y):
    rows = rows.sort_values(x).assign(part="")
    kept = [name for name in ("low", "high") if name in rows]
    return rows[[x, y, "part", *kept]].rename(columns={x: "x", y: "y"})


def _side_by_side(parts, level, y):
    """Levels of one family after the other, evenly spaced, a wider space between families."""
    curves, start = [], 0
    for name, rows in parts.items():
        x = np.arange(start, start + len(rows))
        columns = {"x": x, "y": rows[y].to_numpy(), "level": rows[level].to_numpy()}
        curves.append(pd.DataFrame({**columns, "part": _SHORT.get(name, name)}))
        start += len(rows) + 1
    return pd.concat(curves, ignore_index=True)


def _from_0(axes, curve):
    axes.set_ylim(bottom=0)


def _share(axes, curve):
    axes.set_ylim(0, 1.02)


def _logarithmic(axes, curve):
    style.logarithmic(axes.xaxis, axes.yaxis)


def _whole_numbers(axes, curve):
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def _octaves(axes, curve):
    axes.set_xscale("log", base=2)
    axes.set_xticks(curve["x"], [f"{x:g}" for x in curve["x"]])
    axes.set_ylim(0, 1.02)


def _levels(axes, curve):
    """Numbers of levels below (of many, the first and the last of each family), families above."""
    axes.set_ylim(bottom=0)
    shown = curve
    if len(curve) > _MANY:
        shown = curve[~(curve.duplicated("part") & curve.duplicated("part", keep="last"))]
    axes.set_xticks(shown["x"], [f"{level:g}" for level in shown["level"]], fontsize=6)
    for name, centre in curve.groupby("part", sort=False)["x"].mean().items():
        axes.text(
            centre, 1.02, name, fontsize=6.5, color="0.3", ha="center",
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
