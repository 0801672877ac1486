"""Land shaped by nature, from above: relief, dunes, terraces, coasts, ice, clouds.

Painters get the canvas, a generator, and a block of which most use the direction only.
"""

import numpy as np
from scipy import ndimage

from miniature.world.aerial import surfaces
from miniature.world.aerial.surfaces import SAND, SNOW, patches
from miniature.world.paint.textures import noise_tile

WHITE = np.array([0.95, 0.96, 0.97], dtype=np.float32)


def relief(canvas, rng, slope=1.6):
    """Heights (H, W) of hills, zero mean and unit deviation; `slope` as in `noise_tile`."""
    height, width = canvas.shape
    side = 2 ** int(np.ceil(np.log2(max(height, width))))
    return noise_tile(rng, 2 * side, slope)[:height, :width]


def shade(canvas, heights, steepness):
    """Brightness (H, W) of a relief under the light of the canvas."""
    light = canvas.light
    down_y, down_x = np.gradient(-heights * steepness)
    facing = down_x * light.toward[0] + down_y * light.toward[1]
    return np.clip(1 + (0.35 + 0.75 * light.strength) * np.tanh(facing), 0.3, 1.8)


def cover_all(canvas, rng, surface, frame=None):
    """Cover the whole canvas with a surface."""
    window = canvas.whole()
    canvas.put(window, 1.0, surface.varied(rng).colours(canvas, rng, window, frame))


def snow_mountains(canvas, rng, block):
    """Ridges and gullies, mostly under snow."""
    mountains(canvas, rng, block, snow=rng.uniform(0.6, 0.8))


def mountains(canvas, rng, block, snow=0.0):
    """Ridges and gullies; the highest part of the land, a share of `snow`, lies under snow."""
    heights = relief(canvas, rng, 2.0)
    heights = 1.2 - 1.6 * np.abs(heights) + 0.3 * relief(canvas, rng, 1.5)
    cover_all(canvas, rng, surfaces.ROCK)
    window = canvas.whole()
    green = np.clip(0.6 - 0.9 * heights + 0.3 * canvas.noise.crop(rng, "pink", *canvas.shape), 0, 1)
    canvas.put(window, green * (1 - snow), surfaces.GRASS.colours(canvas, rng, window))
    if snow:
        level = np.quantile(heights, 1 - snow)
        ragged = heights + 0.12 * canvas.noise.crop(rng, "pink", *canvas.shape) - level
        canvas.put(window, np.clip(8 * ragged, 0, 1), SNOW.colours(canvas, rng, window))
    canvas.image *= shade(canvas, heights, 8.0)[..., None]


def dunes(canvas, rng, block):
    """Sand in long, bent ridges, steep on one side, with ripples on them."""
    cover_all(canvas, rng, SAND)
    along, across = block.frame.to_local(*canvas.coordinates(canvas.whole()))
    wave = rng.uniform(0.12, 0.25) * canvas.size[0]
    phase = 2 * np.pi * (across / wave + 0.35 * relief(canvas, rng, 2.2))
    ridges = np.sin(phase + 0.7 * np.sin(phase)) + 0.06 * np.sin(9 * phase)
    fade = 0.55 + 0.45 * np.sin(along / wave + 2 * relief(canvas, rng, 2.2))
    heights = ridges * fade + 0.5 * relief(canvas, rng, 1.7)
    canvas.image *= shade(canvas, heights, 4.0)[..., None]


def terraces(canvas, rng, block):
    """Steps of fields along the contours of a slope, each with a dark edge."""
    heights = relief(canvas, rng, 2.4)
    steps = heights * rng.uniform(4, 7)
    level = np.floor(steps).astype(int)
    palette = [surface.varied(rng) for surface in (*surfaces.CROPS, surfaces.CROPS[0])]
    window = canvas.whole()
    kinds = rng.integers(len(palette), size=level.max() - level.min() + 1)[level - level.min()]
    for i in np.unique(kinds):
        colours = palette[i].colours(canvas, rng, window, block.frame)
        canvas.put(window, (kinds == i).astype(np.float32), colours)
    edge = np.clip(1 - (steps - level) / 0.16, 0, 1)
    canvas.put(window, 0.6 * edge, np.array([0.2, 0.22, 0.12], dtype=np.float32))
    canvas.image *= shade(canvas, heights, 6.0)[..., None]


def chaparral(canvas, rng, block):
    """Dry ground with many low shrubs."""
    cover_all(canvas, rng, surfaces.SAND if rng.random() < 0.5 else surfaces.DRY_GRASS)
    metres = canvas.size
    for _ in range(int(rng.uniform(500, 900))):
        canvas.woods.plant(rng, *rng.uniform(0, 1, 2) * metres, rng.uniform(0.6, 3.5))


