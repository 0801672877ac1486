"""Check found neighbours against FAISS, on a sample of the queries of every k-NN job."""

import logging

import faiss
import numpy as np

log = logging.getLogger(__name__)

_TOLERANCE = 1e-5  # of float32 sums in FAISS, relative to the largest product of lengths
_BANK_ROWS = 65536


def against_faiss(queries, bank, order, found, n_sample=128):
    """Search a sample of queries with FAISS; stop if it finds a nearer neighbour anywhere.

    Compared are the settings with the fewest and the most removed features. FAISS sums in float32,
    so that its neighbour may differ where two rows are equally near up to rounding.

    Parameters
    ----------
    queries, bank : arrays of shape (n, n_features)
    order : sequence of int
    found : patchprobe.neighbours.knn.Neighbours
    n_sample : int
        Queries to check, evenly spread.

    Returns
    -------
    dict
        (n_removed, similarity) -> share of sampled queries with the same nearest neighbour.
    """
    sample = np.unique(np.linspace(0, queries.shape[0] - 1, n_sample).astype(int))
    sampled = np.asarray(queries[sample]).astype(np.float32)
    kept = {m: np.asarray(order)[m:] for m in {min(found.n_removed), max(found.n_removed)}}
    nearest, longest = _search(sampled, bank, kept, found.similarities)
    agreement = {}
    for (n_removed, similarity), (index, score) in sorted(nearest.items()):
        m, s = found.n_removed.index(n_removed), found.similarities.index(similarity)
        lengths = np.linalg.norm(sampled[:, kept[n_removed]], axis=1), longest[n_removed]
        _stop_if_nearer(score, found.score[m, s, sample, 0], similarity, *lengths)
        is_same = index == found.index[m, s, sample, 0]
        agreement[n_removed, similarity] = float(is_same.mean())
    log.info("same nearest neighbour as FAISS: %s", agreement)
    return agreement


def _search(queries, bank, kept, similarities):
    """Nearest rows by FAISS, and the longest bank row, after reading the bank once.

    `kept` is {n_removed: features}. Returned are {(n_removed, similarity): (index, score as in
    Neighbours)} and {n_removed: length}.
    """
    n = len(queries)
    best = {(m, s): (np.zeros(n, int), np.full(n, -np.inf)) for m in kept for s in similarities}
    longest = dict.fromkeys(kept, 0.0)
    for start in range(0, bank.shape[0], _BANK_ROWS):
        block = np.asarray(bank[start : start + _BANK_ROWS])
        for m, features in kept.items():
            rows = np.take(block, features, axis=1).astype(np.float32)  # an index would transpose
            longest[m] = max(longest[m], np.linalg.norm(rows, axis=1).max())
            for similarity in similarities:
                index, score = _search_block(queries[:, features], rows, similarity)
                so_far = best[m, similarity]
                is_better = score > so_far[1]
                so_far[0][is_better] = index[is_better] + start
                so_far[1][is_better] = score[is_better]
    return best, longest


def _search_block(queries, rows, similarity):
    metric = faiss.METRIC_L2 if similarity == "l2" else faiss.METRIC_INNER_PRODUCT
    if similarity == "cosine":
        queries, rows = _normalised(queries), _normalised(rows)
    value, index = faiss.knn(np.ascontiguousarray(queries), np.ascontiguousarray(rows), 1, metric)
    value = value[:, 0].astype(np.float64)
    return index[:, 0], -value / 2 if similarity == "l2" else value


def _normalised(rows):
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def _stop_if_nearer(theirs, ours, similarity, lengths, longest):
    scale = {"dot": lengths * longest, "l2": (lengths + longest) ** 2, "cosine": 1}[similarity]
    excess = (theirs - ours) / np.maximum(scale, 1e-30)
    if excess.max() > _TOLERANCE:
        raise RuntimeError(
            f"FAISS found a nearer neighbour by {similarity} for sampled query {excess.argmax()}: "
            f"score {theirs[excess.argmax()]:.9g}, ours {ours[excess.argmax()]:.9g}. "
            "This is a fault of patchprobe.neighbours.knn: please report it."
        )
