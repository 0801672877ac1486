"""Fittings of halls, yards and streets: fences, canopies, stages, belts, bins, signs of use."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import (
    BLACK,
    METALS,
    MUTED,
    STONES,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe


@recipe("conveyer belt", (3.2, 0.85, 0.8), "floor", away=(4, 8))
def conveyer_belt(it):
    """A black belt on a steel frame with rollers, and parcels on it."""
    steel = it.any_of(METALS)
    it.legs(it.w * 0.95, it.d * 0.9, it.h - 0.15, 0.07, steel * 0.8)
    it.box((it.w, 0.12, it.d), surfaces.brushed(steel), (0, it.h - 0.14, 0))
    rubber = surfaces.ribs((0.13, 0.13, 0.14), 0.16, 0.25)
    it.flat(-it.w / 2, -it.d * 0.42, it.w, it.d * 0.84, rubber, it.h)
    for x in (-1, 1):
        ends = (x * it.w / 2, it.h - 0.09, -it.d * 0.42), (x * it.w / 2, it.h - 0.09, it.d * 0.42)
        it.spindle(*ends, [(0, 0.085), (1, 0.085)], surfaces.plain(BLACK * 1.6))
    it.panel(-it.w / 2, it.h - 0.12, it.w, 0.05, it.any_of(VIVID[2:5]), -it.d / 2 - 0.004)
    for x in (-0.3, 0.02, 0.32):
        size = it.rng.uniform((0.25, 0.15, 0.25), (0.42, 0.32, 0.45))
        parcel = surfaces.plain(it.any_of(((0.68, 0.52, 0.34), *VIVID[:2], *MUTED)))
        name = "box" if it.chance(0.6) else "bag"
        it.box(size, parcel, (x * it.w, it.h + 0.003, 0), name, turn=it.between(-0.3, 0.3))


@recipe("stage", (6.0, 0.9, 3.0), "against", away=(8, 14))
def stage(it):
    """A platform of boards with red drapes around it."""
    wood, drape = it.any_of(WOODS[:4]), np.array((0.5, 0.07, 0.1)) * it.between(0.8, 1.3)
    boards = surfaces.wood(wood, plank=0.2)
    it.box((it.w, it.h - 0.08, it.d), surfaces.wood(wood * 0.6, upright=True, plank=0.6))
    it.box((it.w + 0.1, 0.08, it.d + 0.05), boards, (0, it.h - 0.08, 0), top=boards)
    cloth, z = surfaces.folds(drape, 0.25), it.d / 2 - 0.05
    it.panel(-it.w / 2, it.h, it.w, 2.3, surfaces.folds(drape * 0.75, 0.25), z, "curtain")
    for x in (-1, 1):
        it.box((it.w * 0.14, 2.4, 0.2), cloth, (x * it.w * 0.43, it.h, -it.d * 0.2), "curtain")
    it.box((it.w, 0.5, 0.2), cloth, (0, it.h + 1.95, -it.d * 0.2), "curtain")
    it.top(it.h, it.w * 0.6, it.d * 0.4, z=-it.d * 0.15, kind="stage")


@recipe("canopy", (2.4, 2.5, 2.2), "floor", away=(5.5, 16))
def canopy(it):
    """A roof of cloth on four posts."""
    colour, post = it.any_of(VIVID + WHITES), it.any_of(METALS + WOODS)
    cloth, low = surfaces.folds(colour, 0.4, 0.12), it.h * 0.78
    for x in (-1, 1):
        for z in (-1, 1):
            it.tube(
                [(x * it.w / 2, 0, z * it.d / 2), (x * it.w / 2, low, z * it.d / 2)], 0.07, post
            )
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (it.w * 0.55, it.d * 0.55)
    for (x0, z0), (x1, z1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        it.face([(x0, low, z0), (x1, low, z1), (0, it.h, 0)], cloth)
        fringe = [(x0, low - 0.25, z0), (x1, low - 0.25, z1), (x1, low, z1), (x0, low, z0)]
        it.face(fringe, surfaces.stripes(colour, np.clip(colour * 0.5 + 0.45, 0, 1), 0.3))


@recipe("awning", (2.4, 0.9, 1.1), "hung", up=(2.1, 2.5))
def awning(it):
    """A striped roof of cloth that slopes from a wall, with a hanging border."""
    colour, other = it.any_of(VIVID), it.any_of(WHITES)
    striped = surfaces.stripes(colour, other, it.between(0.3, 0.5))
    w, out = it.w / 2, -it.d
    low = it.h * 0.3
    it.face([(-w, low, out), (w, low, out), (w, it.h, 0), (-w, it.h, 0)], striped)
    it.panel(-w, 0.05, it.w, low - 0.05, striped, out)
    for x in (-w, w):
        it.face([(x, low, out), (x, low, 0), (x, it.h, 0)], surfaces.plain(colour * 0.8))


@recipe("fence", (4.0, 1.2, 0.1), "floor", away=(5, 14))
def fence(it):
    """Pickets, rails on posts, or wire mesh."""
    kind, wood = it.rng.integers(3), it.any_of(WOODS + WHITES[:2])
    if kind == 2:
        metal = it.any_of(METALS) * 0.9
        for x in np.linspace(-it.w / 2, it.w / 2, 5):
            it.tube([(x, 0, 0), (x, it.h, 0)], 0.06, metal)
        for shift in np.arange(-it.h, it.w, 0.22):
            for rise in (1, -1):
                start, end = max(0, shift), min(it.w, shift + it.h)
                y = np.array((start - shift, end - shift))
                y = y if rise > 0 else it.h - y
                it.tube([(start - it.w / 2, y[0], 0), (end - it.w / 2, y[1], 0)], 0.022, metal)
        return
    grain = surfaces.wood(wood, upright=kind == 0)
    for x in np.linspace(-it.w / 2, it.w / 2, 4):
        it.box((0.1, it.h * 1.05, 0.1), grain, (x, 0, 0.05))
    for y in (0.25, 0.78) if kind == 0 else (0.25, 0.55, 0.85):
        it.box((it.w, 0.1, 0.04), surfaces.wood(wood * 0.92), (0, y * it.h, 0))
    if kind == 0:
        for x in np.arange(-it.w / 2 + 0.08, it.w / 2, 0.15):
            tip = it.h
            picket = [(x - 0.045, 0.06), (x + 0.045, 0.06), (x + 0.045, tip - 0.08), (x, tip)]
            it.board([*picket, (x - 0.045, tip - 0.08)], grain, -0.03)


@recipe("pole", (0.22, 6.0, 0.22), "floor", away=(5, 12))
def pole(it):
    """A mast of wood with crossbars, or a painted post."""
    if it.chance(0.5):
        bark = surfaces.wood(it.any_of(WOODS[:2]), upright=True)
        it.lathe([(0, 0.17), (it.h, 0.12)], bark)
        for y in (0.88, 0.95):
            it.box((1.6, 0.1, 0.1), bark, (0, y * it.h, 0))
            for x in (-0.7, -0.3, 0.3, 0.7):
                it.lathe([(0, 0.03), (0.14, 0.04)], (0.3, 0.35, 0.36), (x, y * it.h + 0.1, 0))
        return
    striped = surfaces.stripes(it.any_of(VIVID[:3]), it.any_of(WHITES), 0.6, upright=False)
    it.lathe([(0, 0.13), (it.h * 0.7, 0.11)], striped)


@recipe("ashcan", (0.5, 0.9, 0.5), "floor", away=(3, 8))
def ashcan(it):
    """A bin: a ribbed can with a lid, or a box on wheels."""
    r = it.w / 2
    if it.chance(0.5):
        metal = it.any_of((*METALS, (0.15, 0.2, 0.17)))
        it.lathe([(0, r * 0.82), (it.h * 0.86, r)], surfaces.ribs(metal, 0.06, 0.22))
        it.lathe([(it.h * 0.86, r * 1.06), (it.h * 0.92, r * 1.03), (it.h, r * 0.4)], metal * 0.9)
        it.ball((0, it.h + 0.02, 0), 0.05, metal * 0.8)
        return
    colour = it.any_of(((0.12, 0.3, 0.18), (0.15, 0.2, 0.35), (0.2, 0.2, 0.21), (0.5, 0.35, 0.1)))
    w, h = it.w / 2, it.h * 0.9
    outline = [(-w * 0.8, 0.05), (w * 0.8, 0.05), (w, h), (-w, h)]
    it.prism(outline, surfaces.plain(colour, 0.05), it.d)
    it.box((it.w * 1.12, 0.07, it.d * 1.12), colour * 1.2, (0, h, 0))
    it.panel(-w * 0.4, h * 0.5, w * 0.8, w * 0.6, it.any_of(WHITES), -it.d / 2 - 0.01)
    for x in (-1, 1):
        wheel = (x * w * 0.7, 0.07, it.d * 0.4)
        it.spindle(wheel, np.add(wheel, (0.06, 0, 0)), [(0, 0.08), (1, 0.08)], BLACK)


@recipe("tent", (3.0, 1.8, 2.6), "floor", away=(6, 13))
def tent(it):
    """A ridge tent with an open flap, held by lines."""
    colour = it.any_of(VIVID + MUTED[4:5], 0.2)
    w, h, d = it.w / 2, it.h, it.d / 2
    cloth = surfaces.folds(colour, 0.9, 0.14)
    for x in (-1, 1):
        it.face([(x * w, 0, -d), (x * w, 0, d), (0, h, d), (0, h, -d)], cloth)
        flap = [(0, h, -d - 0.01), (x * w * 0.45, 0, -d - 0.01), (x * w, 0, -d)]
        it.face(flap, surfaces.folds(colour * 0.85, 0.3, 0.2))
        it.tube([(x * w * 0.5, h * 0.5, -d), (x * w * 1.4, 0, -d - 0.5)], 0.02, WHITES[0], "other")
    it.face([(-w * 0.5, 0, -d + 0.02), (w * 0.5, 0, -d + 0.02), (0, h, -d + 0.02)], BLACK * 1.4)
    it.face([(-w, 0, d), (w, 0, d), (0, h, d)], cloth)


@recipe("fountain", (4.0, 2.6, 4.0), "floor", away=(8, 16))
def fountain(it):
    """A round basin with bowls on a stem, and jets that fall back in arcs."""
    colour, r = it.any_of(STONES), it.w / 2
    stone = surfaces.bricks(colour, colour * 0.75, (0.6, 0.28))
    smooth = surfaces.mottled(colour, colour * 0.85, 0.3)
    it.lathe([(0, r), (0.5, r)], stone)
    middle = it.world([(0, 0.5, 0)])[0]
    up = np.array((0, 1.0, 0))
    it.stage.disc(middle, up, r * 1.03, smooth, it.label())
    pool = surfaces.mottled((0.4, 0.58, 0.62), (0.62, 0.78, 0.8), 0.25, name="pink")
    it.stage.disc(middle + 0.01 * up, up, r * 0.88, pool, it.label())
    for y, wide in ((1.1, 0.45), (1.8, 0.25)):
        it.lathe([(0.4, 0.16), (y, 0.12)], smooth)
        it.lathe([(y - 0.1, 0.12), (y + 0.12, r * wide)], smooth)
    spray = surfaces.plain((0.88, 0.93, 0.95), 0.1)
    it.tube([(0, 1.9, 0), (0, it.h, 0)], 0.1, spray)
    for angle in np.arange(14) * 2 * np.pi / 14:
        reach = np.linspace(0, 1, 7)
        y = it.h + 0.4 * reach - (it.h + 0.1 - 0.4) * reach**2
        x = r * 0.75 * reach
        arc = np.column_stack([x * np.cos(angle), np.maximum(y, 0.5), x * np.sin(angle)])
        it.tube(arc, 0.045, spray)


@recipe("sculpture", (0.8, 2.2, 0.7), "floor", away=(4, 9))
def sculpture(it):
    """A figure of bronze, stone or marble on a block, or a bust."""
    hues = ((0.3, 0.38, 0.33), (0.36, 0.28, 0.2), (0.86, 0.84, 0.8), (0.6, 0.59, 0.57))
    colour = it.any_of(hues)
    matter = surfaces.mottled(colour, colour * 0.75, 0.12, name="pink", grain=0.05)
    stone = it.any_of(STONES)
    low = it.h * 0.3
    it.box((it.w, low, it.d), surfaces.mottled(stone, stone * 0.85, 0.2), name="base")
    h = it.h - low
    for x in (-0.1, 0.1):
        thigh = [(x * 1.6, low, -0.06 * x / 0.1), (x * 0.9, low + h * 0.5, 0)]
        it.spindle(*thigh, [(0, 0.06), (0.5, 0.09), (1, 0.12)], matter)
    torso = [(0, 0.17), (0.35, 0.15), (0.8, 0.22), (1, 0.1)]
    it.spindle((0, low + h * 0.45, 0), (0.03, low + h * 0.83, 0), torso, matter)
    it.ball((0.04, low + h * 0.91, -0.02), 0.11, matter, tall=0.14)
    raised = it.chance(0.6)
    hand = (0.42, low + h * (1.05 if raised else 0.5), -0.1)
    limb = [(0, 0.07), (0.5, 0.065), (1, 0.04)]
    it.spindle((0.2, low + h * 0.78, 0), hand, limb, matter)
    it.spindle((-0.18, low + h * 0.78, 0), (-0.3, low + h * 0.45, -0.12), limb, matter)
    cloak = [(-0.25, low + 0.02), (0.3, low + 0.02), (0.2, low + h * 0.8), (-0.22, low + h * 0.8)]
    it.board(cloak, surfaces.folds(colour * 0.85, 0.14), 0.1)
