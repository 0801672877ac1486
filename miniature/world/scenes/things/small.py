"""Small things that stand on tables, boards and floors."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import (
    BLACK,
    BRASS,
    METALS,
    PETALS,
    ROOFS,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe

UP = np.array((0, 1.0, 0))
CLOSE = dict(habit="top", away=(1.2, 2.2))
CERAMICS = WHITES + VIVID + ROOFS[:1]


def _disc(it, y, radius, texture, x=0.0, z=0.0, name=None):
    point = it.world([(x, y, z)])[0]
    painted = texture if callable(texture) else surfaces.plain(texture, 0.03)
    it.stage.disc(point, UP, radius, painted, it.label(name))


@recipe("bottle", (0.14, 0.38, 0.14), **CLOSE)
def bottle(it):
    """One to three bottles with labels."""
    glass = it.any_of(((0.1, 0.26, 0.14), (0.36, 0.2, 0.08), (0.5, 0.66, 0.68), (0.12, 0.12, 0.3)))
    for x, z in ((0, 0), (-0.15, 0.03), (0.16, 0.06))[: int(it.rng.integers(1, 4))]:
        r, h = it.w * it.between(0.35, 0.45), it.h * it.between(0.85, 1.1)
        shape = [(0, r * 0.9), (0.03, r), (h * 0.55, r), (h * 0.72, r * 0.34), (h * 0.94, r * 0.3)]
        it.lathe(shape, surfaces.fade(glass * 0.8, glass * 1.5, h), (x, 0, z))
        it.lathe([(h * 0.93, r * 0.36), (h, r * 0.36)], it.any_of(VIVID), (x, 0, z))
        it.lathe([(h * 0.16, r * 1.02), (h * 0.42, r * 1.02)], it.any_of(WHITES), (x, 0, z))


@recipe("glass", (0.13, 0.22, 0.13), **CLOSE)
def glass(it):
    """Wine glasses and tumblers, some with a drink."""
    clear = surfaces.fade((0.66, 0.72, 0.74), (0.88, 0.92, 0.93), it.h)
    drink = it.any_of(((0.5, 0.08, 0.12), (0.85, 0.6, 0.15), (0.7, 0.8, 0.82)))
    stemmed = it.chance(0.6)
    for x, z in ((-0.08, 0), (0.08, 0.03)):
        h, r = it.h, it.w * 0.42
        if stemmed:
            it.lathe([(0, r * 0.8), (0.012, r * 0.15), (h * 0.45, r * 0.1)], clear, (x, 0, z))
            it.lathe([(h * 0.45, r * 0.2), (h * 0.6, r), (h, r * 0.8)], clear, (x, 0, z))
            it.lathe([(h * 0.47, r * 0.22), (h * 0.6, r * 1.01), (h * 0.72, r)], drink, (x, 0, z))
        else:
            it.lathe([(0, r * 0.8), (h * 0.75, r)], clear, (x, 0, z))
            it.lathe([(0.02, r * 0.82), (h * 0.5, r * 0.95)], drink, (x, 0, z))


@recipe("plate", (0.3, 0.04, 0.3), **CLOSE)
def plate(it):
    """One or two plates with a coloured rim."""
    china, rim = it.any_of(WHITES), it.any_of(VIVID + WHITES)
    for i, (x, z) in enumerate(((-0.16, 0), (0.18, 0.05))[: int(it.rng.integers(1, 3))]):
        r = it.w / 2
        it.lathe([(0, r * 0.6), (0.03, r)], surfaces.plain(china, 0.02), (x, 0, z))
        _disc(it, 0.032, r, rim, x, z)
        _disc(it, 0.034, r * 0.9, china, x, z)
        _disc(it, 0.036, r * 0.62, china * 0.9, x, z)
        if i == 0 and it.chance(0.4):
            _fruit(it, x, z, 0.036, r * 0.5)


def _fruit(it, x, z, y, reach):
    """A few pieces of fruit in a heap, labelled as food."""
    hues = ((0.8, 0.15, 0.1), (0.9, 0.55, 0.1), (0.5, 0.65, 0.15), (0.9, 0.8, 0.2))
    for _ in range(5):
        a, b = it.rng.uniform(-reach, reach, 2) * 0.7
        r = it.between(0.3, 0.42) * reach
        it.ball((x + a, y + r, z + b), r, surfaces.plain(it.any_of(hues), 0.06), "food")


@recipe("food", (0.36, 0.2, 0.36), **CLOSE)
def food(it):
    """A bowl of fruit, a cake, or loaves of bread."""
    kind, r = it.rng.integers(3), it.w / 2
    it.lathe([(0, r * 0.6), (0.025, r)], surfaces.plain(it.any_of(WHITES), 0.02), name="plate")
    if kind == 0:
        _fruit(it, 0, 0, 0.03, r * 0.95)
        _fruit(it, 0, 0.02, 0.1, r * 0.6)
    elif kind == 1:
        cream, sponge = it.any_of(PETALS[2:4]), it.any_of(WOODS[1:4])
        it.lathe(
            [(0.03, r * 0.8), (0.16, r * 0.8)], surfaces.stripes(sponge, cream, 0.05, upright=False)
        )
        _disc(it, 0.162, r * 0.8, cream)
        for angle in np.arange(8) * np.pi / 4:
            x, z = 0.6 * r * np.cos(angle), 0.6 * r * np.sin(angle)
            it.ball((x, 0.175, z), 0.025, (0.75, 0.08, 0.1))
    else:
        crust = np.array((0.68, 0.44, 0.2)) * it.between(0.85, 1.15)
        for z in (-0.07, 0.08):
            loaf = [(0, 0.03), (0.15, 0.07), (0.5, 0.08), (0.85, 0.07), (1, 0.03)]
            bread = surfaces.mottled(crust, crust * 1.3, 0.05)
            it.spindle((-r * 0.9, 0.1, z), (r * 0.9, 0.1, z), loaf, bread)


@recipe("tray", (0.5, 0.05, 0.34), **CLOSE)
def tray(it):
    """A flat tray with a raised edge, often with cups."""
    colour = it.any_of(WOODS + METALS + VIVID[:2])
    it.box((it.w, 0.015, it.d), surfaces.brushed(colour))
    for z in (-1, 1):
        it.box((it.w, 0.05, 0.015), colour * 0.85, (0, 0, z * it.d / 2))
    for x in (-1, 1):
        it.box((0.015, 0.07, it.d), colour * 0.85, (x * it.w / 2, 0, 0))
    if it.chance(0.5):
        cup = surfaces.plain(it.any_of(WHITES), 0.02)
        for x in (-0.13, 0.1):
            it.lathe([(0, 0.025), (0.07, 0.04)], cup, (x, 0.016, 0), "other")


@recipe("vase", (0.2, 0.36, 0.2), **CLOSE)
def vase(it):
    """A glazed vase, often with flowers."""
    glaze = it.any_of(CERAMICS, 0.2)
    r, h = it.w / 2, it.h
    shapes = (
        [(0, 0.5), (0.3, 1), (0.6, 0.8), (0.85, 0.35), (1, 0.5)],
        [(0, 0.45), (0.15, 0.7), (0.7, 1), (0.85, 0.6), (0.92, 0.45), (1, 0.6)],
        [(0, 0.6), (0.5, 0.45), (1, 0.8)],
    )
    shape = [(y * h, x * r) for y, x in shapes[it.rng.integers(3)]]
    banded = surfaces.stripes(glaze, glaze * 0.6 + 0.3, h * 0.3, upright=False, share=0.75)
    it.lathe(shape, banded if it.chance(0.4) else surfaces.plain(glaze, 0.03))
    if it.chance(0.5):
        _bouquet(it, h, r * 1.6)


def _bouquet(it, low, reach):
    """Stems, leaves and blossoms above a vase."""
    petal, name = it.any_of(PETALS), "flower"
    for _ in range(11):
        x, z = it.rng.uniform(-reach, reach, 2)
        top = low + it.between(0.1, 0.28)
        it.tube([(0, low - 0.02, 0), (x, top, z)], 0.01, (0.25, 0.42, 0.15), name)
        it.ball(
            (x, top, z),
            it.between(0.035, 0.055),
            surfaces.plain(petal * it.between(0.8, 1.15)),
            name,
        )
    for _ in range(3):
        x = it.between(-reach, reach) * 0.6
        it.leaves((x, low + 0.07, 0), 0.08, 0.13, name=name, blobs=5)


@recipe("flower", (0.5, 0.5, 0.5), "top", away=(2, 5))
def flower(it):
    """A bunch of blossoms: in a pot indoors, as a bed of flowers outdoors."""
    petal, centre = it.any_of(PETALS), it.any_of(PETALS[1:2] + WOODS[:1])
    for x in (-0.28, 0.0, 0.26):
        it.leaves((x * it.w, it.h * 0.3, 0.05), it.w * 0.28, it.h * 0.55, blobs=7, raggedness=0.3)
    for _ in range(24):
        x, y = it.between(-0.5, 0.5) * it.w, it.between(0.25, 0.95) * it.h
        z, r = it.between(-0.4, 0.1) * it.d, it.between(0.045, 0.07) * it.w / 0.5
        it.tube([(x * 0.8, 0, z), (x, y, z)], 0.008, (0.25, 0.42, 0.15))
        bloom = surfaces.plain(petal * it.between(0.75, 1.2), 0.08)
        it.ball((x, y, z), r, bloom, tall=r * 0.8)
        it.ball((x, y + 0.1 * r, z - r * 0.8), r * 0.35, centre)


@recipe("pot", (0.4, 0.36, 0.4), "top", away=(1.6, 4))
def pot(it):
    """A flowerpot of clay or a cooking pot of steel."""
    r, h = it.w / 2, it.h
    if it.chance(0.65):
        clay = it.any_of(((0.62, 0.32, 0.2), (0.55, 0.28, 0.2), *WHITES[2:]))
        body = [(0, r * 0.62), (h * 0.78, r * 0.9), (h * 0.78, r), (h, r)]
        it.lathe(body, surfaces.plain(clay, 0.07))
        _disc(it, h - 0.01, r * 0.9, (0.22, 0.16, 0.1))
        if it.chance(0.6):
            it.leaves((0, h * 1.45, 0), r * 1.2, h * 1.1, name="plant", blobs=9, raggedness=0.3)
        return
    steel = surfaces.brushed(it.any_of(METALS + VIVID[:1]))
    it.lathe([(0, r * 0.95), (h * 0.55, r), (h * 0.56, r * 1.03), (h * 0.6, r * 1.03)], steel)
    it.lathe([(h * 0.6, r), (h * 0.7, r * 0.3)], steel)
    it.ball((0, h * 0.75, 0), r * 0.15, BLACK)
    for x in (-1, 1):
        it.ball((x * r * 1.1, h * 0.45, 0), r * 0.16, BLACK)


@recipe("book", (0.3, 0.2, 0.22), **CLOSE)
def book(it):
    """A pile of books, the topmost open now and then."""
    y = 0.0
    for _ in range(int(it.rng.integers(2, 5))):
        cover, thick = it.any_of(VIVID + WOODS[:2], 0.25), it.between(0.03, 0.05)
        size, turn = (
            np.array((it.w, thick, it.d)) * (it.between(0.85, 1.1), 1, 1),
            it.between(-0.25, 0.25),
        )
        pages = surfaces.stripes((0.9, 0.87, 0.78), (0.7, 0.67, 0.6), 0.006, upright=False)
        it.box(size * (0.97, 0.99, 0.97), pages, (0, y, 0), turn=turn, front=cover)
        it.box(size * (1, 0.12, 1), cover, (0, y, 0), turn=turn)
        it.box(size * (1, 0.12, 1), cover, (0, y + thick * 0.88, 0), turn=turn)
        it.box(size * (0.5, 0.02, 0.12), WHITES[0], (0, y + thick, 0), turn=turn)
        y += thick
    if it.chance(0.4):
        for x in (-1, 1):
            page = [(0, y + 0.02, -it.d / 2), (x * it.w / 2, y + 0.04, -it.d / 2),
                    (x * it.w / 2, y + 0.04, it.d / 2), (0, y + 0.02, it.d / 2)]  # fmt: skip
            print_lines = surfaces.stripes(
                (0.92, 0.9, 0.84), (0.6, 0.58, 0.55), 0.02, upright=False
            )
            it.face(page, print_lines)


@recipe("ball", (0.24, 0.24, 0.24), "floor", away=(2, 4))
def ball(it):
    """A plain, striped or spotted ball."""
    colour, other, r = it.any_of(VIVID + PETALS), it.any_of(WHITES), it.w / 2
    kind = it.rng.integers(3)
    skin = surfaces.plain(colour, 0.03)
    if kind == 0:
        skin = surfaces.stripes(colour, other, r * 0.8)
    elif kind == 1:
        skin = surfaces.dots(other, BLACK * 1.5, r * 0.75, r * 0.24)
    it.ball((0, r, 0), r, skin)


@recipe("plaything", (0.5, 0.5, 0.4), "floor", away=(2, 5))
def plaything(it):
    """A teddy bear, a tower of blocks, or a toy lorry."""
    kind = it.rng.integers(3)
    if kind == 0:
        fur = surfaces.cloth(
            it.any_of(((0.6, 0.4, 0.22), (0.75, 0.6, 0.42), (0.85, 0.6, 0.66))), soft=0.05
        )
        h = it.h
        it.ball((0, h * 0.32, 0), h * 0.27, fur, tall=h * 0.32)
        it.ball((0, h * 0.77, -0.02), h * 0.22, fur)
        for x in (-1, 1):
            it.ball((x * h * 0.18, h * 0.95, 0), h * 0.08, fur)
            it.ball((x * h * 0.27, h * 0.1, -h * 0.2), h * 0.12, fur)
            it.ball((x * h * 0.3, h * 0.42, -h * 0.08), h * 0.1, fur, tall=h * 0.16)
            it.ball((x * h * 0.08, h * 0.81, -h * 0.21), h * 0.025, BLACK)
        it.ball((0, h * 0.71, -h * 0.21), h * 0.06, fur)
    elif kind == 1:
        for row, count in enumerate((3, 2, 1)):
            for i in range(count):
                x, edge = (i - (count - 1) / 2) * 0.17, 0.15
                it.box(
                    (edge,) * 3, it.any_of(VIVID), (x, row * edge, 0), turn=it.between(-0.2, 0.2)
                )
    else:
        it.box((0.14, 0.2, 0.2), it.any_of(VIVID), (0.17, 0.06, 0))
        it.box((0.32, 0.14, 0.22), it.any_of(VIVID), (-0.08, 0.1, 0))
        for x in (-0.16, 0.02, 0.17):
            for z in (-0.1, 0.1):
                it.spindle((x, 0.06, z - 0.02), (x, 0.06, z + 0.02), [(0, 0.06), (1, 0.06)], BLACK)


@recipe("fan", (0.5, 1.2, 0.4), "floor", away=(2.5, 5))
def fan(it):
    """A fan on a stand: blades in a round cage."""
    colour, y = it.any_of(WHITES + METALS), it.h - 0.26
    it.lathe([(0, 0.2), (0.03, 0.19), (0.05, 0.03)], colour)
    it.tube([(0, 0.04, 0), (0, y, 0)], 0.035, colour * 0.8)
    it.spindle((0, y, 0.12), (0, y, -0.05), [(0, 0.05), (0.6, 0.07), (1, 0.05)], colour)
    blade = it.any_of(VIVID[1:2] + METALS)
    for angle in np.arange(3) * 2 * np.pi / 3 + it.between(0, 2):
        spread = np.array((angle - 0.5, angle + 0.5))
        tip = np.column_stack([np.cos(spread), np.sin(spread)]) * 0.21
        it.board([(0, y), *np.add(tip, (0, y))], blade, -0.06)
    turns = np.linspace(0, 2 * np.pi, 17)
    for r in (0.24, 0.16, 0.08):
        ring = np.column_stack([r * np.cos(turns), y + r * np.sin(turns), np.full(17, -0.1)])
        it.tube(ring, 0.012, METALS[0])
    for angle in turns[::2]:
        end = (0.24 * np.cos(angle), y + 0.24 * np.sin(angle), -0.1)
        it.tube([(0, y, -0.12), end], 0.008, METALS[0])


@recipe("clock", (0.36, 0.36, 0.06), "hung", up=(1.5, 2.0))
def clock(it):
    """A round dial with two hands."""
    r, frame = it.w / 2, it.any_of((*WOODS, tuple(BRASS), tuple(BLACK), *VIVID[:2]))
    centre = it.world([(0, r, -0.03), (0, r, -1.03)])
    normal = centre[1] - centre[0]
    for i, (share, colour) in enumerate(((1, frame), (0.86, (0.94, 0.93, 0.88)))):
        face = surfaces.plain(colour, 0.02)
        it.stage.disc(centre[0] + normal * 0.006 * i, normal, r * share, face, it.label())
    for angle in np.arange(12) * np.pi / 6:
        x, y = 0.72 * r * np.sin(angle), r + 0.72 * r * np.cos(angle)
        it.panel(x - 0.03 * r, y - 0.06 * r, 0.06 * r, 0.12 * r, BLACK, -0.045)
    for length, thick in ((0.45, 0.09), (0.68, 0.06)):
        angle = it.between(0, 2 * np.pi)
        across = np.array((np.cos(angle), -np.sin(angle))) * thick * r / 2
        tip = np.array((np.sin(angle), np.cos(angle))) * length * r
        middle = np.array((0, r))
        it.board([middle - across, middle + across, middle + tip], BLACK, -0.047)
