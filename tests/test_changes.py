"""Blur, noise and frequency noise: how tiles change, and that their noise is only theirs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import uniform_filter
from scipy.stats import chi2, norm

from patchprobe.crops.change import generator
from patchprobe.crops.changes import FAMILIES, changes
from patchprobe.crops.corruptions import Blur, Frequency, Noise
from patchprobe.crops.frequency_noise import frequency_field

SEED = (0, "val", "ulm_000000_000019", 5)
ALL = [Blur(10), Noise(20), Frequency(1), Frequency(4)]
BANDS = [1, 2, 3, 4]


def picture(height=96, width=128, seed=0):
    """A random image whose grey values reach neither 0 nor 255."""
    return np.random.default_rng(seed).integers(1, 255, (height, width, 3), dtype=np.uint8)


def whole(image):
    """The box of the whole image."""
    return (0, 0, *image.shape[:2])


def flat(value, side=64):
    """A grey image."""
    return np.full((side, side, 3), value, np.uint8)


# ------------------------------------------------------------------------------ generators


def test_same_words_give_the_same_numbers():
    assert generator(0, "val", 3).random() == generator(0, "val", np.int64(3)).random()


words = st.lists(st.integers(-9, 99) | st.text(max_size=3), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(words, unique_by=repr, max_size=4))
def test_different_words_give_different_numbers(names):
    states = [generator(*name).bit_generator.state["state"]["state"] for name in names]
    assert len(set(states)) == len(names)


def test_words_are_kept_apart():
    assert generator(0, "ab", "c").random() != generator(0, "a", "bc").random()
    assert generator(0, 1, 23).random() != generator(0, 12, 3).random()
    assert generator(0, 1).random() != generator(0, "1").random()


@pytest.mark.parametrize("word", [0.5, None, ("val",)])
def test_other_words_are_refused(word):
    with pytest.raises(TypeError):
        generator(0, word)


# ------------------------------------------------------------------------------ blur


def mean_of_neighbours(tile, size):
    """Means over size x size pixels, from size // 2 before a pixel on; edges are mirrored."""
    before = size // 2
    margin = (before, size - 1 - before)
    padded = np.pad(tile.astype(float), (margin, margin, (0, 0)), mode="reflect")
    return sliding_window_view(padded, (size, size), axis=(0, 1)).mean(axis=(-2, -1))


@pytest.mark.parametrize("size", [3, 4, 10, 20, 30, 40])
def test_blur_is_the_mean_of_neighbours(size):
    tile = picture(64, 48)
    blurred = Blur(size).apply(tile, whole(tile), SEED).astype(float)
    np.testing.assert_allclose(blurred, mean_of_neighbours(tile, size), atol=0.6)


@pytest.mark.parametrize("size", [3, 4, 10, 40])
def test_blur_agrees_with_scipy(size):
    tile = picture(64, 48)
    blurred = Blur(size).apply(tile, whole(tile), SEED).astype(float)
    means = uniform_filter(tile.astype(float), (size, size, 1), mode="mirror")
    np.testing.assert_allclose(blurred, means, atol=0.6)


def test_blur_of_two_pixels_rounds_up():
    tile = picture()
    excess = Blur(2).apply(tile, whole(tile), SEED) - mean_of_neighbours(tile, 2)
    assert excess.min() == 0
    assert excess.max() == 0.75
    assert excess.mean() == pytest.approx(0.375, abs=0.01)


def test_even_kernels_move_the_content_half_a_pixel_down_and_right():
    tile = flat(0)
    tile[20, 30] = 160
    blurred = Blur(4).apply(tile, whole(tile), SEED)
    rows, columns = blurred[..., 0].nonzero()
    assert (set(rows), set(columns)) == ({19, 20, 21, 22}, {29, 30, 31, 32})
    assert set(blurred[rows, columns].ravel()) == {10}


def test_blur_ignores_the_seed():
    tile = picture()
    one, other = (Blur(6).apply(tile, whole(tile), seed) for seed in (SEED, (1, "train")))
    np.testing.assert_array_equal(one, other)


# ------------------------------------------------------------------------------ Gaussian noise


