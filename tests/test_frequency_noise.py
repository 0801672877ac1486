"""Rings of frequencies and the noise in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from patchprobe.crops.change import generator
from patchprobe.crops.frequency_noise import centre, frequency_field, ring_mask

BANDS = [1, 2, 3, 4]


# ------------------------------------------------------------------------------ rings


def opposite(mask):
    """The mask at the negative frequencies."""
    plain = np.fft.ifftshift(mask)
    rows, columns = (-np.arange(side) % side for side in plain.shape)
    return np.fft.fftshift(plain[rows][:, columns])


sizes = st.tuples(st.integers(16, 40), st.integers(16, 40))


@settings(deadline=None)
@given(sizes, st.sampled_from(BANDS))
def test_rings_are_symmetric(shape, level):
    mask = ring_mask(shape, level)
    np.testing.assert_array_equal(mask, opposite(mask))


@settings(deadline=None)
@given(sizes)
def test_rings_are_apart_and_short_of_the_nyquist_frequency(shape):
    masks = np.array([ring_mask(shape, level) for level in BANDS])
    assert masks.sum(axis=0).max() == 1
    rows, columns = (np.abs(np.fft.fftshift(np.fft.fftfreq(side))) for side in shape)
    assert not masks[:, rows == 0.5].any()
    assert not masks[:, :, columns == 0.5].any()
    assert not masks[:, shape[0] // 2, shape[1] // 2].any()


def test_ring_by_hand():
    """On 16 x 16 cells, the lowest band reaches from .6 to 1.4 cells from the centre."""
    mask = ring_mask((16, 16), 1)
    assert np.argwhere(mask).tolist() == [[7, 8], [8, 7], [8, 9], [9, 8]]


def test_both_radii_belong_to_the_ring():
    """On 80 x 80 cells, the lowest band reaches from 3 to 7 cells from the centre, exactly."""
    assert ring_mask((80, 80), 1)[40, 40:].nonzero()[0].tolist() == [3, 4, 5, 6, 7]


def test_radii_count_cells_by_the_shorter_side():
    mask = ring_mask((32, 64), 4)  # 13.2 to 14.8 cells
    assert mask[16].nonzero()[0].tolist() == [32 - 14, 32 + 14]
    assert mask[:, 32].nonzero()[0].tolist() == [16 - 14, 16 + 14]


@pytest.mark.parametrize("level", BANDS)
def test_share_of_cells_is_the_area_of_the_ring(level):
    middle = 0.125 + 0.25 * (level - 1)
    assert centre(level) == middle
    area = np.pi * ((middle + 0.05) ** 2 - (middle - 0.05) ** 2) / 4  # of a square of side 2
    assert ring_mask((256, 256), level).mean() == pytest.approx(area, rel=0.02)


@pytest.mark.parametrize("level", [0, 5, 1.5, "1"])
def test_unknown_bands_are_refused(level):
    with pytest.raises(ValueError, match="band of"):
        ring_mask((64, 64), level)


def test_tiles_without_a_cell_in_the_band_are_refused():
    with pytest.raises(ValueError, match="4 x 4 px, which is too small"):
        frequency_field((4, 4, 3), 1, generator(0))


# ------------------------------------------------------------------------------ fields


@settings(deadline=None, max_examples=30)
@given(sizes, st.sampled_from(BANDS))
def test_field_is_the_formula_of_the_paper(shape, level):
    """F⁻¹(F(ε) ⊙ M) with the zero frequency in the centre, one channel at a time."""
    field = frequency_field((*shape, 3), level, generator(0))
    noise = generator(0).normal(0, 40, (*shape, 3))
    for channel in range(3):
        spectrum = np.fft.fftshift(np.fft.fft2(noise[..., channel])) * ring_mask(shape, level)
        inverse = np.fft.ifft2(np.fft.ifftshift(spectrum))
        assert np.abs(inverse.imag).max() < 1e-12 * 40
        np.testing.assert_allclose(field[..., channel], inverse.real, atol=1e-11)


@pytest.mark.parametrize("shape", [(64, 64), (63, 64), (64, 45)])
@pytest.mark.parametrize("level", BANDS)
def test_spectrum_vanishes_outside_the_band(shape, level):
    field = frequency_field(shape, level, generator(1))
    spectrum = np.abs(np.fft.fftshift(np.fft.fft2(field)))
    mask = ring_mask(shape, level)
    assert spectrum[~mask].max() < 1e-9 * spectrum[mask].max()
    assert spectrum[mask].min() > 0


@pytest.mark.parametrize("level", BANDS)
def test_power_is_that_of_the_formula(level):
    """Masking projects 64 x 64 normal values on as many dimensions as the ring has cells.

    So the sum of squares over sigma² has the chi-square distribution with that many degrees of
    freedom, and the mean square its expectation, sigma² times the share of cells.
    """
    fields = frequency_field((64, 64, 300), level, generator(level))
    energies = (fields**2).sum(axis=(0, 1)) / 40**2
    cells = ring_mask((64, 64), level).sum()
    assert kstest(energies, chi2(cells).cdf).pvalue > 0.001
    share = cells / 64**2
    tolerance = 4 * np.sqrt(2 / (cells * 300))  # four standard errors
    assert (fields**2).mean() == pytest.approx(40**2 * share, rel=tolerance)


def test_outer_bands_are_stronger():
    spreads = [frequency_field((256, 256, 3), level, generator(0)).std() for level in BANDS]
    # 40 sqrt(share of cells), shares of test_share_of_cells_is_the_area_of_the_ring
    np.testing.assert_allclose(spreads, [5.60, 9.71, 12.53, 14.83], rtol=0.03)
