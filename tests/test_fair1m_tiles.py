"""Tiles of FAIR1M: windows, crops, masks, and what is present in a tile."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage.draw import polygon as fill

from patchprobe.datasets import fair1m, fair1m_images, fair1m_tiles
from patchprobe.datasets.fair1m_annotations import Object
from patchprobe.datasets.fair1m_names import Tile
from patchprobe.datasets.fair1m_tiles import (
    object_shares,
    objects_of_tile,
    tiles_of_image,
    window_image,
    window_labels,
    window_starts,
)
from patchprobe.errors import DatasetError
from tests.test_fair1m_images import thing, write_item

FIRST = Tile("7", 0, 0, 0, 0)  # covers 0..224 of the image


def box(left, top, right, bottom):
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def rotated(centre, length, width, degrees):
    """Corners of a rotated rectangle."""
    turn = np.radians(degrees)
    along = np.array([np.cos(turn), np.sin(turn)]) * length / 2
    across = np.array([-np.sin(turn), np.cos(turn)]) * width / 2
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return np.array(centre) + signs @ np.array([along, across])


def read_tile(root, split, name):
    """Crop and mask of a tile."""
    sample = fair1m.DATASET.read(root, split, name)
    ((top, left, height, width),) = fair1m.DATASET.layout(root, split, name).boxes
    return sample.image[top : top + height, left : left + width], sample.labels


def put(category, corners):
    return Object(category, np.array(corners, np.float64))


# ------------------------------------------------------------------------------ windows


@pytest.mark.parametrize(
    ("length", "starts"),
    [
        (1, [0]),
        (700, [0]),
        (1000, [0]),
        (1001, [0, 1]),
        (1800, [0, 800]),
        (1801, [0, 800, 801]),
        (2300, [0, 800, 1300]),
        (5787, [0, 800, 1600, 2400, 3200, 4000, 4787]),
    ],
)
def test_windows_along_a_side(length, starts):
    assert window_starts(length) == starts


@given(st.integers(1000, 12_000))
def test_windows_cover_the_side_and_end_with_it(length):
    starts = window_starts(length)
    assert starts[0] == 0
    assert starts[-1] + 1000 == length
    steps = np.diff(starts)
    assert (steps[:-1] == 800).all()
    assert (steps > 0).all()
    assert (steps <= 800).all()


def test_all_tiles_of_an_image():
    tiles = tiles_of_image("part1/7", (1500, 2300))
    assert len({tile.name for tile in tiles}) == len(tiles) == 2 * 3 * 16
    assert {(tile.x, tile.y) for tile in tiles} == {
        (x, y) for x in (0, 800, 1300) for y in (0, 500)
    }
    assert max(tile.box[2] for tile in tiles) == 1300 + 896
    assert tiles[0].name == "part1-7__1__0___0.224_0_0"


def test_small_images_are_filled_up_with_black():
    image = np.full((600, 700, 3), 9, np.uint8)
    window = window_image(image, 0, 0)
    assert (window.shape, window.dtype) == ((1000, 1000, 3), np.uint8)
    assert (window[:600, :700] == 9).all()
    assert not window[600:].any()
    assert not window[:, 700:].any()


@pytest.fixture
def root(tmp_path):
    """An image of 2300x1100 px whose pixels tell where they are, with an object in its corner."""
    objects = [thing("Bridge", box(2240, 1050, 2260, 1060)), thing("Van", box(0, 0, 30, 20))]
    write_item(tmp_path / "validation", 7, *objects)
    y, x = np.indices((1100, 2300))
    where = np.stack([x % 256, y % 256, x // 256 * 16 + y // 256], axis=-1).astype(np.uint8)
    Image.fromarray(where).save(tmp_path / "validation/images/7.tif")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("7__1__0___0.224_0_0", 0, 0),
        ("7__1__800___0.224_1_3", 800 + 3 * 224, 224),
        ("7__1__1300___100.224_3_2", 1300 + 2 * 224, 100 + 3 * 224),
    ],
)
def test_crop_is_the_place_in_the_image(root, name, x, y):
    crop, mask = read_tile(root, "val", name)
    assert (crop.shape, crop.dtype) == ((224, 224, 3), np.uint8)
    assert (mask.shape, mask.dtype) == ((224, 224), np.uint8)
    image = fair1m_images.read_image(root, "val", "7")
    np.testing.assert_array_equal(crop, image[y : y + 224, x : x + 224])


def test_object_at_the_top_left_is_at_the_top_left_of_the_mask(root):
    _, mask = read_tile(root, "val", "7__1__0___0.224_0_0")
    expected = np.zeros((224, 224), np.uint8)
    expected[:21, :31] = 26  # van; the border is filled
    np.testing.assert_array_equal(mask, expected)


def test_mask_of_the_last_104_pixels_of_a_window_is_in_no_tile(root):
    for name in ("7__1__1300___100.224_3_3", "7__1__1300___100.224_3_2"):
        assert not read_tile(root, "val", name)[1].any()
    labels = window_labels(fair1m_images.read_objects(root, "val", "7"), 1300, 100)
    assert np.argwhere(labels == 38).min(axis=0).tolist() == [950, 940]


def test_tile_of_a_small_image_is_black_outside(tmp_path):
    write_item(tmp_path / "train/part1", 7, thing(points=box(680, 580, 720, 620)), size=(700, 600))
    Image.new("RGB", (700, 600), (9, 9, 9)).save(tmp_path / "train/part1/images/7.tif")
    crop, mask = read_tile(tmp_path, "train", "part1-7__1__0___0.224_2_3")
    assert (crop[: 600 - 448, : 700 - 672] == 9).all()
    assert crop.sum() == 9 * 3 * (600 - 448) * (700 - 672)
    assert mask[580 - 448 : 620 - 448 + 1, 680 - 672 : 720 - 672 + 1].all()
    assert np.count_nonzero(mask) == 41 * 41


@pytest.mark.parametrize("window", ["400___0", "1600___0", "0___800", "2300___0"])
def test_window_that_the_image_does_not_have_is_refused(root, window):
    message = (
        rf"7__1__{window}.224_0_0: .*validation/images/7.tif of 2300x1100 px has no window at .*"
        "another split or part"
    )
    with pytest.raises(DatasetError, match=message):
        read_tile(root, "val", f"7__1__{window}.224_0_0")


# ------------------------------------------------------------------------------ masks


def test_later_objects_cover_earlier_ones():
    first, second = put(5, box(10, 10, 50, 50)), put(9, box(30, 30, 70, 70))
    labels = window_labels([first, second], 0, 0)
    assert (labels[20, 20], labels[40, 40], labels[60, 60]) == (5, 9, 9)
    labels = window_labels([second, first], 0, 0)
    assert (labels[20, 20], labels[40, 40], labels[60, 60]) == (5, 5, 9)
    assert np.count_nonzero(labels) == 2 * 41**2 - 21**2


def test_corners_lose_their_fraction_towards_zero_within_the_window():
    labels = window_labels([put(3, box(9.99, 19.01, 30.5, 40.99))], 0, 0)
    assert (labels[19:41, 9:31] == 3).all()
    assert np.count_nonzero(labels) == 22 * 22
    labels = window_labels([put(3, box(799.2, 19.01, 830.5, 40.99))], 800, 0)
    assert np.count_nonzero(labels) == np.count_nonzero(labels[19:41, :31]) == 22 * 31
    diamond = window_labels([put(3, [(-0.9, 2), (2, -0.9), (5, 2), (2, 5)])], 0, 0)
    np.testing.assert_array_equal(diamond[:3, :3], [[0, 0, 3], [0, 3, 3], [3, 3, 3]])


def whole_boxes(n):
    """Rotated boxes with whole corners, some of them partly outside a window."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        centre, (length, width) = rng.uniform(-20, 1020, 2), rng.uniform(8, 200, 2)
        yield np.round(rotated(centre, length, width, rng.uniform(0, 360)))


