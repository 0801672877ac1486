"""What things are kept in: cupboards, shelves, boxes, bags, baskets, barrels and tanks."""

import numpy as np

from miniature.world.scenes import pictures, surfaces
from miniature.world.scenes.palette import (
    BRASS,
    BRICKS,
    LEATHERS,
    METALS,
    MUTED,
    STONES,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe


def fronts(it, columns, rows, texture, low=0.08, high=None, handle=BRASS):
    """Doors or drawers on the front of a box, each with a handle."""
    high = it.h if high is None else high
    wide, tall = it.w / columns, (high - low) / rows
    for column in range(columns):
        for row in range(rows):
            x, y, z = -it.w / 2 + column * wide, low + row * tall, -it.d / 2 - 0.012
            it.box((wide * 0.94, tall * 0.92, 0.02), texture, (x + wide / 2, y + tall * 0.04, z))
            if tall > wide:
                side = 0.82 if column % 2 == 0 else 0.1
                it.panel(x + wide * side, y + tall * 0.45, 0.03, 0.14, handle, z - 0.012)
            else:
                it.panel(x + wide * 0.4, y + tall * 0.5, wide * 0.2, 0.03, handle, z - 0.012)


@recipe("cabinet", (1.2, 1.6, 0.5), "against")
def cabinet(it):
    """A cupboard with plain doors."""
    front = it.any_of(WOODS + WHITES)
    body = surfaces.wood(front, upright=True, contrast=0.12)
    it.box((it.w, it.h, it.d), surfaces.wood(front * 0.85))
    columns = 2 if it.w < 1.5 else 3
    if it.chance(0.5):
        fronts(it, columns, 1, body, high=it.h * 0.55, handle=it.style.metal)
        fronts(it, columns, 1, body, low=it.h * 0.56, handle=it.style.metal)
    else:
        fronts(it, columns, 1, body, handle=it.style.metal)
    it.top(it.h)


@recipe("wardrobe", (1.6, 2.15, 0.6), "against")
def wardrobe(it):
    """A tall piece with three doors, a cornice and drawers."""
    colour = it.any_of(WOODS[:4])
    front = surfaces.wood(colour, upright=True)
    it.box((it.w, it.h - 0.1, it.d), surfaces.wood(colour * 0.85, upright=True))
    it.box((it.w + 0.1, 0.1, it.d + 0.08), surfaces.wood(colour * 0.8), (0, it.h - 0.1, 0))
    fronts(it, 3, 1, front, low=0.4, high=it.h - 0.12)
    fronts(it, 3, 1, surfaces.wood(colour * 0.95), low=0.06, high=0.4)
    if it.chance(0.4):
        tall = it.h - 0.75
        glass = pictures.reflecting(it.w * 0.28, tall, colour, it.style.wall)
        it.panel(-it.w * 0.14, 0.5, it.w * 0.28, tall, glass, -it.d / 2 - 0.03)


@recipe("chest of drawers", (1.0, 0.95, 0.48), "against")
def chest_of_drawers(it):
    """Four long drawers with knobs, on short feet."""
    colour = it.any_of(WOODS + WHITES[:1])
    it.box((it.w, it.h - 0.1, it.d), surfaces.wood(colour * 0.85), (0, 0.08, 0))
    it.box((it.w + 0.05, 0.035, it.d + 0.05), surfaces.wood(colour), (0, it.h - 0.035, 0))
    it.legs(it.w, it.d, 0.1, 0.06, colour * 0.7)
    rows, wide, wood = 4, it.w * 0.94, surfaces.wood(colour)
    for row in range(rows):
        tall = (it.h - 0.16) / rows
        y, z = 0.1 + row * tall, -it.d / 2 - 0.012
        it.box((wide, tall * 0.86, 0.022), wood, (0, y, z))
        for x in (-0.25, 0.25):
            it.ball((x * it.w, y + tall * 0.43, z - 0.025), 0.026, BRASS)
    it.top(it.h)


@recipe("shelf", (1.1, 1.9, 0.35), "against")
def shelf(it):
    """Open boards with all sorts of things: pots, boxes and jars."""
    wood = surfaces.wood(it.any_of(WOODS + WHITES))
    boards = int(it.rng.integers(4, 6))
    for x in (-1, 1):
        it.box((0.035, it.h, it.d), wood, (x * it.w / 2, 0, 0))
    for i in range(boards):
        y = 0.05 + i * (it.h - 0.08) / (boards - 1)
        it.box((it.w, 0.035, it.d), wood, (0, y, 0))
        if i < boards - 1:
            _clutter(it, y + 0.035, (it.h - 0.3) / boards)
    it.top(it.h)


def _clutter(it, y, tall):
    """A row of small things on a board."""
    x = -it.w / 2 + 0.1
    while x < it.w / 2 - 0.1:
        colour = it.any_of(VIVID + MUTED + WHITES, 0.3)
        wide, high = it.between(0.08, 0.2), tall * it.between(0.4, 0.95)
        if it.chance(0.5):
            it.box((wide, high, it.d * 0.6), surfaces.plain(colour), (x + wide / 2, y, 0))
        else:
            r = wide / 2
            jar = [(0, r * 0.7), (high * 0.4, r), (high * 0.8, r * 0.7), (high, r * 0.5)]
            it.lathe(jar, colour, (x + r, y, 0))
        x += wide + it.between(0.02, 0.15)


@recipe("bookcase", (1.3, 2.1, 0.32), "against")
def bookcase(it):
    """Boards full of books."""
    wood, boards = surfaces.wood(it.any_of(WOODS)), 6
    it.box((it.w, it.h, it.d * 0.5), wood, (0, 0, it.d * 0.25))
    for x in (-1, 1):
        it.box((0.04, it.h, it.d), wood, (x * it.w / 2, 0, 0))
    gap = (it.h - 0.1) / (boards - 1)
    for i in range(boards):
        y = 0.06 + i * gap
        it.box((it.w, 0.035, it.d), wood, (0, y, 0))
        if i < boards - 1:
            row = pictures.books(it.rng, gap - 0.035, 0.94)
            it.panel(-it.w / 2, y + 0.035, it.w, gap - 0.035, row, -it.d * 0.3)
    it.top(it.h)


@recipe("box", (0.5, 0.4, 0.4), "floor", away=(2, 6))
def box(it):
    """One or two cardboard boxes with tape."""
    card = it.any_of(((0.7, 0.53, 0.35), (0.64, 0.48, 0.3), *MUTED[3:4]))
    it.box((it.w, it.h, it.d), surfaces.plain(card, 0.05))
    tape = np.clip(card * 1.25, 0, 1)
    it.flat(-it.w / 2, -0.04, it.w, 0.08, tape, it.h + 0.002)
    it.panel(-0.1, it.h * 0.55, 0.2, it.h * 0.25, WHITES[0], -it.d / 2 - 0.003)
    if it.chance(0.5):
        turn = it.between(-0.4, 0.4)
        size = (it.w * 0.75, it.h * 0.7, it.d * 0.75)
        it.box(size, surfaces.plain(card * 0.92, 0.05), (0, it.h, 0), turn=turn)


@recipe("case", (1.5, 1.3, 0.6), "against")
def case(it):
    """A show case: glass with lit goods over a closed base."""
    base = surfaces.wood(it.any_of(WOODS[:3]))
    it.box((it.w, it.h * 0.35, it.d), base)
    low, tall = it.h * 0.35, it.h * 0.62
    lit = surfaces.plain((0.86, 0.84, 0.76), 0.03)
    it.panel(-it.w / 2, low, it.w, tall, lit, it.d / 2 - 0.02, glow=True)
    for i in range(2):
        y = low + i * tall / 2
        it.box((it.w, 0.02, it.d * 0.95), (0.75, 0.85, 0.86), (0, y, 0))
        _clutter(it, y + 0.02, tall * 0.42)
    for x in (-1, 1):
        for z in (-1, 1):
            at = (x * it.w / 2, low, z * it.d / 2)
            it.box((0.03, tall, 0.03), it.style.metal, at)
    it.box((it.w + 0.03, 0.05, it.d + 0.03), it.style.metal, (0, it.h - 0.05, 0))


@recipe("counter", (2.2, 1.0, 0.65), "floor")
def counter(it):
    """A shop's or reception's counter: a closed front under a broad top."""
    front, top = it.any_of(WOODS + MUTED), it.any_of(STONES + WHITES)
    panel = surfaces.wood(front, upright=True, plank=0.3)
    it.box((it.w, it.h - 0.06, it.d), panel)
    it.box((it.w * 1.02, 0.1, it.d + 0.02), it.style.metal * 0.7)
    it.box(
        (it.w + 0.1, 0.06, it.d + 0.12), surfaces.mottled(top, top * 0.85, 0.1), (0, it.h - 0.06, 0)
    )
    it.top(it.h)


@recipe("bar", (2.6, 1.1, 0.65), "floor")
def bar(it):
    """A bar: dark panels with a brass rail, and a wall of lit bottles behind."""
    wood = it.any_of(WOODS[:2]) * 0.9
    it.box((it.w, it.h - 0.07, it.d), surfaces.wood(wood, upright=True))
    for i in range(5):
        x = (i - 2) * it.w / 5 - it.w * 0.08
        it.panel(x, 0.2, it.w * 0.16, it.h - 0.4, surfaces.wood(wood * 1.3), -it.d / 2 - 0.01)
    it.box((it.w + 0.1, 0.07, it.d + 0.14), surfaces.wood(wood * 1.2), (0, it.h - 0.07, 0))
    rail = [(-it.w / 2, 0.18, -it.d / 2 - 0.15), (it.w / 2, 0.18, -it.d / 2 - 0.15)]
    it.tube(rail, 0.05, BRASS)
    it.top(it.h)


@recipe("booth", (2.0, 2.5, 1.4), "floor", away=(6, 14))
def booth(it):
    """A stall or kiosk: a counter between posts, a striped roof, goods inside."""
    paint, other = it.any_of(VIVID), it.any_of(WHITES)
    it.box((it.w, 0.95, it.d), surfaces.wood(paint, upright=True, plank=0.14))
    it.box((it.w + 0.15, 0.06, it.d + 0.2), surfaces.wood(it.style.wood), (0, 0.95, 0))
    it.panel(-it.w / 2, 0.95, it.w, it.h - 1.4, paint * 0.35, it.d / 2 - 0.05)
    it.h, high = 0.45, it.h
    _clutter(it, 1.01, 0.45)
    it.h = high
    for x in (-1, 1):
        for z in (-1, 1):
            it.box((0.08, high - 1.3, 0.08), other * 0.9, (x * it.w / 2, 0.95, z * it.d / 2))
    striped = surfaces.stripes(paint, other, 0.4)
    slope = [(-it.w * 0.6, high - 0.5, -it.d * 0.8), (it.w * 0.6, high - 0.5, -it.d * 0.8)]
    ridge = [(it.w * 0.6, high, it.d * 0.3), (-it.w * 0.6, high, it.d * 0.3)]
    it.face(slope + ridge, striped)
    it.panel(-it.w * 0.6, high - 0.72, it.w * 1.2, 0.24, striped, -it.d * 0.8)


@recipe("base", (0.7, 1.0, 0.7), "floor", away=(5, 12))
def base(it):
    """A pedestal of stone with a plinth and a cornice."""
    colour = it.any_of(STONES)
    stone = surfaces.mottled(colour, colour * 0.85, 0.15, grain=0.06)
    it.box((it.w, it.h * 0.18, it.d), stone)
    it.box((it.w * 0.74, it.h * 0.7, it.d * 0.74), stone, (0, it.h * 0.18, 0))
    it.box((it.w * 0.92, it.h * 0.12, it.d * 0.92), stone, (0, it.h * 0.88, 0))
    it.top(it.h, it.w * 0.8, it.d * 0.8, kind="pedestal")


@recipe("basket", (0.42, 0.36, 0.36), "top", away=(1.5, 3))
def basket(it):
    """A basket of wicker with a hoop."""
    cane, r = it.any_of(WOODS[2:5]), it.w / 2
    it.lathe(
        [(0, r * 0.72), (it.h * 0.6, r), (it.h * 0.62, r * 0.95)], surfaces.wicker(cane, 0.025)
    )
    it.lathe([(it.h * 0.58, r * 1.02), (it.h * 0.64, r * 1.02)], surfaces.wicker(cane * 0.8, 0.02))
    arc = np.linspace(0, np.pi, 9)
    hoop = np.column_stack([r * np.cos(arc), it.h * (0.6 + 0.45 * np.sin(arc)), 0 * arc])
    it.tube(hoop, 0.02, cane * 0.8)
    it.stage.disc(it.world([(0, it.h * 0.63, 0)])[0], np.array([0, 1.0, 0]), r * 0.9,
                  surfaces.cloth(it.any_of(VIVID + WHITES)), it.label())  # fmt: skip


@recipe("bag", (0.4, 0.45, 0.2), "top", away=(1.5, 3))
def bag(it):
    """A handbag with two straps."""
    colour = it.any_of(LEATHERS + VIVID, 0.2)
    hide = surfaces.cloth(colour, weave=0.03)
    w, h = it.w / 2, it.h * 0.7
    outline = [
        (-w, 0),
        (w, 0),
        (w * 0.9, h * 0.8),
        (w * 0.7, h),
        (-w * 0.7, h),
        (-w * 0.9, h * 0.8),
    ]
    it.prism(outline, hide, it.d)
    it.panel(-w * 0.6, h * 0.15, w * 1.2, h * 0.4, surfaces.cloth(colour * 0.75), -it.d / 2 - 0.01)
    it.panel(-0.03, h * 0.5, 0.06, 0.05, BRASS, -it.d / 2 - 0.02)
    arc = np.linspace(0, np.pi, 8)
    for z in (-0.05, 0.05):
        strap = np.column_stack([w * 0.5 * np.cos(arc), h * (1 + 0.42 * np.sin(arc)), 0 * arc + z])
        it.tube(strap, 0.025, colour * 0.7)


@recipe("barrel", (0.62, 0.9, 0.62), "floor", away=(3, 8))
def barrel(it):
    """Staves within iron hoops."""
    colour, r = it.any_of(WOODS[1:4]), it.w / 2
    stave = surfaces.wood(colour, upright=True, plank=0.09)
    shape = [(0, r * 0.8), (it.h * 0.25, r * 0.96), (it.h / 2, r), (it.h * 0.75, r * 0.96)]
    it.lathe([*shape, (it.h, r * 0.8)], stave)
    for share, wide in ((0.08, 0.87), (0.3, 0.985), (0.7, 0.985), (0.92, 0.87)):
        y = share * it.h
        it.lathe(
            [(y - 0.025, r * wide + 0.006), (y + 0.025, r * wide + 0.006)],
            np.array((0.3, 0.3, 0.31)),
        )
    it.top(it.h, it.w * 0.7, it.d * 0.7)


@recipe("tank", (6.0, 5.0, 6.0), "floor", away=(18, 40))
def tank(it):
    """A storage tank: a steel cylinder with rings, a ladder and a flat cone on top."""
    r, colour = it.w / 2, it.any_of(WHITES + METALS + BRICKS[3:])
    steel = surfaces.tiles(colour, colour * 0.75, 1.2, 0.05)
    it.lathe([(0, r), (it.h * 0.85, r)], steel)
    it.lathe([(it.h * 0.85, r * 1.02), (it.h, r * 0.15)], surfaces.plain(colour * 0.95))
    for x in (-0.2, 0.2):
        it.tube([(x, 0, -r - 0.1), (x, it.h * 0.9, -r - 0.1)], 0.06, METALS[1])
    for y in np.arange(0.4, it.h * 0.9, 0.4):
        it.tube([(-0.2, y, -r - 0.1), (0.2, y, -r - 0.1)], 0.05, METALS[1])
    band = surfaces.plain(it.any_of(VIVID))
    it.lathe([(it.h * 0.6, r * 1.005), (it.h * 0.68, r * 1.005)], band)
