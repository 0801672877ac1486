"""Table 4: errors of pictures that MAE decodes from features without those of highest variance."""

import pandas as pd

from patchprobe.figures.tables import select

_VIEW = ["mask_ratio", "pixels", "pasted"]
_COLUMNS = ("low", "high", "gain", "gain_low", "gain_high")
_NAMES = {
    ("none", ""): "{label}",
    ("highest", "zero"): "{label}, the {m} of highest variance set to 0",
    ("lowest", "zero"): "{label}, the {m} of lowest variance set to 0",
    ("random", "zero"): "{label}, {m} random ones set to 0",
    ("highest", "mean"): "{label}, the {m} of highest variance set to their means",
}


def build(reconstruction, representations):
    """One row per set of filled features, ratio of hidden patches, and pixels that are scored.

    Parameters
    ----------
    reconstruction : pandas.DataFrame
        Rows of `patchprobe.evaluation.reconstruction.evaluate`.
    representations : list of patchprobe.figures.style.Representation
        Of each with removed features those are filled that it lacks, and as many others.

    Returns
    -------
    pandas.DataFrame
        Columns features, mask_ratio, pixels, pasted, mse, psnr, ssim; of each metric the ends of
        its interval (mse_low, mse_high), the difference to nothing filled (mse_gain, mse_gain_low,
        mse_gain_high) and mse_sd; n_crops and n_left_out. Of random features these are means of all
        draws, and mse_sd is the standard deviation between draws.
    """
    tables = []
    for r in representations:
        rows = select(reconstruction, backbone=r.backbone, n_removed=r.n_removed)
        for (what, value), name in fills_of(r):
            tables.append(_wide(select(rows, features=what, filled_with=value), name))
    return pd.concat(tables, ignore_index=True).round(5)


def fills_of(representation):
    """[((features, filled_with), name), ...] of what is filled for a representation."""
    r = representation
    label = r.label.removesuffix(f"-{r.n_removed}")
    return [
        (key, name.format(label=label, m=r.n_removed))
        for key, name in _NAMES.items()
        if (key[0] == "none") == r.is_whole
    ]


def _wide(rows, name):
    of_views = rows.groupby(_VIEW, sort=False)
    table = of_views[["n_crops", "n_left_out"]].max()
    for metric, of_metric in rows.groupby("metric", sort=False):
        of_view = of_metric.groupby(_VIEW, sort=False)
        table[metric] = of_view["value"].mean()
        for column in _COLUMNS:
            table[f"{metric}_{column}"] = of_view[column].mean()
        table[f"{metric}_sd"] = of_view["value"].std()
    metrics = rows["metric"].drop_duplicates().tolist()
    others = [column for column in table if column not in metrics and not column.startswith("n_")]
    table = table[[*metrics, *others, "n_crops", "n_left_out"]].reset_index()
    table.insert(0, "features", name)
    return table
