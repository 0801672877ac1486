"""Global context: ridge regression against its closed form, R2 against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import r2_score

from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.evaluation import context
from patchprobe.results import Results
from tests import fakes

GRID = (3, 4)


def test_shares_are_of_all_pixels_of_a_crop():
    pixels = np.zeros((2, 3, 4), int)
    pixels[0, :, 1] = [1, 2, 3]
    pixels[0, 2, 0] = 6
    pixels[1, 0, 3] = 5
    np.testing.assert_allclose(context.class_shares(pixels, [1, 3]), [[0.5, 0], [0, 1]])


@pytest.mark.parametrize(
    ("grid", "one", "four"),
    [
        ((14, 14), [7 * 14 + 7], [6 * 14 + 6, 6 * 14 + 7, 7 * 14 + 6, 7 * 14 + 7]),
        ((16, 16), [8 * 16 + 8], [7 * 16 + 7, 7 * 16 + 8, 8 * 16 + 7, 8 * 16 + 8]),
        ((3, 3), [4], [4]),
        ((3, 4), [6], [5, 6]),
    ],
)
def test_middle_patches(grid, one, four):
    assert context.middle_patches(grid) == {"one": one, "four": four}


def test_feature_sets_are_the_first_the_others_and_random_ones():
    order = np.random.default_rng(0).permutation(12)
    sets = context.feature_sets(order, [0, 4], seed=1)
    assert [what for what, *_ in sets] == ["all", "kept", "removed"] + ["random"] * 10
    features = [set(chosen.tolist()) for *_, chosen in sets]
    assert features[0] == set(range(12))
    assert features[1] | features[2] == features[0]
    assert features[2] == set(order[:4].tolist())
    assert all(len(chosen) == 4 for chosen in features[3:])
    assert len(set(map(frozenset, features[3:]))) > 5
    again = context.feature_sets(order, [2, 4], seed=1)
    np.testing.assert_array_equal(again[-1][3], sets[-1][3])  # draws do not depend on the others


def test_ridge_is_its_closed_form():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 6)) + 3, rng.normal(size=(40, 2))
    model = context.REGRESSIONS["ridge"]().fit(x, y)
    centred, mean = x - x.mean(axis=0), y.mean(axis=0)
    weights = np.linalg.solve(centred.T @ centred + np.eye(6), centred.T @ (y - mean))
    new = rng.normal(size=(5, 6))
    np.testing.assert_allclose(model.predict(new), (new - x.mean(axis=0)) @ weights + mean)


@given(st.integers(0, 10_000))
def test_r2_of_moments_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    values, predictions = rng.normal(size=(2, 30, 3))
    image_of_crop = rng.permutation(np.arange(30) % 5)
    summed = context.moments(values, predictions, image_of_crop, 5)
    expected = r2_score(values, predictions, multioutput="raw_values")
    np.testing.assert_allclose(context.r2(summed.sum(axis=0)), expected)
    one = image_of_crop == 2
    expected = r2_score(values[one], predictions[one], multioutput="raw_values")
    np.testing.assert_allclose(context.r2(summed[2]), expected)


def test_r2_of_a_constant_share_is_no_number():
    summed = context.moments(np.ones((4, 1)), np.zeros((4, 1)), np.zeros(4, int), 1)
    assert np.isnan(context.r2(summed[0])).all()


def crops_of(folder, name, n_images, weights, seed):
    """Crops whose middle patch holds the shares of classes 1 and 2 in its first two features."""
    rng = np.random.default_rng(seed)
    n_patches = GRID[0] * GRID[1]
    centre = rng.integers(0, 4, (n_images, n_patches)).astype(np.uint8)
    images = [["val", f"{name}_{i}", 0] for i in range(n_images)]
    labels = Labels(fakes.write_labels(folder / f"{name}.labels", centre, images, GRID))
    tokens = rng.normal(size=(n_images, n_patches, 6))
    shares = np.stack([(centre == c).mean(axis=1) for c in (1, 2)], axis=1)
    tokens[:, 6, :2] = shares @ weights
    path = fakes.write_tokens(folder / f"{name}.tokens", {"clean": tokens}, images, GRID)
    items = [tuple(image[:2]) for image in images]
    return context.Crops(Tokens([path]), labels, items, [1, 2], 2), shares


def test_features_that_hold_the_shares_predict_them(tmp_path):
    weights = np.array([[30.0, 2.0], [-4.0, 25.0]])
    train, shares = crops_of(tmp_path, "train", 60, weights, 0)
    held_out, _ = crops_of(tmp_path, "val", 40, weights, 1)
    np.testing.assert_allclose(train.shares, shares)
    sets = [("kept", 2, 0, np.array([0, 1])), ("removed", 2, 0, np.array([2, 3]))]
    results = Results(held_out.images)
    context.evaluate(results, train, held_out, ["road", "pole"], sets, backbone="mae")
    rows = {
        (row["middle"], row["regression"], row["features"], row["crops"], row["class"]): row
        for row in results.rows
    }
    for regression in context.REGRESSIONS:
        good = rows["one", regression, "kept", "held_out", "mean"]
        assert good["value"] > 0.98
        assert good["low"] <= good["value"] <= good["high"]
        assert rows["one", regression, "removed", "held_out", "mean"]["value"] < 0.3
        classes = [rows["one", regression, "kept", "train", c]["value"] for c in ("road", "pole")]
        assert rows["one", regression, "kept", "train", "mean"]["value"] == pytest.approx(
            np.mean(classes)
        )
        of_two = rows["four", regression, "kept", "held_out", "mean"]["value"]
        assert of_two < good["value"]
    assert results.counts[0].shape == (40, 2, 4)
