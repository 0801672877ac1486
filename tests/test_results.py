"""Results: rows and counts come back from disk; intervals are those of a plain loop."""

import numpy as np
import pandas as pd
import pytest

from patchprobe import results

IMAGES = [("val", "ulm_1", 0), ("val", "jena_1", 3)]


def accuracy(summed):
    """Share of hits, from summed counts (n, 2): hits and queries."""
    return summed[..., 0] / summed[..., 1]


@pytest.fixture(scope="module")
def counts():
    """Hits and queries of forty images."""
    rng = np.random.default_rng(0)
    queries = rng.integers(1, 50, 40)
    return np.stack([rng.binomial(queries, 0.6), queries], 1)


# ------------------------------------------------------------------------------ bootstrap


@pytest.mark.parametrize("shape", [(), (2,), (3, 3)])
def test_bootstrap_is_a_plain_loop_over_resamples(shape):
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 9, (7, *shape))
    weights = rng.normal(size=shape)
    drawn = results.times_drawn(7, 50)

    def statistic(summed):
        return (summed * weights).reshape(len(summed), -1).sum(1)

    expected = []
    for times in drawn:
        images = [image for image, n in enumerate(times) for _ in range(n)]
        assert len(images) == 7
        expected.append(sum((counts[image] * weights).sum() for image in images))
    found = results.bootstrap(counts, statistic, drawn)
    assert (found.shape, found.dtype) == ((50,), np.float64)
    np.testing.assert_allclose(found, expected)


def test_cells_that_no_image_fills_are_handed_on_as_zeros():
    counts = np.zeros((3, 2, 2), int)
    counts[:, 0, 1] = [1, 2, 3]
    seen = []
    results.bootstrap(counts, lambda summed: seen.append(summed) or summed[:, 0, 1], np.eye(3))
    np.testing.assert_array_equal(seen[0][:, 0, 1], [1, 2, 3])
    seen[0][:, 0, 1] = 0
    assert not seen[0].any()


def test_bootstrap_of_two_images_by_hand():
    counts = np.array([[4, 4], [0, 4]])
    draws = results.bootstrap(counts, accuracy, results.times_drawn(2, 4000))
    values, n = np.unique(draws, return_counts=True)
    np.testing.assert_allclose(values, [0, 0.5, 1])
    # standard deviation of a share of 4000: at most .008
    np.testing.assert_allclose(n / 4000, [0.25, 0.5, 0.25], atol=0.032)


def test_equal_images_have_an_interval_of_no_width():
    draws = results.bootstrap(np.array([[3, 4]] * 5), accuracy, results.times_drawn(5, 20))
    assert results.interval(draws, 5) == (0.75, 0.75)
    assert np.isnan(results.interval(draws, 4)).all()  # too few to tell


def test_spread_is_that_of_the_ratio_estimator(counts):
    draws = results.bootstrap(counts, accuracy, results.times_drawn(40, 4000))
    hits, queries = counts.T
    estimate = hits.sum() / queries.sum()
    # linearised standard error of a ratio of sums
    error = np.sqrt(((hits - estimate * queries) ** 2).sum()) / queries.sum()
    assert draws.std() == pytest.approx(error, rel=0.08)
    assert draws.mean() == pytest.approx(estimate, abs=error / 5)


def test_differences_are_paired(counts):
    """A setting that hits one more in every image is better on every resample."""
    drawn = results.times_drawn(40)
    better = counts + np.array([1, 0])
    gain = results.bootstrap(better, accuracy, drawn) - results.bootstrap(counts, accuracy, drawn)
    queries = drawn @ counts[:, 1]
    np.testing.assert_allclose(gain, 40 / queries)
    low, high = results.interval(gain, 40)
    apart = results.interval(results.bootstrap(counts, accuracy, drawn), 40)
    assert 0 < low < high
    assert high - low < (apart[1] - apart[0]) / 2


