"""Classes of queries by a vote of their nearest neighbours, for several k from one search."""

import numpy as np


def vote(labels, index, ks, weights=None):
    """Class of each query by the vote of its k nearest neighbours; ties go to the nearest's class.

    Parameters
    ----------
    labels : numpy.ndarray of shape (n_bank,), integer
    index : numpy.ndarray of shape (n_queries, k_max)
        Bank rows, nearest first.
    ks : sequence of int
        From 1 to k_max.
    weights : numpy.ndarray of shape (n_queries, k_max), optional
        Weight of each vote; default: all weigh alike.

    Returns
    -------
    numpy.ndarray of shape (len(ks), n_queries), of the dtype of `labels`
    """
    n_queries, k_max = index.shape
    if not all(1 <= k <= k_max for k in ks):
        raise ValueError(f"expected every k in 1..{k_max} (neighbours found), found {list(ks)}")
    if list(ks) == [1]:  # nothing to count
        return labels[index[:, 0]][None]
    classes, numbers = np.unique(labels, return_inverse=True)
    queries, votes = np.arange(n_queries), np.zeros((n_queries, len(classes)))
    first = np.full(votes.shape, k_max)  # nearest neighbour of each class
    winners = {}
    for place in range(max(ks)):
        found = numbers[index[:, place]]
        votes[queries, found] += 1 if weights is None else weights[:, place]
        first[queries, found] = np.minimum(first[queries, found], place)
        if place + 1 in ks:
            is_tied = votes == votes.max(axis=1, keepdims=True)
            winners[place + 1] = classes[np.where(is_tied, first, k_max).argmin(axis=1)]
    return np.stack([winners[k] for k in ks])


def soft_weights(cosine, temperature):
    """Weights exp(cosine / temperature) of votes, relative to the nearest neighbour's.

    Parameters
    ----------
    cosine : numpy.ndarray of shape (n_queries, k)
        Nearest first.
    temperature : float

    Returns
    -------
    numpy.ndarray of shape (n_queries, k), float64
        At most 1, so that low temperatures do not overflow.
    """
    return np.exp((cosine - cosine[:, :1]) / temperature)
