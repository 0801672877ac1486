"""Association: boxes in resized frames, pairs of frames, and tiles put together again."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.crops.tiles import tile
from patchprobe.evaluation import association
from tests.test_videos import video_of

# ------------------------------------------------------------------------------ boxes


def test_boxes_are_scaled_by_each_axis():
    boxes = association.resize_boxes(
        [[0, 0, 1280, 720], [640, 90, 648, 105]], (720, 1280), (672, 1120)
    )
    assert boxes.dtype == np.float64
    np.testing.assert_allclose(boxes, [[0, 0, 1120, 672], [560, 84, 567, 98]])  # 7/8 and 14/15


def test_boxes_outside_the_image_stay_outside():
    boxes = association.resize_boxes([[-8, -15, 1288, 735]], (720, 1280), (672, 1120))
    np.testing.assert_allclose(boxes, [[-7, -14, 1127, 686]])


def test_a_box_of_another_aspect_changes_shape():
    boxes = association.resize_boxes([[10, 15, 20, 45]], (480, 640), (448, 448))
    np.testing.assert_allclose(boxes, [[7, 14, 14, 42]])


def test_no_boxes_stay_none():
    assert association.resize_boxes(np.empty((0, 4)), (480, 640), (448, 448)).shape == (0, 4)


# ------------------------------------------------------------------------------ time


def test_seconds_of_gaps():
    assert association.seconds(30, 5) == 6
    assert association.seconds(57, 5) == 11.4
    assert association.seconds(7, 14) == 0.5


def test_pairs_name_the_objects_in_both_frames():
    video = video_of([["c", "a", "b"], ["b"], ["a", "c"], ["b", "d"]])
    assert association.pairs(video, 1) == [(0, 1, ["b"]), (1, 2, []), (2, 3, [])]
    assert association.pairs(video, 2) == [(0, 2, ["c", "a"]), (1, 3, ["b"])]
    assert association.pairs(video, 3) == [(0, 3, ["b"])]


def test_frames_without_objects_count_in_a_gap():
    video = video_of([["a"], [], ["a"], []])
    assert association.pairs(video, 1) == [(0, 1, []), (1, 2, []), (2, 3, [])]
    assert association.pairs(video, 2) == [(0, 2, ["a"]), (1, 3, [])]


@pytest.mark.parametrize("frame_gap", [4, 5, 57])
def test_no_pairs_beyond_the_end(frame_gap):
    assert association.pairs(video_of([["a"]] * 4), frame_gap) == []


@pytest.mark.parametrize("frame_gap", [0, -1])
def test_gap_is_at_least_one_frame(frame_gap):
    with pytest.raises(ValueError, match="at least one frame"):
        association.pairs(video_of([["a"]] * 4), frame_gap)


# ------------------------------------------------------------------------------ tiles


@given(*(st.integers(1, 5) for _ in range(4)))
def test_stitch_puts_together_what_tile_cuts(rows, columns, g, n_features):
    shape = (rows * g, columns * g, n_features)
    frame = np.arange(np.prod(shape)).reshape(shape)
    maps = tile(frame, g).reshape(rows * columns, g * g, n_features)
    np.testing.assert_array_equal(association.stitch(maps, rows, columns), frame)


def test_stitch_by_hand():
    maps = np.arange(8).reshape(2, 4, 1)  # two tiles of 2x2 patches, one feature
    assert association.stitch(maps, 1, 2)[..., 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]
    assert association.stitch(maps, 2, 1)[..., 0].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_stitch_takes_tensors():
    maps = np.random.default_rng(0).normal(size=(15, 196, 3))
    stitched = association.stitch(torch.from_numpy(maps), 3, 5)
    assert tuple(stitched.shape) == (42, 70, 3)
    np.testing.assert_array_equal(stitched.numpy(), association.stitch(maps, 3, 5))


def test_patches_of_a_tiled_frame_lie_where_its_pixels_are():
    frame = np.zeros((672, 1120, 1))
    frame[224:240, 448:464] = 1  # the first patch of tile (1, 2)
    patches = tile(frame, 224).reshape(15, 14, 16, 14, 16).mean(axis=(2, 4)).reshape(15, 196, 1)
    stitched = association.stitch(patches, 3, 5)[..., 0]
    assert np.argwhere(stitched).tolist() == [[14, 28]]


@pytest.mark.parametrize(("shape", "grid"), [((6, 4, 1), (2, 2)), ((4, 5, 1), (2, 2))])
def test_stitch_refuses_what_does_not_fit(shape, grid):
    with pytest.raises(ValueError, match="expected 2x2 tiles"):
        association.stitch(np.zeros(shape), *grid)
