"""Patch classification: how predictions become tables and counts."""

import numpy as np
import pytest

from patchprobe import results, store
from patchprobe.crops.labels import LABEL_RULES
from patchprobe.embeddings.patches import Labels
from patchprobe.evaluation import metrics
from patchprobe.evaluation.scores import Segmentation
from patchprobe.figures import tables
from tests import fakes

STORED = ["ulm_1", "aachen_1", "jena_1", "bremen_1"]
IMAGES = [["val", item, 0] for item in STORED]
GRID = (4, 4)
PX = 2 * 2  # pixels of a patch


@pytest.fixture
def truth():
    """Patch labels of eight crops: all classes but "train"; void among them."""
    return np.random.default_rng(0).integers(0, 5, (8, 16))


@pytest.fixture
def scores(tmp_path, truth):
    path = fakes.write_labels(tmp_path / "labels.zarr", truth, IMAGES, GRID, (1, 2))
    return Segmentation(Labels(path), fakes.items(STORED))


def of_one_image(folder, centre, majority=None, **arguments):
    """Scores of a single image of one crop, from its patch labels."""
    centre = np.reshape(centre, (1, 16))
    majority = None if majority is None else np.reshape(majority, (1, 16))
    path = fakes.write_labels(
        folder / "one.zarr", centre, IMAGES[:1], GRID, majority=majority, **arguments
    )
    return Segmentation(Labels(path), fakes.items(STORED[:1]))


def saved(scores, folder):
    """The table and the archives that scores write."""
    paths = [
        folder / name for name in ("scores.csv", "scores_counts.npz", "scores_predictions.npz")
    ]
    scores.results.save(*paths)
    archives = []
    for path in paths[1:]:
        with np.load(path, allow_pickle=False) as archive:
            archives.append(dict(archive))
    return tables.read(paths[:1]), *archives


def value(table, metric, column="value", **keys):
    rows = table[table["metric"] == metric]
    for key, wanted in keys.items():
        rows = rows[rows[key] == wanted]
    assert len(rows) == 1
    return rows[column].item()


@pytest.fixture
def few(monkeypatch):
    """Intervals of few images, too."""
    monkeypatch.setattr(results, "MIN_IMAGES", 1)


# ------------------------------------------------------------------------------ values


@pytest.mark.parametrize("rule", LABEL_RULES)
def test_a_perfect_prediction_has_perfect_scores(few, scores, truth, tmp_path, rule):
    scores.add(truth.ravel(), rule)
    table = saved(scores, tmp_path)[0]
    for metric in ("miou", "pixel_accuracy", "patch_accuracy"):
        assert value(table, metric) == 1
    assert value(table, "miou", "low") == value(table, "miou", "high") == 1
    ious = table[table["metric"] == "iou"]
    assert ious["class"].tolist() == list(fakes.NAMES[1:])
    assert ious["value"].tolist()[:4] == [1, 1, 1, 1]
    assert np.isnan(ious["value"].tolist()[4])  # no train there, none predicted


def test_wrong_predictions_by_hand(tmp_path):
    # eight patches of road, four of cars, four void
    scores = of_one_image(tmp_path, [1] * 8 + [3] * 4 + [0] * 4)
    scores.add(np.array([1] * 6 + [3] * 5 + [0] + [1] * 3 + [0]), "centre")
    table, counts, _ = saved(scores, tmp_path)
    assert value(table, "iou", **{"class": "road"}) == pytest.approx(6 / 8)
    assert value(table, "iou", **{"class": "car"}) == pytest.approx(3 / 6)
    assert value(table, "miou") == pytest.approx((6 / 8 + 3 / 6) / 2)
    assert value(table, "pixel_accuracy") == pytest.approx(9 / 12)
    assert value(table, "patch_accuracy") == pytest.approx(10 / 16)  # counts void as well
    expected = np.zeros((6, 6))
    expected[1, 1], expected[1, 3], expected[3, 3], expected[3, 0] = 6, 2, 3, 1
    expected[0, 1], expected[0, 0] = 3, 1
    np.testing.assert_array_equal(counts["counts"], expected[None, None] * PX)


