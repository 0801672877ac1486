"""Crops: how frames are cut and stored."""

import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops import changes, tiles
from patchprobe.datasets.base import Layout
from tests import fakes

KINDS = pytest.mark.parametrize(
    "layouts",
    [fakes.IMAGES, fakes.VIDEOS, fakes.TILES, fakes.FRAMED, fakes.UNEQUAL],
    ids=["images", "videos", "tiles", "framed", "unequal"],
)
FRAMES = [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]  # of fakes.VIDEOS
CHANGES = changes.changes({"blur": [3], "noise": [10], "frequency": [1, 4]})


def write(path, layouts, variant="clean", names=None, **arguments):
    """A store of random frames; arguments of `dataset` or of `tiles.write`."""
    of_dataset = {key: arguments.pop(key) for key in ("read",) if key in arguments}
    dataset = fakes.dataset(layouts, **of_dataset)
    items = fakes.items(list(layouts) if names is None else names)
    about = arguments.pop("attributes", {})
    tiles.write(path, dataset, "root", items, variant, about, **arguments)
    return path


def expected_crops(layouts):
    """Crops by slicing, frame by frame."""
    crops = []
    for item, layout in layouts.items():
        top, left = layout.origin
        for frame in range(layout.n_frames):
            image = fakes.image_of(item, layout.size, frame)
            for y in range(top, top + 32 * layout.rows, 32):
                for x in range(left, left + 32 * layout.columns, 32):
                    crops.append(image[y : y + 32, x : x + 32])
    return np.stack(crops)


