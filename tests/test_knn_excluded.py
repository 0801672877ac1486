"""Searches in which some rows of the bank are no neighbours, against a float64 brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.neighbours import knn
from tests.test_knn import brute_force, gpu_engine


def search_both(monkeypatch, *arguments, **options):
    """The search by the loops of the CPU, and by the passes for a GPU."""
    found = [knn.search(*arguments, **options)]
    with monkeypatch.context() as patched:
        patched.setattr(knn, "CpuEngine", gpu_engine)
        return [*found, knn.search(*arguments, **options)]


def assert_best_besides(found, queries, bank, order, excluded, k):
    """The best k rows outside the ranges, ties to the lowest index."""
    for m, n_removed in enumerate(found.n_removed):
        kept = np.asarray(order)[n_removed:]
        for s, similarity in enumerate(found.similarities):
            scores = brute_force(queries[:, kept], bank[:, kept], similarity)
            for query, (start, stop) in enumerate(excluded):
                scores[query, start:stop] = -np.inf
            best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
            expected = np.take_along_axis(scores, best, 1)
            reached = np.take_along_axis(scores, found.index[m, s], 1)
            assert np.isfinite(found.score[m, s]).all()
            np.testing.assert_allclose(reached, expected, rtol=1e-9, atol=1e-9)


def ranges(n_queries, n_bank, rng, longest):
    start = rng.integers(0, n_bank - longest, n_queries)
    return np.stack([start, start + rng.integers(0, longest + 1, n_queries)], 1)


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("offset", [0, -20], ids=["any", "negative"])
def test_excluded_rows_are_no_neighbours(monkeypatch, k, offset):
    rng = np.random.default_rng(0)
    bank = rng.standard_normal((900, 12)).astype(np.float16)
    queries = bank[rng.integers(0, 900, 80)].astype(np.float32)  # each is its own nearest
    queries[:, 0] += offset
    bank[:, 0] -= np.float16(offset)  # all inner products negative
    if offset:
        assert brute_force(queries, bank, "dot").max() < 0
    order = rng.permutation(12)
    excluded = ranges(80, 900, rng, 250)
    for found in search_both(
        monkeypatch, queries, bank, order, n_removed=(0, 3), k=k, excluded=excluded
    ):
        assert_best_besides(found, queries, bank, order, excluded, k)


def test_the_same_tile_excluded():
    """As in Figure 6: what a query is a copy of is in its own tile."""
    rng = np.random.default_rng(1)
    bank = rng.standard_normal((10 * 196, 16)).astype(np.float16)
    tile = np.repeat(np.arange(10), 196)
    excluded = np.stack([tile * 196, tile * 196 + 196], 1)
    found = knn.search(bank, bank, excluded=excluded)
    assert (found.index[..., 0] // 196 != tile).all()
    assert_best_besides(found, bank, bank, np.arange(16), excluded, 1)


def test_empty_ranges_change_nothing():
    rng = np.random.default_rng(2)
    queries, bank = rng.standard_normal((30, 8)), rng.standard_normal((400, 8))
    empty = np.repeat(rng.integers(0, 400, (30, 1)), 2, axis=1)
    np.testing.assert_array_equal(
        knn.search(queries, bank, k=3, excluded=empty).index, knn.search(queries, bank, k=3).index
    )


def test_chunks_of_queries_keep_their_ranges(monkeypatch):
    rng = np.random.default_rng(3)
    queries, bank = rng.standard_normal((700, 6)), rng.standard_normal((600, 6))
    excluded = ranges(700, 600, rng, 300)
    whole = knn.search(queries, bank, excluded=excluded).index
    monkeypatch.setattr("patchprobe.neighbours.cpu._MAXIMA_BYTES", 1)  # 256 queries at once
    np.testing.assert_array_equal(knn.search(queries, bank, excluded=excluded).index, whole)
    parts = knn.search(queries, bank, excluded=excluded, bank_bytes=2 * 77 * 24)
    np.testing.assert_array_equal(parts.index, whole)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_ranges(data):
    n_bank, n_queries = data.draw(st.integers(2, 300)), data.draw(st.integers(1, 6))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    queries, bank = rng.integers(-2, 3, (n_queries, 3)), rng.integers(-2, 3, (n_bank, 3))
    ends = st.integers(0, n_bank)
    excluded = np.array(
        [
            data.draw(st.tuples(ends, ends).map(sorted).filter(lambda x: x[1] - x[0] < n_bank))
            for _ in range(n_queries)
        ]
    )
    k = data.draw(st.integers(1, int(n_bank - (excluded[:, 1] - excluded[:, 0]).max())))
    queries, bank = queries.astype(np.float32), bank.astype(np.float32)
    found = knn.search(queries, bank, k=k, excluded=excluded)
    assert_best_besides(found, queries, bank, np.arange(3), excluded, k)
    start, stop = excluded[:, 0, None], excluded[:, 1, None]
    assert ((found.index < start) | (found.index >= stop)).all()


@pytest.mark.parametrize(
    ("excluded", "message"),
    [
        ([[0, 1]], r"shape \(2, 2\)"),
        ([[0.0, 1.0], [0, 1]], "whole numbers"),
        ([[-1, 1], [0, 1]], "within 0..5"),
        ([[0, 6], [0, 1]], "within 0..5"),
        ([[3, 2], [0, 1]], "within 0..5"),
        ([[0, 5], [0, 1]], "1 or more rows"),
    ],
)
def test_impossible_ranges(excluded, message):
    with pytest.raises(ValueError, match=message):
        knn.search(np.ones((2, 3)), np.ones((5, 3)), excluded=np.array(excluded))


def test_no_queries():
    found = knn.search(np.ones((0, 3)), np.ones((5, 3)), n_removed=(0, 1), k=2)
    assert found.index.shape == found.score.shape == (2, 3, 0, 2)
    none = np.zeros((0, 2), int)
    assert knn.search(np.ones((0, 3)), np.ones((5, 3)), excluded=none).index.size == 0
