"""Beside Figures 7, 9 and 12: accuracies of association with intervals, and the controls."""

import pandas as pd

from patchprobe.figures.tables import select

_SETTING = ["variant", "descriptor", "similarity"]
_PLACE = ["video", "average", "frame_gap", "seconds_from", "seconds_to", "n_frames", "n_queries"]
_METRICS = ("instance_accuracy", "category_accuracy", "category_after_miss")


def build(association, controls, representations):
    """One row per representation or control, descriptor, similarity, video, average and gap.

    Parameters
    ----------
    association, controls : pandas.DataFrame
        Rows of all protocols.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, variant, descriptor, similarity, video, average, frame_gap,
        seconds_from, seconds_to, n_frames, n_queries, n_left_out (listed videos that could not be
        read), and each accuracy with its interval.
    """
    found = []
    for r in representations:
        rows = association[association["n_removed"] == r.n_removed]
        found.append(_wide(select(rows, backbone=r.backbone), r.label))
    blank = dict.fromkeys(_SETTING, "")
    for name in controls["control"].drop_duplicates():
        found.append(_wide(select(controls, control=name).assign(**blank), name))
    return pd.concat(found, ignore_index=True).round(4)


def _wide(rows, name):
    keys = [*_SETTING, *_PLACE]
    wide = rows.pivot(index=keys, columns="metric", values=["value", "low", "high"])
    table = pd.DataFrame(index=wide.index)
    for metric in _METRICS:
        for end, suffix in (("value", ""), ("low", "_low"), ("high", "_high")):
            column = (end, metric)
            table[f"{metric}{suffix}"] = wide[column] if column in wide else float("nan")
    order = pd.MultiIndex.from_frame(rows[keys].drop_duplicates())
    table = table.loc[order].reset_index()
    table["n_left_out"] = rows["n_left_out"].max()
    table.insert(0, "representation", name)
    return table
