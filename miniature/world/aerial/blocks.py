"""Rectangles of land, and what many of them share: surfaces, trees, hedges, car parks."""

from dataclasses import dataclass

import numpy as np

from miniature.world.aerial import surfaces
from miniature.world.aerial.canvas import Frame
from miniature.world.aerial.surfaces import fill
from miniature.world.aerial.vehicles import add_vehicle

WHITE = (0.9, 0.9, 0.88)
CARS = ("Small Car",) * 12 + ("Van",) * 2
LORRIES = ("Cargo Truck", "Trailer", "Truck Tractor", "Cargo Truck", "Van")


@dataclass(frozen=True)
class Block:
    """A rectangle about a frame, `long` metres along it and `wide` metres across."""

    frame: Frame
    long: float
    wide: float

    def corners(self, inset=0.0):
        """Its corners (4, 2) in the world, or those of a smaller rectangle inside."""
        a, b = self.long / 2 - inset, self.wide / 2 - inset
        return self.frame.to_world([(-a, -b), (a, -b), (a, b), (-a, b)])

    def part(self, along, across, long, wide):
        """The block about shares (along, across) of this one, of shares (long, wide) of it."""
        frame = self.frame.at(along * self.long, across * self.wide)
        return Block(frame, long * self.long, wide * self.wide)

    def turned(self):
        """The same block with its longer side along."""
        if self.long >= self.wide:
            return self
        return Block(self.frame.at(0, 0, np.pi / 2), self.wide, self.long)

    def spot(self, rng, inset=3.0):
        """A random frame within the block, facing anywhere."""
        along = rng.uniform(-1, 1) * max(0, self.long / 2 - inset)
        across = rng.uniform(-1, 1) * max(0, self.wide / 2 - inset)
        return self.frame.at(along, across, rng.uniform(0, 2 * np.pi))

    def apart(self, rng, number, metres, inset=6.0):
        """Random frames within the block, `metres` from each other; fewer if there is no room."""
        spots = []
        for _ in range(20 * number):
            spot = self.spot(rng, inset)
            if all(np.hypot(spot.x - s.x, spot.y - s.y) > metres for s in spots):
                spots.append(spot)
            if len(spots) == number:
                break
        return spots


def oblong(frame, along, across, long, wide):
    """Corners (4, 2; world) of a rectangle about (along, across) of a frame."""
    a, b = long / 2, wide / 2
    low, high = along - a, along + a
    left, right = across - b, across + b
    return frame.to_world([(low, left), (high, left), (high, right), (low, right)])


def cover(canvas, rng, block, surface, inset=0.0, ragged=0.0):
    """Cover a block with a surface in a colour of its own."""
    fill(canvas, rng, [block.corners(inset)], surface.varied(rng), block.frame, ragged)


def scatter_trees(canvas, rng, block, per_hectare, smallest=3.5, largest=10.0):
    """Plant trees at random places of a block, some of them in groups."""
    planted = 0
    while planted < per_hectare * block.long * block.wide / 1e4:
        spot, group = block.spot(rng, 2.5), int(rng.integers(1, 5))
        for _ in range(group):
            x, y = rng.normal((spot.x, spot.y), 3.0 * (group > 1))
            canvas.woods.plant(rng, x, y, rng.uniform(smallest, largest))
        planted += group


def hedge(canvas, rng, block):
    """Trees in rows along some sides of a block."""
    corners = block.corners(2)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if rng.random() < 0.5:
            continue
        steps = max(2, int(np.hypot(*(end - start)) / rng.uniform(4.5, 9)))
        for share in np.linspace(0, 1, steps):
            x, y = rng.normal(start * (1 - share) + end * share, 0.6)
            canvas.woods.plant(rng, x, y, rng.uniform(3.5, 7.5))


def park_cars(canvas, rng, block, kinds=CARS, filled=0.75, slot=(2.8, 5.6),
              surface=surfaces.ASPHALT):  # fmt: skip
    """A car park: rows of marked slots, `slot` (wide, long) metres each, some of them taken."""
    cover(canvas, rng, block, surface)
    wide, long = slot
    n_slots, lines = int((block.long - 2) / wide), []
    for across, side in _rows(block.wide, long, max(6.0, 0.7 * long)):
        for i in range(n_slots + 1):
            along = (i - n_slots / 2) * wide
            lines.append(oblong(block.frame, along, across, 0.32, long))
            if i < n_slots and rng.random() < filled:
                turn = side * np.pi / 2 + (np.pi if rng.random() < 0.3 else 0)
                place = along + wide / 2, across + rng.normal(0, 0.25)
                spot = block.frame.at(*place, turn + rng.normal(0, 0.02))
                add_vehicle(canvas, rng, kinds[rng.integers(len(kinds))], spot)
    canvas.stamp(lines, WHITE, 0.75)


def _rows(wide, long, aisle):
    """Middles across a car park of its rows of slots, and which side (-1, 1) of an aisle each is.

    Where there is no room for two rows and an aisle, one row lies at the edge.
    """
    n_bays = int(wide / (2 * long + aisle))
    if n_bays == 0:
        return [((long - wide) / 2, -1)] if wide > long else []
    middles = ((np.arange(n_bays) + 0.5) / n_bays - 0.5) * wide
    return [(m + side * (aisle + long) / 2, side) for m in middles for side in (-1, 1)]


def car_park(canvas, rng, block):
    """A block of parked cars."""
    park_cars(canvas, rng, block.turned(), CARS, rng.uniform(0.3, 0.9))
    scatter_trees(canvas, rng, block, 10, 2.5, 5.0)
