"""Where people work, seen from above: shops, depots, industry, tanks, building sites."""

import numpy as np

from miniature.world.aerial import buildings, surfaces
from miniature.world.aerial.blocks import (
    CARS,
    LORRIES,
    cover,
    park_cars,
    scatter_trees,
)
from miniature.world.aerial.sketch import Sketch, circle
from miniature.world.aerial.vehicles import add_vehicle

CONCRETE = np.array([0.6, 0.59, 0.57])
CONTAINERS = (
    (0.62, 0.20, 0.15), (0.18, 0.33, 0.55), (0.30, 0.46, 0.30), (0.78, 0.44, 0.14),
    (0.82, 0.82, 0.80), (0.45, 0.45, 0.48), (0.20, 0.50, 0.55),
)  # fmt: skip


def shops(canvas, rng, block):
    """A large shop with its car park."""
    cover(canvas, rng, block, surfaces.PAVING)
    block = block.turned()
    hall = block.part(0, -0.24, 0.94, 0.46)
    buildings.add_hall(canvas, rng, hall.frame, hall.long, hall.wide)
    yard = block.part(0, 0.25, 0.96, 0.46)
    park_cars(canvas, rng, yard, CARS, rng.uniform(0.3, 0.75))
    scatter_trees(canvas, rng, yard, 15, 2.5, 5)


def offices(canvas, rng, block):
    """Tall and low buildings of all sizes around yards."""
    cover(canvas, rng, block, surfaces.PAVING)
    block = block.turned()
    columns, rows = max(1, round(block.long / 42)), max(1, round(block.wide / 42))
    for i in range(columns):
        for j in range(rows):
            part = block.part((i + 0.5) / columns - 0.5, (j + 0.5) / rows - 0.5,
                              rng.uniform(0.55, 0.85) / columns,
                              rng.uniform(0.55, 0.85) / rows)  # fmt: skip
            high = rng.choice([rng.uniform(6, 14), rng.uniform(14, 38)])
            buildings.add_hall(canvas, rng, part.frame, part.long, part.wide, high)
    for along in np.arange(1, columns) / columns - 0.5:
        lane = block.part(along, 0, 5 / block.long, 0.9)
        scatter_trees(canvas, rng, lane, 60, 2.5, 6)
        for _ in range(rng.poisson(2)):
            spot = lane.frame.at(0, rng.uniform(-0.5, 0.5) * lane.wide, np.pi / 2)
            add_vehicle(canvas, rng, CARS[rng.integers(len(CARS))], spot)


def depot(canvas, rng, block):
    """A yard of lorries and trailers, or of buses, beside a hall."""
    cover(canvas, rng, block, surfaces.CONCRETE)
    block = block.turned()
    hall = block.part(0, -0.3, 0.9, 0.3)
    buildings.add_factory(canvas, rng, hall.frame, hall.long, hall.wide)
    kinds = ("Bus",) if rng.random() < 0.3 else LORRIES
    yard = block.part(0, 0.2, 0.94, 0.56)
    park_cars(canvas, rng, yard, kinds, 0.7, (4.2, 14.5), surfaces.CONCRETE)


def industry(canvas, rng, block):
    """Halls side by side, lorries at the doors, perhaps a row of tanks."""
    cover(canvas, rng, block, surfaces.OLD_ASPHALT)
    block = block.turned()
    halls = int(rng.integers(1, 4))
    for i in range(halls):
        part = block.part((i + 0.5) / halls - 0.5, -0.15, 0.88 / halls, rng.uniform(0.45, 0.62))
        add = buildings.add_factory if rng.random() < 0.7 else buildings.add_hall
        add(canvas, rng, part.frame, part.long, part.wide)
        for along in np.arange(-0.4, 0.45, 0.2):
            if rng.random() < 0.4:
                name = LORRIES[rng.integers(len(LORRIES))]
                spot = part.frame.at(along * part.long, 0.5 * part.wide + 10, np.pi / 2)
                add_vehicle(canvas, rng, name, spot)
    for along in np.arange(-0.42, 0.42, 0.14) if rng.random() < 0.4 else ():
        spot = block.frame.at(along * block.long, 0.42 * block.wide)
        buildings.add_tank(canvas, rng, spot, rng.uniform(3.5, 5.5))
    scatter_trees(canvas, rng, block, 4, 2.5, 6)


