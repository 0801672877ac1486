"""Labels that follow changed images: polygons move, grids find their original patches."""

import dataclasses

import cv2
import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops import changed_labels, tiles
from patchprobe.crops.changes import changes
from patchprobe.datasets.base import Classes, Layout, Sample
from patchprobe.datasets.fair1m_annotations import Object
from patchprobe.datasets.fair1m_tiles import draw_labels
from patchprobe.embeddings.patches import ChangedLabels
from patchprobe.errors import StoreError
from tests import fakes

WINDOW, TILE_PX = (100, 100), 32
CLASSES = Classes(("background", "ship", "car"), (1, 2), groups=("background", "ship", "car"))
ASKED = {"shift": [0, 4], "rotate": [0, 90, 20], "scale": [1, 0.8, 1.2], "blur": [2]}


def box(category, left, top, right, bottom):
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return Object(category, np.array(corners, float))


OBJECTS = {
    "a": [box(1, 10, 12, 50, 22), box(2, 40, 16, 46, 60)],
    "b": [box(2, -40, -60, 90, 9)],  # reaches out of the image
    "c": [],
}


def dataset(origin=(0, 0)):
    """Three images of one tile each."""

    def read(root, split, item, frame=0):
        return Sample(
            item,
            lambda: np.zeros((*WINDOW, 3), np.uint8),
            lambda: tiles.cut(draw_labels(OBJECTS[item], WINDOW), (0, 0, TILE_PX, TILE_PX)),
            lambda: OBJECTS[item],
        )

    layouts = {item: Layout(WINDOW, 1, 1, TILE_PX, origin) for item in OBJECTS}
    made = fakes.dataset(layouts, classes=CLASSES)
    return dataclasses.replace(made, name="Boxes", read=read, draw_labels=draw_labels)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    every = changes(ASKED)
    items = [("val", item) for item in OBJECTS]
    tiles.write(folder / "crops.zarr", dataset(), "root", items, "changed", {}, every)
    changed_labels.write(
        folder / "labels.zarr", folder / "crops.zarr", dataset(), "root", (4, 4), every, {}, 2
    )
    return folder


def labels_of(folder, level, rule="centre"):
    return store.read(folder / "labels.zarr", f"{level}/{rule}").reshape(-1, 4, 4)


@pytest.mark.parametrize("level", ["shift-0", "rotate-0", "scale-1", "blur-2"])
def test_what_moves_nothing_keeps_the_labels(written, level):
    for number, objects in enumerate(OBJECTS.values()):
        tile = draw_labels(objects, WINDOW)[:TILE_PX, :TILE_PX]
        found = labels_of(written, level)[number]
        expected = cv2.resize(tile, (4, 4), interpolation=cv2.INTER_NEAREST_EXACT)
        np.testing.assert_array_equal(found, expected)
    original = store.read(written / "labels.zarr", f"{level}/original")
    np.testing.assert_array_equal(original, np.tile(np.arange(16), (3, 1)))


def test_shifted_labels_are_those_of_the_shifted_cut(written):
    for number, objects in enumerate(OBJECTS.values()):
        tile = draw_labels(objects, WINDOW)[4 : 4 + TILE_PX, 4 : 4 + TILE_PX]
        expected = cv2.resize(tile, (4, 4), interpolation=cv2.INTER_NEAREST_EXACT)
        np.testing.assert_array_equal(labels_of(written, "shift-4")[number], expected)


def test_turned_labels_follow_the_turned_image(written):
    """By a right angle a box stays a box; fillPoly may move an edge by a pixel."""
    for number, objects in enumerate(OBJECTS.values()):
        window = np.rot90(draw_labels(objects, WINDOW))
        tile = window[-TILE_PX:, :TILE_PX]  # the upper left tile moves to the lower left
        for rule in ("centre", "majority"):
            found = labels_of(written, "rotate-90", rule)[number]
            expected = tile.reshape(4, 8, 4, 8).swapaxes(1, 2).reshape(4, 4, 64)
            for row in range(4):
                for column in range(4):
                    shares = np.bincount(expected[row, column], minlength=3) / 64
                    if shares.max() > (0.7 if rule == "majority" else 0.99):
                        assert found[row, column] == shares.argmax()


def test_scaled_labels_are_drawn_at_their_scale(written):
    moved = [dataclasses.replace(x, polygon=x.polygon * 0.8) for x in OBJECTS["a"]]
    tile = draw_labels(moved, (80, 80))[:TILE_PX, :TILE_PX]
    expected = cv2.resize(tile, (4, 4), interpolation=cv2.INTER_NEAREST_EXACT)
    np.testing.assert_array_equal(labels_of(written, "scale-0.8")[0], expected)


def test_objects_beyond_the_image_do_not_turn_into_it(tmp_path):
    """Black corners are background, also where an object goes on beyond the image's edge."""
    (turn,), place = changes({"rotate": [20]}), (0, 22, TILE_PX, TILE_PX)
    read = dataset(origin=place[:2])
    tiles.write(tmp_path / "c.zarr", read, "root", [("val", "b")], "changed", {}, [turn])
    changed_labels.write(
        tmp_path / "labels.zarr", tmp_path / "c.zarr", read, "root", (8, 8), [turn], {}
    )
    moved = [dataclasses.replace(x, polygon=turn.move(x.polygon, WINDOW)) for x in OBJECTS["b"]]
    x, y = turn.corner(WINDOW, place)
    tile = draw_labels(moved, WINDOW)[y : y + TILE_PX, x : x + TILE_PX]
    shown = turn.comes_from_image(WINDOW, place)
    assert (tile[~shown] == 2).all()  # there is something to clip
    assert (~shown).sum() > 20
    clipped = np.where(shown, tile, 0).astype(np.uint8)
    expected = cv2.resize(clipped, (8, 8), interpolation=cv2.INTER_NEAREST_EXACT)
    found = store.read(tmp_path / "labels.zarr", "rotate-20/centre").reshape(8, 8)
    np.testing.assert_array_equal(found, expected)


def test_a_tile_without_objects_is_background(written):
    for change in changes(ASKED):
        assert not labels_of(written, change.name)[2].any()


def test_threads_change_nothing(written, tmp_path):
    every = changes(ASKED)
    changed_labels.write(
        tmp_path / "l.zarr", written / "crops.zarr", dataset(), "root", (4, 4), every, {}, 1
    )
    for change in every:
        for name in changed_labels.NAMES:
            one, two = (
                store.read(path, f"{change.name}/{name}")
                for path in (tmp_path / "l.zarr", written / "labels.zarr")
            )
            np.testing.assert_array_equal(one, two)


def test_reading(written):
    found = ChangedLabels(written / "labels.zarr")
    chosen = found.select([("val", "b"), ("val", "c")])
    assert [image[1] for image in chosen.images] == ["b", "c"]
    assert found.labels(chosen, "rotate-20", "centre").shape == (32,)
    assert found.original(chosen, "shift-4").dtype == np.int64
    assert found.levels == [change.name for change in changes(ASKED)]


def test_other_levels_than_the_crops(written):
    with pytest.raises(StoreError, match="make it again"):
        changed_labels.write(
            written / "x.zarr", written / "crops.zarr", dataset(), "root", (4, 4),
            changes({"blur": [2]}), {},
        )  # fmt: skip


def test_a_dataset_without_polygons(written):
    without = dataclasses.replace(dataset(), draw_labels=None)
    with pytest.raises(ValueError, match="Boxes has no polygons"):
        changed_labels.write(
            written / "x.zarr", written / "crops.zarr", without, "root", (4, 4), changes(ASKED), {}
        )
