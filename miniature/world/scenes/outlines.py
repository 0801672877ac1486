"""Outlines on the ground and boxes in the picture: what is inside what, and what overlaps."""

import numpy as np


def inside(outline, x, z):
    """Whether a point is inside an outline (n, 2)."""
    (ax, az), (bx, bz) = outline.T, np.roll(outline, -1, axis=0).T
    crosses = (az > z) != (bz > z)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ax + (z - az) / (bz - az) * (bx - ax)
    return bool(np.count_nonzero(crosses & (x < at)) % 2)


def overlap(first, second):
    """Whether two convex outlines (n, 2) overlap."""
    for outline in (first, second):
        edges = np.roll(outline, -1, axis=0) - outline
        for normal in np.column_stack([-edges[:, 1], edges[:, 0]]):
            a, b = first @ normal, second @ normal
            if a.max() <= b.min() or b.max() <= a.min():
                return False
    return True


def shared(first, second):
    """The share of the second box (left, top, right, bottom) that lies in the first."""
    size = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    area = np.prod(np.maximum(second[2:] - second[:2], 1))
    return float(np.prod(np.clip(size, 0, None)) / area)