def test_absent_classes_count_as_the_dataset_says(few, tmp_path):
    scores = of_one_image(tmp_path, [1] * 8 + [3] * 8, absent="zero")
    scores.add(np.array([1] * 8 + [3] * 8), "centre")
    table = saved(scores, tmp_path)[0]
    assert value(table, "miou") == value(table, "miou", "low") == pytest.approx(2 / 5)


def test_patch_accuracy_is_that_of_the_label_rule(tmp_path):
    scores = of_one_image(tmp_path, [2, 1, 1, 1] * 4, [1] * 16)
    for rule in LABEL_RULES:
        scores.add(np.full(16, 1), rule)
    table = saved(scores, tmp_path)[0]
    assert value(table, "patch_accuracy", label_rule="centre") == 12 / 16
    assert value(table, "patch_accuracy", label_rule="majority") == 1
    for rule in LABEL_RULES:  # pixels do not depend on the rule
        assert value(table, "pixel_accuracy", label_rule=rule) == 12 / 16
        assert value(table, "miou", label_rule=rule) == pytest.approx(12 / 16 / 2)


@pytest.mark.parametrize(("label", "name"), [(3, "car"), (0, "void")])
def test_collapse_shows_as_the_share_of_the_most_frequent_prediction(tmp_path, label, name):
    scores = of_one_image(tmp_path, [1] * 16)
    scores.add(np.array([label] * 12 + [1] * 4), "centre")
    table = saved(scores, tmp_path)[0]
    assert value(table, "top_class_share") == 12 / 16
    assert value(table, "top_class_share", "class") == name


# ------------------------------------------------------------------------------ intervals


