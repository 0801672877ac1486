"""Label stores: labels and pixels of every crop, in the order of the crops."""

import dataclasses

import cv2
import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops import labels, patch_labels, tiles
from patchprobe.datasets.base import Layout
from patchprobe.embeddings.patches import Labels
from tests import fakes

KINDS = pytest.mark.parametrize(
    "layouts",
    [fakes.IMAGES, fakes.VIDEOS, fakes.TILES, fakes.UNEQUAL],
    ids=["images", "videos", "tiles", "unequal"],
)


def write(folder, layouts, grid=(4, 4), variant="clean", attributes=(), threads=1, **of_dataset):
    """Stores of crops and of labels of random frames; path of the latter."""
    dataset, crops = fakes.dataset(layouts, **of_dataset), folder / "crops.zarr"
    items = fakes.items([item for item in layouts if item not in dict(attributes).get("bad", ())])
    about = {"left_out": [["val", item] for item in dict(attributes).get("bad", ())]}
    tiles.write(crops, dataset, "root", items, variant, about)
    labels.write(folder / "labels.zarr", crops, dataset, "root", grid, {"made": "here"}, threads)
    return folder / "labels.zarr"


def tiles_of(layouts):
    """Label maps of all tiles, frame by frame."""
    return [
        cut
        for item, layout in layouts.items()
        for frame in range(layout.n_frames)
        for cut in tiles.tile(fakes.labels_of(item, layout.size, frame), layout.tile_px)
    ]


@KINDS
@pytest.mark.parametrize("grid", [(4, 4), (3, 5)])
def test_labels_of_a_crop_are_those_of_its_tile(tmp_path, layouts, grid):
    path = write(tmp_path, layouts, grid)
    centre, majority, pixels = (store.read(path, name) for name in ("centre", "majority", "pixels"))
    every = tiles_of(layouts)
    assert centre.dtype == majority.dtype == np.uint8
    assert pixels.shape == (len(every), grid[0] * grid[1], 6)
    for crop, label_map in enumerate(every):
        sampled = cv2.resize(label_map, grid[::-1], interpolation=cv2.INTER_NEAREST_EXACT)
        np.testing.assert_array_equal(centre[crop], sampled.ravel())
        whole = patch_labels.majority_labels(label_map, grid, 6)
        np.testing.assert_array_equal(majority[crop], whole.ravel())
        counts = patch_labels.pixel_counts(label_map, grid, 6)
        np.testing.assert_array_equal(pixels[crop], counts.reshape(-1, 6))


@KINDS
def test_order_is_that_of_the_crops(tmp_path, layouts):
    path = write(tmp_path, layouts)
    about, crops = store.attributes(path), store.attributes(tmp_path / "crops.zarr")
    assert [about[key] for key in ("images", "tiles")] == [
        crops[key] for key in ("images", "tiles")
    ]
    n_crops = store.open_array(tmp_path / "crops.zarr", "clean/crops").shape[0]
    for name in labels.LABEL_RULES:
        assert store.open_array(path, name).shape == (n_crops, 16)


def test_attributes_tell_what_evaluations_need(tmp_path):
    path = write(tmp_path, fakes.IMAGES, (2, 4), attributes={"bad": ["ulm_1"]})
    assert store.attributes(path) == {
        "made": "here",
        "classes": fakes.CLASSES.as_dict(),
        "images": [["val", "aachen_1", 0], ["val", "jena_1", 0]],
        "tiles": [[2, 3], [2, 3]],
        "left_out": [["val", "ulm_1"]],
        "groups": ["aachen", "jena"],
        "grid": [2, 4],
    }
    found = Labels(path)
    assert (found.n_classes, found.evaluated, found.absent) == (6, [1, 2, 3, 4, 5], "skip")
    assert found.groups == {("val", "aachen_1", 0): "aachen", ("val", "jena_1", 0): "jena"}


def test_frames_of_a_video_have_labels_of_their_own(tmp_path):
    path = write(tmp_path, fakes.VIDEOS)
    assert store.attributes(path)["groups"] == ["a"] * 3 + ["b"] * 2
    centre = store.read(path, "centre")
    assert len({crop.tobytes() for crop in centre}) == len(centre) == 10


