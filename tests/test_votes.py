"""Votes of neighbours: by hand, against scikit-learn, and against counting one query at a time."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from patchprobe.neighbours import knn
from patchprobe.neighbours.votes import vote

LABELS = np.array([3, 5, 5, 7, 3], np.uint8)


def test_by_hand():
    assert vote(LABELS, np.array([[0], [3]]), [1]).tolist() == [[3, 7]]
    # majority; a tie goes to the class of the nearest; all different: the nearest
    index = np.array([[0, 1, 2], [1, 0, 4], [3, 0, 1]])
    assert vote(LABELS, index, [3]).tolist() == [[5, 3, 7]]
    assert vote(LABELS, np.array([[4, 1, 2, 0]]), [4]).tolist() == [[3]]
    # in the order in which they are asked for
    found = vote(LABELS, index, [3, 1, 2])
    assert found.tolist() == [[5, 3, 7], [3, 5, 7], [3, 5, 7]]
    assert found.dtype == LABELS.dtype


def test_weights_by_hand():
    index, weights = np.array([[0, 1, 2], [3, 1, 4]]), np.array([[0.9, 0.4, 0.4], [0.1, 0.3, 0.4]])
    assert vote(LABELS, index, [1, 2, 3], weights).tolist() == [[3, 7], [3, 5], [3, 3]]


@given(st.integers(0, 10_000), st.integers(1, 9), st.booleans())
def test_against_counting(seed, k, is_soft):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, 20) * 7
    index = np.array([rng.permutation(20)[:9] for _ in range(6)])
    weights = rng.integers(1, 4, (6, 9)) if is_soft else np.ones((6, 9), int)  # ties are common
    expected = []
    for rows, of_query in zip(index, weights, strict=True):
        votes = Counter()
        for row, weight in zip(rows[:k], of_query[:k], strict=True):
            votes[labels[row]] += int(weight)
        # the first among the tied: dictionaries keep the order in which classes were met
        expected.append(max(votes, key=votes.get))
    found = vote(labels, index, [k, 9], weights if is_soft else None)
    assert found[0].tolist() == expected


@pytest.mark.parametrize("k", [1, 4, 15])
def test_against_scikit_learn(k):
    rng = np.random.default_rng(k)
    bank, queries = rng.normal(size=(200, 5)), rng.normal(size=(50, 5))
    labels = rng.integers(0, 6, 200)
    found = knn.search(queries, bank, similarities=["cosine"], k=15)
    weights = np.exp(found.score[0, 0] / 0.07)
    reference = KNeighborsClassifier(
        k, metric="cosine", weights=lambda distance: np.exp((1 - distance) / 0.07)
    ).fit(bank, labels)
    (ours,) = vote(labels, found.index[0, 0], [k], weights)
    np.testing.assert_array_equal(ours, reference.predict(queries))


def test_impossible_numbers_are_refused():
    index = np.zeros((2, 3), int)
    for k in (0, 4):
        with pytest.raises(ValueError, match=r"every k in 1\.\.3"):
            vote(LABELS, index, [1, k])


def test_without_queries():
    assert vote(LABELS, np.zeros((0, 3), int), [1, 3]).shape == (2, 0)
