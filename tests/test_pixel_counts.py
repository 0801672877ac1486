"""Pixels under an up-sampled patch map, and values tile by tile."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.crops import patch_labels
from patchprobe.crops.tiles import tile
from tests.test_patch_labels import maps_and_grids, random_map, tilings


def counted(label_map, patch_of_pixel, n_patches, n_classes):
    """Count pixel by pixel; `patch_of_pixel` is an up-sampled map of patch numbers."""
    counts = np.zeros((n_patches, n_classes), int)
    np.add.at(counts, (patch_of_pixel.ravel(), label_map.ravel()), 1)
    return counts


@settings(deadline=None)
@given(maps_and_grids())
def test_pixels_are_counted_under_an_upsampled_patch_map(case):
    label_map, grid = case
    rows, columns = (
        [i * n // size for i in range(size)] for size, n in zip(label_map.shape, grid, strict=True)
    )
    patches = np.arange(grid[0] * grid[1]).reshape(grid)[rows][:, columns]
    found = patch_labels.pixel_counts(label_map, grid, 5)
    assert found.shape == (*grid, 5)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(
        found.reshape(-1, 5), counted(label_map, patches, grid[0] * grid[1], 5)
    )


@pytest.mark.parametrize(
    ("size", "grid"), [((256, 512), (14, 28)), ((256, 256), (16, 16)), ((1024, 1024), (56, 56))]
)
def test_counts_follow_nearest_upsampling_where_libraries_agree(size, grid):
    patches = np.arange(grid[0] * grid[1]).reshape(grid)
    upsampled = torch.nn.functional.interpolate(
        torch.from_numpy(patches)[None, None].float(), size=size, mode="nearest"
    )[0, 0].long()
    by_opencv = cv2.resize(
        patches.astype(np.float32), size[::-1], interpolation=cv2.INTER_NEAREST
    ).astype(int)
    np.testing.assert_array_equal(upsampled, by_opencv)
    label_map = random_map(5, size, 34)
    found = patch_labels.pixel_counts(label_map, grid, 34).reshape(-1, 34)
    np.testing.assert_array_equal(found, counted(label_map, by_opencv, patches.size, 34))


def sizes_where_libraries_miss_the_floor(n_patches):
    """Heights of pictures whose rows OpenCV or torch assign otherwise than the exact floor."""
    ramp = np.arange(n_patches, dtype=np.float32)
    missed = []
    for n in range(200, 2400):
        exact = np.arange(n) * n_patches // n
        by_opencv = cv2.resize(ramp[:, None], (1, n), interpolation=cv2.INTER_NEAREST)[:, 0]
        by_torch = torch.nn.functional.interpolate(torch.from_numpy(ramp)[None, None], size=n)[0, 0]
        if (by_opencv != exact).any() or (by_torch.numpy() != exact).any():
            missed.append(n)
    return missed


def test_counts_are_those_of_the_exact_floor_where_libraries_miss_it():
    sizes = sizes_where_libraries_miss_the_floor(28)
    assert sizes  # the case is one that a library call does not pass
    for n in sizes:
        label_map = np.repeat([[i * 28 // n] for i in range(n)], 3, axis=1).astype(np.uint8)
        found = patch_labels.pixel_counts(label_map, (28, 1), 28)[:, 0]
        assert (found == np.diag(np.diag(found))).all()
        assert found.sum() == 3 * n


def test_counts_by_hand():
    label_map = np.array([[0, 1, 1], [0, 0, 1], [2, 2, 1]], np.uint8)
    # pixels 0 and 1 of three lie under patch 0 of two, pixel 2 under patch 1
    found = patch_labels.pixel_counts(label_map, (2, 2), 3)
    assert found.tolist() == [[[3, 1, 0], [0, 2, 0]], [[0, 0, 2], [0, 1, 0]]]
    found = patch_labels.pixel_counts(label_map, (1, 2), 3)
    assert found.tolist() == [[[3, 1, 2], [0, 3, 0]]]


@pytest.mark.parametrize("count", [patch_labels.majority_labels, patch_labels.pixel_counts])
def test_labels_beyond_the_classes_are_refused(count):
    with pytest.raises(ValueError, match="expected labels below 34, found 255"):
        count(np.full((8, 8), 255, np.uint8), (2, 2), 34)


# ------------------------------------------------------------------------------ tile by tile


def test_values_by_tile_by_hand():
    values = np.arange(24).reshape(4, 6)  # 2 x 3 tiles of 2 x 2 patches
    found = patch_labels.by_tile(values, (2, 3))
    assert found[0].tolist() == [0, 1, 6, 7]
    assert found[2].tolist() == [4, 5, 10, 11]
    assert found[3].tolist() == [12, 13, 18, 19]


@given(tilings(), st.sampled_from([(), (3,), (2, 3)]))
def test_stitching_undoes_cutting(case, rest):
    tiles, patches, _ = case
    shape = (tiles[0] * patches[0], tiles[1] * patches[1], *rest)
    values = np.arange(np.prod(shape)).reshape(shape)
    found = patch_labels.by_tile(values, tiles)
    assert found.shape == (tiles[0] * tiles[1], patches[0] * patches[1], *rest)
    np.testing.assert_array_equal(patch_labels.stitch(found, tiles, patches), values)


def test_square_grids_are_cut_as_images_are():
    values = np.arange(6 * 9).reshape(6, 9)
    np.testing.assert_array_equal(
        patch_labels.by_tile(values, (2, 3)), tile(values, 3).reshape(6, 9)
    )
