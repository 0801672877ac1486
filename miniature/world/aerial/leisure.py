"""Where people play, seen from above: courts, parks, golf, stadiums."""

import numpy as np

from miniature.world.aerial import buildings, surfaces
from miniature.world.aerial.blocks import cover, hedge, scatter_trees
from miniature.world.aerial.courts import COURTS, paint_court
from miniature.world.aerial.roads import ribbon
from miniature.world.aerial.sketch import circle
from miniature.world.aerial.surfaces import fill

TRACK = (0.62, 0.30, 0.24)


def sports(canvas, rng, block, first=None):
    """Courts side by side on a lawn: each kind in turn, from `first` on, small ones in rows."""
    cover(canvas, rng, block, surfaces.LAWN)
    block = block.turned()
    names = [str(name) for name in rng.permutation(list(COURTS))]
    names.sort(key=lambda name: name != first)
    along = -block.long / 2 + 5
    for name in names * 2:
        long, wide = COURTS[name][1:]
        if long > block.wide - 6:
            long, wide = wide, long
        if long > block.wide - 6 or along + wide > block.long / 2 - 3:
            continue
        _column(canvas, rng, block, name, along + wide / 2)
        along += wide + rng.uniform(5, 9)
    scatter_trees(canvas, rng, block.part(0.45, 0, 0.1, 1), 60)
    hedge(canvas, rng, block)


def _column(canvas, rng, block, name, along):
    """As many courts of a kind beside each other as fit across a block; only one large one."""
    long, wide = COURTS[name][1:]
    is_across = long <= block.wide - 6
    deep = long if is_across else wide
    count = max(1, int((block.wide - 8) / (deep + 3))) if long < 40 else 1
    slack = (block.wide - 6 - count * (deep + 3)) / 2
    shift = rng.uniform(-slack, slack) if slack > 0 else 0
    for i in range(count):
        across = (i + 0.5 - count / 2) * (deep + 3) + shift
        turn = (np.pi / 2 if is_across else 0) + rng.integers(2) * np.pi
        paint_court(canvas, rng, name, block.frame.at(along, across, turn))


def park(canvas, rng, block):
    """Lawns, winding paths, a pond and groups of trees."""
    cover(canvas, rng, block, surfaces.LAWN)
    for _ in range(2):
        along = np.linspace(-0.5, 0.5, 24)
        bend = rng.uniform(-0.3, 0.3) * np.sin(np.pi * along * rng.uniform(1, 2.5))
        across = bend + rng.uniform(-0.2, 0.2)
        path = block.frame.to_world(np.stack([along * block.long, across * block.wide], axis=1))
        fill(canvas, rng, [ribbon(path, 3.0)], surfaces.GRAVEL)
    short = min(block.long, block.wide)
    spot = block.spot(rng, 0.3 * short)
    pond(canvas, rng, [spot.to_world(circle(rng.uniform(0.1, 0.2) * short, 24) * [1.4, 1])])
    scatter_trees(canvas, rng, block, 90, 3, 12)


def pond(canvas, rng, outlines):
    """Still water with a soft shore."""
    canvas.fell(outlines)
    window, share = canvas.coverage(outlines)
    if window is not None:
        share = surfaces.wander(canvas, rng, share, 3.0)
        canvas.put(window, share, surfaces.water_colours(canvas, rng, window, 25 * share))


def golf_course(canvas, rng, block):
    """Pale fairways between trees, greens, bunkers of sand, a pond."""
    cover(canvas, rng, block, surfaces.GRASS)
    block = block.turned()
    count = max(2, int(block.wide / 45))
    for i in range(count):
        along = np.linspace(-0.5, 0.5, 30)
        bend = 0.16 * np.sin(2 * np.pi * along * rng.uniform(0.6, 1.4) + rng.uniform(0, 6))
        across = (i + 0.5) / count - 0.5 + bend / count
        line = block.frame.to_world(np.stack([along * block.long, across * block.wide], axis=1))
        fill(
            canvas, rng, [ribbon(line, rng.uniform(18, 26))], surfaces.FAIRWAY.varied(rng), ragged=4
        )
        for place in line[rng.integers(2, 28, 3)]:
            bunker = circle(rng.uniform(3, 6), 16) * rng.uniform(0.6, 1.3, 2)
            bunker += place + rng.uniform(-16, 16, 2)
            fill(canvas, rng, [bunker], surfaces.SAND, ragged=1.5)
        green = circle(rng.uniform(8, 11), 20) + line[-5]
        fill(canvas, rng, [green], surfaces.GREEN.varied(rng), ragged=1)
    pond(canvas, rng, [block.spot(rng, 10).to_world(circle(rng.uniform(10, 18), 20) * [1.5, 1])])
    scatter_trees(canvas, rng, block, 60, 4, 12)


def running_track(canvas, rng, frame, has_stands=False):
    """An oval track of lanes around a pitch; with stands around it, a stadium."""
    lanes = 9.0
    for inset, colour in ((0, TRACK), (lanes, (0.30, 0.44, 0.20))):
        canvas.stamp([frame.to_world(_oval(86, 36.5 + lanes - inset))], colour)
    for inset in np.arange(0, lanes + 0.1, 1.5):
        rim = _oval(86, 36.5 + lanes - inset)
        inner = _oval(86, 36.5 + lanes - inset - 0.3)
        ring = np.vstack([rim, rim[:1], inner[:1], inner[::-1]])
        canvas.stamp([frame.to_world(ring)], (0.88, 0.86, 0.84), 0.6)
    paint_court(canvas, rng, "Football Field", frame)
    if has_stands:
        buildings.add_grandstand(canvas, rng, frame, 215, 135)


def _oval(straight, radius):
    """An outline (n, 2): two half circles joined by straights of a length (metres)."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, 20)
    bend = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    return np.vstack([np.add(bend, (straight / 2, 0)), np.subtract(-bend, (straight / 2, 0))])
