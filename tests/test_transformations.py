"""Shift, rotation, scale: pixels, points and patches agree, with each other and with libraries."""

import math
from fractions import Fraction

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from skimage.transform import rotate

from patchprobe.crops.changes import changes
from patchprobe.crops.correspondence import NOWHERE, original_patches
from patchprobe.crops.transformations import Rotate, Scale, Shift

WINDOW = (1000, 1000)
BOXES = [(224 * row, 224 * column, 224, 224) for row in range(4) for column in range(4)]
PAPER = changes({"shift": [1, 2, 3, 4], "rotate": [5, 10, 15, 20], "scale": [0.8, 0.9, 1.1, 1.2]})
GRIDS = [(14, 14), (16, 16)]
LEVELS = pytest.mark.parametrize("change", PAPER, ids=lambda change: change.name)


def smooth(height=300, width=260, seed=0):
    """A random image that bilinear interpolation can follow."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)


def ramps(height, width):
    """An image whose two channels are x and y of each pixel's centre."""
    y, x = np.mgrid[:height, :width] + 0.5
    return np.stack([x, y], -1)


def centres(height, width):
    """x, y of all pixel centres of a tile."""
    return ramps(height, width).reshape(-1, 2)


# ------------------------------------------------------------------------------ pixels and points


@LEVELS
@pytest.mark.parametrize("box", BOXES[::5], ids=str)
def test_pixels_show_the_points_they_are_led_back_to(change, box):
    """Positions read off an image whose grey values are positions."""
    seen = change.sample(ramps(*WINDOW), box).reshape(-1, 2)
    told = change.back(centres(224, 224), WINDOW, box) + np.array([box[1], box[0]])
    inside = (told > 0.5).all(1) & (told < 999.5).all(1)  # elsewhere the image ends
    assert inside.mean() > 0.8
    np.testing.assert_allclose(seen[inside], told[inside], atol=1e-9)


@LEVELS
def test_pixels_of_uint8_show_them_too(change):
    """Through the very code that changes crops, in which grey values are whole numbers."""
    size, box = (120, 124), (30, 40, 48, 48)
    ramp = ramps(*size) * 2
    image = np.concatenate([ramp, ramp[..., :1]], -1).astype(np.uint8)  # 2x + 1, 2y + 1, 2x + 1
    seen = change.apply(image, box, None)[..., :2].reshape(-1, 2) / 2
    told = change.back(centres(48, 48), size, box) + np.array([40, 30])
    np.testing.assert_allclose(seen, told, atol=1 / 3)