def test_fill_is_the_inside_by_an_independent_library_and_the_border():
    """Within the window; OpenCV draws borders that leave it less exactly."""
    n_whole = n_border = 0
    for corners in whole_boxes(60):
        filled = window_labels([put(1, corners)], 0, 0).astype(bool)
        inside = np.zeros((1000, 1000), bool)
        inside[fill(corners[:, 1], corners[:, 0], inside.shape)] = True
        differ = shapely.points(np.argwhere(filled != inside)[:, ::-1])
        distances = shapely.distance(shapely.Polygon(corners).exterior, differ)
        if corners.min() >= 0 and corners.max() < 1000:
            n_whole += 1
            n_border += len(differ)
            assert filled[inside].all()
            assert distances.max(initial=0) <= 0.5
        else:
            assert distances.max(initial=0) <= 1.5
    assert 10 < n_whole < 60
    assert n_border > 1000


def test_a_mask_does_not_depend_on_the_window_it_is_cut_from():
    corners = np.array([(850, 300), (980, 340), (960, 420), (830, 380)])
    objects = [put(1, corners)]
    left, right = window_labels(objects, 0, 0), window_labels(objects, 800, 0)
    np.testing.assert_array_equal(left[:, 800:], right[:, :200])


# ------------------------------------------------------------------------------ presence


