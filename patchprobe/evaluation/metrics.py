"""Segmentation metrics from confusion matrices kept per image."""

import numpy as np
from scipy.sparse import csr_array


def image_confusions(predictions, histograms, image_of_crop):
    """Pixel-level confusion matrix of each image, for patch predictions up-sampled to pixels.

    Equal to up-sampling every patch map, stitching the crops of an image and counting pixels, but
    without the pixels: a patch with prediction p adds its histogram of true classes to column p.

    Parameters
    ----------
    predictions : numpy.ndarray of shape (n_crops, n_patches), integer below n_classes
    histograms : numpy.ndarray of shape (n_crops, n_patches, n_classes)
        From `patch_labels.upsampled_histograms`.
    image_of_crop : numpy.ndarray of shape (n_crops,), integer
        Number of the image that each crop was cut from.

    Returns
    -------
    numpy.ndarray of shape (n_images, n_classes, n_classes), int64
        Rows are true classes, columns predicted ones.
    """
    n_crops, n_patches, n_classes = histograms.shape
    if predictions.max() >= n_classes:
        raise ValueError(f"expected predictions below {n_classes}, found {predictions.max()}")
    n_images = int(image_of_crop.max()) + 1
    row = (np.asarray(image_of_crop)[:, None] * n_classes + predictions).ravel()
    n = n_crops * n_patches
    gather = csr_array((np.ones(n, np.int64), (row, np.arange(n))), shape=(n_images * n_classes, n))
    by_prediction = gather @ histograms.reshape(n, n_classes).astype(np.int64)
    return by_prediction.reshape(n_images, n_classes, n_classes).swapaxes(1, 2)


def iou(confusion, evaluated):
    """Intersection over union of each evaluated class, as cityscapesScripts defines it.

    Pixels of other true classes (void) are left out, but a pixel of an evaluated class that is
    predicted void is a miss. NaN for a class that neither occurs nor is predicted.

    Parameters
    ----------
    confusion : numpy.ndarray of shape (..., n_classes, n_classes)
        True classes in rows.
    evaluated : sequence of int
        Classes that count.

    Returns
    -------
    numpy.ndarray of shape (..., len(evaluated)), float64
    """
    evaluated = list(evaluated)
    counted = confusion[..., evaluated, :]
    hits = np.diagonal(counted[..., evaluated], axis1=-2, axis2=-1)
    union = counted.sum(-1) + counted[..., evaluated].sum(-2) - hits
    return np.divide(hits, union, out=np.full(union.shape, np.nan), where=union > 0)


def mean_iou(ious):
    """Mean over classes; classes without a value (NaN) are skipped. NaN if none has one."""
    is_there = ~np.isnan(ious)
    count = is_there.sum(-1)
    total = np.where(is_there, ious, 0).sum(-1)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)[()]


def pixel_accuracy(confusion, evaluated):
    """Share of pixels of evaluated true classes that are predicted right."""
    counted = confusion[..., list(evaluated), :]
    hits = sum(confusion[..., c, c] for c in evaluated)
    total = counted.sum((-1, -2))
    return np.divide(hits, total, out=np.full(np.shape(total), np.nan), where=total > 0)[()]


def bootstrap_mean_iou(confusions, evaluated, rng, n_resamples=1000):
    """Mean IoU of resampled sets of images, for confidence intervals.

    Parameters
    ----------
    confusions : numpy.ndarray of shape (n_images, n_classes, n_classes)
    evaluated : sequence of int
    rng : numpy.random.Generator
    n_resamples : int

    Returns
    -------
    numpy.ndarray of shape (n_resamples,), float64
    """
    n_images = len(confusions)
    times_drawn = rng.multinomial(n_images, np.full(n_images, 1 / n_images), n_resamples)
    resampled = np.tensordot(times_drawn, confusions, 1)
    return mean_iou(iou(resampled, evaluated))