def noisy(truth, seed, share):
    """Predictions of which a share is drawn at random."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(truth.shape) < share, rng.integers(0, 6, truth.shape), truth).ravel()


def test_intervals_and_gains_are_those_of_resampled_images(few, scores, truth, tmp_path):
    predictions = {0: noisy(truth, 1, 0.6), 10: noisy(truth, 2, 0.3)}
    for n_removed, predicted in predictions.items():
        scores.add(predicted, "centre", n_removed=n_removed)
    table, counts, _ = saved(scores, tmp_path)
    drawn = results.times_drawn(4)
    draws = []
    for confusions in counts["counts"]:
        resampled = np.einsum("ri,ijk->rjk", drawn, confusions)
        of_classes = np.where(
            resampled[:, 1:].sum(-1) > 0, metrics.iou(resampled, [1, 2, 3, 4, 5]), np.nan
        )
        # "train" may be predicted though it is nowhere: a 0 that counts in every resample
        n_counted = (~np.isnan(metrics.iou(confusions.sum(0), [1, 2, 3, 4, 5]))).sum()
        draws.append(np.nanmean(of_classes, 1) * 4 / n_counted)
    values = [value(table, "miou", n_removed=m) for m in predictions]
    for m, of_setting in zip(predictions, draws, strict=True):
        low, high = np.quantile(of_setting, [0.025, 0.975])
        assert value(table, "miou", "low", n_removed=m) == pytest.approx(low, abs=1e-6)
        assert value(table, "miou", "high", n_removed=m) == pytest.approx(high, abs=1e-6)
    low, high = np.quantile(draws[1] - draws[0], [0.025, 0.975])
    found = [value(table, "miou", name, n_removed=10) for name in ("gain", "gain_low", "gain_high")]
    assert found == pytest.approx([values[1] - values[0], low, high], abs=2e-6)
    assert [value(table, "miou", name, n_removed=0) for name in ("gain", "gain_low", "gain_high")] == [0, 0, 0]  # fmt: skip  # noqa: E501


def test_few_images_tell_no_interval(scores, truth, tmp_path):
    scores.add(noisy(truth, 1, 0.6), "centre", n_removed=0)
    table = saved(scores, tmp_path)[0]
    assert table[["low", "high", "gain_low", "gain_high"]].isna().to_numpy().all()


def test_gains_are_against_the_same_setting_only(few, scores, truth, tmp_path):
    common = {"backbone": "mae", "layer": 12}
    scores.add(noisy(truth, 1, 0.6), "centre", **common, similarity="l2", n_removed=0)
    scores.add(noisy(truth, 2, 0.2), "centre", **common, similarity="dot", n_removed=0)
    scores.add(noisy(truth, 3, 0.5), "centre", **common, similarity="l2", n_removed=10)
    scores.add(noisy(truth, 3, 0.5), "centre", **common, similarity="cosine", n_removed=10)
    scores.add(noisy(truth, 3, 0.5), "majority", **common, similarity="l2", n_removed=10)
    scores.add(noisy(truth, 3, 0.5), "centre", **common, similarity="l2", n_removed=10, level="x")
    table = saved(scores, tmp_path)[0]
    rows = table[table["metric"] == "miou"].set_index("setting")
    assert rows["gain"].notna().tolist() == [True, True, True, False, False, False]
    assert rows["gain"][2] == pytest.approx(rows["value"][2] - rows["value"][0], abs=2e-6)
    for name in ("gain_low", "gain_high"):
        assert rows[name].isna().equals(rows["gain"].isna())
    assert table.loc[table["metric"] != "miou", ["low", "high", "gain"]].isna().to_numpy().all()


# ------------------------------------------------------------------------------ tables and counts


def test_table_is_tidy_and_the_counts_follow_its_settings(scores, truth, tmp_path):
    for n_removed in (0, 10):
        for rule in LABEL_RULES:
            predicted = noisy(truth, n_removed, 0.7)
            scores.add(predicted, rule, backbone="mae", layer=12, n_removed=n_removed)
    table, counts, predictions = saved(scores, tmp_path)
    keys = ["setting", "backbone", "layer", "n_removed", "label_rule", "class", "metric", "value"]
    ends = ["low", "high", "gain", "gain_low", "gain_high", "table"]
    assert table.columns.tolist() == [*keys, *ends]
    assert len(table) == 4 * (5 + 4)
    settings = table.groupby("setting")[["n_removed", "label_rule"]].agg(set)
    assert settings["n_removed"].tolist() == [{0}, {0}, {10}, {10}]
    assert settings["label_rule"].tolist() == [{"centre"}, {"majority"}] * 2
    confusions = counts["counts"]
    assert confusions.shape == (4, 4, 6, 6)
    assert (confusions.sum((2, 3)) == 2 * 16 * PX).all()  # two crops an image
    assert counts["images"].tolist() == [["val", item, "0"] for item in STORED]
    np.testing.assert_array_equal(
        predictions["predictions"][2], noisy(truth, 10, 0.7).reshape(8, 16)
    )
    assert predictions["predictions"].dtype == np.uint8
    assert predictions["tiles"].tolist() == [[1, 2]] * 4
    assert predictions["image_of_crop"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert predictions["grid"].tolist() == [4, 4]
    for number, confusion in enumerate(confusions.sum(1)):
        labelled = confusion[1:]
        expected = np.trace(labelled[:, 1:]) / labelled.sum()
        found = value(table, "pixel_accuracy", setting=number)
        assert found == pytest.approx(expected, abs=1e-6)


def test_confusions_are_kept_by_image(scores, truth, tmp_path):
    predictions = truth.copy()
    predictions[4] = 5  # first crop of the third image: all called a train
    scores.add(predictions.ravel(), "centre")
    counts = saved(scores, tmp_path)[1]["counts"][0]
    for image, confusion in enumerate(counts):
        is_wrong = image == STORED.index("jena_1")
        assert confusion[:, 5].sum() == (16 * PX if is_wrong else 0)
        true = np.bincount(truth[2 * image : 2 * image + 2].ravel(), minlength=6)
        np.testing.assert_array_equal(confusion.sum(1), PX * true)


def test_some_of_the_stored_images_are_queries(tmp_path, truth):
    path = fakes.write_labels(tmp_path / "labels.zarr", truth, IMAGES, GRID, (1, 2))
    scores = Segmentation(Labels(path), fakes.items(["bremen_1", "aachen_1"]))
    scores.add(truth[[2, 3, 6, 7]].ravel(), "centre")
    table, counts, _ = saved(scores, tmp_path)
    assert value(table, "miou") == 1
    assert counts["images"][:, 1].tolist() == ["aachen_1", "bremen_1"]
    with pytest.raises(ValueError, match="cannot reshape"):
        scores.add(truth.ravel(), "centre")


def test_pixels_are_read_from_the_store(scores, truth, tmp_path):
    np.testing.assert_array_equal(scores.pixels, store.read(tmp_path / "labels.zarr", "pixels"))