@pytest.mark.parametrize(("inside", "is_there"), [(33, False), (34, True), (100, True)])
@pytest.mark.parametrize("side", ["left", "top"])
def test_a_third_of_the_area_makes_an_object_present(inside, is_there, side):
    """100 px long, of which 33 or 34 px are in the tile: shares of .33 and .34."""
    corners = box(224 - inside, 50, 324 - inside, 80)
    corners = corners if side == "left" else [(y, x) for x, y in corners]
    there = objects_of_tile([put(4, corners)], FIRST)
    assert [x.category for x in there] == ([4] if is_there else [])
    np.testing.assert_allclose(object_shares([put(4, corners)], [FIRST]), [[inside / 100]])


@pytest.mark.parametrize(("factor", "is_there"), [(0.999, False), (1, True), (1.001, True)])
def test_exactly_a_third_of_a_diamond(factor, is_there):
    """A square on its corner, cut at t from the tip: share t^2 / (2 a^2), 1/3 at a sqrt(2/3)."""
    a = 37.3
    tip = 224 - factor * a * np.sqrt(2 / 3)
    diamond = [(tip, 100), (tip + a, 100 - a), (tip + 2 * a, 100), (tip + a, 100 + a)]
    assert bool(objects_of_tile([put(4, diamond)], FIRST)) == is_there


def test_a_part_outside_the_image_counts_as_outside():
    """The denominator is the area of the whole polygon: 60 of 200 px are in the image."""
    assert objects_of_tile([put(4, box(-140, 0, 60, 10))], FIRST) == []
    assert len(objects_of_tile([put(4, box(-110, 0, 60, 10))], FIRST)) == 1


def test_shares_by_counting_random_points():
    rng = np.random.default_rng(1)
    tiles = tiles_of_image("7", (1000, 1000))
    edges = np.array([tile.box for tile in tiles])
    for _ in range(30):
        corners = rotated(rng.uniform(0, 900, 2), *rng.uniform(20, 300, 2), rng.uniform(0, 360))
        along, across = corners[1] - corners[0], corners[3] - corners[0]
        u, v = rng.random((2, 20_000, 1))
        points = corners[0] + u * along + v * across
        is_in = [((points >= e[:2]) & (points < e[2:])).all(axis=1).mean() for e in edges]
        shares = object_shares([put(1, corners)], tiles)[:, 0]
        np.testing.assert_allclose(shares, is_in, atol=0.02)
        assert shares.sum() <= 1 + 1e-9


def test_an_image_in_tiles_has_the_whole_of_its_objects():
    objects = [put(1, rotated((300, 400), 200, 90, 30)), put(2, box(100, 100, 120, 110))]
    shares = object_shares(objects, tiles_of_image("7", (1000, 1000)))
    assert shares.shape == (16, 2)
    np.testing.assert_allclose(shares.sum(axis=0), 1)


STRANGE = {
    "a line": ([(10, 10), (50, 50), (90, 90), (20, 20)], 0),
    "a point": ([(10, 10)] * 4, 0),
    "a bow tie": ([(174, 10), (274, 60), (274, 10), (174, 60)], 0.5),
    "five corners": ([(0, 0), (40, 0), (60, 20), (40, 40), (0, 40)], 1),
    "anticlockwise": ([(204, 0), (204, 10), (244, 10), (244, 0)], 0.5),
}


@pytest.mark.parametrize(("corners", "share"), STRANGE.values(), ids=STRANGE.keys())
def test_strange_polygons(corners, share):
    np.testing.assert_allclose(object_shares([put(1, corners)], [FIRST]), [[share]], atol=1e-12)
    assert len(objects_of_tile([put(1, corners)], FIRST)) == (share > 0.3)


def test_no_object_is_in_no_tile():
    assert object_shares([], [FIRST]).shape == (1, 0)
    assert objects_of_tile([], FIRST) == []


def test_what_a_tile_is_cut_to_is_what_is_counted():
    assert fair1m_tiles.cut(np.arange(10**6).reshape(1000, 1000), FIRST)[-1, -1] == 223 * 1001
    assert fair1m_tiles.WINDOW_PX - 4 * 224 == 104
