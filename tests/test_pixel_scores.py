"""Scores of patch predictions are those of up-sampled pictures under the official scoring."""

import cv2
import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops import labels, patch_labels, tiles
from patchprobe.datasets.base import Classes, Layout
from patchprobe.evaluation import metrics
from tests import fakes

ADE20K = Classes(tuple(map(str, range(151))), tuple(range(1, 151)), absent="zero")


def pixels_of(folder, layouts, grid, **of_dataset):
    """Pixel counts of a label store of these frames, (n_crops, n_patches, n_classes)."""
    dataset = fakes.dataset(layouts, **of_dataset)
    tiles.write(folder / "c.zarr", dataset, "root", fakes.items(layouts), "clean", {})
    labels.write(folder / "l.zarr", folder / "c.zarr", dataset, "root", grid, {})
    numbers = tiles.image_of_crop(store.attributes(folder / "l.zarr")["tiles"])
    return store.read(folder / "l.zarr", "pixels"), numbers


def upsampled(patch_map, size):
    """Nearest, by the exact floor."""
    rows, columns = (np.arange(n) * g // n for n, g in zip(size, patch_map.shape, strict=True))
    return patch_map[rows][:, columns]


# ------------------------------------------------------------------------------ Cityscapes


def cityscapes_score(pairs, evaluated, n_classes):
    """IoUs as cityscapesScripts counts them, pixel by pixel (getIouScoreForLabel)."""
    confusion = np.zeros((n_classes, n_classes), int)
    for predicted, true in pairs:
        np.add.at(confusion, (true.ravel(), predicted.ravel()), 1)
    ious = []
    for label in evaluated:
        hits = confusion[label, label]
        missed = confusion[label].sum() - hits
        not_ignored = [other for other in evaluated if other != label]
        false = confusion[not_ignored, label].sum()
        union = hits + missed + false
        ious.append(hits / union if union else np.nan)
    return np.array(ious)


@pytest.mark.parametrize("grid", [(14, 14), (16, 16)])
def test_cityscapes(tmp_path, grid):
    layouts = {item: Layout((256, 512), 1, 2, 256) for item in ("ulm_1", "jena_1")}
    pixels, image_of_crop = pixels_of(tmp_path, layouts, grid)
    predictions = np.random.default_rng(0).integers(0, 5, pixels.shape[:2])
    found = metrics.image_confusions(predictions, pixels, image_of_crop)
    pairs = []
    for number, (item, layout) in enumerate(layouts.items()):
        # up-sampled tile by tile, as the published pictures are
        pictures = [
            cv2.resize(
                crop.reshape(grid).astype(np.uint8), (256, 256), interpolation=cv2.INTER_NEAREST
            )
            for crop in predictions[image_of_crop == number]
        ]
        pairs.append((np.hstack(pictures), fakes.labels_of(item, layout.size)))
    ious = metrics.iou(found.sum(0), fakes.CLASSES.evaluated)
    expected = cityscapes_score(pairs, fakes.CLASSES.evaluated, 6)
    np.testing.assert_allclose(ious, expected, rtol=1e-12)
    assert metrics.mean_iou(ious) == pytest.approx(np.nanmean(expected), rel=1e-12)


# ------------------------------------------------------------------------------ ADE20K


def sceneparsing_score(pairs, n_classes=150):
    """Pixel accuracy and IoUs by the formulas of the official evaluation.

    Pixels of label 0 are ignored; intersections and unions are summed over all images; the IoU of
    a class without either is 0 (a tiny number is added to its union).
    """
    intersection, union, right, labelled = np.zeros(n_classes), np.zeros(n_classes), 0, 0
    for predicted, true in pairs:
        is_labelled = true > 0
        predicted = np.where(is_labelled, predicted, 0)
        for label in range(1, n_classes + 1):
            of_both = (predicted == label) & (true == label)
            intersection[label - 1] += of_both.sum()
            union[label - 1] += (predicted == label).sum() + (true == label).sum() - of_both.sum()
        right += ((predicted == true) & is_labelled).sum()
        labelled += is_labelled.sum()
    return right / labelled, intersection / (np.finfo(float).eps + union)


def ade20k_case(folder, shown, **natives):
    """Counts of images of these native sizes, whose labels are below `shown`."""
    layout = Layout((56, 84), 2, 3, 28)
    classes = Classes(ADE20K.names[: shown + 1], ADE20K.evaluated[:shown], absent="zero")
    pixels, image_of_crop = pixels_of(
        folder, dict.fromkeys(natives, layout), (7, 7), native=natives, classes=classes
    )
    wide = np.zeros((*pixels.shape[:2], 151), pixels.dtype)
    wide[..., : shown + 1] = pixels
    true = [fakes.labels_of(item, size, 0, shown + 1) for item, size in natives.items()]
    return wide, image_of_crop, true


def test_ade20k(tmp_path):
    natives = {"a_1": (51, 130), "b_1": (200, 77), "c_1": (56, 84)}
    pixels, image_of_crop, true = ade20k_case(tmp_path, 20, **natives)
    predictions = np.random.default_rng(0).integers(0, 40, pixels.shape[:2])
    predictions[:, ::2] = pixels[:, ::2].argmax(-1)  # half of them right
    found = metrics.image_confusions(predictions, pixels, image_of_crop).sum(0)
    pictures = [
        upsampled(patch_labels.stitch(predictions[image_of_crop == n], (2, 3), (7, 7)), of.shape)
        for n, of in enumerate(true)
    ]
    accuracy, ious = sceneparsing_score(zip(pictures, true, strict=True))
    ours = metrics.iou(found, ADE20K.evaluated)
    np.testing.assert_allclose(np.nan_to_num(ours), ious, rtol=1e-9, atol=1e-12)
    assert metrics.mean_iou(ours, ADE20K.absent) == pytest.approx(ious.mean(), rel=1e-9)
    assert metrics.pixel_accuracy(found, ADE20K.evaluated) == pytest.approx(accuracy, rel=1e-12)
    assert 0 < ious.mean() < metrics.mean_iou(ours, "skip")


def test_three_perfect_images_of_fifteen_classes_score_a_tenth():
    """As the official script prints for its own three samples."""
    confusions = np.zeros((3, 151, 151), int)
    shown = np.arange(1, 16)
    confusions[:, shown, shown] = np.random.default_rng(0).integers(1, 99, (3, 15))
    confusions[:, 0, :3] = 50  # whatever is predicted where nothing is labelled
    ious = metrics.iou(confusions.sum(0), ADE20K.evaluated)
    assert metrics.mean_iou(ious, ADE20K.absent) == pytest.approx(0.1)
    assert metrics.mean_iou(ious, "skip") == 1
    assert metrics.pixel_accuracy(confusions.sum(0), ADE20K.evaluated) == 1
