"""Patch labels: which pixels a patch looks at, by each rule and in both directions."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.crops import patch_labels

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


@st.composite
def maps_and_grids(draw, n_classes=5):
    """Square label maps, and a grid of at least one pixel a patch."""
    grid = draw(st.integers(1, 20))
    size = draw(st.integers(grid, 64))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return rng.integers(0, n_classes, (2, size, size), dtype=np.uint8), grid


# ------------------------------------------------------------------------------ centre rule


@pytest.mark.parametrize(("sizes", "indices"), NEAREST_EXACT.items(), ids=str)
def test_centre_indices_are_those_of_nearest_exact(sizes, indices):
    found = patch_labels.centre_indices(*sizes)
    assert found.tolist() == indices
    assert found.dtype == np.int64


def test_a_pole_is_seen_by_the_centre_rule_only_at_a_sampled_column():
    label_maps = np.zeros((2, 256, 256), np.uint8)
    label_maps[0, :, 63] = POLE
    label_maps[1, :, 64] = POLE
    seen, unseen = patch_labels.centre_labels(label_maps, 14).reshape(2, 14, 14)
    assert (seen[:, 3] == POLE).all()
    assert np.count_nonzero(seen) == 14
    assert not unseen.any()


def test_centre_labels_run_row_by_row_crop_by_crop():
    rows, columns = np.mgrid[:32, :32]
    label_maps = np.stack([rows, columns]).astype(np.uint8)
    found = patch_labels.centre_labels(label_maps, 2)  # samples pixels 8 and 24
    assert found.tolist() == [[8, 8, 24, 24], [8, 24, 8, 24]]
    assert found.dtype == np.uint8


# ------------------------------------------------------------------------------ majority rule


def test_majority_by_hand():
    label_map = [
        [7, 7, 1, 2],
        [7, 0, 2, 1],
        [3, 3, 0, 0],
        [4, 4, 0, 33],
    ]
    found = patch_labels.majority_labels(np.array([label_map], np.uint8), 2, 34)
    # 7 has three of four; 1 and 2 tie; 3 and 4 tie; void (0) counts like any class
    assert found.tolist() == [[7, 1, 3, 0]]
    assert found.dtype == np.uint8


def test_majority_ties_go_to_the_smallest_id_wherever_it_lies():
    label_maps = np.array([[[5, 5], [2, 2]], [[2, 5], [5, 2]], [[9, 4], [33, 6]]], np.uint8)
    assert patch_labels.majority_labels(label_maps, 1, 34).tolist() == [[2], [2], [4]]


def test_majority_patches_of_uneven_size_by_hand():
    label_map = np.array([[1, 1, 2, 2, 2]] * 5, np.uint8)  # edges 0, round(2.5) = 2, 5
    label_map[2:4, :2] = 3
    assert patch_labels.majority_labels(label_map[None], 2, 4).tolist() == [[1, 2, 3, 2]]


def test_majority_edges_of_256_pixels_in_14_patches():
    edges = [0, 18, 37, 55, 73, 91, 110, 128, 146, 165, 183, 201, 219, 238, 256]
    patch = np.repeat(np.arange(14), np.diff(edges))
    label_map = (14 * patch[:, None] + patch).astype(np.uint8)
    assert patch_labels.majority_labels(label_map[None], 14, 196).tolist() == [list(range(196))]


@settings(deadline=None)
@given(maps_and_grids())
def test_majority_is_the_most_common_label_between_rounded_edges(case):
    label_maps, grid = case
    size = label_maps.shape[1]
    edges = [round(Fraction(i * size, grid)) for i in range(grid + 1)]
    expected = []
    for label_map in label_maps.tolist():
        for top, bottom in pairwise(edges):
            for left, right in pairwise(edges):
                pixels = [label for row in label_map[top:bottom] for label in row[left:right]]
                counts = Counter(pixels)
                expected.append(min(counts, key=lambda label: (-counts[label], label)))
    assert patch_labels.majority_labels(label_maps, grid, 5).ravel().tolist() == expected


# ------------------------------------------------------------------------------ histograms


def explicit_histograms(label_maps, patch_of_pixel, grid, n_classes):
    """Count pixel by pixel; `patch_of_pixel` is an up-sampled map of patch numbers."""
    counts = np.zeros((len(label_maps), grid * grid, n_classes), int)
    for crop, label_map in enumerate(label_maps):
        for patch, label in zip(patch_of_pixel.flat, label_map.flat, strict=True):
            counts[crop, patch, label] += 1
    return counts


@settings(deadline=None)
@given(maps_and_grids())
def test_histograms_count_the_pixels_of_an_upsampled_patch_map(case):
    label_maps, grid = case
    size = label_maps.shape[1]
    index = [i * grid // size for i in range(size)]
    patches = np.arange(grid * grid).reshape(grid, grid)
    expected = explicit_histograms(label_maps, patches[index][:, index], grid, 5)
    found = patch_labels.upsampled_histograms(label_maps, grid, 5)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.int32


@pytest.mark.parametrize("grid", [14, 16])
def test_histograms_follow_nearest_upsampling_of_torch(grid):
    # torch's mode "nearest" is defined as that of cv2.INTER_NEAREST
    patches = torch.arange(grid * grid, dtype=torch.float32).reshape(1, 1, grid, grid)
    upsampled = torch.nn.functional.interpolate(patches, size=256, mode="nearest")
    label_maps = np.random.default_rng(0).integers(0, 34, (1, 256, 256), dtype=np.uint8)
    expected = explicit_histograms(label_maps, upsampled[0, 0].int().numpy(), grid, 34)
    found = patch_labels.upsampled_histograms(label_maps, grid, 34)
    np.testing.assert_array_equal(found, expected)


def test_histograms_by_hand():
    label_map = np.array([[0, 1, 1], [0, 0, 1], [2, 2, 1]], np.uint8)
    # pixels 0 and 1 of three lie under patch 0 of two, pixel 2 under patch 1
    found = patch_labels.upsampled_histograms(label_map[None], 2, 3)
    assert found.tolist() == [[[3, 1, 0], [0, 2, 0], [0, 0, 2], [0, 1, 0]]]


def test_oblong_label_maps_are_refused():
    label_maps = np.zeros((1, 32, 64), np.uint8)
    for count in (patch_labels.majority_labels, patch_labels.upsampled_histograms):
        with pytest.raises(ValueError, match="expected square label maps, found 32x64 px"):
            count(label_maps, 4, 34)


def test_labels_beyond_the_classes_are_refused():
    with pytest.raises(ValueError, match="expected labels below 34, found 255"):
        patch_labels.majority_labels(np.full((1, 8, 8), 255, np.uint8), 2, 34)
