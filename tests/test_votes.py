"""Votes of neighbours: by hand, against scikit-learn, and against counting one query at a time."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from patchprobe.neighbours import knn
from patchprobe.neighbours.votes import soft_weights, vote

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


@pytest.mark.parametrize(("k", "temperature"), [(20, 0.07), (5, 0.5), (1, 0.07)])
def test_soft_votes_against_scikit_learn(k, temperature):
    rng = np.random.default_rng(k)
    labels = rng.integers(0, 7, 200)
    centres = rng.normal(size=(7, 24))
    bank = (centres[labels] + 2 * rng.normal(size=(200, 24))).astype(np.float32)
    queries = rng.normal(size=(90, 24)).astype(np.float32)
    found = knn.search(queries, bank, similarities=["cosine"], k=20)
    (ours,) = vote(labels, found.index[0, 0], [k], soft_weights(found.score[0, 0], temperature))
    theirs = KNeighborsClassifier(
        k, weights=lambda distance: np.exp((1 - distance) / temperature), metric="cosine"
    )
    np.testing.assert_array_equal(ours, theirs.fit(bank, labels).predict(queries))
    assert len(set(ours)) > 3


def test_soft_votes_by_hand():
    labels = np.array([2, 1, 1, 0])
    index = np.array([[0, 1, 2], [0, 1, 2], [3, 0, 1], [0, 3, 1]])
    cosine = np.array([[0.9, 0.8, 0.8], [0.9, 0.5, 0.5], [0.6, 0.6, 0.1], [0.6, 0.6, 0.6]])
    # at 0.1: one of e^9 against two of e^8; one of e^9 against two of e^5; ties of two and three
    assert vote(labels, index, [3], soft_weights(cosine, 0.1)).tolist() == [[2, 2, 0, 2]]
    # at 1: one of e^.9 against two of e^.8, and two of e^.5
    assert vote(labels, index, [3], soft_weights(cosine, 1.0)).tolist() == [[1, 1, 0, 2]]


def test_low_temperatures_do_not_overflow():
    weights = soft_weights(np.array([[0.9, 0.8]]), 1e-6)
    assert weights.tolist() == [[1, 0]]


def test_impossible_numbers_are_refused():
    index = np.zeros((2, 3), int)
    for k in (0, 4):
        with pytest.raises(ValueError, match=r"every k in 1\.\.3"):
            vote(LABELS, index, [1, k])


def test_without_queries():
    assert vote(LABELS, np.zeros((0, 3), int), [1, 3]).shape == (2, 0)
