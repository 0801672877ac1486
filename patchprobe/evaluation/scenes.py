"""k-NN classification of whole scenes, as Scale-MAE's authors evaluate it.

Cosine, k neighbours, each of which votes for its class with the weight exp(cosine / temperature)
(github.com/bair-climate-initiative/scale-mae, mae/eval/knn.py).
"""

import numpy as np

from patchprobe.embeddings.scenes import POOLINGS
from patchprobe.embeddings.variance import feasible_removals, rank
from patchprobe.neighbours import check, knn
from patchprobe.neighbours.votes import soft_weights, vote
from patchprobe.results import bootstrap, interval, times_drawn


def removal_order(rows):
    """Features of raw embeddings (n_images, n_features), the one of highest variance first."""
    return rank(rows.var(axis=0, dtype=np.float64))["feature"].to_numpy()


def evaluate(results, scenes, bank, query, n_removed, k, temperature, device="cpu", **keys):
    """Classify scenes at every scale, by CLS and by the mean of patches, without m features.

    Features are ranked by their variance over the bank at native size, before embeddings are
    scaled to length one. Neighbours that are equally near are taken in the order of the bank; ties
    of votes go to the class of the nearest.

    Parameters
    ----------
    results : patchprobe.results.Results
        Of the images of the query.
    scenes : patchprobe.embeddings.scenes.Scenes
    bank, query : patchprobe.embeddings.patches.Selection
    n_removed : sequence of int
        Numbers m of features, 0 first.
    k : int
    temperature : float
    device : str
    **keys
        Columns that tell the setting. Added are pooling ("cls" or "mean"), scale, n_removed and
        resize_bank: whether the bank has the scale of the queries (Scale-MAE's code), or its
        native size (Scale-MAE's paper).

    Raises
    ------
    ValueError
        If an image is both in the bank and in the query, or k is larger than the bank.
    """
    if shared := sorted(set(bank.images) & set(query.images)):
        raise ValueError(
            f"{len(shared)} images are both in the bank and in the query, e.g. {shared[0][1]}: "
            "each would be its own nearest neighbour; correct the lists"
        )
    labels = scenes.labels(bank)
    scores = _Scores(results, scenes.labels(query), scenes.names)
    for pooling in POOLINGS:
        native = scenes.rows(bank, 1, pooling)
        order = removal_order(native)
        removed = feasible_removals(n_removed, len(order), keys.get("backbone", "the backbone"))
        for scale in scenes.scales:
            queries = scenes.rows(query, scale, pooling)
            for is_resized in (True, False):
                rows = scenes.rows(bank, scale, pooling) if is_resized else native
                found = knn.search(queries, rows, order, removed, ("cosine",), k, device)
                check.against_faiss(queries, rows, order, found)
                for m, index, similarity in zip(removed, found.index, found.score, strict=True):
                    weights = soft_weights(similarity[0], temperature)
                    (predicted,) = vote(labels, index[0], [k], weights)
                    where = {"scale": scale, "resize_bank": is_resized}
                    scores.add(predicted, where, pooling, n_removed=m, k=k, **keys)


class _Scores:
    """Accuracies with intervals of resampled images, and their gains over CLS as it is."""

    def __init__(self, results, truth, names):
        self.results, self.truth, self.names = results, truth, names
        self.whole_cls = {}

    def add(self, predicted, where, pooling, n_removed, **keys):
        """Score predictions (n_images,); `where` tells the scale and the bank."""
        is_right = predicted == self.truth
        counts = np.stack([is_right, np.ones_like(is_right)], axis=1).astype(np.uint8)
        n_images = len(counts)
        draws = bootstrap(counts, lambda s: s[:, 0] / s[:, 1], times_drawn(n_images))
        low, high = interval(draws, n_images)
        value = {"metric": "accuracy", "class": "", "value": is_right.mean()}
        value |= {"low": low, "high": high}
        if (pooling, n_removed) == ("cls", 0):
            self.whole_cls[tuple(where.values())] = is_right.mean(), draws
        else:
            cls, cls_draws = self.whole_cls[tuple(where.values())]
            low, high = interval(draws - cls_draws, n_images)
            value |= {"gain": is_right.mean() - cls, "gain_low": low, "gain_high": high}
        of_classes = [
            {
                "metric": "class_accuracy",
                "class": self.names[label],
                "value": is_right[self.truth == label].mean(),
            }
            for label in np.unique(self.truth)
        ]
        setting = {**where, "pooling": pooling, "n_removed": n_removed}
        self.results.add([value, *of_classes], counts, predicted, **setting, **keys)
