"""Association of objects in videos: pairs of frames, boxes and patch maps of whole frames.

The patch maps of a frame's tiles are stitched together, and boxes are scaled to the resized frame.
"""

from math import isqrt

import numpy as np


def seconds(frame_gap, rate):
    """Duration of a gap of frames at a rate in frames per second."""
    return frame_gap / rate


def pairs(video, frame_gap):
    """Frames that lie a gap apart, and the objects that are in both.

    Returns
    -------
    list of tuple
        (frame, later frame, ids of the objects in both in the order of the first), for every frame
        that has a later one; ids may be none. Empty if the gap is longer than the video.
    """
    if frame_gap < 1:
        raise ValueError(f"expected a gap of at least one frame, found {frame_gap}")
    groups = video.objects.groupby("frame")["id"]
    ids = {frame: list(of_frame) for frame, of_frame in groups}
    found = []
    for first in range(len(video.images) - frame_gap):
        there = set(ids.get(first + frame_gap, ()))
        common = [identity for identity in ids.get(first, ()) if identity in there]
        found.append((first, first + frame_gap, common))
    return found


def resize_boxes(boxes, native, resized):
    """Boxes in the pixels of a resized frame; each axis has its own factor.

    Parameters
    ----------
    boxes : array_like of shape (n, 4)
        x1, y1, x2, y2 in native px.
    native, resized : tuple of int
        Height and width, px.

    Returns
    -------
    numpy.ndarray of shape (n, 4), float64
    """
    (height, width), (new_height, new_width) = native, resized
    factors = np.tile((new_width / width, new_height / height), 2)
    return np.asarray(boxes, np.float64).reshape(-1, 4) * factors


def stitch(maps, rows, columns):
    """Put the patch maps of a frame's tiles together; the tiles are in the order of `crops.tile`.

    Parameters
    ----------
    maps : numpy.ndarray or torch.Tensor of shape (rows * columns, g * g, n_features)
        Patches row by row.
    rows, columns : int
        Of tiles.

    Returns
    -------
    numpy.ndarray or torch.Tensor of shape (rows * g, columns * g, n_features)
    """
    n_tiles, n_patches, n_features = maps.shape
    g = isqrt(n_patches)
    if n_tiles != rows * columns or n_patches != g * g:
        raise ValueError(
            f"expected {rows}x{columns} tiles of g x g patches, found {n_tiles} of {n_patches}"
        )
    grid = maps.reshape(rows, columns, g, g, n_features).swapaxes(1, 2)
    return grid.reshape(rows * g, columns * g, n_features)
