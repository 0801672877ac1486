"""Open country from above: fields, farms, woods, meadows."""

import numpy as np

from miniature.world.aerial import buildings, surfaces
from miniature.world.aerial.blocks import cover, hedge, scatter_trees
from miniature.world.aerial.canvas import Frame
from miniature.world.aerial.surfaces import fill
from miniature.world.aerial.vehicles import add_vehicle


def forest(canvas, rng, block, clearings=0.0):
    """A closed wood with a ragged edge of single trees."""
    cover(canvas, rng, block, surfaces.GRASS)
    window, share = canvas.coverage([block.corners(4)])
    if window is not None:
        share = surfaces.wander(canvas, rng, share, 7.0)
        if clearings:
            mix = surfaces.patches(rng, *share.shape, 60 / canvas.pixel_metres)
            share = share * (mix > clearings)
        canvas.put(window, np.round(share), canvas.woods.forest(rng, window))
    scatter_trees(canvas, rng, block, 70, 4, 9)


def meadow(canvas, rng, block):
    """Grass with a few trees."""
    cover(canvas, rng, block, surfaces.GRASS if rng.random() < 0.6 else surfaces.DRY_GRASS)
    scatter_trees(canvas, rng, block, rng.uniform(3, 25), 2.5, 9)


def field(canvas, rng, block):
    """Strips of crops with tractors at work, and hedges around them."""
    crops(canvas, rng, block)
    hedge(canvas, rng, block)


def crops(canvas, rng, block, strips=None, tractors=0.8):
    """Strips of crops in rows, some with a tractor."""
    cover(canvas, rng, block, surfaces.GRASS)
    block = block.turned() if rng.random() < 0.5 else block
    strips = int(rng.integers(1, 4)) if strips is None else strips
    for i in range(strips):
        part = block.part(0, (i + 0.5) / strips - 0.5, 0.97, 0.96 / strips)
        surface = surfaces.CROPS[rng.integers(len(surfaces.CROPS))]
        fill(canvas, rng, [part.corners(1)], surface.varied(rng), part.frame, ragged=0.6)
        for spot in part.apart(rng, rng.poisson(tractors), 20, 12):
            turn = 0 if rng.random() < 0.5 else np.pi
            add_vehicle(canvas, rng, "Tractor", Frame(spot.x, spot.y, part.frame.angle + turn))


def orchard(canvas, rng, block):
    """Trees in straight rows on soil or grass."""
    cover(canvas, rng, block, surfaces.SOIL if rng.random() < 0.6 else surfaces.LAWN)
    spacing, step = rng.uniform(6, 9), rng.uniform(4.5, 7)
    size = rng.uniform(3.2, 5.0)
    for across in np.arange(-block.wide / 2 + 3, block.wide / 2 - 2, spacing):
        for along in np.arange(-block.long / 2 + 3, block.long / 2 - 2, step):
            spot = block.frame.at(along, across)
            canvas.woods.plant(rng, spot.x, spot.y, size)


def farm(canvas, rng, block):
    """Barns around a yard with tractors and silos, amid fields."""
    field(canvas, rng, block)
    long, wide = min(1, 62 / block.long), min(1, 58 / block.wide)
    yard = block.part(*rng.uniform(-0.12, 0.12, 2), long, wide)
    fill(canvas, rng, [yard.corners()], surfaces.GRAVEL.varied(rng), ragged=3)
    canvas.clear([yard.corners()])
    for along, across, turn in ((-0.3, 0, np.pi / 2), (0.1, -0.34, 0)):
        frame = yard.frame.at(along * yard.long, across * yard.wide, turn)
        buildings.add_factory(canvas, rng, frame, rng.uniform(30, 38), rng.uniform(12, 15))
    buildings.add_house(canvas, rng, yard.frame.at(0.3 * yard.long, 0.3 * yard.wide), 14, 10)
    for across in (-6, 3):
        buildings.add_tank(canvas, rng, yard.frame.at(0.42 * yard.long, across), 3.2)
    for spot in yard.part(0.12, 0.15, 0.5, 0.5).apart(rng, 4, 8):
        add_vehicle(canvas, rng, "Tractor", spot)
    scatter_trees(canvas, rng, yard, 25)
