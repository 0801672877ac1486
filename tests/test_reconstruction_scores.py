"""MSE, PSNR and SSIM against scikit-image and brute force; means and paired differences by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from patchprobe.evaluation import reconstruction_scores as scores

WANG = {
    "data_range": 1, "channel_axis": 2, "gaussian_weights": True, "use_sample_covariance": False
}  # fmt: skip


def pair(seed, size=(24, 20)):
    rng = np.random.default_rng(seed)
    original = rng.random((*size, 3))
    return original, (original + rng.normal(0, 0.2, original.shape)).clip(0, 1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_scores_of_all_pixels_are_those_of_scikit_image(seed):
    original, predicted = pair(seed)
    (found,) = scores.scores(original, predicted, [np.ones(original.shape[:2], bool)])
    expected = [
        mean_squared_error(original, predicted),
        peak_signal_noise_ratio(original, predicted, data_range=1),
        structural_similarity(original, predicted, **WANG),
    ]
    np.testing.assert_allclose(found, expected)


def test_ssim_of_a_window_by_its_formula():
    """Wang et al. (2004), eq. 13, with the weighted moments of eq. 14 to 16."""
    x, y = pair(0)
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))[..., None]
    weights /= weights.sum()
    found = scores.ssim_map(x, y)
    assert found.shape == (14, 10)
    for row, column in ((0, 0), (7, 3), (13, 9)):
        a, b = (z[row : row + 11, column : column + 11] for z in (x, y))
        mean_a, mean_b = ((weights * z).sum(axis=(0, 1)) for z in (a, b))
        a, b = a - mean_a, b - mean_b
        var_a, var_b, cov = ((weights * z).sum(axis=(0, 1)) for z in (a * a, b * b, a * b))
        upper = (2 * mean_a * mean_b + 0.01**2) * (2 * cov + 0.03**2)
        lower = (mean_a**2 + mean_b**2 + 0.01**2) * (var_a + var_b + 0.03**2)
        np.testing.assert_allclose(found[row, column], (upper / lower).mean())


def test_scores_of_an_area():
    original, predicted = pair(1)
    area = np.zeros(original.shape[:2], bool)
    area[2:12, 3:9] = True
    mse, psnr, ssim = scores.scores(original, predicted, [~area, area])[1]
    assert mse == pytest.approx(((original - predicted)[2:12, 3:9] ** 2).mean())
    assert psnr == pytest.approx(10 * np.log10(1 / mse))
    assert ssim == pytest.approx(scores.ssim_map(original, predicted)[:7, :4].mean())


def test_scores_of_a_perfect_crop_are_finite():
    original, _ = pair(2)
    (found,) = scores.scores(original, original, [np.ones(original.shape[:2], bool)])
    np.testing.assert_allclose(found, [0, 100, 1])


def test_means_are_of_crops():
    of_crops = np.array([[1.0, 10, 0.1], [3.0, 20, 0.2], [8.0, 60, 0.6]])
    counts = scores.sums(of_crops, np.array([1, 1, 0]), 2)
    assert counts.tolist() == [[1, 8, 60, 0.6], [2, 4, 30, pytest.approx(0.3)]]
    np.testing.assert_allclose(scores.means(counts.sum(axis=0)), [4, 30, 0.3])


def test_differences_are_of_the_same_images():
    rng = np.random.default_rng(0)
    images = np.arange(12) // 2
    unfilled = rng.random((12, 3))
    shifts = np.array([0.5, -2, 0.25])
    shifted = [scores.sums(x, images, 6) for x in (unfilled + shifts, unfilled)]
    for row, shift in zip(scores.rows(*shifted), shifts, strict=True):
        for key in ("gain", "gain_low", "gain_high"):
            assert row[key] == pytest.approx(shift)
        assert row["low"] < row["value"] < row["high"]
    few = scores.rows(*(counts[:4] for counts in shifted))
    assert np.isnan([row[key] for row in few for key in ("low", "high", "gain_low")]).all()
    assert [row["gain"] for row in few] == pytest.approx(shifts)
