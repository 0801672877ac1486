"""What was retrieved: the same patch, its category, its super-category, another object, background.

And how few bank rows are retrieved for how many queries (hubness), which explains failures of inner
products: rows of large norm win for nearly every query.
"""

import math

import numpy as np

OUTCOMES = ("same_patch", "same_category", "same_super_category", "other_object", "background")
_HUB_SHARE = 100  # the top 1 in so many rows


def outcomes(found, bank_labels, query_labels, original, groups, evaluated):
    """Number of the outcome of every query, an index into `OUTCOMES`.

    The patch is decided first, by its place, whatever the labels.

    Parameters
    ----------
    found : numpy.ndarray of shape (n_queries,), int
        Bank rows that were retrieved.
    bank_labels : numpy.ndarray of shape (n_bank,), int
    query_labels : numpy.ndarray of shape (n_queries,), int
        All of them objects.
    original : numpy.ndarray of shape (n_queries,), int
        Bank row of the patch that contains the query's centre; -1 if there is none.
    groups : numpy.ndarray of shape (n_classes,)
        Super-category of each class.
    evaluated : sequence of int
        Classes that are objects; the others are background.

    Returns
    -------
    numpy.ndarray of shape (n_queries,), int64
    """
    groups, labels = np.asarray(groups), bank_labels[found]
    return np.select(
        [
            found == original,
            labels == query_labels,
            groups[labels] == groups[query_labels],
            np.isin(labels, evaluated),
        ],
        [0, 1, 2, 3],
        4,
    )


def counts(numbers, is_attainable, image, n_images):
    """Outcomes per image, and how many queries have an original patch.

    Parameters
    ----------
    numbers : numpy.ndarray of shape (n_queries,), int
        See `outcomes`.
    is_attainable : numpy.ndarray of shape (n_queries,), bool
        Whether there is a patch that would be the same.
    image : numpy.ndarray of shape (n_queries,), int
    n_images : int

    Returns
    -------
    numpy.ndarray of shape (n_images, 6), int64
        One column for each of `OUTCOMES`, and that of attainable ones.
    """
    n = len(OUTCOMES)
    by_image = np.bincount(image * n + numbers, minlength=n_images * n).reshape(n_images, n)
    attainable = np.bincount(image[is_attainable], minlength=n_images)
    return np.column_stack([by_image, attainable])


def hubness(found, n_bank):
    """How unevenly bank rows are retrieved.

    Parameters
    ----------
    found : numpy.ndarray of shape (n_queries,), int
        Bank rows that were retrieved.
    n_bank : int

    Returns
    -------
    dict of str to float
        `hub_largest`: how often the most retrieved row is retrieved; `hub_skewness`: population
        skewness of the counts of all rows; `hub_top_share`: share of the queries that the most
        retrieved 1 % of the rows (rounded up) win. NaN without queries.
    """
    from scipy import stats  # slow to import, and figures only need the names of outcomes

    if not len(found):
        return dict.fromkeys(("hub_largest", "hub_skewness", "hub_top_share"), np.nan)
    times = np.bincount(found, minlength=n_bank)
    top = np.sort(times)[-math.ceil(n_bank / _HUB_SHARE) :]
    skewness = stats.skew(times) if times.std() > 0 else np.nan  # no spread, no skewness
    return {
        "hub_largest": float(times.max()),
        "hub_skewness": float(skewness),
        "hub_top_share": float(top.sum() / len(found)),
    }