def tanks(canvas, rng, block, radius=None):
    """A farm of storage tanks within low walls."""
    cover(canvas, rng, block, surfaces.GRAVEL if rng.random() < 0.6 else surfaces.LAWN)
    radius = rng.uniform(7, 13) if radius is None else radius
    spacing, walls = 2.8 * radius, []
    columns, rows = (max(1, int(side / spacing)) for side in (block.long, block.wide))
    for i in range(columns):
        for j in range(rows):
            along = (i + 0.5 - columns / 2) * spacing
            across = (j + 0.5 - rows / 2) * spacing
            spot = block.frame.at(along, across)
            walls.append(spot.to_world(circle(1.32 * radius, 28)))
            if rng.random() < 0.9:
                buildings.add_tank(canvas, rng, spot, radius * rng.choice([1, 1, 0.7]))
    canvas.stamp(walls, (0.66, 0.64, 0.6), 0.8)


def building_site(canvas, rng, block):
    """Bare soil, heaps and a shell of concrete, with machines at work."""
    cover(canvas, rng, block, surfaces.SOIL)
    for spot in block.apart(rng, 6, 12, 14):
        heap = spot.to_world(circle(rng.uniform(4, 11), 14))
        surfaces.fill(canvas, rng, [heap], surfaces.SAND.varied(rng, 0.2), ragged=2)
    block = block.turned()
    _shell(canvas, block.part(-0.24, 0, 0.36, rng.uniform(0.4, 0.7)))
    names = ["Excavator"] * 4 + ["Dump Truck"] * 4 + ["other-vehicle"] * 3
    spots = block.part(0.23, 0, 0.5, 0.9).apart(rng, len(names), 13)
    for name, spot in zip(names, spots, strict=False):
        add_vehicle(canvas, rng, name, spot)


def _shell(canvas, block):
    """The first floor of a building, a grid of beams."""
    shell = Sketch(block.frame, canvas.light)
    shell.rectangle(0, 0, block.long, block.wide, CONCRETE)
    for along in np.arange(-block.long / 2 + 1, block.long / 2, 6):
        shell.rectangle(along, 0, 0.7, block.wide, CONCRETE * 0.7)
    for across in np.arange(-block.wide / 2 + 1, block.wide / 2, 6):
        shell.rectangle(0, across, block.long, 0.7, CONCRETE * 0.7)
    canvas.add(shell, high=5)


def container_yard(canvas, rng, block):
    """Stacks of containers along a block, lorries beside them."""
    cover(canvas, rng, block, surfaces.CONCRETE)
    block = block.turned()
    along = -block.long / 2
    while along < block.long / 2 - 20:
        long = rng.uniform(30, 60)
        if rng.random() < 0.75:
            _stack(canvas, rng, block.frame.at(along + long / 2, 0.1 * block.wide), long - 10,
                   0.5 * block.wide)  # fmt: skip
        for share in (0.2, 0.55, 0.9):
            if rng.random() < 0.5:
                name = ("Truck Tractor", "Trailer", "Cargo Truck", "other-vehicle")[rng.integers(4)]
                spot = block.frame.at(along + share * long, -rng.uniform(0.24, 0.36) * block.wide)
                add_vehicle(canvas, rng, name, spot)
        along += long + rng.uniform(2, 12)


def _stack(canvas, rng, frame, long, wide):
    stack = Sketch(frame, canvas.light)
    for across in np.arange(-wide / 2, wide / 2, 2.6):
        for along in np.arange(-long / 2 + 6, long / 2 - 5, 12.4):
            if rng.random() < 0.88:
                colour = buildings.pick(rng, CONTAINERS, 0.18)
                stack.rectangle(along, across, 12, 2.4, colour)
                stack.rectangle(along, across, 12, 0.3, colour * 0.85)
    if not stack.is_empty:
        canvas.add(stack, high=6)