def test_times_drawn_are_seeded():
    drawn = results.times_drawn(12, 30)
    assert drawn.shape == (30, 12)
    assert (drawn.sum(1) == 12).all() and (drawn >= 0).all()
    results.times_drawn.cache_clear()
    np.testing.assert_array_equal(results.times_drawn(12, 30), drawn)
    assert not np.array_equal(results.times_drawn(12, 30, seed=1), drawn)
    assert results.times_drawn(5).shape == (results.N_RESAMPLES, 5)


def test_interval_by_hand():
    draws = np.arange(101.0)
    assert results.interval(draws, 9) == pytest.approx((2.5, 97.5))
    assert results.interval(draws, 9, 0.5) == pytest.approx((25, 75))
    assert results.interval(np.append(draws, np.nan), 9) == pytest.approx((2.5, 97.5))


# ------------------------------------------------------------------------------ on disk


@pytest.fixture
def saved(tmp_path):
    """Two settings, as read back."""
    found = results.Results(IMAGES, grid=(2, 2), image_of_crop=np.array([0, 1, 1]))
    for number, name in enumerate(("dino", "mae")):
        found.add(
            [
                {"metric": "iou", "class": "road", "value": 1 / 3},
                {"metric": "iou", "class": "train", "value": np.nan},
                {"metric": "miou", "class": "", "value": 0.5, "low": 0.25, "high": 0.75},
            ],
            np.full((2, 3, 3), number, np.int32),
            np.full((3, 4), number, np.uint8),
            backbone=name,
            n_removed=0,
        )
    paths = [tmp_path / name for name in ("a.csv", "a_counts.npz", "a_predictions.npz")]
    found.save(*paths)
    archives = []
    for path in paths[1:]:
        with np.load(path, allow_pickle=False) as archive:
            archives.append(dict(archive))
    return pd.read_csv(paths[0], keep_default_na=False, na_values={"value": [""]}), *archives


def test_rows_come_back(saved):
    table = saved[0]
    assert table.columns.tolist() == [
        "setting", "backbone", "n_removed", "metric", "class", "value", "low", "high"
    ]  # fmt: skip
    assert table["setting"].tolist() == [0, 0, 0, 1, 1, 1]
    assert table["backbone"].tolist() == ["dino"] * 3 + ["mae"] * 3
    assert table["class"].tolist() == ["road", "train", ""] * 2
    np.testing.assert_allclose(table["value"][:3], [0.333333, np.nan, 0.5])


def test_counts_come_back(saved):
    counts = saved[1]
    assert counts["counts"].shape == (2, 2, 3, 3)
    assert counts["counts"].dtype == np.int32
    np.testing.assert_array_equal(counts["counts"][:, 0, 0, 0], [0, 1])
    assert counts["images"].tolist() == [["val", "ulm_1", "0"], ["val", "jena_1", "3"]]


def test_predictions_come_back_with_their_places(saved):
    predictions = saved[2]
    assert predictions["predictions"].shape == (2, 3, 4)
    assert predictions["grid"].tolist() == [2, 2]
    assert predictions["image_of_crop"].tolist() == [0, 1, 1]
    assert predictions["images"].tolist() == saved[1]["images"].tolist()


def test_predictions_may_be_left_out(tmp_path):
    found = results.Results(IMAGES)
    found.add([{"metric": "hits", "value": 0.5}], np.ones((2, 2), int), k=1)
    found.save(tmp_path / "a.csv", tmp_path / "a_counts.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a_counts.npz"]


def test_numbers_are_written_with_six_decimals(tmp_path):
    found = results.Results(IMAGES)
    found.add([{"metric": "hits", "value": 1 / 3}, {"metric": "hits", "value": 1.0}], np.ones(2))
    found.save(tmp_path / "a.csv", tmp_path / "a.npz")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines == ["setting,metric,value", "0,hits,0.333333", "0,hits,1.000000"]


def test_what_lies_beside_a_table():
    assert str(results.beside("knn/mae/subsets.csv", "predictions")) == (
        "knn/mae/subsets_predictions.npz"
    )
