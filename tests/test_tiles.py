"""Crops: how images are cut, resized and stored."""

import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from patchprobe import store
from patchprobe.crops import tiles as tiling
from patchprobe.errors import DatasetError

STEMS = ["ulm_000000_000019", "aachen_000000_000019", "jena_000000_000019"]
ROUNDING = 0.52  # to the nearest grey level, and of the pixel positions in float32


def pixels(stem, kind, shape, high):
    """Random pixels that belong to an image."""
    rng = np.random.default_rng(zlib.crc32(f"{stem} {kind}".encode()))
    return rng.integers(0, high, shape, dtype=np.uint8)


def fake_reader(tile_px, rows=2, columns=3):
    """A dataset of random images of `rows` x `columns` tiles."""
    height, width = rows * tile_px, columns * tile_px
    reader = SimpleNamespace(IMAGE_SIZE=(height, width), TILE_PX=tile_px, asked=[])

    def read_image(root, split, stem):
        reader.asked.append((root, split, stem))
        return pixels(stem, "image", (height, width, 3), 256)

    def read_labels(root, split, stem):
        reader.asked.append((root, split, stem))
        return pixels(stem, "labels", (height, width), 34)

    reader.read_image, reader.read_labels = read_image, read_labels
    return reader


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
    assert tiling.tile(image, 2).tolist() == [
        [[0, 0], [0, 9]],
        [[1, 1], [1, 1]],
        [[2, 2], [2, 2]],
        [[3, 3], [3, 3]],
        [[4, 4], [4, 4]],
        [[5, 5], [5, 8]],
    ]


@pytest.mark.parametrize("channels", [(), (3,)])
def test_tiles_laid_side_by_side_give_the_image(channels):
    image = pixels("ulm", "image", (6, 8, *channels), 256)
    tiles = tiling.tile(image, 2)
    assert tiles.shape == (12, 2, 2, *channels)
    rows = [np.concatenate(tiles[first : first + 4], axis=1) for first in (0, 4, 8)]
    np.testing.assert_array_equal(np.concatenate(rows, axis=0), image)


def test_cityscapes_image_gives_thirty_two_tiles():
    image = np.zeros((1024, 2048), np.uint8)
    image[256:512, 1792:] = 1  # second row, last column
    tiles = tiling.tile(image, 256)
    assert tiles.shape == (32, 256, 256)
    assert tiles.any(axis=(1, 2)).nonzero()[0].tolist() == [15]


@pytest.mark.parametrize("shape", [(5, 8, 3), (8, 6, 3), (2, 4)])
def test_sides_that_are_no_multiple_are_refused(shape):
    height, width = shape[:2]
    with pytest.raises(ValueError, match=f"multiples of 4 px, found {height}x{width}"):
        tiling.tile(np.zeros(shape, np.uint8), 4)


# ------------------------------------------------------------------------------ resizing


def cubic_weights(n_in, n_out):
    """Matrix of cubic convolution (Keys 1981) with a = -0.75, edge pixels repeated."""

    def kernel(x, a=-0.75):
        x = abs(x)
        if x <= 1:
            return (a + 2) * x**3 - (a + 3) * x**2 + 1
        return a * (x**3 - 5 * x**2 + 8 * x - 4) if x < 2 else 0.0

    weights = np.zeros((n_out, n_in))
    for i in range(n_out):
        centre = (i + 0.5) * n_in / n_out - 0.5
        for tap in range(int(np.floor(centre)) - 1, int(np.floor(centre)) + 3):
            weights[i, min(max(tap, 0), n_in - 1)] += kernel(centre - tap)
    return weights


def cubic(tiles, px):
    """Resize square tiles in float64, not rounded."""
    weights = cubic_weights(tiles.shape[1], px)
    return np.einsum("ih,nhwc,jw->nijc", weights, tiles.astype(float), weights, optimize=True)


@pytest.mark.parametrize(("px", "crop_px"), [(256, 224), (512, 224), (100, 224), (30, 7)])
@pytest.mark.parametrize("kind", ["noise", "ramp"])
def test_resize_is_cubic_convolution_without_antialiasing(px, crop_px, kind):
    tiles = pixels("ulm", "noise", (2, px, px, 3), 256)
    if kind == "ramp":
        tiles[:] = (np.linspace(0, 255, px)[:, None, None] * [1, 0.5, 0.25]).astype(np.uint8)
    expected = np.clip(cubic(tiles, crop_px), 0, 255)
    resized = tiling.resize(tiles, crop_px)
    assert (resized.shape, resized.dtype) == ((2, crop_px, crop_px, 3), np.uint8)
    assert np.abs(resized - expected).max() < ROUNDING


def test_overshoot_is_cut_off_and_does_not_wrap():
    tiles = np.zeros((1, 256, 256, 3), np.uint8)
    tiles[:, :, 128:] = 255
    assert cubic(tiles, 224).min() < -5 and cubic(tiles, 224).max() > 260
    resized = tiling.resize(tiles)
    assert (resized[:, :, :110] < 20).all() and (resized[:, :, 114:] > 235).all()


def test_crops_of_the_right_size_are_left_alone():
    tiles = pixels("ulm", "noise", (2, 224, 224, 3), 256)
    before = tiles.copy()
    np.testing.assert_array_equal(tiling.resize(tiles), before)


