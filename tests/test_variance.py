"""Variance of features: in float64 whatever is stored, and the order that follows from it."""

import dask.array as da
import numpy as np
import pandas as pd
import pytest

from patchprobe.embeddings import variance


@pytest.fixture(scope="module")
def embeddings():
    """Float16 features of many sizes on large common offsets, where lower precision fails."""
    rng = np.random.default_rng(0)
    spread = np.array([0.0, 0.5, 1, 2, 8, 30, 100])
    offset = np.array([3, 1000, -2000, 500, 0, 8000, 30000])
    return (offset + spread * rng.standard_normal((5000, 7))).astype(np.float16)


def two_pass(embeddings):
    """Population variance by its definition, in float64."""
    values = embeddings.astype(np.float64)
    return ((values - values.sum(0) / len(values)) ** 2).sum(0) / len(values)


@pytest.mark.parametrize(
    "chunks",
    [(5000, 7), (1000, 7), (777, 7), (13, 7), (500, 3), ((1, 4000, 999), (7,))],
    ids=str,
)
def test_variance_is_that_of_float64_whatever_the_chunks(embeddings, chunks):
    found = variance.feature_variance(da.from_array(embeddings, chunks=chunks))
    assert (found.shape, found.dtype) == ((7,), np.float64)
    np.testing.assert_allclose(found, two_pass(embeddings), rtol=1e-10, atol=1e-12)


def test_variance_agrees_with_numpy(embeddings):
    found = variance.feature_variance(da.from_array(embeddings, chunks=(100, 7)))
    expected = np.var(embeddings.astype(np.float64), axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert found[0] == 0
    # the case is one that lower precision does not pass
    with np.errstate(over="ignore", invalid="ignore"):
        assert not np.allclose(np.var(embeddings, axis=0), expected, rtol=1e-3)


def test_variance_by_hand():
    values = np.array([[1, 10], [2, 10], [3, 10], [6, 14]], np.float16)
    # mean 3: (4 + 1 + 0 + 9) / 4; mean 11: (1 + 1 + 1 + 9) / 4, divided by n and not n - 1
    found = variance.feature_variance(da.from_array(values, chunks=(3, 2)))
    np.testing.assert_allclose(found, [3.5, 3.0])


def test_variance_of_selected_crops(embeddings):
    # as Tokens.rows gives them: (crops, patches, features), some crops, flattened
    tokens = da.from_array(embeddings.reshape(50, 100, 7), chunks=(8, 100, 7))
    crops = np.array([0, 3, 7, 8, 30, 49])
    found = variance.feature_variance(tokens[crops].reshape(-1, 7))
    expected = two_pass(embeddings.reshape(50, 100, 7)[crops].reshape(-1, 7))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_rank_by_hand_with_ties_to_the_lower_feature():
    table = variance.rank(np.array([0.5, 2.0, 0.0, 2.0, 7.0, 0.5]))
    assert table.columns.tolist() == ["feature", "variance", "rank"]
    assert table["feature"].tolist() == [4, 1, 3, 0, 5, 2]
    assert table["variance"].tolist() == [7.0, 2.0, 2.0, 0.5, 0.5, 0.0]
    assert table["rank"].tolist() == [1, 2, 3, 4, 5, 6]


def test_ties_of_many_features_stay_in_order():
    ranking = variance.rank(np.tile([2.0, 1.0, 3.0], 256))
    features = [*range(2, 768, 3), *range(0, 768, 3), *range(1, 768, 3)]
    assert ranking["feature"].tolist() == features


def test_removal_order_of_the_layer_asked_for():
    ranking = pd.DataFrame(
        {
            "layer": [12, 3, 12, 3, 12, 3],
            "feature": [5, 0, 9, 2, 1, 1],
            "rank": [3, 2, 1, 3, 2, 1],
        }
    )
    assert variance.removal_order(ranking, 12).tolist() == [9, 1, 5]
    assert variance.removal_order(ranking, 3).tolist() == [1, 0, 2]


def test_unknown_layer_is_an_error():
    ranking = pd.DataFrame({"layer": [12, 3, 12], "feature": [0, 0, 1], "rank": [1, 1, 2]})
    with pytest.raises(ValueError, match=r"no variances for layer 11: found layers \[3, 12\]"):
        variance.removal_order(ranking, 11)


def test_order_survives_the_table_on_disk(tmp_path):
    variances = np.array([0.1, 0.1 + 1e-16, 0.3, 0.2])
    ranking = variance.rank(variances)
    ranking.insert(0, "layer", 12)
    ranking.to_csv(tmp_path / "variance.csv", index=False)
    order = variance.removal_order(pd.read_csv(tmp_path / "variance.csv"), 12)
    assert order.tolist() == [2, 3, 1, 0]


def test_a_narrow_backbone_shows_the_part_of_a_sweep_that_it_can(caplog):
    assert variance.feasible_removals([0, 8, 40], 32, "small") == [0, 8]
    assert "small has 32 features: m = [40] left out" in caplog.text
    caplog.clear()
    assert variance.feasible_removals([0, 31], 32, "small") == [0, 31]
    assert not caplog.text


def test_a_sweep_without_any_feasible_number():
    with pytest.raises(ValueError, match="small has only 4 features"):
        variance.feasible_removals([8, 40], 4, "small")