def test_noise_is_gaussian_with_the_asked_spread():
    tile = flat(128, side=128)
    noisy = Noise(20).apply(tile, whole(tile), SEED).astype(int) - 128
    # Truncation makes k from values in [k, k + 1), of the noise before it.
    edges = np.arange(-100, 101)
    expected = np.diff(norm.cdf(edges, scale=20)) * noisy.size
    seen = np.histogram(noisy, edges)[0]
    often = expected > 20
    distance = ((seen - expected)[often] ** 2 / expected[often]).sum()
    assert distance < chi2.ppf(0.999, often.sum())


@pytest.mark.parametrize(
    ("change", "noise"),
    [
        (Noise(40), lambda rng, shape: rng.normal(0, 40, shape)),
        (Frequency(3), lambda rng, shape: frequency_field(shape, 3, rng)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
@pytest.mark.parametrize("grey", [0, 3, 128, 255])
def test_sums_are_clipped_and_truncated(change, noise, grey):
    tile = flat(grey)
    total = grey + noise(generator(*SEED, change.name), tile.shape)
    by_hand = [min(255, max(0, int(np.floor(value)))) for value in total.ravel()]
    noisy = change.apply(tile, whole(tile), SEED)
    assert noisy.ravel().tolist() == by_hand
    assert np.any(noisy != np.rint(total.clip(0, 255)))  # rounding would differ


def test_channels_have_noise_of_their_own():
    for change in (Noise(40), Frequency(2)):
        channels = change.apply(flat(128), whole(flat(0)), SEED).reshape(-1, 3).T
        correlations = np.corrcoef(channels)[np.triu_indices(3, 1)]
        assert np.abs(correlations).max() < 0.25


# ------------------------------------------------------------------------------ whose noise it is


def test_order_and_threads_do_not_change_a_tile():
    image = picture(128, 128)
    boxes = [(top, left, 32, 32) for top in range(0, 128, 32) for left in range(0, 128, 32)]
    jobs = [(change, number) for change in ALL for number in range(len(boxes))]

    def apply(job):
        change, number = job
        return change.apply(image, boxes[number], (0, "val", "ulm", number))

    in_order = [apply(job) for job in jobs]
    backwards = [apply(job) for job in reversed(jobs)][::-1]
    with ThreadPoolExecutor(4) as pool:
        in_threads = list(pool.map(apply, jobs))
    for first, *others in zip(in_order, backwards, in_threads, strict=True):
        for other in others:
            np.testing.assert_array_equal(first, other)


def test_fields_do_not_share_state_between_threads():
    barrier, fields = threading.Barrier(4), {}

    def draw(level):
        barrier.wait()
        fields[level] = Frequency(level).field((64, 64, 3), SEED)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(draw, BANDS))
    for level, field in fields.items():
        np.testing.assert_array_equal(field, Frequency(level).field((64, 64, 3), SEED))


@pytest.mark.parametrize(
    "other",
    [
        (1, "val", "ulm_000000_000019", 5),
        (0, "train", "ulm_000000_000019", 5),
        (0, "val", "ulm_000001_000019", 5),
        (0, "val", "ulm_000000_000019", 6),
    ],
    ids=["seed", "split", "item", "tile"],
)
@pytest.mark.parametrize("change", [Noise(20), Frequency(2)], ids=lambda change: change.name)
def test_other_tiles_have_other_noise(change, other):
    one, two = (
        change.apply(flat(128), whole(flat(0)), seed).astype(float) for seed in (SEED, other)
    )
    assert np.abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.2


def test_levels_have_other_noise():
    noise = [Noise(level).apply(flat(128), whole(flat(0)), SEED).ravel() for level in (10, 20, 30)]
    assert np.abs(np.corrcoef(noise)[np.triu_indices(3, 1)]).max() < 0.05
    draws = {Frequency(level).rng(SEED).random() for level in BANDS}
    assert len(draws) == 4


# ------------------------------------------------------------------------------ tiles and points


@pytest.mark.parametrize("change", ALL, ids=lambda change: change.name)
def test_tiles_are_cut_before_they_are_changed(change):
    """What lies beside a tile, and where the tile lies, does not matter; the image stays."""
    image = picture()
    before = image.copy()
    box = (17, 33, 48, 40)
    tile = np.ascontiguousarray(image[17:65, 33:73])
    changed = change.apply(image, box, SEED)
    np.testing.assert_array_equal(changed, change.apply(tile, whole(tile), SEED))
    assert changed.dtype == np.uint8
    assert np.any(changed != tile)
    changed[:] = 0
    np.testing.assert_array_equal(image, before)


def test_blur_of_one_pixel_is_a_copy():
    image = picture()
    tile = Blur(1).apply(image, whole(image), SEED)
    np.testing.assert_array_equal(tile, image)
    assert not np.shares_memory(tile, image)


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(-300, 300)] * 2), min_size=1))
def test_points_stay_where_they_are(points):
    for change in ALL:
        back = change.back(points, (1024, 2048), (256, 512, 256, 256))
        assert back.dtype == np.float64
        np.testing.assert_array_equal(back, points)


