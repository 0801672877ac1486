"""Figure 10 shows the very noise that changes a tile."""

import numpy as np
import pytest

from patchprobe.crops.changes import changes
from patchprobe.crops.corruptions import Blur, Frequency
from patchprobe.crops.frequency_noise import ring_mask
from patchprobe.figures import fig10_frequency_noise as fig10
from patchprobe.figures import style

SEED = (0, "val", "ulm_000000_000019", 5)
BANDS = changes({"blur": [10], "frequency": [1, 2, 3, 4]})


@pytest.fixture(scope="module")
def tile():
    """Colours far enough from 0 and 255 that little is clipped."""
    return np.random.default_rng(0).integers(100, 156, (128, 128, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def panels(tile):
    """The images of the figure by row, and their axes."""
    style.use()
    axes = np.array(fig10.draw_bands(tile, BANDS, SEED).axes).reshape(3, 5)
    images = [[panel.get_images()[0].get_array().data for panel in row[1:]] for row in axes]
    return images, axes


def test_columns_are_the_bands(panels):
    titles = [axes.get_title() for axes in panels[1][0]]
    assert titles == [
        "",
        "Band 1 (lowest)\n0.125 × Nyquist",
        "Band 2\n0.375 × Nyquist",
        "Band 3\n0.625 × Nyquist",
        "Band 4 (highest)\n0.875 × Nyquist",
    ]


def test_noise_is_the_centre_of_what_is_added(panels):
    for level, shown in enumerate(panels[0][0], start=1):
        field = Frequency(level).field((128, 128, 3), SEED)[32:96, 32:96]
        np.testing.assert_allclose(100 * (shown - 0.5), field.clip(-50, 50))


def test_spectrum_lights_the_ring_alone(panels):
    for level, shown in enumerate(panels[0][1], start=1):
        mask = ring_mask((128, 128), level)
        assert not shown[~mask].any()
        assert np.median(shown[mask]) > 0.5
        assert shown.max() == 1


def test_last_row_shows_the_tile_and_what_becomes_of_it(panels, tile):
    images, axes = panels
    np.testing.assert_array_equal(axes[2, 0].get_images()[0].get_array(), tile)
    for change, shown in zip(BANDS[1:], images[2], strict=True):
        np.testing.assert_array_equal(shown, change.apply(tile, (0, 0, 128, 128), SEED))


def test_small_tiles_and_single_bands_can_be_drawn(tile):
    axes = fig10.draw_bands(tile[:40, :32], [Frequency(2)], SEED).axes
    assert axes[1].get_images()[0].get_array().shape == (40, 32, 3)


def test_vector_files_are_byte_stable(tile, tmp_path):
    style.use()
    for name in ("one.svg", "other.svg", "one.pdf", "other.pdf"):
        style.save(fig10.draw_bands(tile, BANDS[-1:], SEED), [tmp_path / name], note="A note.")
    for kind in ("svg", "pdf"):
        one, other = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("one", "other"))
        assert one == other


def test_other_changes_are_refused(tile):
    with pytest.raises(ValueError, match="expected frequency noise.*blur-10"):
        fig10.draw_bands(tile, [Blur(10)], SEED)


def test_the_tile_of_most_classes_is_drawn_with_its_own_noise():
    rng = np.random.default_rng(1)
    labels = np.ones((128, 192), np.uint8)
    labels[64:, 128:] = rng.integers(0, 6, (64, 64))  # second row, third column
    examples = {
        "images": np.array([["val", "ulm_1", "2"], ["val", "jena_1", "0"]]),
        "image_0": rng.integers(100, 156, (128, 192, 3), dtype=np.uint8),
        "labels_0": labels,
    }
    figure = fig10.draw(examples, seed=3, tile_px=64)
    shown = [axes.get_images()[0].get_array() for axes in figure.axes if axes.get_images()]
    tile = examples["image_0"][64:, 128:]
    expected = [
        change.apply(tile, (0, 0, 64, 64), (3, "val", "ulm_1", 2, 5))
        for change in changes({"frequency": [1, 2, 3, 4]})
    ]
    for picture in (tile, *expected):
        assert any(np.array_equal(picture, other) for other in shown)
