"""A harbour from above: a quay, piers with ships on both sides, ships under way."""

import numpy as np

from miniature.world.aerial import surfaces
from miniature.world.aerial.blocks import Block, cover
from miniature.world.aerial.ships import SHIPS, add_ship, paint_wake
from miniature.world.aerial.vehicles import add_vehicle
from miniature.world.aerial.works import container_yard

LARGE = [name for name, (_, long, *_) in SHIPS.items() if long > 50]
SMALL = [name for name in SHIPS if name not in LARGE]
QUAY_METRES = 54.0


def build_harbour(canvas, rng, frame, coast, radius):
    """A harbour on the water beyond `coast` (metres along a frame), its quay before it."""
    half = min(canvas.size) / 2
    container_yard(canvas, rng, Block(frame.at(coast - QUAY_METRES / 2, 0, -np.pi / 2),
                                      2 * radius, QUAY_METRES))  # fmt: skip
    large, small = _shuffled(rng, LARGE), _shuffled(rng, SMALL * 3)
    places = np.arange(-half + rng.uniform(0, 60), half, rng.uniform(72, 90))
    for i, across in enumerate(places):
        spot = frame.at(coast, across)
        if i % 2 == 0:
            names = [large.pop() if large else LARGE[rng.integers(len(LARGE))] for _ in range(2)]
            build_pier(canvas, rng, spot, names, rng.uniform(122, 145), 12)
        else:
            names = [small.pop() if small else SMALL[rng.integers(len(SMALL))] for _ in range(7)]
            build_pier(canvas, rng, spot, names, rng.uniform(85, 100), 4)
    water = Block(frame.at(coast + 165 + half / 2, 0), half, 1.9 * half)
    names = _shuffled(rng, SHIPS)
    for name, spot in zip(names, water.apart(rng, 8, 90, 10), strict=False):
        turn = rng.choice([-1, 1]) * np.pi / 2 + rng.normal(0, 0.3)
        lie(canvas, rng, name, frame.at(*frame.to_local(spot.x, spot.y), turn))


def _shuffled(rng, names):
    names = list(names)
    return [names[i] for i in rng.permutation(len(names))]


def build_pier(canvas, rng, frame, names, long, wide):
    """A pier along a frame from its origin on, with ships on both sides while there is room."""
    pier = Block(frame.at(long / 2 - 2, 0), long, wide)
    canvas.cast([(pier.corners(), 0.5, 2.5)])
    cover(canvas, rng, pier, surfaces.CONCRETE)
    ends = {-1: rng.uniform(3, 8), 1: rng.uniform(3, 8)}
    for name in names:
        _, ship_long, ship_wide, _ = SHIPS[name]
        side = min(ends, key=ends.get)
        if ends[side] + ship_long > long + 15:
            continue
        along, across = ends[side] + ship_long / 2, wide / 2 + 1.0 + ship_wide / 2
        add_ship(canvas, rng, name, frame.at(along, side * across, rng.choice([0, np.pi])))
        ends[side] += ship_long + rng.uniform(2, 8)
    for along in np.arange(14, long - 10, 18) if wide > 8 else ():
        if rng.random() < 0.4:
            name = ("Cargo Truck", "Truck Tractor", "Trailer", "Van")[rng.integers(4)]
            add_vehicle(canvas, rng, name, frame.at(along, rng.uniform(-2, 2)))


def lie(canvas, rng, name, frame, under_way=0.65):
    """Let a ship lie on open water or, with a chance of `under_way`, leave a wake there."""
    long = add_ship(canvas, rng, name, frame)
    if long and rng.random() < under_way:
        paint_wake(canvas, rng, frame, long)
