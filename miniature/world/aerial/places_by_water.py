"""Places on water, from above, each filling a small photograph.

A painter gets the canvas, a generator, and a block larger than the photograph, turned at random.
"""

import numpy as np

from miniature.world.aerial import (
    country,
    land,
    roads,
)
from miniature.world.aerial.harbour import SMALL, build_pier, lie
from miniature.world.aerial.ships import SHIPS
from miniature.world.aerial.surfaces import cover_with_water
from miniature.world.aerial.town import drive


def beach(canvas, rng, block):
    land.coast(canvas, rng, block, beach=0.16 * canvas.size[0])


def harbour(canvas, rng, block):
    """Boats along piers."""
    signed = np.full(canvas.shape, 30.0)
    cover_with_water(canvas, rng, signed)
    names = [SMALL[i] for i in rng.integers(len(SMALL), size=14)]
    boats = [name if rng.random() < 0.4 else "Motorboat" for name in names]
    gap = rng.uniform(26, 34)
    for across in np.arange(-0.5 * canvas.size[0], 0.5 * canvas.size[0], gap):
        spot = block.frame.at(-0.55 * canvas.size[0], across)
        build_pier(canvas, rng, spot, boats, 1.0 * canvas.size[0], 3)


def one_ship(canvas, rng, block):
    """A ship on open water."""
    cover_with_water(canvas, rng, np.full(canvas.shape, 60.0), rng.random() < 0.2)
    name = list(SHIPS)[rng.integers(len(SHIPS))]
    lie(canvas, rng, name, block.frame.at(*rng.uniform(-0.08, 0.08, 2) * canvas.size[0]))


def water(canvas, rng, block):
    """Open water, sometimes with a shore."""
    if rng.random() < 0.6:
        cover_with_water(canvas, rng, np.full(canvas.shape, 80.0))
    else:
        land.coast(canvas, rng, block, beach=6)


def river(canvas, rng, block, half=None):
    """A winding river between fields and woods; returns its course, across by along."""
    side = canvas.size[0]
    country.crops(canvas, rng, block, strips=2, tractors=0)
    banks = block.part(0, 0, 1, 0.5)
    (country.forest if rng.random() < 0.5 else country.meadow)(canvas, rng, banks)
    half = rng.uniform(0.07, 0.14) * side if half is None else half
    swing, wave = rng.uniform(0.04, 0.14) * side, rng.uniform(0.8, 1.4) * side
    phase = rng.uniform(0, 2 * np.pi)

    def course(along):
        return swing * np.sin(2 * np.pi * along / wave + phase)

    along, across = block.frame.to_local(*canvas.coordinates(canvas.whole()))
    meander = 0.012 * side * canvas.noise.crop(rng, "cloud", *canvas.shape)
    signed = half - np.abs(across - course(along)) + meander
    cover_with_water(canvas, rng, signed, rng.random() < 0.6)
    places = np.linspace(-0.7 * side, 0.7 * side, 40)
    line = block.frame.to_world(np.stack([places, course(places)], axis=1))
    canvas.fell([roads.ribbon(line, 2 * half)])
    return course


def bridge(canvas, rng, block):
    """A road over a river."""
    half = rng.uniform(0.14, 0.24) * canvas.size[0]
    course = river(canvas, rng, block, half)
    frame = block.frame.at(0, 0, np.pi / 2)
    road = roads.Road(frame.to_world([(-block.wide, 0), (0, 0), (block.wide, 0)]),
                      (2, 4)[rng.integers(2)], is_urban=False)  # fmt: skip
    roads.paint_roads(canvas, rng, [road])
    roads.paint_bridge(canvas, rng, frame.at(course(0), 0), 2 * half + 24, road)
    drive(canvas, rng, road, 30)
