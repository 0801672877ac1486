"""FAIR1M by tiles: what is listed, read and wrong; presence and masks of tiles."""

import numpy as np
import pytest

from patchprobe.datasets import fair1m, fair1m_images
from patchprobe.datasets.checks import check
from patchprobe.datasets.fair1m import DATASET
from patchprobe.errors import DatasetError, DatasetNotFoundError
from tests.test_fair1m_images import thing, write_item

TILES = [f"7__1__0___0.224_{row}_{column}" for row in range(4) for column in range(4)]


def box(left, top, right, bottom):
    return ((left, top), (right, top), (right, bottom), (left, bottom))


@pytest.fixture
def root(tmp_path):
    """One small image of the validation split: all tiles of one window."""
    write_item(tmp_path / "validation", 7)
    return tmp_path


@pytest.fixture
def decoded(monkeypatch):
    """Images that were decoded since the test began."""
    calls, read = [], fair1m_images.read_image

    def count(root, split, item):
        calls.append(item)
        return read(root, split, item)

    monkeypatch.setattr(fair1m_images, "read_image", count)
    return calls


# ------------------------------------------------------------------------------ contract


def test_all_tiles_of_all_images_are_listed(tmp_path, decoded):
    write_item(tmp_path / "train/part1", 7, size=(1100, 900))
    write_item(tmp_path / "train/part1", 12)
    items = DATASET.items(tmp_path, "train")
    assert len(items) == len(set(items)) == 3 * 16
    assert items == sorted(items)
    assert {name.split(".")[0] for name in items} == {
        "part1-7__1__0___0",
        "part1-7__1__100___0",
        "part1-12__1__0___0",
    }
    assert decoded == []


def test_an_image_without_file_is_listed_and_told(root):
    (root / "validation/images/7.tif").unlink()
    assert DATASET.items(root, "val") == sorted(TILES)
    report = check(DATASET, root, {})
    assert report.n_items == {"train": 0, "val": 16}
    assert len(report.bad["val"]) == 16
    (line,) = [line for line in report.problems if "7.tif" in line]  # once, not for each tile
    assert line.startswith(f"missing: {root / 'validation/images/7.tif'}")
    with pytest.raises(DatasetNotFoundError, match="missing: .*7.tif"):
        DATASET.files(root, "val", TILES[0])


def test_group_classes_and_layout_of_a_tile(root):
    name = "7__1__0___0.224_2_1"
    assert DATASET.read(root, "val", name).group == "7"
    assert DATASET.layout(root, "val", name).boxes == [(448, 224, 224, 224)]
    classes = DATASET.classes(root)
    assert (len(classes.names), len(classes.groups)) == (39, 39)
    assert (classes.names[0], classes.groups[0]) == ("background", "background")
    assert (classes.names[26], classes.groups[26]) == ("van", "car")
    assert classes.evaluated == tuple(range(1, 39))


def test_objects_are_in_the_pixels_of_the_window(tmp_path):
    van, bridge = thing("Van", box(850, 620, 880, 630)), thing("Bridge", box(10, 20, 40, 30))
    write_item(tmp_path / "validation", 7, van, bridge, size=(1800, 1100))
    first, second = DATASET.read(tmp_path, "val", "7__1__800___100.224_2_0").objects
    assert (first.category, first.polygon.tolist()) == (
        26, [[50, 520], [80, 520], [80, 530], [50, 530]]
    )  # fmt: skip
    assert second.polygon.min(axis=0).tolist() == [-790, -80]  # outside the window


def test_check_of_tiles_decodes_their_image_once(root, decoded):
    report = check(DATASET, root, {"val": TILES}, threads=4)
    assert (report.problems, report.n_items) == ([], {"val": 16})
    assert decoded == ["7"]
    write_item(root / "validation", 7, size=(101, 80))  # another file is looked at again
    assert check(DATASET, root, {"val": TILES}, threads=4).problems == []
    assert decoded == ["7", "7"]


