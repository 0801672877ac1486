"""Whole frames against tiles (Table 5): the same images, embedded in two ways.

Frames of both are scored over the same native pixels, so that differences are paired by image.
"""

import numpy as np

from patchprobe.evaluation import classification, metrics
from patchprobe.results import Results, bootstrap, interval, times_drawn

FRAMES = ("tiles", "whole")


def score(scores, bank, items, frames, layer, n_removed, k, training, batch_norm, label_rule):
    """Score k-NN and probes on one kind of frames.

    Parameters
    ----------
    scores : patchprobe.evaluation.scores.Segmentation
    bank : patchprobe.evaluation.classification.Bank
        Its images are taken.
    items : list of (split, item)
        The query images.
    frames : {"tiles", "whole"}
        How the images are embedded; a column of the rows, beside `grid`, the patches of a frame.
    Others
        As of `patchprobe.evaluation.classification.score_knn` and `train_probes`.
    """
    query = bank.tokens.rows(bank.tokens.select(items), layer).compute()
    rows, columns = np.multiply(scores.selection.tiles[0], bank.tokens.grid)
    keys = {"frames": frames, "grid": f"{rows}x{columns}"}
    classification.score_knn(scores, bank, query, layer, n_removed, k, **keys)
    heads = classification.train_probes(
        scores, bank, query, layer, n_removed, training, batch_norm, label_rule
    )
    classification.score_probes(scores, heads, bank, query, label_rule, **keys)


def compare(tiles, whole):
    """Join the scores of tiles and of whole frames, and add their differences.

    Parameters
    ----------
    tiles, whole : patchprobe.evaluation.scores.Segmentation
        Of the same images, with the same settings in the same order.

    Returns
    -------
    patchprobe.results.Results
        Settings of tiles, then those of whole frames. These have rows of one more metric,
        "miou_difference": mean IoU of whole frames minus that of tiles, with the ends of its
        interval over the same resampled images.
    """
    n = len(tiles.results.counts)
    if tiles.results.images != whole.results.images or n != len(whole.results.counts):
        raise ValueError(
            "expected tiles and whole frames of the same images and settings, found "
            f"{len(tiles.results.images)} and {len(whole.results.images)} images, {n} and "
            f"{len(whole.results.counts)} settings: make both stores of crops again"
        )
    joined = Results(tiles.results.images, evaluated=tiles.evaluated, absent=tiles.absent)
    joined.counts = [*tiles.results.counts, *whole.results.counts]
    of_whole = [{**row, "setting": row["setting"] + n} for row in whole.results.rows]
    joined.rows = [*tiles.results.rows, *of_whole]
    for row in [row for row in of_whole if row["metric"] == "miou"]:
        counts = joined.counts[row["setting"] - n], joined.counts[row["setting"]]
        keys = {key: value for key, value in row.items() if not key.startswith("gain")}
        joined.rows.append({**keys, "metric": "miou_difference", **_difference(*counts, tiles)})
    return joined


def _difference(before, after, scores):
    """Difference of the mean IoU of two settings, and its interval, from counts per image."""
    (value, draws), (other, other_draws) = (_miou(counts, scores) for counts in (before, after))
    low, high = interval(other_draws - draws, len(before))
    return {"value": other - value, "low": low, "high": high}


def _miou(counts, scores):
    """Mean IoU of all images, and those of resampled images."""
    tallies = metrics.tallies(counts, scores.evaluated)
    statistic = metrics.resampled_mean_iou(tallies.sum(0), scores.absent)
    mean = metrics.mean_iou(metrics.iou(counts.sum(0), scores.evaluated), scores.absent)
    return mean, bootstrap(tallies, statistic, times_drawn(len(counts)))
