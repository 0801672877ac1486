"""Figure 10: noise in four bands of frequencies, its spectrum, and a tile with it."""

import numpy as np
from matplotlib import pyplot as plt

from patchprobe.crops import tiles
from patchprobe.crops.changes import changes
from patchprobe.crops.frequency_noise import LEVELS, centre, ring_mask

_ZOOM = 64  # pixels: few enough to see single waves of the highest band in print
_LOUDEST = 50  # grey levels: added noise of this much is drawn white
_DECADES = 3  # of power, from black to white
_NOTES = (
    f"Added noise:\n{_ZOOM} x {_ZOOM} px from the\ncentre; mid-grey is zero,\nwhite and black are\n"
    f"±{_LOUDEST} grey levels",
    "Its spectrum:\nlogarithm of the power;\nzero frequency in the\ncentre, Nyquist frequency\n"
    "at the border",
)


def draw(examples, seed, tile_px):
    """Figure 10 for the tile with most classes of the first example image.

    Parameters
    ----------
    examples : dict of str to numpy.ndarray
        See `patchprobe.datasets.base.examples`.
    seed : int
        Of the noise; the tile has the noise that it has in the crops.
    tile_px : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    labels = tiles.tile(examples["labels_0"], tile_px)
    number = int(np.argmax([len(np.unique(of_tile)) for of_tile in labels]))
    split, item, frame = examples["images"][0].tolist()
    who = (seed, split, item, int(frame), number)
    tile = tiles.tile(examples["image_0"], tile_px)[number]
    return draw_bands(tile, changes({"frequency": LEVELS}), who)


def draw_bands(tile, changes, seed):
    """The added noise, its spectrum and the noisy tile, one column for each band.

    Parameters
    ----------
    tile : numpy.ndarray of shape (height, width, 3), uint8
    changes : list of patchprobe.crops.change.Change
        Those of the family "frequency" are drawn, in this order.
    seed : tuple of int and str
        Words that name the tile, as in `Change.apply`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If no change is frequency noise.
    """
    bands = [change for change in changes if change.family == "frequency"]
    if not bands:
        names = [change.name for change in changes]
        raise ValueError(f"expected frequency noise among the changes to draw, found {names}")
    figure, grid = plt.subplots(3, len(bands) + 1, figsize=(1.38 * (len(bands) + 1), 4.7))
    for axes, note in zip(grid[:2, 0], _NOTES, strict=True):
        axes.axis("off")
        axes.text(0, 0.5, note, transform=axes.transAxes, va="center", fontsize=7)
    _show(grid[2, 0], tile, "Tile without noise")
    for change, (noise, spectrum, noisy) in zip(bands, grid[:, 1:].T, strict=True):
        field = change.field(tile.shape, seed)
        noise.set_title(_title(change.level))
        _show(noise, _zoomed(field), f"standard deviation {field.std():.1f}")
        _show(spectrum, _spectrum(field, change.level))
        _show(noisy, change.apply(tile, (0, 0, *tile.shape[:2]), seed), f"with band {change.level}")
    return figure


def _show(axes, image, label=""):
    """Show every pixel as it is: smoothing would damp the highest frequencies."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="none")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(label, fontsize=7, labelpad=2)
    axes.spines[:].set_visible(False)


def _title(level):
    ends = {LEVELS[0]: " (lowest)", LEVELS[-1]: " (highest)"}
    return f"Band {level}{ends.get(level, '')}\n{centre(level):.3f} × Nyquist"


def _zoomed(field):
    """The central pixels of a field as colours, zero in mid-grey."""
    top, left = (max(0, (side - _ZOOM) // 2) for side in field.shape[:2])
    part = field[top : top + _ZOOM, left : left + _ZOOM]
    return (0.5 + part / (2 * _LOUDEST)).clip(0, 1)


def _spectrum(field, level):
    """Logarithm of the power, mean of the channels: 1 at the highest, 0 outside the band."""
    transform = np.fft.fftshift(np.fft.fft2(field, axes=(0, 1)), axes=(0, 1))
    power = (np.abs(transform) ** 2).mean(axis=2)
    mask = ring_mask(field.shape, level)
    decades = np.log10(power, where=mask, out=np.full(mask.shape, -np.inf)) - np.log10(power.max())
    return (1 + decades / _DECADES).clip(0, 1)