def test_check_tells_windows_that_are_not_there(root):
    other = "7__1__0___800.224_0_0"
    report = check(DATASET, root, {"val": [TILES[0], other]})
    assert list(report.bad["val"]) == [other]
    assert "has no window at x 0, y 800" in report.problems[0]


def test_check_tells_names_that_are_no_tiles(root):
    report = check(DATASET, root, {"val": ["7", TILES[0]]})
    assert list(report.bad["val"]) == ["7"]
    assert "'7' is not the name of a FAIR1M tile" in report.problems[0]


def test_images_of_listed_tiles():
    assert fair1m.items_of(["part1-9__1__0___0.224_0_0", *TILES]) == ["7", "part1/9"]


@pytest.mark.parametrize("what", ["image", "labels", "objects"])
def test_nothing_is_read_of_a_window_that_is_not_there(root, what):
    sample = DATASET.read(root, "val", "7__1__0___800.224_0_0")
    with pytest.raises(DatasetError, match="has no window at x 0, y 800"):
        getattr(sample, what)


# ------------------------------------------------------------------------------ presence


# ------------------------------------------------------------------------------ presence


def test_presence_in_all_tiles_of_images(tmp_path):
    van, bridge = thing("Van", box(10, 10, 30, 20)), thing("Bridge", box(200, 20, 240, 30))
    write_item(tmp_path / "train/part1", 7, van, bridge, size=(300, 200))
    write_item(tmp_path / "train/part2", 7, thing("Bus", box(820, 30, 860, 50)), size=(1100, 200))
    tiles = DATASET.items(tmp_path, "train")
    found = DATASET.presence(tmp_path, "train", tiles, threads=2)
    assert sorted(found) == tiles
    assert len(found) == 16 + 2 * 16  # the other image has two windows, at 0 and 100
    assert {name: set(there) for name, there in found.items() if there} == {
        "part1-7__1__0___0.224_0_0": {26, 38},  # 24 of the 40 px of the bridge
        "part1-7__1__0___0.224_0_1": {38},  # 16 of them
        "part2-7__1__0___0.224_0_3": {23},
        "part2-7__1__100___0.224_0_3": {23},
    }


def test_presence_of_images_without_objects(tmp_path):
    write_item(tmp_path / "validation", 7, "")
    tiles = DATASET.items(tmp_path, "val")
    assert set(DATASET.presence(tmp_path, "val", tiles, threads=1).values()) == {frozenset()}
    assert DATASET.presence(tmp_path, "val", [], threads=1) == {}


def test_presence_is_told_of_the_listed_tiles_alone(tmp_path):
    write_item(tmp_path / "validation", 7, thing("Van", box(230, 10, 250, 20)), size=(500, 300))
    tiles = ["7__1__0___0.224_0_1", "7__1__0___0.224_1_1"]
    found = DATASET.presence(tmp_path, "val", tiles, threads=1)
    assert found == {tiles[0]: {26}, tiles[1]: set()}


def test_masks_of_listed_tiles_with_what_is_present(tmp_path):
    write_item(tmp_path / "validation", 7, thing("Van", box(10, 10, 30, 20)), size=(1000, 1000))
    bridge = thing("Bridge", box(200, 20, 240, 30))
    write_item(tmp_path / "validation", 12, bridge, size=(1100, 1000))
    names = ["7__1__0___0.224_0_0", "12__1__0___0.224_0_1", "7__1__0___0.224_3_3"]
    masks, present = fair1m.read_masks(tmp_path, "val", names, threads=2)
    assert (masks.shape, masks.dtype) == ((3, 224, 224), np.uint8)
    assert np.count_nonzero(masks[0] == 26) == np.count_nonzero(masks[0]) == 21 * 11
    assert masks[1, 20:31, :17].all() and np.count_nonzero(masks[1]) == 11 * 17
    assert not masks[2].any()
    assert [set(there) for there in present] == [{26}, {38}, set()]  # 16 of 40 px


def test_masks_of_a_damaged_image_are_refused(root):
    path = root / "validation/images/7.tif"
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(DatasetError, match="7.tif cannot be decoded"):
        fair1m.read_masks(root, "val", TILES[:1])
