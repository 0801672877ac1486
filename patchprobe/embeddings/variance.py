"""Variance of each feature of patch embeddings, and the ranking that removal follows."""

import logging

import numpy as np
import pandas as pd

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
