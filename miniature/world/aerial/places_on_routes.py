"""Freeways and railways from above, each filling a small photograph.

A painter gets the canvas, a generator, and a block larger than the photograph, turned at random.
"""

import numpy as np

from miniature.world.aerial import (
    buildings,
    country,
    roads,
    surfaces,
)
from miniature.world.aerial.blocks import Block, cover, oblong
from miniature.world.aerial.sketch import Sketch
from miniature.world.aerial.surfaces import fill
from miniature.world.aerial.town import drive

RAIL = (0.55, 0.52, 0.50)


def freeway(canvas, rng, block):
    """Six lanes or more, divided, between meadows or fields."""
    _verges(canvas, rng, block)
    roads.paint_roads(canvas, rng, [_freeway(rng, block)])
    drive(canvas, rng, _freeway(rng, block), 40)


def _verges(canvas, rng, block):
    (country.meadow if rng.random() < 0.5 else country.field)(canvas, rng, block)
    band = block.part(0, 0, 1, min(1, 46 / block.wide))
    canvas.clear([band.corners()])
    fill(canvas, rng, [band.corners()], surfaces.DRY_GRASS.varied(rng), ragged=4)


def _freeway(rng, block):
    along = np.linspace(-block.long / 2, block.long / 2, 3)
    points = np.stack([along, np.zeros(3)], axis=1)
    return roads.Road(block.frame.to_world(points), 6, is_urban=False, is_divided=True)


def overpass(canvas, rng, block):
    """A road on a bridge over a freeway."""
    _verges(canvas, rng, block)
    below = _freeway(rng, block)
    frame = block.frame.at(0, 0, np.pi / 2 + rng.uniform(-0.4, 0.4))
    points = frame.to_world([(-block.wide, 0), (0, 0), (block.wide, 0)])
    above = roads.Road(points, (2, 4)[rng.integers(2)], is_urban=False)
    above.gaps.append((block.wide - 30, block.wide + 30))
    below.gaps.append((block.long / 2 - 12, block.long / 2 + 12))
    canvas.clear([roads.ribbon(points, 24)])
    roads.paint_roads(canvas, rng, [above])
    roads.paint_roads(canvas, rng, [below])
    roads.paint_bridge(canvas, rng, frame, 56, above)
    drive(canvas, rng, below, 30)
    above.gaps.clear()
    drive(canvas, rng, above, 30)


def railway(canvas, rng, block, tracks=None):
    """Tracks side by side on ballast."""
    country.meadow(canvas, rng, block)
    tracks = int(rng.integers(2, 6)) if tracks is None else tracks
    bed = Block(block.frame, block.long, 4.6 * tracks + 5)
    canvas.clear([bed.corners()])
    fill(canvas, rng, [bed.corners()], surfaces.GRAVEL.varied(rng), ragged=1)
    for i in range(tracks):
        across = (i + 0.5 - tracks / 2) * 4.6
        sleepers = [oblong(block.frame, along, across, 0.35, 2.7)
                    for along in np.arange(-block.long / 2, block.long / 2, 1.2)]  # fmt: skip
        canvas.stamp([oblong(block.frame, 0, across, block.long, 3.0)], (0.33, 0.29, 0.26), 0.5)
        canvas.stamp(sleepers, (0.28, 0.24, 0.21), 0.6)
        rails = [oblong(block.frame, 0, across + side * 0.75, block.long, 0.3) for side in (-1, 1)]
        canvas.stamp(rails, RAIL, 0.9)
        if rng.random() < 0.35:
            _train(canvas, rng, block.frame.at(rng.uniform(-0.3, 0.3) * block.long, across))


def _train(canvas, rng, frame):
    train = Sketch(frame, canvas.light)
    colour = buildings.pick(rng, ((0.8, 0.8, 0.82), (0.2, 0.35, 0.55), (0.6, 0.25, 0.2)))
    for i in range(int(rng.integers(3, 7))):
        train.rectangle(i * 21.5, 0, 21, 3.0, colour * 0.8)
        train.rectangle(i * 21.5, 0, 20.6, 2.0, colour)
    canvas.add(train, high=4)


def railway_station(canvas, rng, block):
    """Tracks, roofed platforms and a hall."""
    railway(canvas, rng, block, 8)
    for across in (-9.2, 0.0, 9.2):
        platform = oblong(block.frame, 0, across, 0.8 * block.long, 4.0)
        canvas.clear([platform])
        fill(canvas, rng, [platform], surfaces.CONCRETE)
        roof = Sketch(block.frame.at(0, across), canvas.light)
        roof.rectangle(0, 0, 0.5 * canvas.size[0], 4.4, np.array([0.72, 0.74, 0.76]))
        roof.rectangle(0, 0, 0.5 * canvas.size[0], 0.5, np.array([0.5, 0.52, 0.55]))
        canvas.add(roof, high=4.5, tall=True)
    spot = block.frame.at(0, 36)
    cover(canvas, rng, Block(spot, block.long, 30), surfaces.PAVING)
    buildings.add_terminal(canvas, rng, spot, rng.uniform(60, 90), 20)
