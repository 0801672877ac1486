"""Bounds on the rounding errors of inner products, against simulated tensor cores."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.neighbours import gpu, knn, products
from patchprobe.neighbours.products import Float32, TensorCores
from tests.test_knn import assert_exact


def cut(values, bits):
    """Values cut off (towards zero) below so many bits under the largest of them."""
    largest = np.abs(values).max()
    if largest == 0:
        return values
    step = 2.0 ** (np.floor(np.log2(largest)) - (bits - 1))
    return np.trunc(values / step) * step


def sum_of_tensor_cores(terms, before, block):
    """`before` and exact terms, added as the hardware does: aligned and cut at 24 bits."""
    total = before
    for start in range(0, len(terms), block):
        aligned = cut(np.array([total, *terms[start : start + block]]), 24)
        total = cut(np.array([aligned.sum()]), 24)[0]
    return total


def relative_error(query, row, total):
    exact = sum(Fraction(float(q)) * Fraction(float(b)) for q, b in zip(query, row, strict=True))
    lengths = np.linalg.norm(query.astype(float)) * np.linalg.norm(row.astype(float))
    return float(abs(Fraction(float(total)) - exact)) / lengths if lengths else 0


@settings(max_examples=150, deadline=None)
@given(
    block=st.sampled_from([4, 8, 16]),
    cuts=st.lists(st.integers(1, 200), min_size=1, max_size=4),
    spread=st.floats(0, 6),
    same_sign=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_of_tensor_cores_are_within_the_bound(block, cuts, spread, same_sign, seed):
    """Few and many features, of like and unlike magnitude, and segments that follow each other."""
    rng = np.random.default_rng(seed)
    stops = np.cumsum(cuts)
    sides = rng.standard_normal((2, stops[-1])) * np.exp(spread * rng.standard_normal(stops[-1]))
    query, row = np.clip(np.abs(sides) if same_sign else sides, -6e4, 6e4).astype(np.float16)
    terms, total = query.astype(float) * row.astype(float), 0.0
    for step, (start, stop) in enumerate(zip([0, *stops[:-1]], stops, strict=True), 1):
        of_segment = sum_of_tensor_cores(terms[start:stop], 0.0, block)
        total = float(np.float32(total) + np.float32(of_segment))
        error = relative_error(query[:stop], row[:stop], total)
        assert error <= TensorCores.error(stop, step)


def test_the_bound_of_float32_would_be_too_small_for_tensor_cores():
    """All that is added lies just below what is cut off, after one large term."""
    row = np.full(769, 2.0**-12, np.float16)
    query = np.full(769, 2.0**-12 * (1 - 2.0**-11), np.float16)
    query[0] = row[0] = 1
    total = sum_of_tensor_cores(query.astype(float) * row.astype(float), 0.0, 4)
    error = relative_error(query, row, total)
    assert total == 1
    assert Float32.error(769, 1) < 4 * error  # a quarter of it, by these terms alone
    assert error <= TensorCores.error(769, 1)


def test_products_of_float16_are_exact_in_float32():
    extremes = torch.tensor([65504, 2.0**-24, 1 + 2.0**-10, 2 - 2.0**-10, -6e-5]).half()
    exact = extremes.double()[:, None] * extremes.double()
    assert (extremes.float()[:, None] * extremes.float() == exact).all()


def wrong_by(product, share, seed=0):
    """A product whose every result errs by a share of its bound, up or down."""
    generator = torch.Generator().manual_seed(seed)

    class Wrong:
        dtype = torch.float32

        @staticmethod
        def error(n_features, n_steps):
            return product.error(n_features, n_steps)

        @staticmethod
        def add(scores, queries, rows, beta):
            Float32.add(scores, queries, rows, beta)
            signs = torch.randint(0, 2, scores.shape, generator=generator) * 2 - 1
            lengths = queries.norm(dim=1)[:, None] * rows.norm(dim=1)
            # a later segment adds to the errors of those before it
            scores += signs * lengths * share * product.error(queries.shape[1], 1)

    return Wrong


def search_near_rows(monkeypatch, product, part=10**6, k=1):
    """Search rows that differ by less than the error: the first pass alone would choose at random.

    Whether the neighbours are exact is asserted.
    """
    rng = np.random.default_rng(0)
    base = rng.standard_normal(64)
    bank = (base + rng.standard_normal((1500, 64)) * 2e-3).astype(np.float32)
    queries = (base + rng.standard_normal((60, 64)) * 2e-3).astype(np.float32)

    def make(bank, first, layout, workers):
        return gpu.GpuEngine(bank, first, layout, product)

    monkeypatch.setattr(knn, "CpuEngine", make)
    found = knn.search(queries, bank, n_removed=(0, 8), k=k, bank_bytes=2 * part * 64 * 4)
    assert_exact(found, queries, bank, np.arange(64), k)


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("part", [10**6, 400])
def test_a_search_is_exact_whatever_the_products_err_within_their_bound(monkeypatch, k, part):
    search_near_rows(monkeypatch, wrong_by(TensorCores, 0.4), part, k)


def test_a_search_whose_bound_were_too_small_would_be_wrong(monkeypatch):
    """So that the test above tells something."""
    with pytest.raises(AssertionError):
        search_near_rows(monkeypatch, wrong_by(TensorCores, 40))


@pytest.mark.parametrize("dtypes", [(torch.float16, torch.float16), (torch.float32,) * 2])
def test_a_cpu_multiplies_in_float32(dtypes):
    assert products.choose(torch.device("cpu"), *dtypes) is Float32


@pytest.mark.parametrize("has_them", [True, False])
def test_tensor_cores_multiply_float16_alone(monkeypatch, has_them):
    monkeypatch.setattr(products, "_has_tensor_cores", lambda device: has_them)
    device, half = torch.device("cuda"), torch.float16
    assert products.choose(device, half, half) is (TensorCores if has_them else Float32)
    assert products.choose(device, half, torch.float32) is Float32


@pytest.mark.parametrize(
    ("capability", "fault", "expected"),
    [
        ((9, 0), None, True),
        ((6, 1), None, False),
        ((9, 0), "no kernel", False),
        ((9, 0), "other products", False),
        ((9, 0), "AMD", False),
    ],
)
def test_tensor_cores_are_tried_before_they_are_used(monkeypatch, capability, fault, expected):
    def add(scores, queries, rows, beta):
        if fault == "no kernel":
            raise NotImplementedError("Could not run 'aten::addmm.dtype_out'")
        Float32.add(scores, queries.float(), rows.float(), beta)
        if fault == "other products":
            scores += 1

    monkeypatch.setattr(torch.version, "hip", "7.0" if fault == "AMD" else None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    monkeypatch.setattr(TensorCores, "add", staticmethod(add))
    assert products._has_tensor_cores(torch.device("cpu")) is expected