def lake(canvas, rng, block):
    """A lake in green land."""
    _shore(canvas, rng, is_island=False)


def island(canvas, rng, block):
    """An island with a beach in the sea."""
    _shore(canvas, rng, is_island=True)


def _shore(canvas, rng, is_island):
    window, (height, width) = canvas.whole(), canvas.shape
    cover_all(canvas, rng, surfaces.GRASS)
    forest = patches(rng, height, width, 0.25 * width) > 0.5
    canvas.put(window, forest.astype(np.float32), canvas.woods.forest(rng, window))
    x, y = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    middle, stretch = rng.uniform(-0.15, 0.15, 2), rng.uniform(0.75, 1.3)
    away = np.hypot((x - middle[0]) * stretch, (y - middle[1]) / stretch)
    signed = (rng.uniform(0.5, 0.65) - away) + 0.1 * relief(canvas, rng, 1.9)
    signed = signed * canvas.size[0] / 2 * (-1 if is_island else 1)
    surfaces.cover_with_water(canvas, rng, signed, beach=0.03 * canvas.size[0] * is_island)


def coast(canvas, rng, block, beach):
    """Sea, surf, a beach `beach` metres wide, scrub behind it."""
    cover_all(canvas, rng, surfaces.GRASS)
    frame = block.frame
    along, _ = frame.to_local(*canvas.coordinates(canvas.whole()))
    signed = along + rng.uniform(-0.1, 0.2) * canvas.size[0] + 0.02 * canvas.size[0] * relief(
        canvas, rng, 2.2
    )  # fmt: skip
    surfaces.cover_with_water(canvas, rng, signed, beach=beach)
    for _ in range(60):
        spot = frame.at(-rng.uniform(0.2, 0.7) * canvas.size[0] - beach,
                        rng.uniform(-0.7, 0.7) * canvas.size[1])  # fmt: skip
        canvas.woods.plant(rng, spot.x, spot.y, rng.uniform(3, 8))


def wetland(canvas, rng, block):
    """Reeds and grass with winding, muddy water between."""
    cover_all(canvas, rng, surfaces.GRASS)
    window = canvas.whole()
    canvas.put(window, 0.6 * patches(rng, *canvas.shape, 40 / canvas.pixel_metres),
               surfaces.DRY_GRASS.colours(canvas, rng, window))  # fmt: skip
    winding = 0.28 - np.abs(relief(canvas, rng, 1.9))
    pools = relief(canvas, rng, 1.7) - 0.8
    signed = np.maximum(winding, 0.5 * pools) * 0.3 * canvas.size[0]
    surfaces.cover_with_water(canvas, rng, signed, is_muddy=rng.random() < 0.3)


def sea_ice(canvas, rng, block):
    """Floes of all sizes on dark water: the cells nearest to scattered points."""
    window, (height, width) = canvas.whole(), canvas.shape
    colours = surfaces.water_colours(canvas, rng, window, np.full(canvas.shape, 200.0))
    canvas.put(window, 1.0, colours * np.float32(0.7))
    points = rng.uniform(-0.1, 1.1, (int(rng.uniform(40, 160)), 2)) * (height, width)
    warp = 5 * np.stack([relief(canvas, rng, 1.5) for _ in range(2)])
    rows, columns = np.mgrid[0:height, 0:width] + warp
    nearest = np.full((2, height, width), np.inf)
    number = np.zeros((height, width), dtype=int)
    for i, (row, column) in enumerate(points):
        away = np.hypot(rows - row, columns - column)
        number = np.where(away < nearest[0], i, number)
        nearest[1] = np.minimum(nearest[1], np.maximum(nearest[0], away))
        nearest[0] = np.minimum(nearest[0], away)
    is_floe = rng.random(len(points)) < rng.uniform(0.6, 0.95)
    gap = rng.uniform(2, 9)
    share = np.clip((nearest[1] - nearest[0] - gap) / 2, 0, 1) * is_floe[number]
    canvas.put(window, ndimage.gaussian_filter(share, 0.7), SNOW.colours(canvas, rng, window))


def clouds(canvas, rng, block, cover=0.5):
    """Clouds over whatever is below, and their shadows."""
    billows = patches(rng, *canvas.shape, 0.35 * canvas.shape[0])
    billows = 2 * (billows - 1 + cover) + 0.3 * relief(canvas, rng, 1.5)
    thick = np.clip(billows, 0, 1).astype(np.float32)
    offset = -canvas.light.toward[::-1] * 0.08 * canvas.shape[0]
    below = ndimage.shift(thick, offset, order=1, mode="nearest")
    canvas.image *= 1 - 0.5 * below[..., None]
    canvas.put(canvas.whole(), thick, WHITE * shade(canvas, thick, 5.0)[..., None] ** 0.5)
