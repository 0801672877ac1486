"""Read finished results for drawing."""

import pandas as pd

from patchprobe.embeddings import variance
from patchprobe.errors import ResultError
from patchprobe.result_files import read_arrays, read_table
from patchprobe.results import beside, check_as_written, check_same

# Metrics that are shares.
SHARES = {
    *("iou", "iou_bound", "miou", "miou_bound", "pixel_accuracy", "patch_accuracy"),
    *("top_class_share", "accuracy", "class_accuracy", "instance_accuracy", "category_accuracy"),
    *("category_after_miss", "same_patch", "same_category", "same_super_category"),
    *("other_object", "background", "attainable", "hub_top_share"),
}


def load(paths, protocol):
    """What a figure is drawn from: score tables as one, the arrays of an .npz file, a store's path.

    Parameters
    ----------
    paths : path or list of path
        Tables, CSV; or one .npz file; or one store.
    protocol : dict
        Columns and their values, see `select_protocol`.

    Returns
    -------
    pandas.DataFrame, dict of str to numpy.ndarray, or path
    """
    paths = [paths] if isinstance(paths, str) else list(paths)
    if paths and paths[0].endswith(".zarr"):
        return paths[0]
    if paths and paths[0].endswith(".npz"):
        return read_arrays(paths[0])
    return select_protocol(read(paths), protocol)


def read(paths):
    """Join CSV tables; the column `table` tells which each row is of.

    Only an empty number (a class that does not occur, no interval) is a missing one.

    Raises
    ------
    ResultError
        If a table is not as it was written, or was made with other settings than the others.
    """
    if not paths:
        raise ValueError(
            "there is nothing to draw: no backbone of the configuration is run on this dataset"
        )
    numbers = ("value", "low", "high", "gain", "gain_low", "gain_high")
    missing = {"keep_default_na": False, "na_values": {name: [""] for name in numbers}}
    tables = {path: _checked(path, missing) for path in paths}
    check_same({path: x["dataset"].iloc[0] for path, x in tables.items() if "dataset" in x})
    return pd.concat([table.assign(table=str(path)) for path, table in tables.items()])


def _checked(path, missing):
    """A table whose content was looked at."""
    check_as_written(path)
    table = read_table(path, **missing)
    if table.empty:
        raise _wrong(path, "no rows")
    if {"feature", "variance", "rank"} <= set(table):
        variance.check(table, path)
    if {"metric", "value"} <= set(table):
        _check_scores(table, path)
    return table


def _check_scores(table, path):
    """Shares lie in [0, 1], and no setting is missing."""
    shares = table[table["metric"].isin(SHARES)]
    for name in {"value", "low", "high"} & set(table):
        values = pd.to_numeric(shares[name], errors="coerce")
        is_wrong = (values < 0) | (values > 1) | (values.isna() & shares[name].notna())
        if is_wrong.any():
            row = shares[is_wrong].iloc[0]
            raise _wrong(path, f"{name} {row[name]} of {row['metric']}, which lies in [0, 1]")
    if "setting" in table:
        settings = set(table["setting"])
        if settings != set(range(len(settings))):
            raise _wrong(path, "a setting without rows")
        if not beside(path, "counts").exists():
            raise _wrong(path, "no counts beside it, which tell whether it is whole")


def _wrong(path, found):
    return ResultError(
        f"{path}: expected a whole table of results, found {found}: remake it with "
        f"`snakemake --force {path}`"
    )


def select_protocol(table, protocol):
    """Rows of a protocol; a row without a column of it (probes have no `similarity`) stays."""
    for column, value in protocol.items():
        if column in table:
            table = table[table[column].isin([value, ""]) | table[column].isna()]
    return table


def select(table, **values):
    """Rows whose columns have these values; an error if there are none."""
    chosen = table
    for column, value in values.items():
        chosen = chosen[chosen[column] == value]
    if chosen.empty:
        raise ValueError(
            f"no rows with {values}: the tables were made with other settings, or a backbone has "
            "too few features to remove so many (`remove` in its entry)"
        )
    return chosen


def select_representation(table, representation, **values):
    """Rows of a representation with these values."""
    chosen = {"backbone": representation.backbone, "n_removed": representation.n_removed}
    return select(table, **chosen, **values)


def predictions_of(row):
    """Predictions of one row of a table, and where they belong: arrays of the .npz beside it.

    Returns
    -------
    dict of str to numpy.ndarray
        `predictions` (n_crops, n_patches), `images`, `tiles`, `image_of_crop`, `grid`.
    """
    check_as_written(row["table"], "predictions")
    found = read_arrays(beside(row["table"], "predictions"), "predictions")
    return {**found, "predictions": found["predictions"][int(row["setting"])]}


def with_left_out(note, *tables):
    """The note, and how many listed images were left out of what is drawn, if any were."""
    counted = [table["n_left_out"].max() for table in tables if "n_left_out" in table]
    n_left_out = max(counted, default=0)
    if not n_left_out:
        return note
    warning = f"up to {n_left_out} listed images left out, since they could not be read"
    return f"{note}. {warning}" if note else warning.capitalize()