def test_resizing_leaves_the_tiles_as_they_were():
    tiles = pixels("ulm", "noise", (1, 64, 64, 3), 256)
    before = tiles.copy()
    tiling.resize(tiles, 32)
    np.testing.assert_array_equal(tiles, before)


# ------------------------------------------------------------------------------ writing


def test_store_holds_the_tiles_of_every_image_in_the_order_of_stems(tmp_path):
    reader = fake_reader(224)
    tiling.write(tmp_path / "a.zarr", reader, "root", "val", STEMS, {"dataset": "fake"})
    written = store.read(tmp_path / "a.zarr", "clean/crops")
    label_maps = store.read(tmp_path / "a.zarr", "clean/label_maps")
    assert (written.shape, written.dtype) == ((18, 224, 224, 3), np.uint8)
    assert (label_maps.shape, label_maps.dtype) == ((18, 224, 224), np.uint8)
    for number, stem in enumerate(STEMS):
        image = pixels(stem, "image", (448, 672, 3), 256)
        labels = pixels(stem, "labels", (448, 672), 34)
        for row in range(2):
            for column in range(3):
                crop = 6 * number + 3 * row + column
                area = np.s_[224 * row : 224 * (row + 1), 224 * column : 224 * (column + 1)]
                np.testing.assert_array_equal(written[crop], image[area])
                np.testing.assert_array_equal(label_maps[crop], labels[area])
    assert set(reader.asked) == {("root", "val", stem) for stem in STEMS}


def test_store_says_which_images_its_crops_show(tmp_path):
    about = {"dataset": "fake", "root": "root"}
    tiling.write(tmp_path / "a.zarr", fake_reader(224), "root", "val", STEMS, about)
    assert store.attributes(tmp_path / "a.zarr") == {**about, "images": STEMS, "split": "val"}
    image_of_crop = store.read(tmp_path / "a.zarr", "image_of_crop")
    assert image_of_crop.tolist() == [0] * 6 + [1] * 6 + [2] * 6
    assert image_of_crop.dtype == np.int32


def test_crops_are_resized_but_label_maps_stay_at_native_resolution(tmp_path):
    tiling.write(tmp_path / "a.zarr", fake_reader(256, 1, 2), "root", "val", STEMS[:1], {})
    written = store.read(tmp_path / "a.zarr", "clean/crops")
    image = pixels(STEMS[0], "image", (256, 512, 3), 256)
    tiles = np.stack([image[:, :256], image[:, 256:]])
    assert written.shape == (2, 224, 224, 3)
    assert np.abs(written - np.clip(cubic(tiles, 224), 0, 255)).max() < ROUNDING
    labels = pixels(STEMS[0], "labels", (256, 512), 34)
    label_maps = store.read(tmp_path / "a.zarr", "clean/label_maps")
    np.testing.assert_array_equal(label_maps, [labels[:, :256], labels[:, 256:]])


def test_stores_are_equal_whatever_the_number_of_threads(tmp_path):
    files = []
    for threads in (1, 4):
        root = tmp_path / str(threads)
        tiling.write(root, fake_reader(256, 1, 2), "root", "val", STEMS, {}, threads)
        paths = (path for path in root.rglob("*") if path.is_file())
        files.append({path.relative_to(root): path.read_bytes() for path in paths})
    assert files[0] == files[1]
    assert len(files[0]) == 4 + 3 + 3 + 1  # heads of store and arrays; chunks of the three arrays


def test_black_images_are_stored_too(tmp_path):
    reader = fake_reader(224, 1, 1)
    reader.read_image = lambda root, split, stem: np.zeros((224, 224, 3), np.uint8)
    reader.read_labels = lambda root, split, stem: np.zeros((224, 224), np.uint8)
    tiling.write(tmp_path / "a.zarr", reader, "root", "val", STEMS, {})
    assert not store.read(tmp_path / "a.zarr", "clean/crops").any()


@pytest.mark.parametrize("size", [(448, 448), (448, 670), (672, 672), (224, 224)])
@pytest.mark.parametrize("threads", [1, 2])
def test_image_of_another_size_is_an_error(tmp_path, size, threads):
    reader = fake_reader(224)
    reader.read_image = lambda root, split, stem: np.zeros((*size, 3), np.uint8)
    with pytest.raises(ValueError, match=rf"\(448, 672\) px, found \({size[0]}, {size[1]}\) and"):
        tiling.write(tmp_path / "a.zarr", reader, "root", "val", STEMS, {}, threads)


def test_labels_of_another_size_are_an_error(tmp_path):
    reader = fake_reader(224)
    reader.read_labels = lambda root, split, stem: np.zeros((448, 896), np.uint8)
    with pytest.raises(ValueError, match=r"found \(448, 672\) and \(448, 896\)"):
        tiling.write(tmp_path / "a.zarr", reader, "root", "val", STEMS, {})


def test_unreadable_image_is_an_error(tmp_path):
    reader = fake_reader(224)

    def read_labels(root, split, stem):
        raise DatasetError(f"{stem} cannot be decoded")

    reader.read_labels = read_labels
    with pytest.raises(DatasetError, match="cannot be decoded"):
        tiling.write(tmp_path / "a.zarr", reader, "root", "val", STEMS, {}, 2)


def test_no_images_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="no images of split val"):
        tiling.write(tmp_path / "a.zarr", fake_reader(224), "root", "val", [], {})
    assert not (tmp_path / "a.zarr").exists()
