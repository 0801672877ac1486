"""Random noise in a narrow band of spatial frequencies (Appendix A.6 and Figure 10).

The paper adds F⁻¹(F(ε) ⊙ M) to an image: Gaussian noise ε, of which the mask M keeps a ring of
frequencies. It prints no radii. Ours are centred at 1/8, 3/8, 5/8 and 7/8 of the Nyquist frequency
and a tenth of it wide. Outer rings hold more cells, so their noise is stronger; as in the formula,
this is not compensated.
"""

import numpy as np
import scipy.fft

SIGMA = 40  # grey levels, Sec. 5.1
# inner and outer radius, in thousandths of the Nyquist frequency: whole numbers compare exactly
_RINGS = {1: (75, 175), 2: (325, 425), 3: (575, 675), 4: (825, 925)}
LEVELS = tuple(_RINGS)


def centre(level):
    """Middle of a band as a share of the Nyquist frequency."""
    return sum(_ring(level)) / 2000


def ring_mask(shape, level):
    """The cells of a centred spectrum that belong to a band.

    The distance of a cell from the zero frequency is counted in cells, along both sides alike, and
    divided by min(height, width) / 2, the Nyquist frequency of the shorter side. Both radii are
    included.
    A cell and its negative frequency are equally far from the centre, so the mask is symmetric
    about that point. On even sides, the row and the column at the Nyquist frequency are their own
    mirror images; no ring reaches them.

    Parameters
    ----------
    shape : tuple of int
        Height, width; what follows is ignored.
    level : int
        1 (lowest frequencies) to 4.

    Returns
    -------
    numpy.ndarray of shape (height, width), bool
        Zero frequency at [height // 2, width // 2], where numpy.fft.fftshift puts it.

    Raises
    ------
    ValueError
        If there is no such level, or an image of this size has no frequency in the band.
    """
    height, width = shape[:2]
    inner, outer = _ring(level)
    rows, columns = np.ogrid[-(height // 2) : -(-height // 2), -(width // 2) : -(-width // 2)]
    distance = 2000**2 * (rows**2 + columns**2)  # squared, in the unit of the radii below
    mask = (distance >= (inner * min(height, width)) ** 2) & (
        distance <= (outer * min(height, width)) ** 2
    )
    if not mask.any():
        raise ValueError(
            f"expected an image with frequencies of band {level}, found one of {height} x {width} "
            "px, which is too small; 16 px are enough"
        )
    return mask


def frequency_field(shape, level, rng, sigma=SIGMA):
    """Noise in one band of frequencies, to be added to an image.

    Shifting the zero frequency to the centre, masking and shifting back is the same as masking
    with the mask shifted back. Because the mask is symmetric, the product is the spectrum of a real
    field, and one half of it, as `rfft2` computes, determines the other. Each channel has the
    expected mean square sigma² times the share of cells in the ring.

    Parameters
    ----------
    shape : tuple of int
        Height, width and possibly channels, which are independent.
    level : int
        1 (lowest frequencies) to 4.
    rng : numpy.random.Generator
    sigma : float
        Standard deviation of the noise before masking, in grey levels.

    Returns
    -------
    numpy.ndarray of `shape`, float64, in grey levels
    """
    mask = np.fft.ifftshift(ring_mask(shape, level))[:, : shape[1] // 2 + 1]
    noise = rng.normal(0, sigma, shape)
    spectrum = scipy.fft.rfft2(noise, axes=(0, 1))
    spectrum *= mask.reshape(*mask.shape, *(1 for _ in shape[2:]))
    return scipy.fft.irfft2(spectrum, s=shape[:2], axes=(0, 1))


def _ring(level):
    if level not in _RINGS:
        raise ValueError(f"expected a frequency band of {list(LEVELS)}, found {level!r}")
    return _RINGS[level]
