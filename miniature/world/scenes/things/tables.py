"""Tables of all kinds, and the counters of a kitchen."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import BLACK, METALS, STONES, WHITES, WOODS
from miniature.world.scenes.recipes import recipe
from miniature.world.scenes.things.storage import fronts


@recipe("table", (1.5, 0.75, 0.85), "floor", away=(3, 8))
def table(it):
    """A table on four legs or a round one on a foot, with or without a cloth."""
    colour = it.any_of(WOODS)
    wood = surfaces.wood(colour)
    if it.chance(0.25):
        r = min(it.w, it.d) / 2
        it.lathe([(it.h - 0.04, r), (it.h, r)], wood)
        it.lathe([(0, 0.3), (0.04, 0.28), (0.08, 0.06), (it.h - 0.04, 0.06)], wood)
        it.top(it.h, r * 1.4, r * 1.4)
        return
    it.box((it.w, 0.04, it.d), wood, (0, it.h - 0.04, 0))
    it.box((it.w * 0.92, 0.1, it.d * 0.86), surfaces.wood(colour * 0.85), (0, it.h - 0.14, 0))
    it.legs(it.w * 0.94, it.d * 0.9, it.h - 0.04, 0.07, wood)
    if it.chance(0.25):
        linen = it.any_of(WHITES)
        it.box((it.w * 1.02, 0.01, it.d * 1.02), surfaces.cloth(linen), (0, it.h, 0))
        sides = surfaces.folds(linen * 0.95, 0.16, 0.18)
        it.box((it.w * 1.02, 0.3, it.d * 1.02), sides, (0, it.h - 0.3, 0))
    it.top(it.h + 0.011)


@recipe("desk", (1.4, 0.75, 0.7), "against")
def desk(it):
    """A writing desk with drawers on one or both sides."""
    colour = it.any_of(WOODS + WHITES[:1])
    wood, dark = surfaces.wood(colour), surfaces.wood(colour * 0.85)
    it.box((it.w, 0.035, it.d), wood, (0, it.h - 0.035, 0))
    it.box((it.w * 0.96, it.h * 0.5, 0.03), dark, (0, it.h * 0.45, it.d * 0.4))
    low, wide = it.h - 0.035, it.w * 0.3
    for x in (-1, 1) if it.chance(0.4) else (1,):
        middle = x * (it.w - wide) / 2
        it.box((wide, low, it.d * 0.9), dark, (middle, 0, 0))
        for row in range(3):
            y, z = 0.04 + row * low / 3, -it.d * 0.45 - 0.012
            it.box((wide * 0.9, low / 3.5, 0.02), wood, (middle, y, z))
            it.panel(middle - 0.06, y + low / 7, 0.12, 0.02, it.style.metal, z - 0.012)
    it.box((0.05, low, it.d * 0.9), dark, (-it.w / 2 + 0.05, 0, 0))
    it.top(it.h)


@recipe("coffee table", (1.1, 0.42, 0.6), "floor")
def coffee_table(it):
    """A low table with a shelf, of wood or glass."""
    colour = it.any_of(WOODS)
    glass = it.chance(0.3)
    top = surfaces.plain((0.62, 0.72, 0.72), 0.03) if glass else surfaces.wood(colour)
    it.box((it.w, 0.04, it.d), top, (0, it.h - 0.04, 0))
    it.box((it.w * 0.86, 0.03, it.d * 0.8), surfaces.wood(colour * 0.9), (0, 0.12, 0))
    leg = it.style.metal if glass else surfaces.wood(colour * 0.8)
    it.legs(it.w * 0.96, it.d * 0.92, it.h - 0.04, 0.06, leg)
    it.top(it.h)


@recipe("pool table", (2.5, 0.85, 1.4), "floor")
def pool_table(it):
    """A broad table with cloth, pockets, balls and a cue."""
    wood = it.any_of(WOODS[:3])
    baize = it.any_of(((0.08, 0.42, 0.22), (0.1, 0.5, 0.3), (0.1, 0.3, 0.5)))
    frame, rim = surfaces.wood(wood), 0.13
    it.legs(it.w * 0.9, it.d * 0.85, it.h - 0.25, 0.16, frame)
    it.box((it.w, 0.25, it.d), frame, (0, it.h - 0.25, 0))
    inner, across = it.w - 2 * rim, it.d - 2 * rim
    it.flat(-inner / 2, -across / 2, inner, across, surfaces.cloth(baize, soft=0.04), it.h + 0.004)
    for x in (-1, 0, 1):
        for z in (-1, 1):
            point = it.world([(x * inner / 2, it.h + 0.008, z * across / 2)])[0]
            it.stage.disc(point, np.array((0, 1.0, 0)), 0.07, surfaces.plain(BLACK), it.label())
    balls = (
        (0.8, 0.1, 0.1),
        (0.9, 0.75, 0.1),
        (0.1, 0.2, 0.6),
        (0.92, 0.92, 0.88),
        (0.1, 0.1, 0.1),
    )
    for i in range(int(it.rng.integers(6, 12))):
        x, z = it.between(-0.45, 0.45) * inner, it.between(-0.42, 0.42) * across
        it.ball((x, it.h + 0.035, z), 0.032, balls[i % 5])
    cue = [(-0.4 * inner, it.h + 0.05, -0.3 * across), (0.2 * inner, it.h + 0.05, 0.1 * across)]
    it.tube(cue, 0.02, WOODS[3])


@recipe("countertop", (1.2, 2.2, 0.62), "against")
def countertop(it):
    """A worktop on kitchen cabinets, often with cabinets above."""
    room, it.h = it.h, 0.92
    kitchen_unit(it)
    it.box((it.w, 0.08, 0.02), _slab(it), (0, it.h, it.d / 2 - 0.01))
    if it.chance(0.6):
        _wall_cabinet(it, room * 0.68, room * 0.32, 0.35)
    it.top(it.h)


def _wall_cabinet(it, low, tall, deep):
    front, z = it.style.front, it.d / 2 - deep / 2
    it.box((it.w, tall, deep), surfaces.wood(front * 0.9), (0, low, z), "cabinet")
    for i in (0, 1):
        at = ((i - 0.5) * it.w / 2, low + 0.02, z - deep / 2 - 0.01)
        leaf = surfaces.wood(front, upright=True)
        it.box((it.w * 0.46, tall - 0.04, 0.02), leaf, at, "cabinet")
        handle = (it.w * (0.1 if i else -0.1), low + 0.06, 0.03, 0.12)
        it.panel(*handle, it.style.metal * 0.6, z - deep / 2 - 0.03, "cabinet")


def kitchen_unit(it, *, doors=True):
    """A base cabinet of the kitchen with its part of the worktop."""
    tall = it.h - 0.04
    plinth = (it.w, 0.1, it.d - 0.08)
    it.box(plinth, BLACK * 2, (0, 0, 0.04), "cabinet")
    it.box(
        (it.w, tall - 0.1, it.d - 0.04),
        surfaces.wood(it.style.front * 0.9),
        (0, 0.1, 0.02),
        "cabinet",
    )
    if doors:
        it.d, deep, named, it.name = it.d - 0.04, it.d, it.name, "cabinet"
        leaf = surfaces.wood(it.style.front, upright=True)
        fronts(it, max(1, round(it.w / 0.6)), 1, leaf, 0.12, tall - 0.18, it.style.metal * 0.6)
        fronts(it, max(1, round(it.w / 0.6)), 1, leaf, tall - 0.18, tall, it.style.metal * 0.6)
        it.d, it.name = deep, named
    it.box((it.w, 0.04, it.d + 0.02), _slab(it), (0, tall, -0.01), "countertop")


def _slab(it):
    # All worktops of one kitchen are of one stone, that its wall colour chooses.
    stone = np.array((STONES + WOODS[2:4])[int(it.style.wall[0] * 1000) % 6])
    return surfaces.mottled(stone, stone * 0.8, 0.06, name="pink", grain=0.06)


@recipe("kitchen island", (1.8, 0.92, 0.9), "floor")
def kitchen_island(it):
    """A free block of cabinets under a broad worktop."""
    front = it.style.front * 0.95
    it.box((it.w, it.h - 0.06, it.d), surfaces.wood(front, upright=True, plank=0.45))
    fronts(it, 3, 1, surfaces.wood(front * 1.08), 0.1, it.h - 0.1, it.style.metal * 0.7)
    it.box((it.w + 0.2, 0.06, it.d + 0.2), _slab(it), (0, it.h - 0.06, 0))
    it.top(it.h)


@recipe("buffet", (2.0, 0.95, 0.6), "against")
def buffet(it):
    """A sideboard laid with covered dishes."""
    colour = it.any_of(WOODS[:4])
    it.box((it.w, it.h - 0.05, it.d), surfaces.wood(colour * 0.8))
    fronts(it, 4, 1, surfaces.wood(colour, upright=True), 0.1, it.h - 0.3)
    fronts(it, 4, 1, surfaces.wood(colour), it.h - 0.3, it.h - 0.06)
    it.box((it.w + 0.08, 0.05, it.d + 0.06), surfaces.wood(colour * 1.1), (0, it.h - 0.05, 0))
    for x in (-0.32, 0, 0.32):
        dish = [(0, 0.2), (0.05, 0.21), (0.12, 0.17), (0.17, 0.05), (0.2, 0.03)]
        it.lathe(dish, surfaces.brushed(METALS[2]), (x * it.w, it.h, 0))
    it.top(it.h, it.w * 0.3)
