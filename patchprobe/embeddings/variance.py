"""Variance of each feature of patch embeddings, and the ranking that removal follows."""

import logging

import numpy as np
import pandas as pd

from patchprobe.errors import ResultError
from patchprobe.result_files import read_table
from patchprobe.results import check_as_written

log = logging.getLogger(__name__)


def feature_variance(embeddings):
    """Population variance of each feature over all patches.

    Computed in float64, chunk by chunk, joining the moments of chunks (dask.array.var), so that
    memory holds a few chunks whatever the size of the store.

    Parameters
    ----------
    embeddings : dask.array.Array of shape (n_patches, n_features)

    Returns
    -------
    numpy.ndarray of shape (n_features,), float64
    """
    return embeddings.var(axis=0, dtype=np.float64, split_every=8).compute()


def rank(variances):
    """Ranking table: one row per feature, the highest variance first, ties to the lower feature.

    Parameters
    ----------
    variances : array of shape (n_features,)

    Returns
    -------
    pandas.DataFrame
        Columns feature, variance, rank (from 1).
    """
    order = np.argsort(-np.asarray(variances), kind="stable")
    return pd.DataFrame(
        {"feature": order, "variance": variances[order], "rank": np.arange(1, len(order) + 1)}
    )


def read_ranking(path, **expected):
    """Rankings of all layers, as a job wrote them.

    Parameters
    ----------
    path : path
        CSV.
    **expected
        Values that all rows must have: `dataset`, `backbone`.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, backbone, layer, feature, variance, rank.

    Raises
    ------
    ResultError
        If it is of something else, or the features of a layer are not ranked each once.
    """
    check_as_written(path)
    table = read_table(path)
    check(table, path)
    for column, value in expected.items():
        if column not in table:
            raise _wrong(path, f"no column {column}")
        if set(table[column]) != {value}:
            raise _wrong(path, f"{column} {', '.join(map(str, set(table[column])))}, not {value}")
    return table


def check(table, path):
    """Raise a ResultError unless every layer has a ranking of all features, each once."""
    if missing := {"layer", "feature", "variance", "rank"} - set(table):
        raise _wrong(path, f"no column {', '.join(sorted(missing))}")
    for name, kinds in {"layer": "iu", "feature": "iu", "rank": "iu", "variance": "iuf"}.items():
        if table[name].dtype.kind not in kinds:
            numbers = "numbers" if "f" in kinds else "whole numbers"
            raise _wrong(path, f"values of {name} that are not {numbers}")
    by = [name for name in ("dataset", "backbone", "layer") if name in table]
    widths = {}
    for key, rows in table.groupby(by, dropna=False):
        features, ranked = rows["feature"], rows.sort_values("rank")
        every = np.arange(len(rows))
        where = f"layer {key[-1]}"
        if not np.array_equal(np.sort(features), every):
            raise _wrong(path, f"of {where} not each feature from 0 to {len(rows) - 1} once")
        if not np.array_equal(ranked["rank"], every + 1):
            raise _wrong(path, f"of {where} not each rank from 1 to {len(rows)} once")
        variances = ranked["variance"].to_numpy()
        if not (np.isfinite(variances).all() and (variances >= 0).all()):
            raise _wrong(path, f"of {where} variances that are negative or not finite")
        if (np.diff(variances) > 0).any():
            raise _wrong(path, f"of {where} ranks that do not follow the variances")
        widths.setdefault(key[:-1], {})[key[-1]] = len(rows)
    for of_backbone in widths.values():
        if len(set(of_backbone.values())) > 1:
            raise _wrong(path, f"layers of different widths ({of_backbone})")


def _wrong(path, found):
    return ResultError(
        f"{path}: expected the variance of every feature of every layer, found {found}: remake it "
        f"with `snakemake --force {path}`"
    )


def removal_order(ranking, layer):
    """Features of one layer in the order in which they are removed (highest variance first).

    Parameters
    ----------
    ranking : pandas.DataFrame
        Columns layer, feature, rank: tables of `rank`, one for each layer.
    layer : int

    Returns
    -------
    numpy.ndarray of shape (n_features,), int
    """
    rows = ranking[ranking["layer"] == layer].sort_values("rank")
    if rows.empty:
        raise ValueError(
            f"no variances for layer {layer}: found layers {sorted(set(ranking['layer']))}"
        )
    return rows["feature"].to_numpy()


def feasible_removals(n_removed, n_features, backbone):
    """The numbers of removed features that leave one; a warning about the others.

    A sweep is written for the widest backbone; a narrower one shows the part that it can.
    """
    left_out = [m for m in n_removed if m >= n_features]
    if left_out:
        log.warning(
            "%s has %d features: m = %s left out (of `removal_sweep`, or of `remove`)",
            backbone,
            n_features,
            left_out,
        )
    if len(left_out) == len(n_removed):
        raise ValueError(
            f"{backbone} has only {n_features} features, none of m = {left_out} can be removed: "
            "add smaller numbers"
        )
    return [m for m in n_removed if m < n_features]