@pytest.mark.parametrize("angle", [5, 20, 77, 90, 180, 359])
def test_rotations_are_those_of_scikit_image(angle):
    image, box = smooth(240, 240), (60, 64, 112, 112)
    x, y = Rotate(angle).corner((240, 240), box)
    whole = rotate(image.astype(float), angle, order=1, preserve_range=True)
    found = Rotate(angle).sample(image.astype(float), box)
    np.testing.assert_allclose(found, whole[y : y + 112, x : x + 112], atol=1e-6)


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.1, 1.2, 2])
def test_scales_are_those_of_opencv(factor):
    image, box = smooth(), (100, 0, 112, 112)
    height, width = Scale(factor).changed_size(image.shape[:2])
    assert (height, width) == (round(300 * factor), round(260 * factor))
    x, y = Scale(factor).corner(image.shape[:2], box)
    whole = cv2.resize(image.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    found = Scale(factor).sample(image.astype(float), box)
    np.testing.assert_allclose(found, whole[y : y + 112, x : x + 112], atol=2e-3)
    rounded = Scale(factor).apply(image, box, None).astype(float)
    assert np.abs(rounded - found).max() <= 0.5


def test_shifts_are_other_cuts():
    image = smooth()
    tile = Shift(4).apply(image, (20, 30, 64, 48), None)
    np.testing.assert_array_equal(tile, image[24:88, 34:82])
    assert not np.shares_memory(tile, image)


@pytest.mark.parametrize("change", [Shift(0), Rotate(0), Rotate(360), Scale(1)], ids=str)
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_level_zero_is_the_identity(change, grid):
    image = np.random.default_rng(0).integers(0, 256, (*WINDOW, 3), dtype=np.uint8)
    for box in BOXES[::5]:
        top, left, height, width = box
        tile = image[top : top + height, left : left + width]
        np.testing.assert_array_equal(change.apply(image, box, None), tile)
        patches = original_patches(change, WINDOW, box, grid)
        np.testing.assert_array_equal(patches, np.arange(grid[0] * grid[1]))
        assert change.comes_from_image(WINDOW, box).all()


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_right_angles_are_permutations(quarters, grid):
    image = np.random.default_rng(0).integers(0, 256, (*WINDOW, 3), dtype=np.uint8)
    numbers = np.arange(grid[0] * grid[1]).reshape(grid)
    for top, left, height, width in BOXES:
        box, tile = (top, left, height, width), image[top : top + 224, left : left + 224]
        turned = Rotate(90 * quarters).apply(image, box, None)
        np.testing.assert_array_equal(turned, np.rot90(tile, quarters))
        patches = original_patches(Rotate(90 * quarters), WINDOW, box, grid)
        np.testing.assert_array_equal(patches, np.rot90(numbers, quarters).ravel())


def test_counter_clockwise_lifts_what_is_on_the_right():
    ((x, y),) = Rotate(10).move([[900, 500]], WINDOW)
    assert (x, y) == pytest.approx(
        (500 + 400 * math.cos(math.pi / 18), 500 - 400 * math.sin(math.pi / 18))
    )


def test_black_beyond_the_canvas():
    image = np.full((*WINDOW, 3), 200, np.uint8)
    box = BOXES[1]
    tile = Rotate(20).apply(image, box, None)
    shown = Rotate(20).comes_from_image(WINDOW, box)
    assert 0.01 < 1 - shown.mean() < 0.1
    assert (tile[shown] >= 100).all()  # half of it, where a pixel lies half inside
    assert (tile[~shown] <= 100).all()
    assert {0, 200} < set(tile.ravel())


sizes = st.tuples(st.integers(64, 90), st.integers(64, 90))
kinds = st.one_of(
    st.builds(Shift, st.integers(0, 9)),
    st.builds(Rotate, st.floats(0, 360)),
    st.builds(Scale, st.floats(0.5, 3)),
)


@settings(deadline=None)
@given(kinds, sizes, st.integers(0, 16), st.integers(0, 16))
def test_points_return(change, size, top, left):
    box, points = (top, left, 32, 32), np.array([[0.0, 0.0], [31.5, 2.25], [-40.0, 90.0]])
    x, y = change.corner(size, box)
    assert 0 <= x <= change.changed_size(size)[1] - 32
    assert 0 <= y <= change.changed_size(size)[0] - 32
    there = change.move(points + np.array([left, top]), size) - (x, y)
    np.testing.assert_allclose(change.back(there, size, box), points, atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(5, 30), sizes)
def test_fractions_stay_exact(tenths, size):
    change, box = Scale(tenths / 10), (4, 8, 32, 32)
    back = change.back(np.array([[Fraction(7, 3), 5]], object), size, box)
    height, width = change.changed_size(size)
    x, y = change.corner(size, box)
    assert back.tolist() == [
        [Fraction(7, 3) * size[1] / width + Fraction(x * size[1], width) - 8,
         Fraction((5 + y) * size[0], height) - 4]
    ]  # fmt: skip


# ------------------------------------------------------------------------------ patches


def patches_by_integers(tenths, box, grid):
    """Original patches under a scale of so many tenths, in whole numbers alone."""
    scaled, px = 1000 * tenths // 10, 224 // grid[0]
    index = []
    for start in box[:2]:  # rows, columns
        # the middle of the tile moves to (start + 112) tenths / 10; halves are rounded up
        corner = (2 * (start + 112) * tenths - 2240 + 10) // 20
        corner = min(max(corner, 0), scaled - 224)
        twice = [2 * corner + px * (2 * i + 1) for i in range(grid[0])]
        index.append([(10 * x - 2 * start * tenths) // (2 * px * tenths) for x in twice])
    rows, columns = index
    inside = range(grid[0])
    return [
        row * grid[1] + column if row in inside and column in inside else NOWHERE
        for row in rows
        for column in columns
    ]


@pytest.mark.parametrize("tenths", [8, 9, 11, 12])
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_patches_of_scales_in_whole_numbers(tenths, grid):
    for box in BOXES:
        found = original_patches(Scale(tenths / 10), WINDOW, box, grid)
        assert found.tolist() == patches_by_integers(tenths, box, grid)


@pytest.mark.parametrize("angle", [5, 10, 15, 20])
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_patches_of_rotations_by_shapely(angle, grid):
    px = 224 / grid[0]
    for top, left, *_ in BOXES:
        # shapely turns counter-clockwise with y up: with y down that is clockwise
        middle = affinity.rotate(shapely.Point(left + 112, top + 112), -angle, (500, 500))
        x, y = (min(max(round(c - 112), 0), 776) for c in (middle.x, middle.y))
        cells = [(px * j, px * i) for i in range(grid[0]) for j in range(grid[1])]
        points = shapely.MultiPoint([(x + a + px / 2, y + b + px / 2) for a, b in cells])
        tree = shapely.STRtree(
            [shapely.box(left + a, top + b, left + a + px, top + b + px) for a, b in cells]
        )
        expected = np.full(grid[0] * grid[1], NOWHERE)
        point, patch = tree.query(affinity.rotate(points, angle, (500, 500)).geoms, "within")
        expected[point] = patch
        found = original_patches(Rotate(angle), WINDOW, (top, left, 224, 224), grid)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_shares_of_patches_that_lie_in_the_tile(grid):
    """Shifts of up to half a patch and enlarged tiles lose none."""
    shares = {
        change.name: np.mean(
            [original_patches(change, WINDOW, box, grid) != NOWHERE for box in BOXES]
        )
        for change in PAPER
    }
    for name in ("shift-1", "shift-4", "scale-1.1", "scale-1.2"):
        assert shares[name] == 1
    assert shares["rotate-20"] < shares["rotate-10"] < shares["rotate-5"] < 1
    assert shares["scale-0.8"] < shares["scale-0.9"] < 1


def test_a_point_on_a_border_belongs_to_the_patch_on_its_right_or_below():
    # half a patch: every centre falls on the border of the next patch
    found = original_patches(Shift(8), WINDOW, BOXES[0], (14, 14)).reshape(14, 14)
    assert found[0, 0] == 15
    assert (found[-1] == NOWHERE).all()
    assert (found[:, -1] == NOWHERE).all()


def test_a_level_that_leaves_no_patch_in_the_tile():
    found = original_patches(Shift(224), WINDOW, BOXES[0], (14, 14))
    assert (found == NOWHERE).all()


def test_oblong_tiles_and_grids():
    found = original_patches(Rotate(180), (64, 96), (0, 0, 32, 48), (2, 3))
    assert found.tolist() == [5, 4, 3, 2, 1, 0]


# ------------------------------------------------------------------------------ bad input


def test_a_shift_out_of_the_image():
    with pytest.raises(ValueError, match=r"shift-105: the tile .* leaves the image"):
        Shift(105).apply(np.zeros((*WINDOW, 3), np.uint8), BOXES[-1], None)


def test_an_image_scaled_below_the_tile():
    with pytest.raises(ValueError, match=r"scale-0.2 makes images of .* smaller than a tile"):
        Scale(0.2).apply(np.zeros((*WINDOW, 3), np.uint8), BOXES[0], None)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"shift": [-1]}, "level of shift that is a whole number"),
        ({"shift": [1.5]}, "level of shift"),
        ({"rotate": [-5]}, "level of rotate that is an angle from 0 to 360"),
        ({"rotate": [361]}, "level of rotate"),
        ({"scale": [0]}, "level of scale that is a factor above 0"),
        ({"scale": ["1.1"]}, "level of scale"),
    ],
)
def test_impossible_levels(asked, message):
    with pytest.raises(ValueError, match=message):
        changes(asked)
