"""Where people live, seen from above: blocks of houses, terraces, flats and mobile homes."""

import numpy as np

from miniature.world.aerial import buildings, surfaces
from miniature.world.aerial.blocks import (
    CARS,
    cover,
    oblong,
    park_cars,
    scatter_trees,
)
from miniature.world.aerial.sketch import circle
from miniature.world.aerial.vehicles import add_vehicle

STRIP_METRES = 58.0
LANE_METRES = 6.0


def houses(canvas, rng, block):
    """Family houses with gardens."""
    _detached(canvas, rng, block, rng.uniform(17, 22), 55)


def sparse_houses(canvas, rng, block):
    """Few houses in large gardens with many trees."""
    _detached(canvas, rng, block, rng.uniform(32, 44), 85)


def _detached(canvas, rng, block, lot, trees):
    """Strips of lots back to back, with lanes between the strips."""
    cover(canvas, rng, block, surfaces.LAWN)
    block = block.turned()
    strips = max(1, round(block.wide / STRIP_METRES))
    deep = block.wide / strips
    colour = buildings.pick(rng, buildings.TILES)
    for i in range(strips):
        strip = block.part(0, (i + 0.5) / strips - 0.5, 1, (deep - LANE_METRES) / block.wide)
        for side in (-1, 1):
            _row(canvas, rng, strip, side, lot, colour)
        scatter_trees(canvas, rng, strip, trees)
    lanes = [oblong(block.frame, 0, (i / strips - 0.5) * block.wide, block.long, LANE_METRES - 0.8)
             for i in range(1, strips)]  # fmt: skip
    surfaces.fill(canvas, rng, lanes, surfaces.OLD_ASPHALT)


def _row(canvas, rng, strip, side, lot, colour):
    """Houses side by side along one edge of a strip, with drives, cars and pools."""
    n_lots = max(1, int(strip.long / lot))
    deep, long = rng.uniform(9, 11), min(0.64 * lot, rng.uniform(13, 16))
    setback = strip.wide / 2 - deep / 2 - rng.uniform(4, 6)
    for i in range(n_lots):
        along = ((i + 0.5) / n_lots - 0.5) * strip.long
        frame = strip.frame.at(along, side * (setback + rng.normal(0, 0.6)), rng.normal(0, 0.04))
        own = colour if rng.random() < 0.6 else None
        buildings.add_house(canvas, rng, frame, long * rng.uniform(0.85, 1.15), deep, own)
        _drive(canvas, rng, strip, along + 0.42 * lot, side)
        if rng.random() < 0.12:
            _pool(canvas, strip.frame.at(along, side * (setback - deep)))


def _drive(canvas, rng, strip, along, side):
    """A drive from the street, often with a car on it."""
    middle = side * (strip.wide / 2 - 6)
    surfaces.fill(canvas, rng, [oblong(strip.frame, along, middle, 3.2, 13)], surfaces.CONCRETE)
    if rng.random() < 0.5:
        turn = side * np.pi / 2 + (0 if rng.random() < 0.5 else np.pi)
        spot = strip.frame.at(along, middle + rng.uniform(-3, 2.5), turn)
        add_vehicle(canvas, rng, CARS[rng.integers(len(CARS))], spot)


def _pool(canvas, frame):
    for radius, colour in ((4.2, (0.72, 0.69, 0.64)), (3.2, (0.25, 0.62, 0.72))):
        canvas.stamp([frame.to_world(circle(radius, 14) * [1.3, 0.7])], colour)


def terraces(canvas, rng, block):
    """House beside house, around paved yards."""
    cover(canvas, rng, block, surfaces.PAVING)
    block = block.turned()
    colour = buildings.pick(rng, buildings.TILES)
    n_rows = max(2, int(block.wide / 25))
    for row in range(n_rows):
        across = ((row + 0.5) / n_rows - 0.5) * block.wide
        yard = oblong(block.frame, 0, across + 10, block.long * 0.96, 7)
        surfaces.fill(canvas, rng, [yard], surfaces.LAWN.varied(rng), ragged=1.0)
        along = -block.long / 2 + 2
        while along < block.long / 2 - 9:
            long = rng.uniform(7, 12)
            frame = block.frame.at(along + long / 2, across)
            own = colour if rng.random() < 0.8 else None
            buildings.add_house(canvas, rng, frame, long, rng.uniform(10, 13), own)
            along += long + (0.3 if rng.random() < 0.8 else 5)
    scatter_trees(canvas, rng, block, 35, 2.5, 6.0)


def mobile_homes(canvas, rng, block):
    """A park of mobile homes, aslant in rows."""
    cover(canvas, rng, block, surfaces.LAWN)
    block = block.turned()
    slant = rng.choice([-1, 1]) * rng.uniform(0.9, 1.4)
    spacing = rng.uniform(8.5, 10)
    for across in np.arange(-block.wide / 2 + 11, block.wide / 2 - 8, 24):
        lane = oblong(block.frame, 0, across + 11, block.long, 5)
        surfaces.fill(canvas, rng, [lane], surfaces.OLD_ASPHALT)
        for along in np.arange(-block.long / 2 + 8, block.long / 2 - 6, spacing):
            buildings.add_mobile_home(canvas, rng, block.frame.at(along, across, slant))
            if rng.random() < 0.4:
                add_vehicle(canvas, rng, "Small Car", block.frame.at(along + 4, across + 7, slant))
    scatter_trees(canvas, rng, block, 30, 2.5, 6.5)


def flats(canvas, rng, block):
    """Blocks of flats in rows between lawns and parked cars."""
    cover(canvas, rng, block, surfaces.LAWN)
    block = block.turned()
    n_rows = max(1, int(block.wide / 42))
    for i in range(n_rows):
        row = block.part(0, (i + 0.5) / n_rows - 0.5, 0.9, 0.9 / n_rows)
        scatter_trees(canvas, rng, row.part(0, -0.42, 1, 0.16), 90)
        long, wide = row.long * rng.uniform(0.7, 0.98), rng.uniform(12, 15)
        buildings.add_flats(canvas, rng, row.frame.at(0, -0.16 * row.wide), long, wide)
        park_cars(canvas, rng, row.part(0, 0.34, 0.9, min(1, 16 / row.wide)), CARS, 0.6)
