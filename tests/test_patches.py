"""Which crops of a store are taken, and that tokens and labels stay side by side."""

import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops.labels import LABEL_RULES
from patchprobe.embeddings.patches import Labels, Tokens, select
from patchprobe.errors import StoreError
from tests import fakes

STORED = ["ulm_1", "aachen_1", "jena_1", "bremen_1"]
IMAGES = [["val", item, 0] for item in STORED]
LEFT_OUT = [("val", "bonn_1")]
GRID = (2, 3)
CENTRE = np.arange(8)[:, None] // 2 + np.zeros((8, 6), np.uint8)  # crop i has label i // 2


@pytest.fixture
def labels(tmp_path):
    """Four images of two crops."""
    return fakes.write_labels(
        tmp_path / "labels.zarr", CENTRE, IMAGES, GRID, (1, 2), left_out=LEFT_OUT,
        majority=5 - CENTRE,
    )  # fmt: skip


@pytest.fixture
def tokens(tmp_path):
    """Tokens of the same crops in two parts, and the values in them."""
    values = {level: np.random.default_rng(0).normal(size=(8, 6, 4)) for level in ("clean", "x")}
    values["x"] = -values["x"]
    parts = [
        fakes.write_tokens(
            tmp_path / f"{start}.zarr",
            {level: of_level[start:stop] for level, of_level in values.items()},
            IMAGES, GRID, (1, 2), LEFT_OUT, crops=(start, stop, 8),
        )
        for start, stop in ((0, 3), (3, 8))
    ]  # fmt: skip
    return parts, {level: of_level.astype(np.float16) for level, of_level in values.items()}


# ------------------------------------------------------------------------------ select


@pytest.mark.parametrize(
    ("asked", "images", "taken"),
    [
        (["aachen_1"], ["aachen_1"], [2, 3]),
        (["bremen_1", "ulm_1"], ["ulm_1", "bremen_1"], [0, 1, 6, 7]),
        (["jena_1", "aachen_1"], ["aachen_1", "jena_1"], [2, 3, 4, 5]),
        (STORED[::-1], STORED, list(range(8))),
        (["ulm_1", "ulm_1"], ["ulm_1"], [0, 1]),
    ],
)
def test_crops_of_the_items_asked_for_are_taken_in_the_order_of_the_store(
    labels, asked, images, taken
):
    selection = select(labels, fakes.items(asked))
    assert selection.images == [("val", image, 0) for image in images]
    assert selection.crops.tolist() == taken
    assert selection.image_of_crop.tolist() == np.repeat(np.arange(len(images)), 2).tolist()
    assert selection.tiles == [[1, 2]] * len(images)
    assert selection.items == [["val", image] for image in images]
    assert selection.left_out == []


def test_all_frames_of_a_video_are_taken(tmp_path):
    images = [["val", "a", 0], ["val", "a", 1], ["val", "b", 0], ["train", "a", 0]]
    path = fakes.write_labels(tmp_path / "a.zarr", CENTRE[:4], images, GRID)
    selection = select(path, fakes.items("a"))
    assert selection.images == [("val", "a", 0), ("val", "a", 1)]
    assert selection.items == [["val", "a"]]
    assert select(path, [("train", "a"), ("val", "b")]).crops.tolist() == [2, 3]


def test_images_may_have_different_numbers_of_crops(tmp_path):
    store.create(
        tmp_path / "a.zarr",
        {"images": IMAGES[:3], "tiles": [[1, 1], [2, 2], [1, 2]], "left_out": []},
    )
    store.seal(tmp_path / "a.zarr")
    selection = select(tmp_path / "a.zarr", fakes.items(["jena_1", "aachen_1"]))
    assert selection.crops.tolist() == [1, 2, 3, 4, 5, 6]
    assert selection.image_of_crop.tolist() == [0, 0, 0, 0, 1, 1]
    assert selection.tiles == [[2, 2], [1, 2]]


def test_images_left_out_are_told_and_not_missed(labels):
    selection = select(labels, [*LEFT_OUT, ("val", "jena_1")])
    assert selection.left_out == LEFT_OUT
    assert selection.images == [("val", "jena_1", 0)]


