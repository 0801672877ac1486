"""Segmentation metrics from confusion matrices kept per image."""

import numpy as np
from scipy.sparse import csr_array

_CROPS_AT_ONCE = 512  # whose histograms are copied to whole numbers of 64 bits


def image_confusions(predictions, histograms, image_of_crop):
    """Pixel-level confusion matrix of each image, for patch predictions up-sampled to pixels.

    Equal to up-sampling every patch map, stitching the crops of an image and counting pixels, but
    without the pixels: a patch with prediction p adds its histogram of true classes to column p.

    Parameters
    ----------
    predictions : numpy.ndarray of shape (n_crops, n_patches), integer below n_classes
    histograms : numpy.ndarray of shape (n_crops, n_patches, n_classes)
        Native pixels of each class, `patch_labels.pixel_counts`.
    image_of_crop : numpy.ndarray of shape (n_crops,), integer
        Number of the image that each crop was cut from.

    Returns
    -------
    numpy.ndarray of shape (n_images, n_classes, n_classes), int64
        Rows are true classes, columns predicted ones.
    """
    n_crops, _, n_classes = histograms.shape
    if predictions.max() >= n_classes:
        raise ValueError(f"expected predictions below {n_classes}, found {predictions.max()}")
    n_images = int(image_of_crop.max()) + 1
    rows = np.asarray(image_of_crop)[:, None] * n_classes + predictions
    by_prediction = np.zeros((n_images * n_classes, n_classes), np.int64)
    for start in range(0, n_crops, _CROPS_AT_ONCE):
        row = rows[start : start + _CROPS_AT_ONCE].ravel()
        counts = histograms[start : start + _CROPS_AT_ONCE].reshape(len(row), n_classes)
        places = (row, np.arange(len(row)))
        gather = csr_array((np.ones(len(row), np.int64), places), (len(by_prediction), len(row)))
        by_prediction += gather @ counts.astype(np.int64)
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
    return iou_of_tallies(tallies(confusion, evaluated))


def tallies(confusion, evaluated):
    """What IoU follows from: pixels of each evaluated class that are hit, true, and predicted.

    Parameters
    ----------
    confusion : numpy.ndarray of shape (..., n_classes, n_classes)
    evaluated : sequence of int

    Returns
    -------
    numpy.ndarray of shape (..., 3, len(evaluated))
    """
    evaluated = list(evaluated)
    counted = confusion[..., evaluated, :]
    hits = np.diagonal(counted[..., evaluated], axis1=-2, axis2=-1)
    return np.stack([hits, counted.sum(-1), counted[..., evaluated].sum(-2)], axis=-2)


def iou_of_tallies(tallied):
    """IoU of each class from its tallies: (..., 3, n) -> (..., n), NaN without any pixel."""
    hits, true, predicted = np.moveaxis(tallied, -2, 0)
    union = true + predicted - hits
    return np.divide(hits, union, out=np.full(union.shape, np.nan), where=union > 0)


def mean_iou(ious, absent="skip"):
    """Mean over classes.

    Parameters
    ----------
    ious : numpy.ndarray of shape (..., n_evaluated)
        NaN for classes that neither occur nor are predicted.
    absent : {"skip", "zero"}
        Whether such a class is left out (cityscapesScripts) or counts as 0 (ADE20K's official
        script, whose mean is over all 150 classes).

    Returns
    -------
    numpy.ndarray of shape (...)
        NaN where all classes are skipped.
    """
    is_there = ~np.isnan(ious)
    count = is_there.sum(-1) if absent == "skip" else np.full(ious.shape[:-1], ious.shape[-1])
    total = np.where(is_there, ious, 0).sum(-1)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)[()]


def resampled_mean_iou(whole, absent="skip"):
    """Statistic of resampled tallies: mean IoU over the classes that a resample shows.

    A rare class may drop out of a resample. It is then left out of the mean there, also where the
    official mean counts absent classes as 0: otherwise an interval could miss its own estimate.
    Classes that the whole set does not show keep the zeros that they count there: the mean is
    scaled, so that the statistic of the whole set is its official mean.

    Parameters
    ----------
    whole : numpy.ndarray of shape (3, n_evaluated)
        Tallies of all images.
    absent : {"skip", "zero"}

    Returns
    -------
    callable, tallies (n, 3, n_evaluated) -> (n,)
    """
    n_shown = (whole[1] > 0).sum()
    n_counted = whole.shape[1] if absent == "zero" else (~np.isnan(iou_of_tallies(whole))).sum()
    share = n_shown / max(n_counted, 1)

    def statistic(tallied):
        return share * mean_iou(np.where(tallied[:, 1] > 0, iou_of_tallies(tallied), np.nan))

    return statistic


def pixel_accuracy(confusion, evaluated):
    """Share of pixels of evaluated true classes that are predicted right."""
    counted = confusion[..., list(evaluated), :]
    hits = sum(confusion[..., c, c] for c in evaluated)
    total = counted.sum((-1, -2))
    return np.divide(hits, total, out=np.full(np.shape(total), np.nan), where=total > 0)[()]
