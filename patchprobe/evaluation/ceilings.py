"""Ceilings: the best mean IoU that any labelling of the patches of a grid can reach.

A patch has one label, but the pixels under it may be of several classes.
The optimum is bracketed: it is at least what a labelling reaches that no change of a single patch
betters (`ascend`), and at most the mean of what every class reaches by itself (`best_ious`).
"""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from patchprobe.crops.labels import LABEL_RULES
from patchprobe.evaluation import metrics

MIN_GAIN = 1e-12  # of the sum of IoUs; less may be rounding


def scored_pixels(pixels, evaluated):
    """Pixels that count, of each class under each patch.

    Parameters
    ----------
    pixels : numpy.ndarray of shape (n_crops, n_patches, n_classes), integer
        Native pixels of each class, void among them.
    evaluated : list of int

    Returns
    -------
    scipy.sparse.csr_array of shape (n_crops * n_patches, n_evaluated), int64
    """
    if not len(evaluated):
        raise ValueError("expected at least one evaluated class, found none")
    flat = pixels.reshape(-1, pixels.shape[-1])
    return csr_array(flat[:, list(evaluated)]).astype(np.int64)


def best_ious(scored):
    """Highest IoU of each class, if patches were labelled for this class alone.

    IoU is hits / (pixels of the class + others in its patches), a ratio of sums over its patches.
    At its maximum J, the best set holds the patches with hits - J * others > 0 (Dinkelbach 1967,
    doi:10.1287/mnsc.13.7.492), that is others / hits < 1 / J. So it is a number of the first ones
    by this ratio, and all numbers are tried.

    Parameters
    ----------
    scored : scipy.sparse.csr_array of shape (n_patches, n_evaluated)

    Returns
    -------
    numpy.ndarray of shape (n_evaluated,), float64
        NaN for a class that does not occur.
    """
    size, by_class = scored.sum(axis=1), scored.tocsc()
    ious = np.full(scored.shape[1], np.nan)
    for c, (start, stop) in enumerate(pairwise(by_class.indptr)):
        if start < stop:
            hits = by_class.data[start:stop]
            others = size[by_class.indices[start:stop]] - hits
            order = np.argsort(others / hits)
            union = hits.sum() + np.cumsum(others[order])
            ious[c] = (np.cumsum(hits[order]) / union).max()
    return ious


class Labelling:
    """A label for each patch, a class or none, and the sums that IoUs follow from.

    It begins with the most common class among the scored pixels of each patch; ties go to the first
    class, and patches without such pixels to none.

    Parameters
    ----------
    scored : scipy.sparse.csr_array of shape (n_patches, n_evaluated)

    Attributes
    ----------
    labels : numpy.ndarray of shape (n_patches,), int64
        Into the evaluated classes; their number stands for none.
    """

    def __init__(self, scored):
        n_patches, self.none = scored.shape
        self.size = scored.sum(axis=1)
        self.labels = np.full(n_patches, self.none)
        is_scored = self.size > 0
        self.labels[is_scored] = scored[is_scored].argmax(axis=1)
        self.hits = scored.max(axis=1).toarray().ravel()
        others = self.size - self.hits
        self.hits_of_class = np.bincount(self.labels, self.hits, self.none + 1)
        self.union_of_class = np.bincount(self.labels, others, self.none + 1)
        self.union_of_class[: self.none] += scored.sum(axis=0)
        self.union_of_class[self.none] = np.inf  # so that the IoU of none is 0, whatever it hits

    def gains(self, patch, label, hits):
        """By how much the sum of IoUs rises if a patch, or each of several, were labelled so.

        Parameters
        ----------
        patch, label, hits : int, or numpy.ndarray of int
            `hits` are the pixels of the class `label` in the patch.
        """
        old, size, lost = self.labels[patch], self.size[patch], self.hits[patch]
        all_hits, union = self.hits_of_class, self.union_of_class
        before = all_hits[old] / union[old] + all_hits[label] / union[label]
        without = (all_hits[old] - lost) / (union[old] - (size - lost))
        joined = (all_hits[label] + hits) / (union[label] + (size - hits))
        return np.where(label == old, 0, without + joined - before)

    def change(self, patch, label, hits):
        """Label one patch anew."""
        self._count(patch, -1)
        self.labels[patch], self.hits[patch] = label, hits
        self._count(patch, 1)

    def _count(self, patch, times):
        label, hits = self.labels[patch], self.hits[patch]
        self.hits_of_class[label] += times * hits
        self.union_of_class[label] += times * (self.size[patch] - hits)


