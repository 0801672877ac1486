"""How far a reconstructed crop is from the original: MSE, PSNR and SSIM (Table 4 of the paper)."""

import numpy as np
from skimage.metrics import structural_similarity

from patchprobe.results import bootstrap, interval, times_drawn

METRICS = ("mse", "psnr", "ssim")
_BORDER_PX = 5  # half of the window of SSIM: nearer to the border, a window lacks pixels
_LEAST_MSE = 1e-10  # 100 dB: keeps the PSNR of a perfect crop finite


def ssim_map(original, predicted):
    """SSIM of every pixel whose window lies inside the crop, mean of the channels.

    As Wang et al. (2004): a Gaussian window of 11 x 11 px with a standard deviation of 1.5 px,
    population covariances, and a data range of 1.

    Parameters
    ----------
    original, predicted : numpy.ndarray of shape (height, width, 3), in [0, 1]

    Returns
    -------
    numpy.ndarray of shape (height - 10, width - 10)
    """
    _, of_channels = structural_similarity(
        original,
        predicted,
        data_range=1,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    return _inner(of_channels).mean(axis=-1)


def scores(original, predicted, areas):
    """MSE, PSNR and SSIM of one crop over each of some areas.

    PSNR is 10 log10(1 / MSE) in dB, of an MSE of at least 1e-10. SSIM is the mean of `ssim_map`
    over the pixels of the area that it covers.

    Parameters
    ----------
    original, predicted : numpy.ndarray of shape (height, width, 3), in [0, 1]
    areas : list of numpy.ndarray of shape (height, width), bool

    Returns
    -------
    numpy.ndarray of shape (n_areas, 3), float64
    """
    squared = ((original.astype(np.float64) - predicted) ** 2).mean(axis=-1)
    similarity = ssim_map(original, predicted)
    found = []
    for area in areas:
        mse = squared[area].mean()
        psnr = -10 * np.log10(max(mse, _LEAST_MSE))
        found.append([mse, psnr, similarity[_inner(area)].mean(dtype=np.float64)])
    return np.array(found)


def sums(of_crops, image_of_crop, n_images):
    """Number of crops and sums of their scores, image by image.

    Parameters
    ----------
    of_crops : numpy.ndarray of shape (n_crops, 3)
    image_of_crop : numpy.ndarray of shape (n_crops,), int
    n_images : int

    Returns
    -------
    numpy.ndarray of shape (n_images, 4), float64
    """
    counts = np.zeros((n_images, 1 + of_crops.shape[1]))
    np.add.at(counts, image_of_crop, np.insert(of_crops, 0, 1, axis=1))
    return counts


def means(summed):
    """Mean scores of crops from their sums: (..., 4) -> (..., 3)."""
    return summed[..., 1:] / summed[..., :1]


def rows(counts, unfilled):
    """Each metric, its interval over resampled images, and its difference to what was not filled.

    Parameters
    ----------
    counts, unfilled : numpy.ndarray of shape (n_images, 4)
        See `sums`; `unfilled` of the reconstructions from untouched features.

    Returns
    -------
    list of dict
        Columns metric, value, low, high, gain, gain_low, gain_high. The same images are drawn for
        both, so that the difference is paired.
    """
    n_images = len(counts)
    drawn = times_drawn(n_images)
    value, whole = (means(x.sum(axis=0)) for x in (counts, unfilled))
    draws, whole_draws = (bootstrap(x, means, drawn) for x in (counts, unfilled))
    found = []
    for i, metric in enumerate(METRICS):
        low, high = interval(draws[:, i], n_images)
        gain_low, gain_high = interval(draws[:, i] - whole_draws[:, i], n_images)
        found.append(
            {"metric": metric, "value": value[i], "low": low, "high": high}
            | {"gain": value[i] - whole[i], "gain_low": gain_low, "gain_high": gain_high}
        )
    return found


def _inner(pixels):
    return pixels[_BORDER_PX:-_BORDER_PX, _BORDER_PX:-_BORDER_PX]
