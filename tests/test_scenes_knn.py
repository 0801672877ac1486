"""k-NN of whole scenes: against scikit-learn, and by hand."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from patchprobe import store
from patchprobe.embeddings.scenes import Scenes, array_name
from patchprobe.evaluation import scenes
from patchprobe.results import Results

NAMES = ["beach", "forest", "river"]


# ------------------------------------------------------------------------------ evaluation


def write(path, rows, labels, scales=(0.5, 1)):
    """A store; `rows` {(scale, pooling): (n_images, n_features)}."""
    images = [["all", f"{NAMES[label]}_{i}", 0] for i, label in enumerate(labels)]
    about = {"images": images, "tiles": [[1, 1]] * len(images), "left_out": []}
    store.create(path, {**about, "scales": scales, "names": NAMES, "labels": labels})
    for (scale, pooling), values in rows.items():
        name = array_name(scale, pooling)
        store.create_array(path, name, values.shape, "float32", (2, values.shape[1]))[:] = values
    store.seal(path)
    return Scenes(path)


def selections(stored, n_bank):
    items = [tuple(image[:2]) for image in store.attributes(stored.path)["images"]]
    return stored.select(items[:n_bank]), stored.select(items[n_bank:])


def evaluate(stored, n_bank, n_removed=(0,), k=1, temperature=0.07):
    bank, query = selections(stored, n_bank)
    results = Results(query.images)
    scenes.evaluate(results, stored, bank, query, n_removed, k, temperature, backbone="mae")
    return results


def accuracies(results):
    """{(pooling, m, scale, resize_bank): row}."""
    keys = ("pooling", "n_removed", "scale", "resize_bank")
    rows = [row for row in results.rows if row["metric"] == "accuracy"]
    return {tuple(row[key] for key in keys): row for row in rows}


LABELS = [0, 1, 2] * 4  # six of the bank, six queries


def shown(angle_of_class, extra=0):
    """Unit vectors by class, and further features that are zero."""
    angles = np.radians([angle_of_class[label] for label in LABELS])
    plane = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.hstack([plane, np.zeros((len(LABELS), extra))])


def test_bank_at_the_scale_of_the_queries_or_at_its_own(tmp_path):
    """At half the size every class looks as the next one does at native size."""
    native, half = shown([0, 60, 120]), shown([60, 120, 0])
    rows = {(s, p): v for s, v in ((1, native), (0.5, half)) for p in ("cls", "mean")}
    found = accuracies(evaluate(write(tmp_path / "s.zarr", rows, LABELS), 6))
    for pooling in ("cls", "mean"):
        assert found[pooling, 0, 1, True]["value"] == found[pooling, 0, 1, False]["value"] == 1
        assert found[pooling, 0, 0.5, True]["value"] == 1
        assert found[pooling, 0, 0.5, False]["value"] == 0
    row = found["mean", 0, 0.5, False]
    assert (row["gain"], row["gain_low"], row["gain_high"]) == (0, 0, 0)
    assert "gain" not in found["cls", 0, 1, True]


def misled(junk, scale):
    """Features 0 and 1 tell the class; `junk`, of the highest variance, tells queries another."""
    rows = scale * shown([0, 60, 120], extra=3)
    bank, query = np.array(LABELS[:6]), np.array(LABELS[6:])
    rows[:, junk] = np.where(np.append(bank == 0, query == 1), 50, -50)
    return rows


def test_each_pooling_has_its_own_ranking_by_raw_native_features(tmp_path):
    """What misleads CLS, the mean, and the mean of half the size lies in other features."""
    rows = {
        (1, "cls"): misled(2, 1),
        (1, "mean"): misled(3, 1),
        (0.5, "cls"): misled(2, 9),
        (0.5, "mean"): misled(4, 9),
    }
    stored = write(tmp_path / "s.zarr", rows, LABELS)
    found = accuracies(evaluate(stored, 6, (0, 1)))
    for pooling, scale in (("cls", 1), ("cls", 0.5), ("mean", 1)):
        assert found[pooling, 1, scale, True]["value"] == 1
        assert found[pooling, 0, scale, True]["value"] < 1
    # ranked at native size: what misleads at half the size stays
    assert found["mean", 1, 0.5, True]["value"] < 1
    row = found["cls", 1, 1, True]
    assert row["gain"] == pytest.approx(1 - found["cls", 0, 1, True]["value"])
    assert row["gain_low"] <= row["gain"] <= row["gain_high"]


def test_order_of_removal_is_by_variance_before_lengths_are_one():
    rows = np.array([[1.0, 5, -3, 2], [1, 5, 3, 4], [1, 8, 0, 2]], dtype=np.float32)
    assert scenes.removal_order(rows).tolist() == [2, 1, 3, 0]


def test_rows_are_accuracies_of_all_and_of_every_class(tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60).tolist()
    values = rng.normal(size=(60, 6)) + np.array(labels)[:, None]
    rows = {(s, p): values for s in (0.5, 1) for p in ("cls", "mean")}
    stored = write(tmp_path / "s.zarr", rows, labels)
    results = evaluate(stored, 30, (0, 2, 99), k=5)
    assert {row["n_removed"] for row in results.rows} == {0, 2}  # 99 are more than there are
    assert len(results.counts) == 2 * 2 * 2 * 2
    classifier = KNeighborsClassifier(
        5, weights=lambda distance: np.exp((1 - distance) / 0.07), metric="cosine"
    ).fit(values[:30].astype(np.float32), labels[:30])
    predicted = classifier.predict(values[30:].astype(np.float32))
    np.testing.assert_array_equal(results.predictions[0], predicted)
    truth = np.array(labels[30:])
    first = [row for row in results.rows if row["setting"] == 0]
    assert [row["class"] for row in first] == ["", *NAMES]
    assert first[0]["value"] == (predicted == truth).mean()
    assert first[0]["low"] < first[0]["value"] < first[0]["high"]
    for label, row in enumerate(first[1:]):
        assert row["value"] == (predicted == truth)[truth == label].mean()
    np.testing.assert_array_equal(results.counts[0][:, 0], predicted == truth)
    assert (results.counts[0][:, 1] == 1).all()


def test_bad_sets_of_images_are_refused(tmp_path):
    rows = {(s, p): shown([0, 60, 120]) for s in (0.5, 1) for p in ("cls", "mean")}
    stored = write(tmp_path / "s.zarr", rows, LABELS)
    with pytest.raises(ValueError, match=r"expected k in 1\.\.6"):
        evaluate(stored, 6, k=7)
    bank, _ = selections(stored, 6)
    with pytest.raises(ValueError, match="6 images are both in the bank and in the query"):
        scenes.evaluate(Results(bank.images), stored, bank, bank, (0,), 1, 0.07)
