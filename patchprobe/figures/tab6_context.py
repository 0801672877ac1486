"""Table 6: R2 of the shares of classes in a whole crop, regressed on the patch in its middle."""

import pandas as pd

from patchprobe.figures.tables import select

_KEYS = ["middle", "regression", "crops"]
_NAMES = {
    "all": "{label}",
    "kept": "{label}-{m}",
    "removed": "{label}, the first {m} alone",
    "random": "{label}, {m} random ones alone",
}


def build(context, representations):
    """One row per set of features, middle of a crop, regression, and crops that are predicted.

    Parameters
    ----------
    context : pandas.DataFrame
        Rows of `patchprobe.evaluation.context.evaluate`.
    representations : list of patchprobe.figures.style.Representation
        Of each with removed features those that are kept are shown, those that are removed, and as
        many random ones.

    Returns
    -------
    pandas.DataFrame
        Columns features, middle, regression, crops ("held_out" or "train"), R2 of each class, their
        mean, low and high (ends of its interval), sd and n_left_out. Of random features these are
        means of all draws, and sd is the standard deviation of `mean` between draws.
    """
    tables = []
    for r in representations:
        rows = select(context, backbone=r.backbone, n_removed=r.n_removed)
        label = r.label.removesuffix(f"-{r.n_removed}")
        for what in ("kept", "removed", "random") if r.n_removed else ("all",):
            name = _NAMES[what].format(label=label, m=r.n_removed)
            tables.append(_wide(select(rows, features=what), name))
    return pd.concat(tables, ignore_index=True).round(4)


def _wide(rows, name):
    table = rows.pivot_table(
        index=_KEYS, columns="class", values="value", aggfunc="mean", sort=False
    )
    of_mean = rows[rows["class"] == "mean"].groupby(_KEYS)
    table["low"], table["high"] = of_mean["low"].mean(), of_mean["high"].mean()
    table["sd"], table["n_left_out"] = of_mean["value"].std(), rows["n_left_out"].max()
    table = table.reset_index()
    table.insert(0, "features", name)
    return table
