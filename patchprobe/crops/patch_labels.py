"""From pixel labels to patch labels, and from patch predictions back to pixels.

Both directions follow the grid of a ViT: `grid` patches a side, row-major (y outer). A label map
is a square of native resolution (256 px for Cityscapes), whatever the size of the model input.
"""

import numpy as np
from PIL import Image


def centre_indices(n_pixels, grid):
    """Pixel row (or column) that a nearest-exact resize to `grid` samples for each patch.

    The rule of cv2.INTER_NEAREST_EXACT and of Pillow's NEAREST; the latter is asked, since the
    textbook formula floor((i + .5) * n / grid) differs where the centre falls between two pixels.

    Returns
    -------
    numpy.ndarray of shape (grid,), int64
    """
    ramp = Image.fromarray(np.arange(n_pixels, dtype=np.int32)[None])
    return np.asarray(ramp.resize((grid, 1), Image.Resampling.NEAREST))[0].astype(np.int64)


def centre_labels(label_maps, grid):
    """Label of the pixel at each patch centre (protocol `as_published`).

    Parameters
    ----------
    label_maps : numpy.ndarray of shape (n_crops, height, width), uint8
    grid : int

    Returns
    -------
    numpy.ndarray of shape (n_crops, grid * grid), uint8
    """
    rows = centre_indices(label_maps.shape[1], grid)
    columns = centre_indices(label_maps.shape[2], grid)
    return label_maps[:, rows[:, None], columns].reshape(len(label_maps), -1)


def majority_labels(label_maps, grid, n_classes):
    """Most common label within each patch (Sec. 3); ties go to the smallest id.

    The patches are cut from the native pixels, with edges at round(i * size / grid).

    Returns
    -------
    numpy.ndarray of shape (n_crops, grid * grid), uint8
    """
    edges = np.rint(np.arange(grid + 1) * label_maps.shape[1] / grid).astype(np.int64)
    cells = np.repeat(np.arange(grid), np.diff(edges))
    return _histograms(label_maps, cells, n_classes).argmax(-1).astype(np.uint8)


def upsampled_histograms(label_maps, grid, n_classes):
    """Pixels of each true class under each patch of a nearest up-sampled patch map.

    A patch map up-sampled with cv2.INTER_NEAREST puts patch floor(i * grid / size) at pixel i.
    These counts make the pixel-level confusion matrix of any prediction a sum over patches.

    Returns
    -------
    numpy.ndarray of shape (n_crops, grid * grid, n_classes), int32
    """
    size = label_maps.shape[1]
    return _histograms(label_maps, np.arange(size) * grid // size, n_classes)


def _histograms(label_maps, cells, n_classes):
    """Count labels per cell; `cells` maps each pixel row, and each column, to its patch row."""
    n_crops, height, width = label_maps.shape
    if height != width:
        raise ValueError(f"expected square label maps, found {height}x{width} px")
    if label_maps.size and label_maps.max() >= n_classes:
        raise ValueError(f"expected labels below {n_classes}, found {label_maps.max()}")
    grid = cells[-1] + 1
    patch = (cells[:, None] * grid + cells) * n_classes
    counts = np.empty((n_crops, grid * grid, n_classes), np.int32)
    for crop, label_map in enumerate(label_maps):
        flat = np.bincount((patch + label_map).ravel(), minlength=counts[0].size)
        counts[crop] = flat.reshape(counts[crop].shape)
    return counts
