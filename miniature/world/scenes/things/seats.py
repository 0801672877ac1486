"""What one sits and lies on: chairs, sofas, benches, beds, and the cushions on them."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import (
    BLACK,
    LEATHERS,
    METALS,
    MUTED,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe


@recipe("bed", (1.7, 1.0, 2.1), "against")
def bed(it):
    """A bed with a quilt, its head at the wall."""
    wood, sheet = it.any_of(WOODS), it.any_of(WHITES)
    cover = it.any_of(MUTED + VIVID, 0.2)
    patterned = it.chance(0.5)
    quilt = surfaces.stripes(cover, cover * 0.75, 0.24) if patterned else surfaces.cloth(cover)
    it.box((it.w, 0.28, it.d), surfaces.wood(wood), (0, 0.08, 0))
    it.box((it.w * 0.97, 0.22, it.d * 0.98), surfaces.cloth(sheet), (0, 0.36, 0))
    it.box((it.w * 1.02, 0.32, it.d * 0.68), quilt, (0, 0.3, -it.d * 0.17), top=quilt)
    it.box((it.w * 1.02, 0.05, 0.3), surfaces.cloth(sheet), (0, 0.595, it.d * 0.2))
    back = surfaces.wood(wood) if it.chance(0.6) else surfaces.cloth(it.style.cloth)
    it.box((it.w * 1.05, it.h, 0.09), back, (0, 0.05, it.d / 2))
    if it.chance(0.4):
        it.box((it.w * 1.03, 0.62, 0.07), surfaces.wood(wood), (0, 0.05, -it.d / 2))
    for x in (-0.25, 0.25):
        it.top(0.58, 0.6, 0.4, x * it.w, it.d * 0.37, "pillow")
    it.top(0.625, it.w * 1.05, 0.6, 0, -it.d * 0.28, "blanket")


@recipe("pillow", (0.62, 0.34, 0.2), "top", on="pillow", away=(1.5, 3))
def pillow(it):
    """A pale pillow that stands at the head of a bed."""
    colour = it.any_of(WHITES + MUTED[3:4])
    w, h = it.w / 2, it.h
    outline = [
        (-w, 0.03), (-w * 0.6, 0), (w * 0.6, 0), (w, 0.03), (w * 0.95, h / 2), (w, h - 0.03),
        (w * 0.5, h), (-w * 0.5, h), (-w, h - 0.03), (-w * 0.95, h / 2),
    ]  # fmt: skip
    case = surfaces.fade(colour * 0.8, colour * 1.08, h, 0.06)
    it.prism(outline, surfaces.cloth(colour * 0.95), it.d, side=case)
    if it.chance(0.3):
        it.prism(np.array(outline) * 0.8, surfaces.cloth(it.style.accent), 0.1, (0, 0, -it.d / 2))


@recipe("cushion", (0.46, 0.4, 0.16), "top", on="cushion", away=(1.5, 3))
def cushion(it):
    """A square cushion with drawn-in sides, plain or patterned."""
    colour = it.any_of(VIVID + MUTED, 0.2)
    kind = it.rng.integers(3)
    plain = surfaces.cloth(colour)
    cover = (plain, surfaces.stripes(colour, colour * 0.5 + 0.4, 0.08), plain)[kind]
    if kind == 2:
        cover = surfaces.dots(colour, colour * 0.4 + 0.5, 0.09, 0.022)
    bend, w, h = 0.035, it.w / 2, it.h
    outline = [
        (-w, 0), (0, bend), (w, 0), (w - bend, h / 2), (w, h), (0, h - bend), (-w, h),
        (-w + bend, h / 2),
    ]  # fmt: skip
    it.prism(outline, surfaces.cloth(colour * 0.85), it.d, side=cover)


@recipe("blanket", (1.75, 0.03, 0.7), "top", on="blanket", away=(1.5, 3))
def blanket(it):
    """A blanket across the foot of a bed, hanging down at its sides."""
    colour, other = it.any_of(VIVID + MUTED, 0.2), it.any_of(MUTED)
    weave = surfaces.checks(colour, other, 0.09) if it.chance(0.5) else surfaces.cloth(colour)
    it.box((it.w, 0.05, it.d), weave)
    for x in (-0.5, 0.5):
        it.box((0.03, 0.42, it.d), surfaces.folds(colour, 0.12), (x * it.w, -0.4, 0))


@recipe("cradle", (1.2, 1.0, 0.7), "against")
def cradle(it):
    """A cot with bars."""
    paint, sheet = it.any_of(WHITES + WOODS[3:]), it.any_of(MUTED[3:4] + VIVID[-1:])
    it.box((it.w, 0.08, it.d), paint, (0, 0.3, 0))
    it.box((it.w * 0.94, 0.14, it.d * 0.9), surfaces.cloth(sheet * 0.6 + 0.35), (0, 0.38, 0))
    for z in (-it.d / 2, it.d / 2):
        it.box((it.w, 0.05, 0.04), paint, (0, it.h - 0.05, z))
        for x in np.linspace(-0.46, 0.46, 11):
            it.box((0.025, it.h - 0.36, 0.025), paint, (x * it.w, 0.33, z))
    for x in (-1, 1):
        ends = [(-0.35, 0), (0.35, 0), (0.35, it.h - 0.05), (0, it.h + 0.12), (-0.35, it.h - 0.05)]
        side = it.frame.at(x * it.w / 2, 0, 0, np.pi / 2)
        world = side.to_world([(a, u, 0) for a, u in ends])
        it.stage.fill(world, surfaces.plain(paint * 0.95), it.label())


@recipe("sofa", (2.0, 0.85, 0.9), "against")
def sofa(it):
    """A padded bench for three."""
    _upholstered(it, it.any_of(MUTED + VIVID[:2] + LEATHERS, 0.2), seats=3)


@recipe("armchair", (0.9, 0.9, 0.85), "floor")
def armchair(it):
    """A padded seat for one."""
    _upholstered(it, it.any_of(MUTED + LEATHERS + VIVID, 0.2), seats=1)


def _upholstered(it, colour, seats):
    """A padded seat with a back, two arms and loose seat cushions."""
    cover, deep = surfaces.cloth(colour), surfaces.cloth(colour * 0.88)
    arm, height = it.between(0.14, 0.22), it.between(0.58, 0.66)
    it.box((it.w, 0.14, it.d), deep, (0, 0.1, 0))
    inner, back = it.w - 2 * arm, it.d * 0.24
    each = inner / seats
    for i in range(seats):
        x = (i - (seats - 1) / 2) * each
        it.box((each * 0.97, 0.18, it.d * 0.8), cover, (x, 0.24, -it.d * 0.08))
        it.box((each * 0.97, it.h - 0.4, 0.16), cover, (x, 0.42, it.d * 0.24))
    it.box((it.w, it.h - 0.1, back), deep, (0, 0.1, it.d / 2 - back / 2))
    for x in (-1, 1):
        side = x * (it.w - arm) / 2
        it.box((arm, height - 0.1, it.d), cover, (side, 0.1, 0))
        round_arm = [(0, arm * 0.6), (1, arm * 0.6)]
        start, end = (side, height - 0.03, -it.d / 2), (side, height - 0.03, it.d / 2)
        it.spindle(start, end, round_arm, cover)
    it.legs(it.w * 0.95, it.d * 0.9, 0.1, 0.06, it.style.wood * 0.6)
    for x in (-0.3, 0.3)[: max(1, seats - 1)]:
        it.top(0.42, 0.5, 0.4, x * inner if seats > 1 else 0, it.d * 0.05, "cushion")


@recipe("ottoman", (0.65, 0.42, 0.55), "floor")
def ottoman(it):
    """A padded block or drum without a back."""
    cover = surfaces.cloth(it.any_of(MUTED + VIVID + LEATHERS, 0.2))
    if it.chance(0.5):
        it.lathe([(0.05, 0.28), (0.12, 0.33), (it.h - 0.06, 0.33), (it.h, 0.28)], cover)
    else:
        it.box((it.w, it.h - 0.12, it.d), cover, (0, 0.12, 0))
    it.legs(it.w * 0.8, it.d * 0.8, 0.12, 0.05, it.style.wood * 0.6)


@recipe("chair", (0.46, 0.95, 0.48), "floor")
def chair(it):
    """A wooden chair, its back of slats or spindles."""
    wood = surfaces.wood(it.any_of(WOODS))
    seat = surfaces.cloth(it.style.accent) if it.chance(0.4) else wood
    it.legs(it.w, it.d, 0.45, 0.045, wood)
    it.box((it.w, 0.05, it.d), seat, (0, 0.43, 0))
    for x in (-1, 1):
        it.box((0.045, it.h - 0.45, 0.045), wood, (x * (it.w / 2 - 0.022), 0.45, it.d / 2))
    if it.chance(0.5):
        for y in (0.58, 0.72, 0.86):
            it.box((it.w, 0.07, 0.03), wood, (0, y, it.d / 2))
    else:
        for x in np.linspace(-0.35, 0.35, 5):
            it.box((0.03, it.h - 0.5, 0.025), wood, (x * it.w, 0.47, it.d / 2))
        it.box((it.w, 0.08, 0.035), wood, (0, it.h - 0.08, it.d / 2))


@recipe("seat", (2.4, 0.9, 0.6), "floor")
def seat(it):
    """A row of joined seats, as in a waiting hall or a theatre."""
    shell, places = surfaces.plain(it.any_of(VIVID[:4], 0.2), 0.06), 4
    each = it.w / places
    it.box((it.w, 0.06, 0.08), it.style.metal * 0.7, (0, 0.3, 0))
    for i in range(places):
        x = (i - (places - 1) / 2) * each
        it.box((each * 0.86, 0.07, it.d * 0.8), shell, (x, 0.4, -0.04))
        it.box((each * 0.86, it.h - 0.5, 0.07), shell, (x, 0.5, it.d * 0.42))
        it.box((0.04, 0.22, it.d * 0.7), BLACK, (x + each / 2, 0.42, 0))
    for x in (-0.35, 0.35):
        it.box((0.06, 0.36, it.d * 0.6), it.style.metal * 0.6, (x * it.w, 0, 0))


@recipe("swivel chair", (0.6, 1.05, 0.6), "floor")
def swivel_chair(it):
    """An office chair on five castors."""
    cover = surfaces.cloth(it.any_of(((0.1, 0.1, 0.12), (0.15, 0.2, 0.35), (0.4, 0.1, 0.12))))
    for angle in np.arange(5) * 2 * np.pi / 5 + it.between(0, 1):
        foot = (0.3 * np.sin(angle), 0.06, 0.3 * np.cos(angle))
        it.tube([(0, 0.11, 0), foot], 0.05, BLACK)
        it.ball((foot[0], 0.04, foot[2]), 0.035, BLACK)
    it.tube([(0, 0.08, 0), (0, 0.45, 0)], 0.06, it.style.metal * 0.7)
    it.box((0.5, 0.1, 0.48), cover, (0, 0.44, 0))
    it.tube([(0, 0.5, 0.24), (0, 0.7, 0.28)], 0.06, BLACK)
    w, top = 0.23, it.h
    outline = [(-w, 0.62), (w, 0.62), (w * 1.05, 0.85), (w * 0.8, top), (-w * 0.8, top)]
    it.prism([*outline, (-w * 1.05, 0.85)], cover, 0.09, (0, 0, 0.27))
    for x in (-0.29, 0.29):
        it.box((0.05, 0.03, 0.28), BLACK, (x, 0.66, 0.02))
        it.box((0.04, 0.2, 0.05), BLACK, (x, 0.48, 0.05))


@recipe("stool", (0.38, 0.7, 0.38), "floor")
def stool(it):
    """A round seat on four slanting legs."""
    wood = it.any_of(WOODS + METALS)
    top = surfaces.cloth(it.any_of(VIVID + LEATHERS)) if it.chance(0.5) else surfaces.wood(wood)
    it.lathe([(it.h - 0.06, 0.18), (it.h - 0.02, 0.19), (it.h, 0.17)], top)
    for x in (-1, 1):
        for z in (-1, 1):
            start = (x * 0.17, 0, z * 0.17)
            it.tube([start, (x * 0.1, it.h - 0.05, z * 0.1)], 0.035, wood)
    ring = [(x * 0.14, it.h * 0.35, z * 0.14) for x, z in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    it.tube([*ring, ring[0]], 0.025, wood)


@recipe("bench", (1.7, 0.85, 0.55), "floor", away=(3.5, 10))
def bench(it):
    """Slats on iron supports."""
    wood = surfaces.wood(it.any_of(WOODS[1:4]))
    iron = it.any_of(((0.15, 0.16, 0.16), (0.18, 0.26, 0.2), (0.4, 0.4, 0.4)))
    for z in np.linspace(-0.4, 0.28, 4):
        it.box((it.w, 0.04, 0.1), wood, (0, 0.42, z * it.d))
    for y in (0.56, 0.7, 0.84):
        it.box((it.w, 0.1, 0.03), wood, (0, y - 0.05, it.d * 0.45))
    for x in (-0.42, 0.42):
        it.box((0.06, 0.42, 0.06), iron, (x * it.w, 0, -it.d * 0.38))
        it.box((0.06, it.h, 0.06), iron, (x * it.w, 0, it.d * 0.46))
        it.box((0.06, 0.05, it.d), iron, (x * it.w, 0.6, 0))
