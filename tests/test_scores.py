"""Patch classification: which crops are taken, and how predictions become tables."""

import numpy as np
import pandas as pd
import pytest

from patchprobe import store
from patchprobe.embeddings.patches import Patches
from patchprobe.evaluation.scores import LABEL_RULES, Scores

STORED = ["ulm", "aachen", "jena", "bremen"]
GRID, PX, N_CLASSES = 4, 32, 6
NAMES = ["void", "road", "pole", "car", "sky", "train"]
EVALUATED = [1, 2, 3, 4, 5]


def write_crops(path, label_maps, images=STORED, image_of_crop=None):
    """A store of crops as patchprobe.crops.tiles makes it, without the crops themselves."""
    store.create(path, {"images": images, "split": "val"})
    n_crops = len(label_maps)
    if image_of_crop is None:
        image_of_crop = np.repeat(np.arange(len(images)), n_crops // len(images))
    for name, values in (("clean/label_maps", label_maps), ("image_of_crop", image_of_crop)):
        values = np.asarray(values, np.uint8 if values is label_maps else np.int32)
        chunks = (3, *values.shape[1:])
        store.create_array(path, name, values.shape, values.dtype, chunks)[:] = values
    return path


def write_tokens(folder, tokens, layer=7):
    """Patch tokens of all crops in two parts, as patchprobe.embeddings.extraction makes them."""
    paths = []
    for start, stop in ((0, 5), (5, len(tokens))):
        path = folder / f"part_{start}.zarr"
        store.create(path, {"crops": [start, stop, len(tokens)]})
        values = tokens[start:stop]
        name = f"clean/layer_{layer}/patches"
        store.create_array(path, name, values.shape, "float16", (2, *values.shape[1:]))[:] = values
        paths.append(path)
    return paths


def constant_patches(patch_labels):
    """Label maps whose patches have one label each, from (n_crops, GRID, GRID)."""
    return patch_labels.repeat(PX // GRID, 1).repeat(PX // GRID, 2).astype(np.uint8)


@pytest.fixture
def crops(tmp_path):
    """Four images of two crops; every pixel of crop i has label i // 2 (its image)."""
    label_maps = np.arange(8)[:, None, None] // 2 + np.zeros((8, PX, PX))
    return write_crops(tmp_path / "crops.zarr", label_maps)


# ------------------------------------------------------------------------------ patches


@pytest.mark.parametrize(
    ("stems", "images", "taken"),
    [
        (["aachen"], ["aachen"], [2, 3]),
        (["bremen", "ulm"], ["ulm", "bremen"], [0, 1, 6, 7]),
        (["jena", "aachen"], ["aachen", "jena"], [2, 3, 4, 5]),
        (STORED[::-1], STORED, list(range(8))),
    ],
)
def test_crops_of_the_images_asked_for_are_taken_in_the_order_of_the_store(
    crops, stems, images, taken
):
    patches = Patches(crops, stems, N_CLASSES)
    assert patches.images == images
    assert patches.crops.tolist() == taken
    assert patches.label_maps()[:, 0, 0].tolist() == [crop // 2 for crop in taken]
    expected = np.repeat([crop // 2 for crop in taken], GRID * GRID)
    for rule in LABEL_RULES:
        np.testing.assert_array_equal(patches.labels(GRID)[rule], expected)


def test_image_of_crop_counts_the_images_taken(crops):
    patches = Patches(crops, ["bremen", "aachen"], N_CLASSES)
    assert patches.image_of_crop.tolist() == [0, 0, 1, 1]


def test_crops_of_one_image_need_not_lie_together(tmp_path):
    label_maps = np.arange(6)[:, None, None] + np.zeros((6, PX, PX))
    path = write_crops(tmp_path / "a.zarr", label_maps, ["ulm", "jena", "bonn"], [2, 0, 1, 0, 2, 1])
    patches = Patches(path, ["jena", "ulm"], N_CLASSES)
    assert patches.crops.tolist() == [1, 2, 3, 5]
    assert patches.image_of_crop.tolist() == [0, 1, 0, 1]


def test_embeddings_run_crop_by_crop_in_the_order_of_the_labels(crops, tmp_path):
    tokens = np.arange(8 * 16 * 3).reshape(8, 16, 3)
    parts = write_tokens(tmp_path, tokens)
    patches = Patches(crops, ["bremen", "aachen"], N_CLASSES)
    for given in (parts, parts[::-1]):
        found = patches.embeddings(given, layer=7)
        assert found.shape == (4 * 16, 3)
        np.testing.assert_array_equal(found.compute(), tokens[[2, 3, 6, 7]].reshape(-1, 3))
    assert len(patches.labels(GRID)["centre"]) == found.shape[0]


def test_absent_images_are_named(crops):
    with pytest.raises(ValueError, match=r"crops\.zarr lacks images bonn, köln: make it again"):
        Patches(crops, ["köln", "ulm", "bonn"], N_CLASSES)


def test_no_images_are_an_error(crops):
    with pytest.raises(ValueError, match=r"no images asked of .*crops\.zarr"):
        Patches(crops, [], N_CLASSES)


def test_label_rules_by_hand(tmp_path):
    label_map = np.full((1, PX, PX), 1)
    label_map[0, :, 4] = 2  # a pole one pixel wide through the centres of the first column
    label_map[0, 8:16, 8:16] = 3
    label_map[0, 12, 12] = 1  # the centre of a car
    patches = Patches(write_crops(tmp_path / "a.zarr", label_map, ["ulm"]), ["ulm"], N_CLASSES)
    labels = patches.labels(GRID)
    assert set(labels) == set(LABEL_RULES) == {"centre", "majority"}
    assert labels["centre"].tolist() == [2, 1, 1, 1] * 4
    assert labels["majority"].tolist() == [1, 1, 1, 1, 1, 3] + [1] * 10
    assert all(rule.dtype == np.uint8 for rule in labels.values())


# ------------------------------------------------------------------------------ scores


@pytest.fixture
def truth():
    """Patch labels of eight crops: all classes but "train"; void among them."""
    return np.random.default_rng(0).integers(0, 5, (8, GRID, GRID))


@pytest.fixture
def scores(tmp_path, truth):
    queries = Patches(write_crops(tmp_path / "a.zarr", constant_patches(truth)), STORED, N_CLASSES)
    return Scores(queries, GRID, NAMES, EVALUATED)


def saved(scores, folder):
    """The table and the archive that scores write."""
    scores.save(folder / "scores.csv", folder / "confusions.npz")
    with np.load(folder / "confusions.npz", allow_pickle=False) as archive:
        return pd.read_csv(folder / "scores.csv"), dict(archive)


def value(table, metric, **keys):
    rows = table[table["metric"] == metric]
    for key, wanted in keys.items():
        rows = rows[rows[key] == wanted]
    assert len(rows) == 1
    return rows["value"].item()


@pytest.mark.parametrize("rule", LABEL_RULES)
def test_a_perfect_prediction_has_perfect_scores(scores, truth, tmp_path, rule):
    scores.add(truth.ravel(), rule)
    table, _ = saved(scores, tmp_path)
    for metric in ("miou", "pixel_accuracy", "patch_accuracy"):
        assert value(table, metric) == 1
    ious = table[table["metric"] == "iou"]
    assert ious["class"].tolist() == NAMES[1:]
    assert ious["value"].tolist()[:4] == [1, 1, 1, 1]
    assert np.isnan(ious["value"].tolist()[4])  # no train there, none predicted


def test_wrong_predictions_by_hand(tmp_path):
    # one image of one crop: eight patches of road, four of cars, four void, 64 pixels each
    truth = np.array([1] * 8 + [3] * 4 + [0] * 4).reshape(1, GRID, GRID)
    path = write_crops(tmp_path / "a.zarr", constant_patches(truth), ["ulm"])
    scores = Scores(Patches(path, ["ulm"], N_CLASSES), GRID, NAMES, EVALUATED)
    scores.add(np.array([1] * 6 + [3] * 5 + [0] + [1] * 3 + [0]), "centre")
    table, archive = saved(scores, tmp_path)
    assert value(table, "iou", **{"class": "road"}) == pytest.approx(6 / 8)
    assert value(table, "iou", **{"class": "car"}) == pytest.approx(3 / 6)
    assert value(table, "miou") == pytest.approx((6 / 8 + 3 / 6) / 2)
    assert value(table, "pixel_accuracy") == pytest.approx(9 / 12)
    assert value(table, "patch_accuracy") == pytest.approx(10 / 16)  # counts void as well
    expected = np.zeros((6, 6))
    expected[1, 1], expected[1, 3], expected[3, 3], expected[3, 0] = 6, 2, 3, 1
    expected[0, 1], expected[0, 0] = 3, 1
    np.testing.assert_array_equal(archive["confusions"], expected[None, None] * 64)


def test_patch_accuracy_is_that_of_the_label_rule(tmp_path):
    label_map = np.full((1, PX, PX), 1)
    label_map[0, :, 4] = 2  # centre rule: four poles; majority rule: none
    path = write_crops(tmp_path / "a.zarr", label_map, ["ulm"])
    scores = Scores(Patches(path, ["ulm"], N_CLASSES), GRID, NAMES, EVALUATED)
    for rule in LABEL_RULES:
        scores.add(np.full(16, 1), rule)
    table, _ = saved(scores, tmp_path)
    assert value(table, "patch_accuracy", label_rule="centre") == 12 / 16
    assert value(table, "patch_accuracy", label_rule="majority") == 1
    for rule in LABEL_RULES:  # pixels do not depend on the rule
        assert value(table, "pixel_accuracy", label_rule=rule) == 31 / 32
        assert value(table, "miou", label_rule=rule) == pytest.approx(31 / 32 / 2)


def test_table_is_tidy_and_the_archive_follows_its_settings(scores, truth, tmp_path):
    rng = np.random.default_rng(1)
    for n_removed in (0, 10):
        for rule in LABEL_RULES:
            predictions = rng.integers(0, N_CLASSES, truth.size)
            scores.add(predictions, rule, backbone="mae", layer=12, n_removed=n_removed)
    table, archive = saved(scores, tmp_path)
    keys = ["setting", "backbone", "layer", "n_removed", "label_rule"]
    assert table.columns.tolist() == [*keys, "metric", "class", "value"]
    assert len(table) == 4 * (len(EVALUATED) + 3)
    settings = table.groupby("setting")[["n_removed", "label_rule"]].agg(set)
    assert settings["n_removed"].tolist() == [{0}, {0}, {10}, {10}]
    assert settings["label_rule"].tolist() == [{"centre"}, {"majority"}] * 2
    confusions = archive["confusions"]
    assert confusions.shape == (4, 4, N_CLASSES, N_CLASSES)
    assert (confusions.sum((2, 3)) == 2 * PX * PX).all()  # two crops an image
    assert archive["images"].tolist() == STORED
    for number, confusion in enumerate(confusions.sum(1)):
        labelled = confusion[1:]
        expected = np.trace(labelled[:, 1:]) / labelled.sum()
        found = value(table, "pixel_accuracy", setting=number)
        assert found == pytest.approx(expected, abs=1e-6)


def test_confusions_are_kept_by_image(scores, truth, tmp_path):
    predictions = truth.copy()
    predictions[4] = 5  # first crop of the third image: all called a train
    scores.add(predictions.ravel(), "centre")
    _, archive = saved(scores, tmp_path)
    for image, confusion in enumerate(archive["confusions"][0]):
        is_wrong = image == STORED.index("jena")
        assert confusion[:, 5].sum() == (PX * PX if is_wrong else 0)
        true = constant_patches(truth[2 * image : 2 * image + 2])
        counts = np.bincount(true.ravel(), minlength=N_CLASSES)
        np.testing.assert_array_equal(confusion.sum(1), counts)


def test_numbers_are_written_with_six_decimals(scores, truth, tmp_path):
    scores.add(np.roll(truth.ravel(), 1), "centre")
    scores.save(tmp_path / "scores.csv", tmp_path / "confusions.npz")
    lines = (tmp_path / "scores.csv").read_text().splitlines()[1:]
    written = [line.rsplit(",", 1)[1] for line in lines]
    assert len(written) == 8
    assert [text for text in written if text and len(text.partition(".")[2]) != 6] == []


def test_predictions_of_another_number_of_patches_are_an_error(scores, truth):
    with pytest.raises(ValueError, match="cannot reshape"):
        scores.add(truth.ravel()[:-1], "centre")
