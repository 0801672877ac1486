"""Noise, masonry, paving and foliage: the surfaces of the miniature world."""

import numpy as np
from PIL import Image

SPECTRA = {"fine": 0.4, "pink": 1.0, "cloud": 1.7}


class NoiseBank:
    """Tiles (size, size) of noise that wrap around, zero mean and unit deviation, by name.

    "fine" is sand-like, "pink" has detail at all scales, "cloud" is soft.
    """

    def __init__(self, rng, size=512):
        self.size = size
        self._tiles = {name: noise_tile(rng, size, slope) for name, slope in SPECTRA.items()}

    def crop(self, rng, name, height, width):
        """A piece (height, width) of a tile from a random place, repeated where too small."""
        top, left = rng.integers(0, self.size, 2)
        rows = (top + np.arange(height)) % self.size
        columns = (left + np.arange(width)) % self.size
        return self._tiles[name][rows].take(columns, axis=1)

    def sample(self, name, x, y):
        """The tile's values at coordinates `x`, `y` (texels; they broadcast and wrap)."""
        rows = np.asarray(y).astype(np.int32) & (self.size - 1)
        columns = np.asarray(x).astype(np.int32) & (self.size - 1)
        return self._tiles[name].take(rows * self.size + columns)


def noise_tile(rng, size, slope):
    """Noise (size, size) whose amplitude falls with frequency to the power `slope`."""
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)))
    fy = np.fft.fftfreq(size)[:, None]
    fx = np.fft.rfftfreq(size)[None, :]
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = 1.0
    spectrum *= frequency**-slope
    spectrum[0, 0] = 0
    tile = np.fft.irfft2(spectrum, s=(size, size))
    return (tile / tile.std()).astype(np.float32)


def soft_noise(rng, height, width, cells_high, cells_wide):
    """Smooth noise (height, width) in 0..1 with about the given numbers of cells."""
    coarse = Image.fromarray(rng.random((cells_high, cells_wide), dtype=np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


def fraction(values):
    """The part of `values` after the point, in 0..1."""
    return values - np.floor(values)


def joints(position, spacing, thickness, metres_per_pixel):
    """How much of each pixel is joint (0..1) in a row of joints `spacing` metres apart.

    Where a pixel is wider than the spacing, the joints melt into their mean share.
    """
    near = np.minimum(fraction(position / spacing), 1 - fraction(position / spacing)) * spacing
    reach = thickness / 2 + metres_per_pixel / 2
    crisp = np.clip((reach - near) / np.maximum(metres_per_pixel, 1e-3), 0, 1)
    blend = np.clip(metres_per_pixel / spacing * 1.5 - 0.5, 0, 1)
    return crisp * (1 - blend) + thickness / spacing * blend


def masonry(noise, s, h, length, height, metres_per_pixel, contrast=0.35):
    """Tone of a wall of blocks in running bond at wall coordinates `s` (along), `h` (up)."""
    course = np.floor(h / height)
    shifted = s + (course % 2) * (length / 2)
    mortar = np.maximum(
        joints(h, height, height * 0.14, metres_per_pixel),
        joints(shifted, length, height * 0.14, metres_per_pixel),
    )
    block = noise.sample("fine", np.floor(shifted / length) * 7, course * 13)
    return 1 + 0.09 * block - contrast * mortar


def slabs(noise, x, z, spacing, metres_per_pixel):
    """Tone of square paving slabs at ground coordinates `x`, `z` (metres)."""
    gap = np.maximum(
        joints(x, spacing, 0.03, metres_per_pixel),
        joints(z, spacing, 0.03, metres_per_pixel * 3),
    )
    slab = noise.sample("fine", np.floor(x / spacing) * 5, np.floor(z / spacing) * 11)
    return 1 + 0.05 * slab - 0.35 * gap


def cobbles(noise, x, z, spacing, metres_per_pixel):
    """Tone of small paving stones, each of its own brightness."""
    course = np.floor(z / spacing)
    shifted = x + (course % 2) * spacing / 2
    gap = np.maximum(
        joints(shifted, spacing, 0.025, metres_per_pixel),
        joints(z, spacing, 0.025, metres_per_pixel * 2),
    )
    stone = noise.sample("fine", np.floor(shifted / spacing) * 3, course * 17)
    return 1 + 0.13 * stone - 0.4 * gap


def crown(rng, noise, size, window, blobs, raggedness):
    """A leafy crown: where it is (bool) and its brightness, for the part of it in `window`.

    `size` is the whole crown's (height, width), `window` the rows and columns (slices) of it to
    make. Blobs are laid out on a small grid and enlarged; noise gnaws at the edge, so that the
    outline is ragged and the background shows through.
    """
    small = [min(128, max(3, length // 6)) for length in size]
    field, shade = (_enlarge(part, size, window) for part in _blobs(rng, *small, blobs))
    leaves = noise.crop(rng, "pink", *field.shape)
    twigs = noise.crop(rng, "fine", *field.shape)
    mask = field + raggedness * (leaves + 0.5 * twigs) > 0.12
    return mask, 1.12 * shade + 0.22 * leaves + 0.11 * twigs


def hedge(rng, noise, level):
    """A mass of leaves with a ragged top: mask and brightness, both like `level`.

    `level` (height, width) is 0 at the foot of the hedge and 1 at its top.
    """
    height, width = level.shape
    leaves = noise.crop(rng, "pink", height, width)
    twigs = noise.crop(rng, "fine", height, width)
    bumps = soft_noise(rng, height, width, 5, max(5, 5 * width // max(height, 1))) - 0.5
    mask = level + 0.04 * leaves + 0.2 * bumps < 0.9
    return mask, 0.68 + 0.4 * level + 0.4 * bumps + 0.16 * leaves + 0.08 * twigs


def _blobs(rng, height, width, count):
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    field = np.full((height, width), -1, dtype=np.float32)
    shade = np.full((height, width), 0.8, dtype=np.float32)
    for _ in range(count):
        angle, away = rng.uniform(0, 2 * np.pi), 0.62 * np.sqrt(rng.random())
        radius = rng.uniform(0.25, 0.5)
        dx, dy = x - away * np.cos(angle), y - away * np.sin(angle)
        blob = 1 - (dx * dx + dy * dy) / radius**2
        shade = np.where(blob > field, 0.92 - 0.45 * dy / radius * 0.6 - 0.15 * y, shade)
        field = np.maximum(field, blob)
    return field, shade


def _enlarge(part, size, window):
    rows, columns = window
    high, wide = np.array(part.shape) / size
    box = (columns.start * wide, rows.start * high, columns.stop * wide, rows.stop * high)
    shape = (columns.stop - columns.start, rows.stop - rows.start)
    return np.asarray(Image.fromarray(part).resize(shape, Image.Resampling.BILINEAR, box))