def test_labels_of_another_size_than_the_frame(tmp_path):
    layout, native = Layout((64, 96), 2, 3, 32), {"a_1": (51, 130), "b_1": (200, 77)}
    path = write(tmp_path, dict.fromkeys(native, layout), (4, 4), native=native)
    found = {name: store.read(path, name) for name in ("centre", "majority", "pixels")}
    for number, (item, size) in enumerate(native.items()):
        label_map, crops = fakes.labels_of(item, size), slice(6 * number, 6 * number + 6)
        resized = cv2.resize(label_map, (96, 64), interpolation=cv2.INTER_NEAREST_EXACT)
        sampled = [
            cv2.resize(cut, (4, 4), interpolation=cv2.INTER_NEAREST_EXACT).ravel()
            for cut in tiles.tile(resized, 32)
        ]
        np.testing.assert_array_equal(found["centre"][crops], sampled)
        # native pixels, counted once each
        total = found["pixels"][crops].sum((0, 1))
        np.testing.assert_array_equal(total, np.bincount(label_map.ravel(), minlength=6))
        counts = patch_labels.pixel_counts(label_map, (8, 12), 6)
        last = counts[4:, 8:].reshape(16, 6)  # second row, third column of tiles
        np.testing.assert_array_equal(found["pixels"][crops][5], last)
        majority = patch_labels.majority_labels(label_map, (8, 12), 6)
        np.testing.assert_array_equal(found["majority"][crops][1], majority[:4, 4:8].ravel())


def test_whole_frames_have_one_grid(tmp_path):
    path = write(tmp_path, fakes.IMAGES, (4, 6), "whole")
    assert store.attributes(path)["tiles"] == [[1, 1]] * 3
    centre = store.read(path, "centre")
    for crop, (item, layout) in zip(centre, fakes.IMAGES.items(), strict=True):
        label_map = fakes.labels_of(item, layout.size)
        expected = cv2.resize(label_map, (6, 4), interpolation=cv2.INTER_NEAREST_EXACT)
        np.testing.assert_array_equal(crop, expected.ravel())


def test_labels_of_a_whole_frame_of_another_size(tmp_path):
    layout, native = Layout((60, 90), 2, 3, 30), {"a_1": (77, 101)}
    path = write(tmp_path, {"a_1": layout}, (4, 6), "whole", native=native)
    resized = cv2.resize(fakes.labels_of("a_1", (77, 101)), (90, 60), interpolation=cv2.INTER_NEAREST_EXACT)  # fmt: skip  # noqa: E501
    expected = cv2.resize(resized, (6, 4), interpolation=cv2.INTER_NEAREST_EXACT)
    np.testing.assert_array_equal(store.read(path, "centre")[0], expected.ravel())


@KINDS
def test_stores_are_equal_whatever_the_number_of_threads(tmp_path, layouts):
    found = []
    for threads in (1, 4):
        folder = tmp_path / str(threads)
        path = write(folder, layouts, threads=threads)
        found.append([store.read(path, name) for name in ("centre", "majority", "pixels")])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_dataset_without_labels_is_told(tmp_path):
    with pytest.raises(ValueError, match="Fake has no label maps"):
        write(tmp_path, fakes.TILES, with_labels=False)


def test_labels_of_what_tiles_leave_out_are_refused(tmp_path):
    message = r"[pq]_1: tiles cover .32, 64. of .41, 70. px; expected labels of .32, 64. px"
    with pytest.raises(ValueError, match=message):
        write(tmp_path, fakes.FRAMED)


def test_labels_that_leave_out_the_same_are_taken(tmp_path):
    """As of FAIR1M, where a tile is cut from a larger window, and its labels are the tile's."""
    cut = {item: Layout((32, 64), 1, 2, 32) for item in fakes.FRAMED}
    of_tiles = fakes.dataset(cut)
    dataset = dataclasses.replace(of_tiles, layout=lambda root, split, item: fakes.FRAMED[item])
    crops, items = tmp_path / "crops.zarr", fakes.items(list(cut))
    tiles.write(crops, of_tiles, "root", items, "clean", {})
    labels.write(tmp_path / "labels.zarr", crops, dataset, "root", (4, 4), {})
    expected = write(tmp_path / "expected", cut)
    for name in ("centre", "majority", "pixels"):
        found = store.read(tmp_path / "labels.zarr", name)
        np.testing.assert_array_equal(found, store.read(expected, name))
