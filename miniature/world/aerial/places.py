"""Places from above, each filling a small photograph: one painter per kind of land use.

A painter gets the canvas, a generator, and a block larger than the photograph, turned at random.
"""

import numpy as np

from miniature.world.aerial import (
    airport,
    buildings,
    country,
    courts,
    leisure,
    surfaces,
    works,
)
from miniature.world.aerial.airplanes import AIRPLANES, add_airplane, length_and_span
from miniature.world.aerial.blocks import Block, cover, hedge, oblong, scatter_trees
from miniature.world.aerial.sketch import circle
from miniature.world.aerial.surfaces import fill
from miniature.world.aerial.town import Net, build_town


def town_of(*uses, spacing=(70, 110), lanes=(2,)):
    """A painter of streets with blocks of these uses, alike often."""

    def paint(canvas, rng, block):
        half = block.long / 2
        net = Net.random(rng, block.frame, (-half, half), (-half, half), spacing, lanes)
        build_town(canvas, rng, net, dict.fromkeys(uses, 1))

    return paint


def crossing_of(*uses, is_round=False):
    """A painter of one crossing, or roundabout, in the middle of blocks of these uses."""

    def paint(canvas, rng, block):
        half, lanes = block.long / 2, (2, 2, 4)
        at = [float(place) for place in rng.uniform(-0.08, 0.08, 2) * block.long]
        numbers = {(axis, at[axis]): lanes[rng.integers(3)] for axis in (0, 1)}
        net = Net(block.frame, (-half, half), (-half, half), at[:1], at[1:], numbers)
        build_town(canvas, rng, net, dict.fromkeys(uses, 1), roundabouts=int(is_round))

    return paint


def airplanes(canvas, rng, block):
    """Airplanes on an apron."""
    airport.paint_apron(canvas, rng, block)
    names = [AIRPLANES[i] for i in rng.permutation(len(AIRPLANES))]
    along, turn = -0.25 * canvas.size[0] + rng.uniform(-10, 10), rng.choice([-1, 1]) * np.pi / 2
    for name in names:
        long, span = length_and_span(name)
        spot = block.frame.at(along + span / 2, rng.normal(0, 3), turn)
        add_airplane(canvas, rng, name, spot)
        airport.serve(canvas, rng, spot, long)
        along += span + rng.uniform(4, 10)
        if along > 0.3 * canvas.size[0]:
            break


def whole_airport(canvas, rng, block):
    """Runway, taxiway, apron and terminals."""
    cover(canvas, rng, block, surfaces.GRASS)
    airport.build_airport(canvas, rng, block.frame.at(0, 80), block.long / 2)


def runway(canvas, rng, block):
    """A runway through grass."""
    cover(canvas, rng, block, surfaces.GRASS if rng.random() < 0.6 else surfaces.DRY_GRASS)
    across = rng.uniform(-0.12, 0.12) * canvas.size[0]
    airport.paint_runway(canvas, rng, block.frame.at(0, across), block.long, rng.uniform(30, 45))


