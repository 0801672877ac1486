"""Patch labels: which pixels a patch looks at, by each rule and in both directions."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.crops import patch_labels
from patchprobe.crops.tiles import tile

POLE = 17
# cv2.INTER_NEAREST_EXACT, as printed in the protocol (1.3)
NEAREST_EXACT = {
    (256, 14): [9, 27, 45, 63, 82, 100, 118, 137, 155, 173, 191, 210, 228, 246],
    (256, 16): [8 + 16 * i for i in range(16)],
    (224, 14): [8 + 16 * i for i in range(14)],
    (224, 16): [7 + 14 * i for i in range(16)],
    (448, 28): [8 + 16 * i for i in range(28)],
    (1024, 64): [8 + 16 * i for i in range(64)],
    (448, 32): [7 + 14 * i for i in range(32)],
    (672, 42): [8 + 16 * i for i in range(42)],
    (672, 48): [7 + 14 * i for i in range(48)],
}


def random_map(seed, size, n_classes=5):
    return np.random.default_rng(seed).integers(0, n_classes, size, dtype=np.uint8)


def nearest_exact(label_map, size):
    """Resized by OpenCV; `size` is height and width."""
    return cv2.resize(label_map, size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)


@st.composite
def maps_and_grids(draw):
    """Label maps, and a grid of at least one pixel a patch."""
    grid = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    size = tuple(draw(st.integers(n, 40)) for n in grid)
    return random_map(draw(st.integers(0, 1000)), size), grid


@st.composite
def tilings(draw):
    """Rows and columns of tiles and of patches in a tile, height and width of a tile."""
    tiles = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    patches = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    size = tuple(draw(st.integers(n, 20)) for n in patches)
    return tiles, patches, size


# ------------------------------------------------------------------------------ centre rule


@pytest.mark.parametrize(("sizes", "indices"), NEAREST_EXACT.items(), ids=str)
def test_centre_indices_are_those_of_nearest_exact(sizes, indices):
    found = patch_labels.centre_indices(*sizes)
    assert found.tolist() == indices
    assert found.dtype == np.int64


@pytest.mark.parametrize("size", [(31, 17), (448, 672), (9, 200)])
def test_resize_is_nearest_exact_of_opencv(size):
    label_map = random_map(0, (67, 91), 151)
    found = patch_labels.resize_nearest(label_map, size)
    np.testing.assert_array_equal(found, nearest_exact(label_map, size))


def test_a_pole_is_seen_by_the_centre_rule_only_at_a_sampled_column():
    label_map = np.zeros((256, 512), np.uint8)
    label_map[:, 63] = label_map[:, 256 + 64] = POLE  # the second tile has its own at 64
    found = patch_labels.centre_labels(label_map, (1, 2), (14, 14))
    assert found.shape == (14, 28)
    assert (found[:, 3] == POLE).all()
    assert np.count_nonzero(found) == 14


def test_centre_labels_of_oblong_tiles_by_hand():
    rows, columns = np.mgrid[:32, :60]
    # tiles of 16 x 30 px in patches of 8 x 10: rows 4 and 12, columns 5, 15 and 25 of a tile
    found = patch_labels.centre_labels(rows.astype(np.uint8), (2, 2), (2, 3))
    assert found[:, 0].tolist() == [4, 12, 20, 28]
    assert (found == found[:, :1]).all()
    found = patch_labels.centre_labels(columns.astype(np.uint8), (2, 2), (2, 3))
    assert found[0].tolist() == [5, 15, 25, 35, 45, 55]
    assert found.dtype == np.uint8


@pytest.mark.parametrize("grid", [14, 16])
def test_centre_labels_of_cityscapes(grid):
    label_map = random_map(1, (1024, 2048), 34)
    found = patch_labels.centre_labels(label_map, (4, 8), (grid, grid))
    expected = [nearest_exact(cut, (grid, grid)) for cut in tile(label_map, 256)]
    by_tile = patch_labels.by_tile(found, (4, 8)).reshape(32, grid, grid)
    np.testing.assert_array_equal(by_tile, expected)


@pytest.mark.parametrize("grid", [14, 16])
@pytest.mark.parametrize("native", [(512, 683), (256, 384), (1600, 2400), (449, 671), (448, 672)])
def test_centre_labels_of_ade20k_are_resized_twice(native, grid):
    label_map = random_map(2, native, 151)
    found = patch_labels.centre_labels(label_map, (2, 3), (grid, grid), (448, 672))
    resized = nearest_exact(label_map, (448, 672))
    expected = [nearest_exact(cut, (grid, grid)) for cut in tile(resized, 224)]
    by_tile = patch_labels.by_tile(found, (2, 3)).reshape(6, grid, grid)
    np.testing.assert_array_equal(by_tile, expected)


@settings(deadline=None)
@given(tilings())
def test_centre_labels_are_those_of_each_tile(case):
    tiles, patches, size = case
    label_map = random_map(3, (tiles[0] * size[0], tiles[1] * size[1]))
    found = patch_labels.centre_labels(label_map, tiles, patches)
    for row in range(tiles[0]):
        for column in range(tiles[1]):
            cut = label_map[
                row * size[0] : (row + 1) * size[0], column * size[1] : (column + 1) * size[1]
            ]
            here = found[
                row * patches[0] : (row + 1) * patches[0],
                column * patches[1] : (column + 1) * patches[1],
            ]
            np.testing.assert_array_equal(here, nearest_exact(cut, patches))


def test_tiles_that_do_not_divide_the_map_are_refused():
    with pytest.raises(ValueError, match="expected 3 equal tiles, found 32 px"):
        patch_labels.centre_labels(np.zeros((32, 32), np.uint8), (3, 2), (2, 2))


# ------------------------------------------------------------------------------ majority rule


def test_majority_by_hand():
    label_map = [
        [7, 7, 1, 2],
        [7, 0, 2, 1],
        [3, 3, 0, 0],
        [4, 4, 0, 33],
    ]
    found = patch_labels.majority_labels(np.array(label_map, np.uint8), (2, 2), 34)
    # 7 has three of four; 1 and 2 tie; 3 and 4 tie; void (0) counts like any class
    assert found.tolist() == [[7, 1], [3, 0]]
    assert found.dtype == np.uint8


@pytest.mark.parametrize(
    ("label_map", "label"), [([[5, 5], [2, 2]], 2), ([[2, 5], [5, 2]], 2), ([[9, 4], [33, 6]], 4)]
)
def test_majority_ties_go_to_the_smallest_id_wherever_it_lies(label_map, label):
    label_map = np.array(label_map, np.uint8)
    assert patch_labels.majority_labels(label_map, (1, 1), 34).tolist() == [[label]]


def test_majority_patches_of_uneven_size_by_hand():
    label_map = np.array([[1, 1, 2, 2, 2]] * 4, np.uint8)  # columns 0, round(2.5) = 2, 5
    label_map[2:, :2] = 3
    assert patch_labels.majority_labels(label_map, (2, 2), 4).tolist() == [[1, 2], [3, 2]]


def test_majority_edges_of_256_pixels_in_14_patches():
    edges = [0, 18, 37, 55, 73, 91, 110, 128, 146, 165, 183, 201, 219, 238, 256]
    patch = np.repeat(np.arange(14), np.diff(edges))
    label_map = (14 * patch[:, None] + patch).astype(np.uint8)
    expected = np.arange(196).reshape(14, 14)
    np.testing.assert_array_equal(patch_labels.majority_labels(label_map, (14, 14), 196), expected)


def test_edges_of_a_tiled_image_are_those_of_its_tiles():
    label_map = random_map(4, (512, 768), 34)
    whole = patch_labels.majority_labels(label_map, (28, 42), 34)
    expected = [patch_labels.majority_labels(cut, (14, 14), 34) for cut in tile(label_map, 256)]
    by_tile = patch_labels.by_tile(whole, (2, 3)).reshape(6, 14, 14)
    np.testing.assert_array_equal(by_tile, expected)


@settings(deadline=None)
@given(maps_and_grids())
def test_majority_is_the_most_common_label_between_rounded_edges(case):
    label_map, grid = case
    rows, columns = (
        [round(Fraction(i * size, n)) for i in range(n + 1)]
        for size, n in zip(label_map.shape, grid, strict=True)
    )
    expected = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            counts = Counter(label_map[top:bottom, left:right].ravel().tolist())
            expected.append(min(counts, key=lambda label: (-counts[label], label)))
    assert patch_labels.majority_labels(label_map, grid, 5).ravel().tolist() == expected
