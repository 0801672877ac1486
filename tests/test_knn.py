"""The search against hand-worked answers, FAISS, scikit-learn and a float64 brute force."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from patchprobe.neighbours import check, cpu, gpu, kernels, knn, products
from patchprobe.neighbours.rows import Rows


def brute_force(queries, bank, similarity):
    """Float64 scores of all pairs, as in knn.Neighbours."""
    queries, bank = queries.astype(np.float64), bank.astype(np.float64)
    if similarity == "l2":
        return -((queries[:, None] - bank[None]) ** 2).sum(-1) / 2
    products = (queries[:, None] * bank[None]).sum(-1)
    if similarity == "dot":
        return products
    norms = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(bank, axis=1)
    return np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)


def assert_exact(found, queries, bank, order, k):
    """The found rows are the k best of a stable ranking, for every setting and similarity."""
    for m, n_removed in enumerate(found.n_removed):
        kept = np.asarray(order)[n_removed:]
        for s, similarity in enumerate(found.similarities):
            scores = brute_force(queries[:, kept], bank[:, kept], similarity)
            best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
            reached = np.take_along_axis(scores, found.index[m, s], 1)
            expected = np.take_along_axis(scores, best, 1)
            np.testing.assert_allclose(reached, expected, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(found.score[m, s], expected, rtol=1e-12, atol=1e-12)


def gpu_engine(bank, first, layout, workers):
    """The passes for a GPU, in the place of those for a CPU."""
    return gpu.GpuEngine(bank, first, layout, products.Float32)


def test_three_similarities_disagree():
    # protocol.md 4: dot takes the longest, L2 the closest, cosine the best direction
    bank = np.array([[0.9, 0.1], [5, 5], [0.1, 0]], np.float32)
    found = knn.search(np.array([[1, 0]], np.float32), bank)
    assert dict(zip(found.similarities, found.index[0, :, 0, 0], strict=True)) == {
        "dot": 1,
        "l2": 0,
        "cosine": 2,
    }


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_sweep_equals_brute_force(k, dtype):
    rng = np.random.default_rng(0)
    queries = rng.standard_normal((70, 24)).astype(dtype)
    bank = (rng.standard_normal((700, 24)) * rng.uniform(0.1, 8, 24)).astype(dtype)
    order = rng.permutation(24)
    found = knn.search(queries, bank, order, (0, 1, 5, 20, 23), k=k)
    assert_exact(found, queries, bank, order, k)


def test_settings_come_back_in_the_order_asked_for():
    rng = np.random.default_rng(1)
    queries, bank = rng.standard_normal((5, 8)), rng.standard_normal((50, 8))
    order = np.arange(8)
    mixed = knn.search(queries, bank, order, (5, 0, 5), ("cosine", "dot"))
    assert mixed.index.shape == (3, 2, 5, 1)
    assert_exact(mixed, queries.astype(np.float32), bank.astype(np.float32), order, 1)
    np.testing.assert_array_equal(mixed.index[0], mixed.index[2])


@pytest.mark.parametrize("k", [1, 4])
def test_ties_go_to_the_lowest_index(k):
    rng = np.random.default_rng(2)
    distinct = rng.standard_normal((150, 16)).astype(np.float16)
    bank = np.concatenate([distinct, distinct, distinct])
    queries = distinct + rng.normal(0, 0.01, distinct.shape).astype(np.float16)
    index = knn.search(queries, bank, k=k).index[0]
    first = index[..., 0]
    assert (first < 150).all()
    if k > 1:
        np.testing.assert_array_equal(index[..., 1], first + 150)
        np.testing.assert_array_equal(index[..., 2], first + 300)


def test_all_rows_equal():
    bank = np.ones((5000, 8), np.float16)
    found = knn.search(np.ones((40, 8), np.float16), bank, n_removed=(0, 4), k=2)
    assert (found.index[..., 0] == 0).all()
    assert (found.index[..., 1] == 1).all()


def test_near_duplicates_are_not_lost_to_cancellation():
    """Distances of 1e-2 on top of norms of 3e3, where float32 expansions see only noise."""
    rng = np.random.default_rng(3)
    base = np.full(64, 400.0)
    bank = (base + rng.integers(-8, 9, (4000, 64)) / 4).astype(np.float16)  # steps of a quarter
    queries = bank[::100].astype(np.float32) + rng.normal(0, 0.01, (40, 64)).astype(np.float32)
    found = knn.search(queries, bank)
    np.testing.assert_array_equal(found.index[0, 1, :, 0], np.arange(0, 4000, 100))
    assert_exact(found, queries, bank, np.arange(64), 1)


def test_neighbours_of_faiss():
    rng = np.random.default_rng(4)
    bank = rng.standard_normal((3000, 64)).astype(np.float32)
    queries = rng.standard_normal((200, 64)).astype(np.float32)
    found = knn.search(queries, bank, similarities=("dot", "l2"), k=5)
    for s, index in enumerate((faiss.IndexFlatIP(64), faiss.IndexFlatL2(64))):
        index.add(bank)
        np.testing.assert_array_equal(found.index[0, s], index.search(queries, 5)[1])


def test_neighbours_of_scikit_learn():
    rng = np.random.default_rng(5)
    bank, queries = rng.standard_normal((500, 12)), rng.standard_normal((60, 12))
    found = knn.search(queries.astype(np.float32), bank.astype(np.float32), k=3)
    for s, metric in ((1, "euclidean"), (2, "cosine")):
        theirs = NearestNeighbors(n_neighbors=3, metric=metric, algorithm="brute").fit(bank)
        np.testing.assert_array_equal(found.index[0, s], theirs.kneighbors(queries)[1])


def test_zero_vectors_have_cosine_zero():
    bank = np.array([[-1, 0], [0, 0], [-1, -1]], np.float32)
    found = knn.search(np.array([[1, 0], [0, 0]], np.float32), bank, similarities=("cosine",))
    assert found.index[0, 0, :, 0].tolist() == [1, 0]
    assert found.score[0, 0, :, 0].tolist() == [0, 0]


@pytest.mark.parametrize("k", [1, 2, 9])
@pytest.mark.parametrize("make", [None, gpu_engine])
def test_parts_of_the_bank_and_small_chunks_change_nothing(monkeypatch, k, make):
    rng = np.random.default_rng(6)
    bank = rng.integers(-2, 3, (1000, 10)).astype(np.float16)  # ties within parts and across them
    queries = rng.standard_normal((600, 10)).astype(np.float16)
    order = rng.permutation(10)
    if make:
        monkeypatch.setattr(knn, "CpuEngine", make)
    whole = knn.search(queries, bank, order, (0, 4), k=k)
    monkeypatch.setattr(Rows, "read_rows", 50)
    monkeypatch.setattr(cpu, "_MAXIMA_BYTES", 1)
    monkeypatch.setattr(gpu, "_MAXIMA_BYTES", 1)
    for n_rows in (500, 129, 8):  # fewer than k, too
        parts = knn.search(queries, bank, order, (0, 4), k=k, bank_bytes=2 * n_rows * 20)
        np.testing.assert_array_equal(whole.index, parts.index)
        np.testing.assert_array_equal(whole.score, parts.score)


def test_the_number_of_threads_changes_nothing():
    rng = np.random.default_rng(10)
    bank = rng.standard_normal((5000, 20)).astype(np.float16)
    queries = rng.standard_normal((2500, 20)).astype(np.float16)
    before, found = torch.get_num_threads(), []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(knn.search(queries, bank, None, (0, 7), k=2))
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    np.testing.assert_array_equal(found[0].index, found[1].index)
    np.testing.assert_array_equal(found[0].score, found[1].score)


@pytest.mark.parametrize("k", [1, 3])
def test_the_passes_for_a_gpu_find_the_same(monkeypatch, k):
    rng = np.random.default_rng(11)
    bank = rng.integers(-2, 3, (3000, 12)).astype(np.float16)  # many ties
    queries = rng.integers(-2, 3, (40, 12)).astype(np.float16)
    here = knn.search(queries, bank, n_removed=(0, 3), k=k)
    monkeypatch.setattr(gpu, "_MAX_CANDIDATES", 100)
    monkeypatch.setattr(gpu, "_BLOCK", 512)
    monkeypatch.setattr(knn, "CpuEngine", gpu_engine)
    there = knn.search(queries, bank, n_removed=(0, 3), k=k)
    np.testing.assert_allclose(there.score, here.score, rtol=1e-12)
    exact = [0, 1]  # cosines are rounded: rows that tie may change places
    np.testing.assert_array_equal(there.index[:, exact], here.index[:, exact])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_small_search_is_exact(data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_bank, n_features = data.draw(st.integers(1, 300)), data.draw(st.integers(1, 9))
    k = data.draw(st.integers(1, min(4, n_bank)))
    n_removed = data.draw(st.lists(st.integers(0, n_features - 1), min_size=1, max_size=3))
    # small integers: exact arithmetic, many ties, zero vectors
    bank = rng.integers(-2, 3, (n_bank, n_features)).astype(np.float16)
    queries = rng.integers(-2, 3, (7, n_features)).astype(np.float16)
    order = rng.permutation(n_features)
    bank_bytes = data.draw(st.none() | st.integers(0, bank.nbytes))
    found = knn.search(queries, bank, order, n_removed, k=k, bank_bytes=bank_bytes)
    assert_exact(found, queries, bank, order, k)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scales=st.tuples(*[st.integers(-6, 6)] * 2))
def test_parts_of_banks_much_shorter_or_longer_than_the_queries(seed, scales):
    """What earlier parts found is a floor for later ones, under L2 as a difference of lengths."""
    rng = np.random.default_rng(seed)
    queries, bank = (
        (rng.standard_normal((n, 7)) * 10.0**scale).astype(np.float32)
        for n, scale in zip((20, 300), scales, strict=True)
    )
    whole = knn.search(queries, bank, n_removed=(0, 3), k=2)
    parts = knn.search(queries, bank, n_removed=(0, 3), k=2, bank_bytes=5000)
    np.testing.assert_array_equal(parts.index, whole.index)
    np.testing.assert_array_equal(parts.score, whole.score)


def test_lowest_index_among_exact_ties():
    rng = np.random.default_rng(7)
    bank = rng.integers(-2, 3, (900, 5)).astype(np.float16)
    queries = rng.integers(-2, 3, (50, 5)).astype(np.float16)
    found = knn.search(queries, bank, similarities=("dot", "l2"), k=3)
    for s, similarity in enumerate(found.similarities):
        expected = np.argsort(-brute_force(queries, bank, similarity), 1, kind="stable")[:, :3]
        np.testing.assert_array_equal(found.index[0, s], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, "expected k in 1..20"),
        ({"k": 21}, "expected k in 1..20"),
        ({"n_removed": (4,)}, "expected n_removed in 0..3"),
        ({"n_removed": (-1,)}, "expected n_removed in 0..3"),
        ({"order": [0, 1, 2, 2]}, "not a permutation"),
        ({"similarities": ("euclid",)}, "unknown similarity"),
    ],
)
def test_bad_arguments(arguments, message):
    bank = np.zeros((20, 4), np.float32)
    with pytest.raises(ValueError, match=message):
        knn.search(bank[:2], bank, **arguments)


def test_queries_and_bank_of_other_length():
    with pytest.raises(ValueError, match="queries have 3 features, the bank has 4"):
        knn.search(np.zeros((2, 3)), np.zeros((5, 4)))


def test_values_that_are_not_finite():
    bank = np.ones((5, 2), np.float32)
    bank[3, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        knn.search(np.ones((1, 2), np.float32), bank)
    with pytest.raises(ValueError, match="not finite"):
        knn.search(bank, np.ones((1, 2), np.float32))


def test_lengths_beyond_float32():
    bank = np.full((5, 2), 1e20, np.float32)
    with pytest.raises(ValueError, match="overflow in float32"):
        knn.search(bank[:2], bank)


def test_group_maxima_of_a_block_that_ends_within_a_group():
    rng = np.random.default_rng(12)
    tile = rng.standard_normal((11, 5)).astype(np.float32)
    half, inverse = rng.random((2, 11), np.float32)
    maxima = np.full((4, 4, 9), 7, np.float32)
    kernels.group_maxima(tile, half, inverse, 8, (-1, 1, 0), maxima, (1, 2, 3))
    for place, scores in ((1, tile * inverse[:, None]), (2, tile - half[:, None])):
        expected = [scores[:8].max(0), scores[8:].max(0)]
        np.testing.assert_array_equal(maxima[place, 2:, 3:8], expected)
    assert (maxima == 7).sum() == maxima.size - 2 * 2 * 5  # nothing else was written


@pytest.mark.parametrize("folder", ["beside", "NUMBA_CACHE_DIR", "user", "none"])
def test_compiled_code_is_kept_where_a_folder_is_writable(tmp_path, folder):
    """A file in the place of a folder stands for one that is not writable, also for root."""
    source = Path(shutil.copy(kernels.__file__, tmp_path))
    environment = {**os.environ, "HOME": "/dev/null", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {key: environment[key] for key in environment if not key.startswith("NUMBA")}
    environment.pop("XDG_CACHE_HOME", None)
    if folder != "beside":
        (tmp_path / "__pycache__").touch()
    if folder == "NUMBA_CACHE_DIR":
        environment[folder] = str(tmp_path / "cache")
    if folder == "user":
        environment["HOME"] = str(tmp_path / "home")
        environment["XDG_CACHE_HOME"] = str(tmp_path / "home")
    code = (
        "import numpy as np, kernels; out = np.empty((1, 2)); "
        "kernels.prefix_squares(np.ones((1, 3), np.float32), np.array([1, 3]), out); "
        "print(out.tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source.parent, env=environment, capture_output=True
    )
    assert done.stdout.decode().strip() == "[[1.0, 3.0]]", done.stderr.decode()
    assert bool(list(tmp_path.rglob("*.nbc"))) == (folder != "none")


def test_rounding_in_faiss_is_no_fault_of_ours():
    """Rows a thousand times longer than the queries: FAISS's own rounding must not raise."""
    rng = np.random.default_rng(9)
    queries = rng.standard_normal((64, 64)).astype(np.float32)
    bank = (rng.standard_normal((2000, 64)) * 1000).astype(np.float32)
    found = knn.search(queries, bank)
    assert min(check.against_faiss(queries, bank, np.arange(64), found).values()) > 0.9


def test_check_against_faiss_passes_and_catches_a_fault(monkeypatch):
    monkeypatch.setattr(check, "_BANK_ROWS", 150)
    rng = np.random.default_rng(8)
    bank = rng.standard_normal((400, 12)).astype(np.float16)
    queries = rng.standard_normal((60, 12)).astype(np.float16)
    order = rng.permutation(12)
    found = knn.search(queries, bank, order, (0, 5))
    agreement = check.against_faiss(queries, bank, order, found)
    assert set(agreement) == {(m, s) for m in (0, 5) for s in knn.SIMILARITIES}
    assert min(agreement.values()) == 1
    found.score[1, 2, 30] -= 0.1
    with pytest.raises(RuntimeError, match="nearer neighbour by cosine"):
        check.against_faiss(queries, bank, order, found)
