"""What videos share: sizes, boxes, times, pairs of frames, and tiles put together again."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from patchprobe.crops.tiles import tile
from patchprobe.datasets import videos
from patchprobe.errors import DatasetError, DatasetNotFoundError


def video_of(ids_of_frames, rate=5):
    """A video with a unit box for every id of every frame."""
    rows = [
        {"frame": frame, "id": identity, "category": "car", "x1": 0, "y1": 0, "x2": 1, "y2": 1}
        for frame, ids in enumerate(ids_of_frames)
        for identity in ids
    ]
    images = tuple(f"{frame}.jpg" for frame in range(len(ids_of_frames)))
    return videos.Video("v", (720, 1280), rate, images, videos.objects_table(rows))


# ------------------------------------------------------------------------------ geometry


@pytest.mark.parametrize(
    ("native", "resized"),
    [
        ((720, 1280), (672, 1120)),
        ((1080, 1920), (896, 1792)),
        ((480, 640), (448, 448)),
        ((540, 960), (448, 896)),
        ((224, 447), (224, 224)),
    ],
)
def test_frames_shrink_to_multiples_of_224(native, resized):
    assert videos.frame_size(*native) == resized


@pytest.mark.parametrize("native", [(223, 1280), (720, 100)])
def test_frame_smaller_than_a_crop_is_refused(native):
    with pytest.raises(DatasetError, match=f"at least 224 px, found {native[0]}x{native[1]}"):
        videos.frame_size(*native)


def test_boxes_are_scaled_by_each_axis():
    boxes = videos.resize_boxes([[0, 0, 1280, 720], [640, 90, 648, 105]], (720, 1280), (672, 1120))
    assert boxes.dtype == np.float64
    np.testing.assert_allclose(boxes, [[0, 0, 1120, 672], [560, 84, 567, 98]])  # 7/8 and 14/15


def test_boxes_outside_the_image_stay_outside():
    boxes = videos.resize_boxes([[-8, -15, 1288, 735]], (720, 1280), (672, 1120))
    np.testing.assert_allclose(boxes, [[-7, -14, 1127, 686]])


def test_a_box_of_another_aspect_changes_shape():
    boxes = videos.resize_boxes([[10, 15, 20, 45]], (480, 640), (448, 448))
    np.testing.assert_allclose(boxes, [[7, 14, 14, 42]])


def test_no_boxes_stay_none():
    assert videos.resize_boxes(np.empty((0, 4)), (480, 640), (448, 448)).shape == (0, 4)


@pytest.mark.parametrize(
    ("box", "problem"),
    [
        ((0, 0, 1, 1), None),
        ((5, 5, 5, 5), None),
        ((-9, 0, -3, 1), None),
        ((0, 0, float("nan"), 1), "not four finite numbers"),
        ((0, float("-inf"), 1, 1), "not four finite numbers"),
        ((2, 0, 1, 1), "negative width or height"),
        ((0, 2, 1, 1), "negative width or height"),
    ],
)
def test_boxes_that_cannot_be(box, problem):
    found = videos.box_problem(box)
    assert (problem in found) if problem else (found is None)


# ------------------------------------------------------------------------------ frames


def test_frame_is_resized_as_by_opencv(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    read = videos.read_frame(tmp_path / "a.png", (30, 40), (28, 35))
    assert (read.shape, read.dtype) == ((28, 35, 3), np.uint8)
    bgr = cv2.imread(str(tmp_path / "a.png"))
    expected = cv2.resize(bgr, (35, 28), interpolation=cv2.INTER_CUBIC)[..., ::-1]
    np.testing.assert_array_equal(read, expected)


def test_frame_keeps_the_order_of_its_colours_and_its_rows(tmp_path):
    image = Image.new("RGB", (40, 30), (200, 100, 50))
    image.paste((0, 0, 255), (0, 15, 40, 30))  # lower half blue
    image.save(tmp_path / "a.png")
    read = videos.read_frame(tmp_path / "a.png", (30, 40), (28, 35))
    assert read[0, 0].tolist() == [200, 100, 50]
    assert read[-1, -1].tolist() == [0, 0, 255]


def test_frame_of_the_right_size_is_read_as_it_is(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    read = videos.read_frame(tmp_path / "a.png", (30, 40), (30, 40))
    np.testing.assert_array_equal(read, pixels)


def save(path, mode="RGB", size=(40, 30), file_format="JPEG"):
    Image.new(mode, size, 7).save(path, file_format)


BROKEN = {
    "missing": (lambda path: None, "missing: "),
    "folder": (lambda path: path.mkdir(), "missing: "),
    "link to itself": (lambda path: path.symlink_to(path), "missing: "),
    "no bytes": (lambda path: path.write_bytes(b""), "cannot be decoded"),
    "web page": (lambda path: path.write_text("<html>"), "cannot be decoded"),
    "a GIF": (lambda path: save(path, file_format="GIF", mode="P"), "cannot be decoded"),
    "another size": (
        lambda path: save(path, size=(30, 40)),
        "expected 40x30 px, mode RGB; found 30x40 px, mode RGB",
    ),
    "grey": (lambda path: save(path, "L"), "found 40x30 px, mode L"),
    "four inks": (lambda path: save(path, "CMYK"), "found 40x30 px, mode CMYK"),
}


@pytest.mark.parametrize(("make", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_bad_frame_is_named(tmp_path, make, message):
    path = tmp_path / "frame.jpg"
    make(path)
    with pytest.raises(DatasetError, match=message) as raised:
        videos.read_frame(path, (30, 40), (28, 35))
    assert str(path) in str(raised.value)
    assert "config/README.md#datasets" in str(raised.value)


def test_frame_cut_short_is_named(tmp_path):
    path = tmp_path / "frame.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(DatasetError, match="cannot be decoded .*truncated"):
        videos.read_frame(path, (30, 40), (28, 35))


def test_damaged_head_is_named(tmp_path):
    path = tmp_path / "frame.png"
    Image.new("RGB", (40, 30)).save(path)
    content = bytearray(path.read_bytes())
    content[11] = 9  # length of the first chunk
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be decoded .*IHDR"):
        videos.read_frame(path, (30, 40), (28, 35))


def test_problems_of_images_are_one_line_each(tmp_path):
    paths = tuple(tmp_path / f"{number}.jpg" for number in range(3))
    save(paths[0])
    save(paths[2], size=(41, 30))
    video = videos.Video("v", (30, 40), 5, paths, videos.objects_table([]))
    missing, other_size = videos.image_problems(video)
    assert missing.startswith(f"missing: {paths[1]}")
    assert other_size.startswith(f"{paths[2]}: expected 40x30 px")


# ------------------------------------------------------------------------------ text


def test_text_is_read_without_its_mark(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeffGrüße\r\n".encode())
    assert videos.read_text(tmp_path / "a.txt") == "Grüße\n"


def test_text_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\xfea\x00")
    with pytest.raises(DatasetError, match=r"a\.txt cannot be read as UTF-8"):
        videos.read_text(tmp_path / "a.txt")
    with pytest.raises(DatasetNotFoundError, match=r"missing: .*b\.txt"):
        videos.read_text(tmp_path / "b.txt")


def test_many_problems_are_cut_short():
    videos.refuse([])
    with pytest.raises(DatasetError) as raised:
        videos.refuse([f"problem {number}" for number in range(25)])
    assert str(raised.value).splitlines()[-1] == "  and 5 more"
    assert str(raised.value).count("problem") == 20


# ------------------------------------------------------------------------------ time


def test_seconds_of_gaps():
    assert videos.seconds(30, 5) == 6
    assert videos.seconds(57, 5) == 11.4
    assert videos.seconds(7, 14) == 0.5


def test_times_of_frames():
    np.testing.assert_allclose(video_of([[], ["a"], []], rate=25).times, [0, 0.04, 0.08])


def test_pairs_name_the_objects_in_both_frames():
    video = video_of([["c", "a", "b"], ["b"], ["a", "c"], ["b", "d"]])
    assert videos.pairs(video, 1) == [(0, 1, ["b"]), (1, 2, []), (2, 3, [])]
    assert videos.pairs(video, 2) == [(0, 2, ["c", "a"]), (1, 3, ["b"])]
    assert videos.pairs(video, 3) == [(0, 3, ["b"])]


def test_frames_without_objects_count_in_a_gap():
    video = video_of([["a"], [], ["a"], []])
    assert videos.pairs(video, 1) == [(0, 1, []), (1, 2, []), (2, 3, [])]
    assert videos.pairs(video, 2) == [(0, 2, ["a"]), (1, 3, [])]


@pytest.mark.parametrize("frame_gap", [4, 5, 57])
def test_no_pairs_beyond_the_end(frame_gap):
    assert videos.pairs(video_of([["a"]] * 4), frame_gap) == []


@pytest.mark.parametrize("frame_gap", [0, -1])
def test_gap_is_at_least_one_frame(frame_gap):
    with pytest.raises(ValueError, match="at least one frame"):
        videos.pairs(video_of([["a"]] * 4), frame_gap)


def test_table_is_sorted_by_frame_and_keeps_the_order_within():
    table = videos.objects_table(
        [
            {"frame": 1, "id": 7, "category": "car", "occluded": True},
            {"frame": 0, "id": "z", "category": "car"},
            {"frame": 0, "id": "a", "category": "bus", "crowd": False, "visibility": 0.5},
        ]
    )
    assert table["id"].tolist() == ["z", "a", "7"]
    assert table["occluded"].isna().tolist() == [True, True, False]
    assert table["crowd"].isna().tolist() == [True, False, True]
    assert table["visibility"].tolist()[1] == 0.5


def test_empty_table_has_its_columns():
    table = videos.objects_table([])
    assert len(table) == 0
    assert [str(table[name].dtype) for name in ("frame", "x1", "crowd")] == [
        "int64",
        "float64",
        "boolean",
    ]


# ------------------------------------------------------------------------------ tiles


@given(*(st.integers(1, 5) for _ in range(4)))
def test_stitch_puts_together_what_tile_cuts(rows, columns, g, n_features):
    shape = (rows * g, columns * g, n_features)
    frame = np.arange(np.prod(shape)).reshape(shape)
    maps = tile(frame, g).reshape(rows * columns, g * g, n_features)
    np.testing.assert_array_equal(videos.stitch(maps, rows, columns), frame)


def test_stitch_by_hand():
    maps = np.arange(8).reshape(2, 4, 1)  # two tiles of 2x2 patches, one feature
    assert videos.stitch(maps, 1, 2)[..., 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]
    assert videos.stitch(maps, 2, 1)[..., 0].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_stitch_takes_tensors():
    maps = np.random.default_rng(0).normal(size=(15, 196, 3))
    stitched = videos.stitch(torch.from_numpy(maps), 3, 5)
    assert tuple(stitched.shape) == (42, 70, 3)
    np.testing.assert_array_equal(stitched.numpy(), videos.stitch(maps, 3, 5))


def test_patches_of_a_tiled_frame_lie_where_its_pixels_are():
    frame = np.zeros((672, 1120, 1))
    frame[224:240, 448:464] = 1  # the first patch of tile (1, 2)
    patches = tile(frame, 224).reshape(15, 14, 16, 14, 16).mean(axis=(2, 4)).reshape(15, 196, 1)
    stitched = videos.stitch(patches, 3, 5)[..., 0]
    assert np.argwhere(stitched).tolist() == [[14, 28]]


@pytest.mark.parametrize(("shape", "grid"), [((6, 4, 1), (2, 2)), ((4, 5, 1), (2, 2))])
def test_stitch_refuses_what_does_not_fit(shape, grid):
    with pytest.raises(ValueError, match="expected 2x2 tiles"):
        videos.stitch(np.zeros(shape), *grid)
