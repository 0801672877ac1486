"""What videos share: sizes of frames, boxes, decoding, times and the table of objects."""

import cv2
import numpy as np
import pytest
from PIL import Image

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
    "folder": (lambda path: path.mkdir(), "it is not a file"),
    "link to itself": (lambda path: path.symlink_to(path), "(symbolic|symlink)"),
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


def test_times_of_frames():
    np.testing.assert_allclose(video_of([[], ["a"], []], rate=25).times, [0, 0.04, 0.08])


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
