"""From pixel labels to patch labels, and from patch predictions back to pixels.

All functions take the label map of a whole image and the grid of patches that covers it, (rows,
columns), row-major. Tiles cover whole numbers of patches, so a tiled image has one grid.
"""

import numpy as np
from PIL import Image


def centre_indices(n_pixels, n_patches):
    """Pixel row (or column) that a nearest-exact resize samples for each patch.

    The rule of cv2.INTER_NEAREST_EXACT and of Pillow's NEAREST; the latter is asked, since the
    textbook formula floor((i + .5) * n / grid) differs where the centre falls between two pixels.

    Returns
    -------
    numpy.ndarray of shape (n_patches,), int64
    """
    ramp = Image.fromarray(np.arange(n_pixels, dtype=np.int32)[None])
    return np.asarray(ramp.resize((n_patches, 1), Image.Resampling.NEAREST))[0].astype(np.int64)


def resize_nearest(label_map, size):
    """Resize a label map by the rule of cv2.INTER_NEAREST_EXACT.

    Parameters
    ----------
    label_map : numpy.ndarray of shape (height, width)
    size : (int, int)

    Returns
    -------
    numpy.ndarray of shape `size`
    """
    rows, columns = map(centre_indices, label_map.shape, size)
    return label_map[rows[:, None], columns]


def centre_labels(label_map, tiles, patches, size=None):
    """Label of the pixel at each patch centre (protocol `as_published`).

    As in the published experiments, labels are resized to the size at which the image is cut, then
    every tile is resized to its patches, both nearest-exact.

    Parameters
    ----------
    label_map : numpy.ndarray of shape (height, width), uint8
        Native size.
    tiles : (int, int)
        Rows and columns of tiles.
    patches : (int, int)
        Rows and columns of patches in a tile.
    size : (int, int), optional
        Height and width at which the image is cut; default: the native size.

    Returns
    -------
    numpy.ndarray of shape (rows, columns) of the patches of the whole image, uint8
    """
    if size is not None and tuple(size) != label_map.shape:
        label_map = resize_nearest(label_map, size)
    rows, columns = (
        _centres_in_tiles(n_pixels, n_tiles, n_patches)
        for n_pixels, n_tiles, n_patches in zip(label_map.shape, tiles, patches, strict=True)
    )
    return label_map[rows[:, None], columns]


def _centres_in_tiles(n_pixels, n_tiles, n_patches):
    if n_pixels % n_tiles:
        raise ValueError(f"expected {n_tiles} equal tiles, found {n_pixels} px")
    tile_px = n_pixels // n_tiles
    starts = np.arange(n_tiles) * tile_px
    return (starts[:, None] + centre_indices(tile_px, n_patches)).ravel()


def majority_labels(label_map, grid, n_classes):
    """Most common label within each patch (Sec. 3); ties go to the smallest label.

    Native pixels are counted within edges at round(i * size / grid).

    Parameters
    ----------
    label_map : numpy.ndarray of shape (height, width), uint8
    grid : (int, int)
        Rows and columns of patches of the whole image.
    n_classes : int

    Returns
    -------
    numpy.ndarray of shape `grid`, uint8
    """
    cells = [_majority_cells(n, g) for n, g in zip(label_map.shape, grid, strict=True)]
    counts = _histograms(label_map, *cells, grid, n_classes)
    return counts.argmax(-1).astype(np.uint8)


def _majority_cells(n_pixels, n_patches):
    edges = np.rint(np.arange(n_patches + 1) * n_pixels / n_patches).astype(np.int64)
    return np.repeat(np.arange(n_patches), np.diff(edges))


def pixel_counts(label_map, grid, n_classes):
    """Pixels of each true class under each patch of a nearest up-sampled patch map.

    A patch map up-sampled to n pixels with cv2.INTER_NEAREST puts patch floor(i * grid / n) at
    pixel i; the floor is computed with integers. These counts make the pixel-level confusion matrix
    of any prediction a sum over patches.

    Returns
    -------
    numpy.ndarray of shape (rows, columns, n_classes), int64
    """
    cells = [np.arange(n) * g // n for n, g in zip(label_map.shape, grid, strict=True)]
    return _histograms(label_map, *cells, grid, n_classes)


def by_tile(values, tiles):
    """Values of the patches of an image, tile by tile.

    Parameters
    ----------
    values : numpy.ndarray of shape (rows, columns, ...)
    tiles : (int, int)

    Returns
    -------
    numpy.ndarray of shape (n_tiles, patches of a tile, ...)
    """
    rows, columns = tiles
    height, width, *rest = values.shape
    split = values.reshape(rows, height // rows, columns, width // columns, *rest).swapaxes(1, 2)
    return split.reshape(rows * columns, -1, *rest)


def stitch(values, tiles, patches):
    """The inverse of `by_tile`: (n_tiles, patches of a tile, ...) -> (rows, columns, ...)."""
    rest = values.shape[2:]
    grid = values.reshape(*tiles, *patches, *rest).swapaxes(1, 2)
    return grid.reshape(tiles[0] * patches[0], tiles[1] * patches[1], *rest)


def _histograms(label_map, row_of, column_of, grid, n_classes):
    """Count labels per patch; `row_of` and `column_of` map pixels to patches."""
    if label_map.max() >= n_classes:
        raise ValueError(f"expected labels below {n_classes}, found {label_map.max()}")
    rows, columns = grid
    patch = (row_of[:, None] * columns + column_of) * n_classes
    flat = np.bincount((patch + label_map).ravel(), minlength=rows * columns * n_classes)
    return flat.reshape(rows, columns, n_classes)