def changes(scored, with_none):
    """Labels that patches may have: arrays `patch`, `label` and `hits`, one entry a change.

    A patch may be of every class that it shows, or of none. A patch of one class is best labelled
    with it, since this adds hits and no others: it is left out.
    """
    size, entries = scored.sum(axis=1), scored.tocoo()
    is_mixed = entries.data < size[entries.row]
    patch, label, hits = (x[is_mixed] for x in (entries.row, entries.col, entries.data))
    if with_none:
        mixed = np.unique(patch)
        patch = np.append(patch, mixed)
        label = np.append(label, np.full(len(mixed), scored.shape[1]))
        hits = np.append(hits, np.zeros(len(mixed), np.int64))
    return patch, label, hits


def ascend(scored, with_none=True):
    """A labelling whose mean IoU no change of a single patch raises.

    In every sweep the gains of all changes are computed from the sums as they are then; those above
    zero are done, the largest first, each if it still gains after those before it.

    Parameters
    ----------
    scored : scipy.sparse.csr_array of shape (n_patches, n_evaluated)
    with_none : bool
        Whether patches may be of no evaluated class, which adds no pixels to the union of any.

    Returns
    -------
    numpy.ndarray of shape (n_patches,), int64
        As in `Labelling`.
    """
    labelling, every = Labelling(scored), changes(scored, with_none)
    while True:
        gains = labelling.gains(*every)
        order = np.argsort(-gains, kind="stable")
        order = order[: np.count_nonzero(gains > MIN_GAIN)]
        if not len(order):
            return labelling.labels
        for one in zip(*(values[order] for values in every), strict=True):
            if labelling.gains(*one) > MIN_GAIN:
                labelling.change(*one)


def labellings(pixels, evaluated):
    """The labelling by most scored pixels, and the one that ascends from it.

    Parameters
    ----------
    pixels : numpy.ndarray of shape (n_crops, n_patches, n_classes), integer
    evaluated : list of int

    Returns
    -------
    dict of str to numpy.ndarray of shape (n_crops * n_patches,), int64
        Labels of the dataset. None is the first one that is not evaluated. Without such a label
        every patch is of an evaluated class.
    """
    scored = scored_pixels(pixels, evaluated)
    void = [label for label in range(pixels.shape[-1]) if label not in set(evaluated)]
    names = np.array([*evaluated, *(void or evaluated)[:1]])
    return {
        "most_scored": names[Labelling(scored).labels],
        "ascent": names[ascend(scored, with_none=bool(void))],
    }


def score(scores, **keys):
    """Score labellings of patches, and add the bounds that no labelling exceeds.

    `labelling` is a label rule, "most_scored" or "ascent". Beside the IoUs of the last stand the
    upper bounds `iou_bound` and `miou_bound`. `patch_accuracy` tells the agreement with the label
    rule, of the last two with "majority".

    Parameters
    ----------
    scores : patchprobe.evaluation.scores.Segmentation
    **keys
        Columns that tell the setting.
    """
    for rule in LABEL_RULES:
        scores.add(scores.labels[rule], rule, labelling=rule, **keys)
    for name, labels in labellings(scores.pixels, scores.evaluated).items():
        scores.add(labels, "majority", labelling=name, **keys)
    ious = best_ious(scored_pixels(scores.pixels, scores.evaluated))
    names = [scores.names[c] for c in scores.evaluated]
    mean = metrics.mean_iou(ious, scores.absent)
    last = {"setting": len(scores.results.counts) - 1, "labelling": "ascent", **keys}
    scores.results.rows += [
        {**last, "class": name, "metric": "iou_bound", "value": iou}
        for name, iou in zip(names, ious, strict=True)
    ]
    scores.results.rows.append({**last, "class": "", "metric": "miou_bound", "value": mean})