def test_points_are_a_copy():
    points = np.array([[8.0, 8.0]])
    Blur(10).back(points, (64, 64), (0, 0, 64, 64))[:] = 0
    assert points.tolist() == [[8.0, 8.0]]


@pytest.mark.parametrize("points", [[1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_points_that_are_no_pairs_are_refused(points):
    with pytest.raises(ValueError, match=r"expected points of shape \(n, 2\)"):
        Blur(10).back(points, (64, 64), (0, 0, 64, 64))


@pytest.mark.parametrize(
    "box", [(0, 0, 97, 8), (0, 121, 8, 8), (-1, 0, 8, 8), (0, -8, 8, 8), (0, 0, 0, 8)]
)
def test_boxes_beyond_the_image_are_refused(box):
    with pytest.raises(ValueError, match="inside 96 x 128 px"):
        Noise(10).apply(picture(), box, SEED)


@pytest.mark.parametrize(
    "image",
    [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3), np.float32)],
)
def test_other_images_are_refused(image):
    with pytest.raises(ValueError, match=r"shape \(height, width, 3\) and uint8"):
        Blur(2).apply(image, (0, 0, 8, 8), SEED)


@pytest.mark.parametrize("seed", [0, "val", (), None])
def test_noise_needs_to_know_its_tile(seed):
    with pytest.raises(ValueError, match="words that name a tile"):
        Noise(10).apply(picture(), (0, 0, 8, 8), seed)


# ------------------------------------------------------------------------------ configuration


def test_changes_are_those_asked_for_in_their_order():
    asked = {"noise": [10], "blur": [20, 10.0], "frequency": [4, 1]}
    assert changes(asked) == [Noise(10), Blur(20), Blur(10), Frequency(4), Frequency(1)]
    assert changes({}) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (Blur(10), "blur-10"),
        (Blur(10.0), "blur-10"),
        (Noise(2.5), "noise-2.5"),
        (Noise(1234567), "noise-1234567"),
        (Frequency(1), "frequency-1"),
    ],
)
def test_names(change, name):
    assert change.name == name
    assert FAMILIES[change.family] is type(change)


def test_level_written_as_a_float_is_the_same_change():
    tile = picture()
    for family in (Blur, Noise, Frequency):
        one, other = (family(level).apply(tile, whole(tile), SEED) for level in (4, 4.0))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fog": [1]}, "expected changes of .*found 'fog'"),
        ({"blur": 10}, "expected a list of levels of blur"),
        ({"blur": [0]}, "level of blur that is a whole number of pixels.*found 0"),
        ({"blur": [2.5]}, "level of blur.*found 2.5"),
        ({"blur": ["10"]}, "level of blur.*found '10'"),
        ({"noise": [0]}, "level of noise that is a standard deviation.*found 0"),
        ({"noise": [float("nan")]}, "level of noise.*found nan"),
        ({"noise": [float("inf")]}, "level of noise.*found inf"),
        ({"noise": [None]}, "level of noise.*found None"),
        ({"frequency": [5]}, "level of frequency that is one of 1, 2, 3, 4.*found 5"),
        ({"frequency": [True]}, "level of frequency.*found True"),
        ({"blur": [10, 10.0]}, "each change once, found .'blur-10'."),
    ],
)
def test_impossible_changes_are_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        changes(asked)


def test_opencv_threads_do_not_change_a_blur():
    tile, threads = picture(256, 256), cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        one = Blur(30).apply(tile, whole(tile), SEED)
    finally:
        cv2.setNumThreads(threads)
    np.testing.assert_array_equal(one, Blur(30).apply(tile, whole(tile), SEED))
