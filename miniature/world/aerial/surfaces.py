"""Surfaces of the ground, each a mixture of colours and noise at several scales."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from miniature.world.paint.textures import soft_noise


@dataclass(frozen=True)
class Surface:
    """Two colours in patches, mottled, grainy and perhaps in rows.

    `patch_metres` is the size of the patches; `mottle` and `grain` are deviations of brightness;
    rows run along a frame, `row_metres` apart, `row_depth` deep in brightness.
    """

    colour: tuple
    other: tuple
    patch_metres: float = 20.0
    mottle: float = 0.08
    grain: float = 0.04
    row_metres: float = 0.0
    row_depth: float = 0.0

    def varied(self, rng, spread=0.08):
        """The same surface in a colour of its own."""
        tone = rng.uniform(1 - spread, 1 + spread) * rng.uniform(1 - spread / 3, 1 + spread / 3, 3)
        return replace(self, colour=tuple(self.colour * tone), other=tuple(self.other * tone))

    def colours(self, canvas, rng, window, frame=None):
        """Colours (h, w, 3) for a window of the canvas; rows run along the frame."""
        rows, columns = window
        height, width = rows.stop - rows.start, columns.stop - columns.start
        mix = patches(rng, height, width, self.patch_metres / canvas.pixel_metres)
        tone = 1 + self.mottle * canvas.noise.crop(rng, "pink", height, width)
        tone += self.grain * canvas.noise.crop(rng, "fine", height, width)
        if self.row_depth:
            x, y = canvas.coordinates(window)
            _, across = (frame or canvas.centre).to_local(x, y)
            tone += self.row_depth * ridges(across, self.row_metres, canvas.pixel_metres)
        colour = np.asarray(self.colour, dtype=np.float32)
        other = np.asarray(self.other, dtype=np.float32)
        return (colour + mix[..., None] * (other - colour)) * tone[..., None]


def patches(rng, height, width, pixels):
    """Soft patches (height, width) in 0..1, about `pixels` wide, with finer ones on them."""
    total = np.zeros((height, width), dtype=np.float32)
    for octave in (1.0, 0.4, 0.15):
        cells = [max(2, round(side / max(pixels * octave, 2)) + 1) for side in (height, width)]
        total += octave * soft_noise(rng, height, width, *cells)
    return np.clip((total / 1.55 - 0.5) * 2 + 0.5, 0, 1)


def ridges(across, spacing, pixel_metres):
    """Waves in -1..1 across rows; rows finer than two pixels melt into an even tone."""
    fade = np.clip(spacing / pixel_metres / 2.5 - 0.6, 0, 1)
    return (np.sin(2 * np.pi * across / spacing) * fade).astype(np.float32)


GRASS = Surface((0.25, 0.34, 0.16), (0.38, 0.42, 0.22), 25, 0.09, 0.06)
LAWN = Surface((0.27, 0.40, 0.17), (0.33, 0.45, 0.21), 15, 0.05, 0.05)
DRY_GRASS = Surface((0.52, 0.48, 0.32), (0.40, 0.42, 0.25), 30, 0.09, 0.06)
SOIL = Surface((0.50, 0.39, 0.28), (0.60, 0.50, 0.38), 18, 0.08, 0.05)
SAND = Surface((0.78, 0.70, 0.54), (0.70, 0.61, 0.46), 25, 0.04, 0.04)
ROCK = Surface((0.52, 0.49, 0.45), (0.38, 0.36, 0.33), 12, 0.16, 0.08)
ASPHALT = Surface((0.33, 0.33, 0.34), (0.39, 0.38, 0.38), 10, 0.04, 0.035)
OLD_ASPHALT = Surface((0.43, 0.42, 0.41), (0.50, 0.49, 0.47), 10, 0.06, 0.04)
CONCRETE = Surface((0.62, 0.60, 0.56), (0.69, 0.68, 0.64), 14, 0.035, 0.03)
PAVING = Surface((0.58, 0.55, 0.52), (0.64, 0.61, 0.57), 8, 0.05, 0.05)
GRAVEL = Surface((0.56, 0.52, 0.47), (0.62, 0.58, 0.53), 8, 0.07, 0.09)
FAIRWAY = Surface((0.34, 0.47, 0.22), (0.38, 0.51, 0.25), 15, 0.04, 0.03, 5.0, 0.04)
GREEN = Surface((0.42, 0.58, 0.30), (0.45, 0.60, 0.32), 10, 0.02, 0.02)
SNOW = Surface((0.90, 0.93, 0.96), (0.80, 0.86, 0.92), 30, 0.03, 0.015)

CROPS = (
    Surface((0.24, 0.40, 0.16), (0.30, 0.45, 0.20), 40, 0.05, 0.05, 2.4, 0.09),
    Surface((0.40, 0.50, 0.22), (0.36, 0.46, 0.19), 40, 0.05, 0.04, 3.0, 0.06),
    Surface((0.72, 0.63, 0.38), (0.66, 0.57, 0.34), 45, 0.05, 0.05, 3.6, 0.07),
    Surface((0.47, 0.37, 0.28), (0.54, 0.44, 0.34), 35, 0.06, 0.05, 2.0, 0.09),
    Surface((0.33, 0.38, 0.20), (0.45, 0.41, 0.27), 25, 0.08, 0.06, 4.5, 0.14),
    Surface((0.62, 0.55, 0.42), (0.55, 0.50, 0.36), 30, 0.06, 0.05, 6.0, 0.05),
)


def fill(canvas, rng, polygons, surface, frame=None, ragged=0.0, strength=1.0):
    """Cover polygons of the world with a surface; returns (window, share), or None.

    `ragged` is how many metres a natural edge wanders.
    """
    window, share = canvas.coverage(polygons)
    if window is None:
        return None
    if ragged:
        share = wander(canvas, rng, share, ragged)
    canvas.put(window, share * np.float32(strength), surface.colours(canvas, rng, window, frame))
    return window, share


def wander(canvas, rng, share, metres):
    """A mask (h, w) with its edge frayed over about `metres`."""
    pixels = metres / canvas.pixel_metres
    soft = ndimage.uniform_filter(share, max(3, int(2 * pixels)))
    soft += 0.9 * soft * (1 - soft) * canvas.noise.crop(rng, "cloud", *share.shape)
    return np.clip((soft - 0.5) * max(2.0, pixels) + 0.5, 0, 1)


def water_colours(canvas, rng, window, shore_metres, is_muddy=False):
    """Colours (h, w, 3) of water that is `shore_metres` (h, w) from land."""
    rows, columns = window
    height, width = rows.stop - rows.start, columns.stop - columns.start
    deep = np.array([0.33, 0.36, 0.27] if is_muddy else [0.12, 0.24, 0.30], dtype=np.float32)
    shallow = np.array([0.42, 0.43, 0.33] if is_muddy else [0.27, 0.42, 0.42], dtype=np.float32)
    depth = 1 - np.exp(-np.maximum(shore_metres, 0) / 18)
    colours = shallow + (deep - shallow) * depth[..., None].astype(np.float32)
    mix = patches(rng, height, width, 60 / canvas.pixel_metres)
    waves = canvas.noise.crop(rng, "fine", height, width)
    waves = ndimage.uniform_filter1d(waves, 3, axis=1) * 0.05
    waves += 0.035 * canvas.noise.crop(rng, "pink", height, width) + 0.2 * (mix - 0.5)
    return colours * (1 + waves)[..., None]


def cover_with_water(canvas, rng, signed_metres, is_muddy=False, beach=0.0):
    """Flood where `signed_metres` (H, W) is positive; a beach is `beach` metres wide."""
    window = canvas.whole()
    step = canvas.pixel_metres
    if beach:
        share = np.clip((signed_metres + beach) / (3 * step) + 0.5, 0, 1)
        canvas.put(window, share, SAND.colours(canvas, rng, window))
    share = np.clip(signed_metres / step + 0.5, 0, 1)
    canvas.put(window, share, water_colours(canvas, rng, window, signed_metres, is_muddy))
    if beach:
        foam = np.exp(-(((signed_metres - 3) / 1.6) ** 2))
        foam *= np.clip(0.5 + 0.6 * canvas.noise.crop(rng, "cloud", *canvas.shape), 0, 1)
        canvas.put(window, 0.8 * foam, np.array([0.92, 0.94, 0.94], dtype=np.float32))