def test_absent_images_are_named(labels):
    with pytest.raises(StoreError, match=r"labels\.zarr lacks images köln_1: make it again"):
        select(labels, fakes.items(["köln_1", "ulm_1", "bonn_1"]))
    with pytest.raises(StoreError, match="lacks images jena_1"):  # of another split
        select(labels, [("train", "jena_1")])


def test_nothing_to_take_is_an_error(labels):
    with pytest.raises(ValueError, match=r"no images asked of .*labels\.zarr"):
        select(labels, [])
    with pytest.raises(StoreError, match="all of the images asked of .* were left out"):
        select(labels, LEFT_OUT)


@pytest.mark.parametrize(
    ("part", "n_parts", "images", "crops"),
    [
        (1, 1, ["ulm_1", "jena_1", "bremen_1"], [0, 1, 4, 5, 6, 7]),
        (1, 2, ["ulm_1"], [0, 1]),
        (2, 2, ["jena_1", "bremen_1"], [4, 5, 6, 7]),
        (3, 3, ["bremen_1"], [6, 7]),
    ],
)
def test_parts_are_images_one_after_the_other(labels, part, n_parts, images, crops):
    asked = [*fakes.items(["ulm_1", "jena_1", "bremen_1"]), *LEFT_OUT]
    found = select(labels, asked).part(part, n_parts)
    assert [item for _, item, _ in found.images] == images
    assert found.crops.tolist() == crops
    assert found.image_of_crop.tolist() == np.repeat(np.arange(len(images)), 2).tolist()
    assert found.tiles == [[1, 2]] * len(images)
    assert found.left_out == LEFT_OUT


@pytest.mark.parametrize(("part", "n_parts"), [(1, 5), (0, 2), (3, 2)])
def test_parts_that_there_are_not_are_refused(labels, part, n_parts):
    four = select(labels, fakes.items(STORED))
    with pytest.raises(ValueError, match=f"at most 4 parts, .* found part {part} of {n_parts}: lo"):
        four.part(part, n_parts)


# ------------------------------------------------------------------------------ tokens and labels


def test_tokens_run_crop_by_crop_in_the_order_of_the_labels(labels, tokens):
    parts, values = tokens
    items = fakes.items(["bremen_1", "aachen_1"])
    for given in (parts, parts[::-1]):
        found = Tokens(given)
        selection = found.select(items)
        for level in ("clean", "x"):
            rows = found.rows(selection, 2, level)
            assert rows.shape == (4 * 6, 4)
            expected = values[level][[2, 3, 6, 7]].reshape(-1, 4)
            np.testing.assert_array_equal(rows.compute(), expected)
    assert len(Labels(labels).labels(selection, "centre")) == rows.shape[0]


def test_tokens_say_what_made_them_but_not_their_images(tokens):
    found = Tokens(tokens[0])
    assert (found.grid, found.levels) == (GRID, ["clean", "x"])
    assert found.provenance == {
        "backbone": "mae", "dataset": "fake", "grid": [2, 3], "layers": [2],
        "levels": ["clean", "x"], "parts": 2,
    }  # fmt: skip


def test_labels_by_both_rules_and_pixels(labels):
    found = Labels(labels)
    selection = found.select(fakes.items(["jena_1", "aachen_1"]))
    assert found.labels(selection, "centre").tolist() == [1] * 12 + [2] * 12
    assert found.labels(selection, "majority").tolist() == [4] * 12 + [3] * 12
    pixels = found.pixels(selection)
    assert pixels.shape == (4, 6, 6)
    np.testing.assert_array_equal(pixels.argmax(-1)[:, 0], [1, 1, 2, 2])
    assert found.groups["val", "jena_1", 0] == "jena"
    assert found.n_classes == 6
    assert set(LABEL_RULES) == {"centre", "majority"}


def test_a_missing_part_is_noticed(tokens):
    with pytest.raises(StoreError, match="Parts end at crop 3 of 8"):
        Tokens(tokens[0][:1])
