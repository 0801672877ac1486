"""Segmentation metrics against cityscapesScripts, scikit-learn and small cases by hand."""

import math

import numpy as np
import pytest
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official
from cityscapesscripts.helpers.labels import id2label
from PIL import Image
from sklearn.metrics import accuracy_score, confusion_matrix

from patchprobe.crops.patch_labels import pixel_counts
from patchprobe.evaluation import metrics

EVALUATED = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
N_CLASSES, GRID, PX = 34, 3, 32
IMAGE_OF_CROP = np.array([0, 1, 1, 0, 2, 2])  # two crops an image, not sorted
VOID, ROAD, SIDEWALK, SKY, TRAIN, BICYCLE = 3, 7, 8, 23, 31, 33


@pytest.fixture(scope="module")
def case():
    """Label maps of six crops and patch predictions, with every kind of pixel in them.

    Void on the first rows; SKY is missed wherever it is (predicted void); BICYCLE is predicted on
    labelled pixels but nowhere there; TRAIN is neither; road predicted on void is no mistake.
    """
    rng = np.random.default_rng(0)
    there = [ROAD, SIDEWALK, 11, 17, 21, SKY, 26, 0, 10]
    label_maps = rng.choice(there, (6, PX, PX)).astype(np.uint8)
    label_maps[:, :, : PX // 2] = ROAD
    label_maps[:, :5] = VOID
    label_maps[2] = SIDEWALK
    predictions = rng.choice([ROAD, SIDEWALK, 11, 21, VOID, 10], (6, GRID * GRID))
    predictions[1, 4] = predictions[4, 8] = BICYCLE
    return predictions, label_maps


def histograms_of(label_maps):
    """Pixels of each class under the patches of every crop."""
    counts = [pixel_counts(label_map, (GRID, GRID), N_CLASSES) for label_map in label_maps]
    return np.stack(counts).reshape(len(label_maps), GRID * GRID, N_CLASSES)


@pytest.fixture(scope="module")
def confusions(case):
    predictions, label_maps = case
    histograms = histograms_of(label_maps)
    return metrics.image_confusions(predictions, histograms, IMAGE_OF_CROP)


@pytest.mark.parametrize("at_once", [1, 4, 6])
def test_confusions_do_not_depend_on_how_many_crops_are_counted_at_once(
    case, confusions, monkeypatch, at_once
):
    monkeypatch.setattr(metrics, "_CROPS_AT_ONCE", at_once)
    predictions, label_maps = case
    found = metrics.image_confusions(predictions, histograms_of(label_maps), IMAGE_OF_CROP)
    np.testing.assert_array_equal(found, confusions)


def upsample(prediction):
    """One patch map as pixels: patch floor(i * GRID / PX) at pixel i."""
    index = [i * GRID // PX for i in range(PX)]
    return prediction.reshape(GRID, GRID)[index][:, index].astype(np.uint8)


def stitched(case, image):
    """Prediction and truth of one image, its crops side by side."""
    predictions, label_maps = case
    crops = [crop for crop, number in enumerate(IMAGE_OF_CROP) if number == image]
    predicted = np.hstack([upsample(predictions[crop]) for crop in crops])
    return predicted, np.hstack([label_maps[crop] for crop in crops])


def all_pixels(case):
    predicted, true = zip(*(stitched(case, image) for image in range(3)), strict=True)
    return np.concatenate(predicted, axis=None), np.concatenate(true, axis=None)


# ------------------------------------------------------------------------------ oracles


def test_case_holds_every_kind_of_pixel(case):
    predicted, true = all_pixels(case)
    is_counted = np.isin(true, EVALUATED)
    assert (~is_counted).any()
    assert (predicted[is_counted] == BICYCLE).any() and (true != BICYCLE).all()
    assert (predicted != TRAIN).all() and (true != TRAIN).all()
    assert (predicted[is_counted] == VOID).any()
    assert (true == SKY).any() and (predicted != SKY).all()
    assert (predicted[~is_counted] == ROAD).any()


def test_image_confusions_equal_counting_pixels_of_stitched_images(case, confusions):
    assert confusions.shape == (3, N_CLASSES, N_CLASSES)
    assert confusions.dtype == np.int64
    for image, confusion in enumerate(confusions):
        predicted, true = stitched(case, image)
        expected = confusion_matrix(true.ravel(), predicted.ravel(), labels=range(N_CLASSES))
        np.testing.assert_array_equal(confusion, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_image_confusions_take_any_integers(case, confusions, dtype):
    predictions, label_maps = case
    histograms = histograms_of(label_maps)
    found = metrics.image_confusions(predictions.astype(dtype), histograms, IMAGE_OF_CROP)
    np.testing.assert_array_equal(found, confusions)


@pytest.fixture
def official_scores(case, tmp_path, monkeypatch):
    """Result of cityscapesScripts on the same pixels, as PNG files."""
    for name in ("evalInstLevelScore", "JSONOutput"):  # need instance files; writes a file
        monkeypatch.setattr(official.args, name, False)
    monkeypatch.setattr(official.args, "quiet", True)
    files = {"predicted": [], "true": []}
    for image in range(3):
        for name, pixels in zip(files, stitched(case, image), strict=True):
            files[name].append(str(tmp_path / f"aachen_00000{image}_000019_{name}.png"))
            Image.fromarray(pixels).save(files[name][-1])
    return official.evaluateImgLists(files["predicted"], files["true"], official.args)


def test_iou_is_that_of_cityscapesscripts(confusions, official_scores):
    ious = metrics.iou(confusions.sum(0), EVALUATED)
    expected = [official_scores["classScores"][id2label[c].name] for c in EVALUATED]
    np.testing.assert_allclose(ious, expected, rtol=1e-12, equal_nan=True)
    of = dict(zip(EVALUATED, ious, strict=True))
    assert of[BICYCLE] == of[SKY] == 0
    assert math.isnan(of[TRAIN])
    assert 0 < of[ROAD] < 1


def test_mean_iou_is_that_of_cityscapesscripts(confusions, official_scores):
    found = metrics.mean_iou(metrics.iou(confusions.sum(0), EVALUATED))
    assert found == pytest.approx(official_scores["averageScoreClasses"], rel=1e-12)


def test_pixel_accuracy_is_that_of_sklearn_without_void(case, confusions):
    predicted, true = all_pixels(case)
    is_counted = np.isin(true, EVALUATED)
    expected = accuracy_score(true[is_counted], predicted[is_counted])
    found = metrics.pixel_accuracy(confusions.sum(0), EVALUATED)
    assert found == pytest.approx(expected, rel=1e-12)
    assert 0 < found < 1


# ------------------------------------------------------------------------------ by hand

# true classes in rows: 0 void, 1 and 2 there, 3 predicted only, 4 neither
BY_HAND = np.array(
    [
        [5, 9, 0, 0, 0],
        [2, 6, 1, 0, 0],
        [0, 3, 4, 1, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
)


def test_scores_by_hand():
    ious = metrics.iou(BY_HAND, [1, 2, 3, 4])
    # class 1: 6 / (6 + 3 missed + 3 false); class 2: 4 / (4 + 4 + 1); class 3: 0 / 1
    np.testing.assert_allclose(ious, [6 / 12, 4 / 9, 0, np.nan])
    assert metrics.mean_iou(ious) == pytest.approx((6 / 12 + 4 / 9 + 0) / 3)
    assert metrics.mean_iou(ious, "zero") == pytest.approx((6 / 12 + 4 / 9 + 0 + 0) / 4)
    assert metrics.pixel_accuracy(BY_HAND, [1, 2, 3, 4]) == pytest.approx(10 / 17)


def test_scores_of_a_stack_are_those_of_its_members():
    other = np.diag([0, 4, 0, 4, 0])
    stack = np.stack([BY_HAND, other])[None]
    ious = metrics.iou(stack, [1, 2, 3, 4])
    expected = [[1 / 2, 4 / 9, 0, np.nan], [1, np.nan, 1, np.nan]]
    np.testing.assert_allclose(ious, [expected])
    np.testing.assert_allclose(metrics.mean_iou(ious), [[17 / 54, 1]])
    np.testing.assert_allclose(metrics.mean_iou(ious, "zero"), [[17 / 72, 1 / 2]])
    np.testing.assert_allclose(metrics.pixel_accuracy(stack, [1, 2, 3, 4]), [[10 / 17, 1]])


def test_nothing_to_count_gives_nan_without_a_warning():
    with np.errstate(all="raise"):
        ious = metrics.iou(np.diag([3, 0, 0]), [1, 2])
        assert np.isnan(ious).all()
        assert np.isnan(metrics.mean_iou(ious))
        assert metrics.mean_iou(ious, "zero") == 0
        assert np.isnan(metrics.pixel_accuracy(np.diag([3, 0, 0]), [1, 2]))


def test_scores_of_one_matrix_are_numbers():
    # arrays of no dimension would make an object column of the table of scores
    assert isinstance(metrics.mean_iou(metrics.iou(BY_HAND, [1, 2])), float)
    assert isinstance(metrics.pixel_accuracy(BY_HAND, [1, 2]), float)


def test_predictions_beyond_the_classes_are_refused():
    histograms = np.ones((1, 4, 3), np.int32)
    with pytest.raises(ValueError, match="expected predictions below 3, found 3"):
        metrics.image_confusions(np.array([[0, 1, 2, 3]]), histograms, np.array([0]))