def files_of(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------ tiles


def test_tiles_run_row_by_row():
    image = np.array(
        [
            [0, 0, 1, 1, 2, 2],
            [0, 9, 1, 1, 2, 2],
            [3, 3, 4, 4, 5, 5],
            [3, 3, 4, 4, 5, 8],
        ]
    )
    assert tiles.tile(image, 2).tolist() == [
        [[0, 0], [0, 9]],
        [[1, 1], [1, 1]],
        [[2, 2], [2, 2]],
        [[3, 3], [3, 3]],
        [[4, 4], [4, 4]],
        [[5, 5], [5, 8]],
    ]


@pytest.mark.parametrize("channels", [(), (3,)])
def test_tiles_laid_side_by_side_give_the_image(channels):
    image = fakes.random_pixels("ulm", (6, 8, *channels), 256)
    cut = tiles.tile(image, 2)
    assert cut.shape == (12, 2, 2, *channels)
    rows = [np.concatenate(cut[first : first + 4], axis=1) for first in (0, 4, 8)]
    np.testing.assert_array_equal(np.concatenate(rows, axis=0), image)


def test_cityscapes_image_gives_thirty_two_tiles():
    image = np.zeros((1024, 2048), np.uint8)
    image[256:512, 1792:] = 1  # second row, last column
    cut = tiles.tile(image, 256)
    assert cut.shape == (32, 256, 256)
    assert cut.any(axis=(1, 2)).nonzero()[0].tolist() == [15]


@pytest.mark.parametrize("shape", [(5, 8, 3), (8, 6, 3), (2, 4)])
def test_sides_that_are_no_multiple_are_refused(shape):
    height, width = shape[:2]
    with pytest.raises(ValueError, match=f"multiples of 4 px, found {height}x{width}"):
        tiles.tile(np.zeros(shape, np.uint8), 4)


@pytest.mark.parametrize("layouts", [fakes.IMAGES, fakes.VIDEOS])
def test_boxes_of_a_layout_are_the_tiles(layouts):
    layout = next(iter(layouts.values()))
    image = fakes.random_pixels("ulm", layout.size, 256)
    cut = np.stack([tiles.cut(image, box) for box in layout.boxes])
    np.testing.assert_array_equal(cut, tiles.tile(image, 32))


def test_frames_of_videos_follow_each_other():
    asked = fakes.items("ba")
    found = tiles.frames(fakes.dataset(fakes.VIDEOS), "root", asked)
    assert [frame[:3] for frame in found] == [
        *(("val", "b", number) for number in range(2)),
        *(("val", "a", number) for number in range(3)),
    ]
    assert {frame.layout for frame in found} == set(fakes.VIDEOS.values())


def test_image_of_crop_by_hand():
    found = tiles.image_of_crop([[1, 2], [1, 1], [2, 3]])
    assert found.tolist() == [0, 0, 1, 2, 2, 2, 2, 2, 2]


# ------------------------------------------------------------------------------ clean


@KINDS
def test_store_holds_the_tiles_as_cut_in_the_order_of_items(tmp_path, layouts):
    path = write(tmp_path / "a.zarr", layouts)
    crops = store.read(path, "clean/crops")
    assert crops.dtype == np.uint8
    np.testing.assert_array_equal(crops, expected_crops(layouts))
    backwards = dict(reversed(layouts.items()))
    path = write(tmp_path / "b.zarr", layouts, names=backwards)
    np.testing.assert_array_equal(store.read(path, "clean/crops"), expected_crops(backwards))


def test_tiles_of_cityscapes_keep_their_256_pixels(tmp_path):
    layouts = {"ulm": Layout((256, 512), 1, 2, 256)}
    path = write(tmp_path / "a.zarr", layouts)
    image = fakes.image_of("ulm", (256, 512))
    crops = store.read(path, "clean/crops")
    np.testing.assert_array_equal(crops, np.stack([image[:, :256], image[:, 256:]]))
    assert store.attributes(path)["input_px"] == [224, 224]


def test_store_says_which_frames_its_crops_show_and_how_they_are_seen(tmp_path):
    path = write(tmp_path / "a.zarr", fakes.VIDEOS, attributes={"dataset": "fake", "left_out": []})
    assert store.attributes(path) == {
        "dataset": "fake",
        "left_out": [],
        "images": [["val", item, frame] for item, frame in FRAMES],
        "tiles": [[1, 2]] * 5,
        "input_px": [224, 224],
        "levels": ["clean"],
        "variant": "clean",
    }


def test_images_may_have_different_numbers_of_tiles(tmp_path):
    path = write(tmp_path / "a.zarr", fakes.UNEQUAL)
    about = store.attributes(path)
    assert about["tiles"] == [[1, 2], [2, 3]]
    assert tiles.image_of_crop(about["tiles"]).tolist() == [0, 0, 1, 1, 1, 1, 1, 1]


@KINDS
@pytest.mark.parametrize("variant", ["clean", "changed"])
def test_stores_are_equal_whatever_the_number_of_threads(tmp_path, layouts, variant):
    arguments = {"changes": CHANGES} if variant == "changed" else {}
    found = [
        files_of(write(tmp_path / str(threads), layouts, variant, threads=threads, **arguments))
        for threads in (1, 4)
    ]
    assert found[0] == found[1]


def test_black_images_are_stored_too(tmp_path):
    black = np.zeros((64, 96, 3), np.uint8)
    path = write(tmp_path / "a.zarr", fakes.IMAGES, read=lambda item, frame: black)
    array = store.open_array(path, "clean/crops")  # checks that every chunk is there
    assert array.nchunks == 3
    assert not array[:].any()


def test_an_image_fills_whole_chunks(tmp_path):
    for layouts, rows in (
        (fakes.IMAGES, 6),
        (fakes.VIDEOS, 2),
        (fakes.UNEQUAL, 2),
    ):  # 2 and 6 tiles
        path = write(tmp_path / "a.zarr", layouts)
        assert store.open_array(path, "clean/crops").chunks == (rows, 32, 32, 3)


# ------------------------------------------------------------------------------ whole and changed


def test_a_whole_frame_is_one_crop_seen_at_its_own_size(tmp_path):
    path = write(tmp_path / "a.zarr", fakes.VIDEOS, "whole")
    about = store.attributes(path)
    assert (about["tiles"], about["input_px"]) == ([[1, 1]] * 5, [32, 64])
    assert (about["levels"], about["variant"]) == (["clean"], "whole")
    expected = [fakes.image_of(item, (32, 64), frame) for item, frame in FRAMES]
    np.testing.assert_array_equal(store.read(path, "clean/crops"), expected)


@KINDS
def test_changed_tiles_are_those_of_each_change(tmp_path, layouts):
    path = write(tmp_path / "a.zarr", layouts, "changed", changes=CHANGES, seed=7)
    assert store.attributes(path)["levels"] == ["blur-3", "noise-10", "frequency-1", "frequency-4"]
    assert store.attributes(path)["input_px"] == [224, 224]
    for change in CHANGES:
        expected = [
            change.apply(
                fakes.image_of(item, layout.size, frame), box, (7, "val", item, frame, number)
            )
            for item, layout in layouts.items()
            for frame in range(layout.n_frames)
            for number, box in enumerate(layout.boxes)
        ]
        np.testing.assert_array_equal(store.read(path, f"{change.name}/crops"), expected)


def test_noise_of_a_tile_depends_on_neither_order_nor_company(tmp_path):
    whole = store.read(
        write(tmp_path / "a.zarr", fakes.IMAGES, "changed", changes=CHANGES), "noise-10/crops"
    )
    other = write(
        tmp_path / "b.zarr", fakes.IMAGES, "changed", ["jena_1", "ulm_1"],
        changes=CHANGES[1:2], threads=3,
    )  # fmt: skip
    np.testing.assert_array_equal(
        store.read(other, "noise-10/crops"), np.concatenate([whole[12:], whole[:6]])
    )


def test_every_tile_has_noise_of_its_own(tmp_path):
    grey = np.full((32, 64, 3), 128, np.uint8)
    path = write(
        tmp_path / "a.zarr", fakes.VIDEOS, "changed",
        read=lambda item, frame: grey, changes=CHANGES[1:2],
    )  # fmt: skip
    crops = store.read(path, "noise-10/crops")
    assert len({crop.tobytes() for crop in crops}) == len(crops) == 10
    other = write(
        tmp_path / "b.zarr", fakes.VIDEOS, "changed",
        read=lambda item, frame: grey, changes=CHANGES[1:2], seed=1,
    )  # fmt: skip
    assert not (store.read(other, "noise-10/crops") == crops).all((1, 2, 3)).any()