def court(name):
    """A painter of one to four courts of a kind (a name of FAIR1M) among trees."""

    def paint(canvas, rng, block):
        cover(canvas, rng, block, surfaces.LAWN)
        _, long, wide = courts.COURTS[name]
        scatter_trees(canvas, rng, block, 60)
        room = 0.8 * canvas.size[0]
        count = int(min(rng.integers(1, 5), max(1, room // (wide + 5))))
        for i in range(count):
            across = (i + 0.5 - count / 2) * (wide + 4)
            spot = block.frame.at(rng.normal(0, 1), across + rng.normal(0, 0.3))
            courts.paint_court(canvas, rng, name, spot)
        road = oblong(block.frame, long / 2 + 14, 0, 7, block.wide)
        fill(canvas, rng, [road], surfaces.ASPHALT.varied(rng))
        canvas.fell([road])

    return paint


def oval(has_stands):
    """A painter of a running track around a pitch, or a stadium."""

    def paint(canvas, rng, block):
        cover(canvas, rng, block, surfaces.PAVING if has_stands else surfaces.LAWN)
        scatter_trees(canvas, rng, block, 25)
        canvas.fell([oblong(block.frame, 0, 0, 190, 100)])
        leisure.running_track(canvas, rng, block.frame, has_stands)

    return paint


def church(canvas, rng, block):
    """A church on a green among houses' roofs and trees."""
    cover(canvas, rng, block, surfaces.LAWN if rng.random() < 0.6 else surfaces.PAVING)
    scatter_trees(canvas, rng, block, 60)
    canvas.clear([oblong(block.frame, 0, 0, 60, 40)])
    buildings.add_church(canvas, rng, block.frame, rng.uniform(32, 50))
    for side in (-1, 1):
        for along in np.arange(-0.45, 0.46, 0.18) * canvas.size[0]:
            spot = block.frame.at(along, side * 0.42 * canvas.size[0])
            buildings.add_house(canvas, rng, spot, rng.uniform(11, 16), 11)


def palace(canvas, rng, block):
    """A palace with a formal garden."""
    cover(canvas, rng, block, surfaces.GRAVEL)
    for along in (-0.2, 0.2):
        for across in (-0.34, -0.16):
            bed = block.part(along, across, 0.3, 0.13)
            cover(canvas, rng, bed, surfaces.LAWN)
            hedge(canvas, rng, bed)
    leisure.pond(canvas, rng, [oblong(block.frame, 0, -0.25 * block.wide, 14, 0.2 * block.wide)])
    buildings.add_palace(canvas, rng, block.frame.at(0, 8), rng.uniform(70, 95))
    scatter_trees(canvas, rng, block.part(0, 0.4, 1, 0.2), 90)


def round_fields(canvas, rng, block):
    """Fields watered by turning arms: discs of crops on dry land."""
    cover(canvas, rng, block, surfaces.SOIL if rng.random() < 0.5 else surfaces.DRY_GRASS)
    radius = rng.uniform(0.16, 0.3) * canvas.size[0]
    steps = np.arange(-3, 4) * 2.06 * radius
    for along in steps + rng.uniform(-radius, radius):
        for across in steps + rng.uniform(-0.1, 0.1) * radius:
            spot = block.frame.at(along, across, rng.uniform(0, 2 * np.pi))
            surface = surfaces.CROPS[rng.integers(len(surfaces.CROPS))].varied(rng)
            fill(canvas, rng, [spot.to_world(circle(radius, 40))], surface, spot)
            if rng.random() < 0.4:
                angles = np.linspace(0, rng.uniform(0.5, 2.5), 16)
                arc = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
                slice_ = spot.to_world(np.vstack([[(0, 0)], arc]))
                other = surfaces.CROPS[rng.integers(len(surfaces.CROPS))]
                fill(canvas, rng, [slice_], other.varied(rng), spot)
            canvas.stamp([oblong(spot, radius / 2, 0, radius, 3)], (0.75, 0.75, 0.72), 0.6)


def parallel_fields(canvas, rng, block):
    """Fields in strips."""
    country.crops(canvas, rng, block, strips=int(rng.integers(3, 8)), tractors=0.2)


def rows_of_shrubs(canvas, rng, block):
    """Vines or fruit trees in wide rows, plot beside plot."""
    cover(canvas, rng, block, surfaces.DRY_GRASS)
    side = rng.uniform(0.2, 0.35) * block.long
    for along in np.arange(-block.long / 2, block.long / 2, side):
        for across in np.arange(-block.wide / 2, block.wide / 2, side):
            turn = rng.integers(2) * np.pi / 2
            plot = Block(block.frame.at(along, across, turn), 0.96 * side, 0.96 * side)
            colour = ((0.33, 0.36, 0.20), (0.42, 0.38, 0.25))[rng.integers(2)]
            surface = surfaces.Surface(colour, (0.50, 0.43, 0.30), 60, 0.1, 0.08, 22, 0.3)
            cover(canvas, rng, plot, surface)


def pasture(canvas, rng, block):
    """Green meadows with hedges between."""
    side = rng.uniform(0.25, 0.45) * block.long
    cover(canvas, rng, block, surfaces.LAWN)
    for along in np.arange(-block.long / 2, block.long / 2, side):
        for across in np.arange(-block.wide / 2, block.wide / 2, side):
            plot = Block(block.frame.at(along, across), side, side)
            cover(canvas, rng, plot, surfaces.LAWN)
            hedge(canvas, rng, plot)


def shrubland(canvas, rng, block):
    """Rough grass in patches, with shrubs."""
    cover(canvas, rng, block, surfaces.GRASS)
    window, side = canvas.whole(), canvas.size[0]
    mix = surfaces.patches(rng, *canvas.shape, rng.uniform(0.1, 0.3) * canvas.shape[0])
    canvas.put(window, mix, surfaces.DRY_GRASS.colours(canvas, rng, window))
    scatter_trees(canvas, rng, block, 4e5 / side**2, 2, 6)


def wood(canvas, rng, block):
    country.forest(canvas, rng, block, clearings=0.25 if rng.random() < 0.3 else 0.0)


def power_station(canvas, rng, block):
    """Cooling towers, a turbine hall, chimneys, tanks."""
    cover(canvas, rng, block, surfaces.OLD_ASPHALT if rng.random() < 0.5 else surfaces.GRAVEL)
    radius = rng.uniform(20, 27)
    for i in range(int(rng.integers(2, 5))):
        along = (i - 1) * 2.5 * radius
        buildings.add_cooling_tower(canvas, rng, block.frame.at(along, -1.7 * radius), radius)
    hall = block.frame.at(0, 1.2 * radius)
    buildings.add_factory(canvas, rng, hall, rng.uniform(90, 120), 34)
    yard = Block(block.frame.at(0, 3.4 * radius), 0.6 * block.long, 34)
    works.tanks(canvas, rng, yard, 6)
    scatter_trees(canvas, rng, block, 12)
