"""A card of a backbone: its curves in all that was measured, against those of the others."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

from patchprobe.figures.style import whole

_COLUMNS = 3
_SIZE = 3.2, 2.2  # inches of a panel
_GREY = {"color": "0.75", "linewidth": 0.8, "zorder": 1}
_OWN = {"marker": "o", "markersize": 2.5, "zorder": 3}
_MANY_POINTS = 40  # a curve of more has no dots
_TITLE_POINTS = 13  # above the axes: names of families stand below
_HEIGHT = 1.5 * 72  # points, about, of the axes of a panel
_LABEL_POINTS = 6.5
_LINE_POINTS = 7.5  # from one label to the next


def draw(backbone, representations, panels):
    """One panel for all that the backbone was measured in.

    Its representations are drawn in their colours, with 95 % intervals where tables have them; the
    other backbones, without removed features, in grey. Names stand at the ends of curves where
    there is room.

    Parameters
    ----------
    backbone : str
    representations : list of patchprobe.figures.style.Representation
        Of all backbones.
    panels : list of patchprobe.figures.card_panels.Panel

    Returns
    -------
    matplotlib.figure.Figure
    """
    own = [r for r in representations if r.backbone == backbone]
    others = [r for r in whole(representations) if r.backbone != backbone]
    panels = [panel for panel in panels if any(r.name in panel.curves for r in own)]
    if not panels:
        raise ValueError(f"nothing to show of {backbone}: no table has rows of it")
    n_rows = -(-len(panels) // _COLUMNS)
    n_columns = min(_COLUMNS, len(panels))
    size = (_SIZE[0] * n_columns, _SIZE[1] * n_rows + 0.6)
    figure, grid = plt.subplots(n_rows, n_columns, figsize=size, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    for axes, panel in zip(grid.flat, panels, strict=False):
        _panel(axes, panel, own, others)
    drawn = {name for panel in panels for name in panel.curves}
    handles = [Line2D([], [], color=r.colour, label=r.label, **_OWN) for r in own]
    if any(r.name in drawn for r in others):
        handles.append(Line2D([], [], label="other backbones", **_GREY))
    figure.legend(handles=handles, loc="outside upper center", ncols=2 * n_columns)
    return figure


def _panel(axes, panel, own, others):
    for r in others:
        for part in _parts(panel, r):
            axes.plot(part["x"], part["y"], **_GREY, marker="." if len(part) == 1 else "")
    for r in own:
        for part in _parts(panel, r):
            look = _OWN if len(part) <= _MANY_POINTS else {"zorder": 3}
            axes.plot(part["x"], part["y"], color=r.colour, **look)
            if "low" in part:
                ends = part["low"], part["high"]
                axes.fill_between(part["x"], *ends, color=r.colour, alpha=0.12, linewidth=0)
    first = next(panel.curves[r.name] for r in own if r.name in panel.curves)
    axes.set(xlabel=panel.xlabel, ylabel=panel.ylabel)
    axes.set_title(panel.title, fontweight="bold", pad=_TITLE_POINTS)
    axes.xaxis.label.set_size(8)
    axes.yaxis.label.set_size(8)
    axes.tick_params(labelsize=7)
    panel.finish(axes, first)
    _label_ends(axes, panel, own, others)


def _parts(panel, representation):
    """Curves of a representation, one for each part that is not joined to the others."""
    rows = panel.curves.get(representation.name)
    return [] if rows is None else [part for _, part in rows.groupby("part", sort=False)]


def _label_ends(axes, panel, own, others):
    """Name curves at their right ends, those of the backbone first, where names do not meet."""
    axes.autoscale_view()
    to_share, taken = axes.transScale + axes.transLimits, []
    for r in [*own, *others]:
        if r.name not in panel.curves:
            continue
        end = panel.curves[r.name].iloc[-1]
        height = _HEIGHT * to_share.transform((end["x"], end["y"]))[1]
        if not np.isfinite(height) or any(abs(height - y) < _LINE_POINTS for y in taken):
            continue
        taken.append(height)
        axes.annotate(
            r.label,
            (end["x"], end["y"]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=_LABEL_POINTS,
            color=r.colour if r in own else "0.5",
            annotation_clip=False,
        )
