"""The table of objects: boxes in resized frames, mean colours, what a CSV file keeps."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.crops import objects, tiles
from patchprobe.datasets import videos
from patchprobe.datasets.base import Layout, Sample
from tests import fakes

LAYOUT = Layout((32, 64), 1, 2, 32, n_frames=3, rate=5.0, native_size=(64, 64))


def video_dataset(boxes_of_frames, layout=LAYOUT):
    """A dataset of one video `a` with boxes (id, x1, y1, x2, y2) in native px."""
    rows = [
        {
            "frame": frame,
            "id": box[0],
            "category": "car",
            **dict(zip(videos.BOX, box[1:], strict=True)),
        }
        for frame, boxes in enumerate(boxes_of_frames)
        for box in boxes
    ]
    every = videos.objects_table(rows)
    made = fakes.dataset({"a": layout}, with_labels=False)

    def read(root, split, item, frame=0):
        sample = made.read(root, split, item, frame)
        return Sample(
            "a",
            sample.read_image,
            read_objects=lambda: every[every["frame"] == frame].reset_index(drop=True),
        )

    return replace(made, read=read)


def table_of(folder, dataset, threads=1, **keep):
    tiles.write(folder / "crops.zarr", dataset, ".", [("val", "a")], "clean", {}, **keep)
    return objects.table(dataset, ".", folder / "crops.zarr", threads)


# ------------------------------------------------------------------------------ boxes


def test_boxes_are_scaled_by_each_axis():
    boxes = objects.resize_boxes([[0, 0, 1280, 720], [640, 90, 648, 105]], (720, 1280), (672, 1120))
    assert boxes.dtype == np.float64
    np.testing.assert_allclose(boxes, [[0, 0, 1120, 672], [560, 84, 567, 98]])  # 7/8 and 14/15


def test_boxes_outside_the_image_stay_outside():
    boxes = objects.resize_boxes([[-8, -15, 1288, 735]], (720, 1280), (672, 1120))
    np.testing.assert_allclose(boxes, [[-7, -14, 1127, 686]])


def test_a_box_of_another_aspect_changes_shape():
    boxes = objects.resize_boxes([[10, 15, 20, 45]], (480, 640), (448, 448))
    np.testing.assert_allclose(boxes, [[7, 14, 14, 42]])


def test_no_boxes_stay_none():
    assert objects.resize_boxes(np.empty((0, 4)), (480, 640), (448, 448)).shape == (0, 4)


# ------------------------------------------------------------------------------ colours


def cut_frame(height=32, width=64, px=16):
    frame = np.arange(height * width * 3).reshape(height, width, 3).astype(np.uint8)
    return frame, tiles.tile(frame, px), (height // px, width // px)


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((2, 3, 6, 5), slice(3, 5), slice(2, 6)),
        ((12, 14, 20, 18), slice(14, 18), slice(12, 20)),  # over borders of tiles
        ((2.9, 3.1, 5.1, 3.9), slice(3, 4), slice(2, 6)),  # every pixel that it touches
        ((5, 5, 5, 5), slice(5, 6), slice(5, 6)),  # no area
        ((-4, -9, 2, 1), slice(0, 1), slice(0, 2)),
        ((70, 40, 90, 60), slice(31, 32), slice(63, 64)),  # outside: the nearest pixel
        ((-9, -9, -5, -5), slice(0, 1), slice(0, 1)),
    ],
)
def test_mean_colour_of_a_box(box, rows, columns):
    frame, cut, grid = cut_frame()
    (colour,) = objects.mean_colours(cut, grid, np.array([box], float))
    np.testing.assert_allclose(colour, frame[rows, columns].reshape(-1, 3).mean(axis=0))


@given(st.lists(st.tuples(*[st.floats(-50, 100)] * 4), max_size=5))
def test_mean_colours_are_colours_wherever_boxes_lie(corners):
    _, cut, grid = cut_frame()
    boxes = np.array([[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in corners])
    colours = objects.mean_colours(cut, grid, boxes.reshape(-1, 4))
    assert colours.shape == (len(corners), 3)
    assert ((colours >= 0) & (colours <= 255)).all()


# ------------------------------------------------------------------------------ the table


def test_table_holds_resized_boxes_frame_by_frame(tmp_path):
    dataset = video_dataset([[("x", 0, 0, 10, 20)], [], [("y", 2, 2, 4, 6), ("x", 1, 1, 3, 3)]])
    table = table_of(tmp_path, dataset)
    assert table["frame"].tolist() == [0, 2, 2]
    assert table["id"].tolist() == ["x", "y", "x"]
    assert table[["split", "item", "rate"]].drop_duplicates().to_numpy().tolist() == [
        ["val", "a", 5.0]
    ]
    # 64 rows become 32, 64 columns stay
    assert table[list(videos.BOX)].to_numpy().tolist() == [
        [0, 0, 10, 10],
        [2, 1, 4, 3],
        [1, 0.5, 3, 1.5],
    ]
    frame = fakes.image_of("a", (32, 64), 2)
    np.testing.assert_allclose(
        table.loc[1, list(objects.COLOUR)].to_numpy(float), frame[1:3, 2:4].reshape(-1, 3).mean(0)
    )


def test_table_does_not_depend_on_threads(tmp_path):
    dataset = video_dataset(
        [[(f"{frame}{i}", i, i, i + 9, i + 9) for i in range(4)] for frame in range(3)]
    )
    one = table_of(tmp_path, dataset)
    many = objects.table(dataset, ".", tmp_path / "crops.zarr", threads=4)
    pd.testing.assert_frame_equal(one, many)


def test_table_is_of_the_frames_that_were_cut(tmp_path):
    dataset = video_dataset([[("x", 0, 0, 9, 9)]] * 3)
    table = table_of(tmp_path, dataset, keep=lambda n_frames: [0, 2])
    assert table["frame"].tolist() == [0, 2]


def test_table_without_objects_is_empty(tmp_path):
    table = table_of(tmp_path, video_dataset([[], [], []]))
    assert len(table) == 0
    assert "red" in table


def test_names_survive_a_csv_file(tmp_path):
    dataset = video_dataset([[("NA", 0, 0, 9.25, 9), ("007", 1 / 3, 1, 5, 5)], [], []])
    table = table_of(tmp_path, dataset)
    table.to_csv(tmp_path / "t.csv", index=False)
    read = objects.read(tmp_path / "t.csv")
    assert read["id"].tolist() == ["NA", "007"]
    assert read["x1"].tolist() == table["x1"].tolist()
    assert read["visibility"].isna().all()
    assert read["crowd"].isna().all()


# ------------------------------------------------------------------------------ frames


def test_only_some_frames_are_cut():
    assert tiles.some_frames(10, 4, [0, 1, 3]) == [0, 1, 3, 4, 5, 7, 8, 9]
    assert tiles.some_frames(1, 4, [0, 1, 3]) == [0]
