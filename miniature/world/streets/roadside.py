"""The two sides of a street and its far end: houses, gardens, walls, fences, hedges, parks."""

import numpy as np

from miniature.world.paint.canvas import Frame
from miniature.world.streets.buildings import (
    UprightPlane,
    paint_fence,
    paint_hedge,
    paint_house,
    paint_wall,
    random_house,
)
from miniature.world.streets.furniture import leaf_colour, paint_bush, paint_tree

HOUSE_DEPTH = 12.0


def paint_far_end(canvas, street, light, rng, autumn):
    """Close the street with houses across it, or a line of trees."""
    left, right = street.front_left - 3 * HOUSE_DEPTH, street.front_right + 3 * HOUSE_DEPTH
    if rng.random() < 0.5:
        plane = UprightPlane(False, street.end + 25, left * 4, right * 4)
        paint_hedge(canvas, plane, light, rng, rng.uniform(5, 9), leaf_colour(rng, autumn))
    x = left
    while x < right:
        wide = rng.uniform(8, 20)
        plane = UprightPlane(False, street.end + rng.uniform(10, 20), x, x + wide)
        if rng.random() < 0.8:
            paint_house(canvas, plane, random_house(rng, 1, 4), light)
        x += wide
    for _ in range(rng.integers(2, 7)):
        frame = Frame(rng.uniform(left, right) * 0.6, street.end + rng.uniform(3, 9))
        paint_tree(canvas, rng, light, frame, rng.uniform(5, 10), leaf_colour(rng, autumn))


def paint_side(canvas, street, light, rng, side, autumn):
    """Paint the lots of one side (-1 left, 1 right), far ones first.

    Returns the solids that cast shadows: (footprint (4, 2) of x, z; height), in metres.
    """
    front = street.front_left if side < 0 else street.front_right
    built_up = rng.uniform(0.45, 0.9)
    height_range = [(1, 3), (2, 5), (3, 8)][rng.integers(3)]
    edges = [rng.uniform(-2, 3)]
    while edges[-1] < street.end + 8:
        edges.append(edges[-1] + rng.uniform(8, 22))
    solids = []
    for start, stop in zip(edges[-2::-1], edges[:0:-1], strict=True):
        at = front + side * rng.choice([0.0, 0.0, rng.uniform(0.3, 3)])
        plane = UprightPlane(True, at, start, stop)
        if rng.random() < built_up:
            tall = _paint_lot_house(canvas, plane, light, rng, side, height_range)
            solids.append((_footprint(plane, side, HOUSE_DEPTH), tall))
        else:
            _paint_garden(canvas, plane, light, rng, side, autumn)
            solids.append((_footprint(plane, side, 3), 2.0))
    return solids


def _footprint(plane, side, deep):
    start, back = max(plane.start, 1.5), plane.at + side * deep
    return [(plane.at, start), (plane.at, plane.stop), (back, plane.stop), (back, start)]


def _paint_lot_house(canvas, plane, light, rng, side, height_range):
    house = random_house(rng, *height_range)
    if plane.start > 2:
        across = sorted((plane.at, plane.at + side * HOUSE_DEPTH))
        paint_house(canvas, UprightPlane(False, plane.start, *across), house, light)
    paint_house(canvas, plane, house, light)
    return house.eaves + house.roof


def _paint_garden(canvas, plane, light, rng, side, autumn):
    """Paint greenery behind a boundary: wall, fence, hedge or nothing at all."""
    back = UprightPlane(True, plane.at + side * 12, plane.start, plane.stop + 6)
    paint_hedge(canvas, back, light, rng, rng.uniform(3, 8), leaf_colour(rng, autumn))
    for depth in np.sort(rng.uniform(plane.start, plane.stop, rng.integers(2, 5)))[::-1]:
        frame = Frame(plane.at + side * rng.uniform(2, 9), max(depth, 9))
        if rng.random() < 0.6:
            paint_tree(canvas, rng, light, frame, rng.uniform(4, 11), leaf_colour(rng, autumn))
        else:
            paint_bush(canvas, rng, light, frame, rng.uniform(1, 2.5), leaf_colour(rng, autumn))
    boundary = rng.choice(["wall", "fence", "hedge", "open"], p=[0.33, 0.35, 0.2, 0.12])
    if boundary == "wall":
        paint_wall(canvas, plane, light, rng)
    elif boundary == "fence":
        paint_fence(canvas, plane, light, rng)
    elif boundary == "hedge":
        leaf = leaf_colour(rng, autumn)
        paint_hedge(canvas, plane, light, rng, rng.uniform(0.8, 2.5), leaf)
