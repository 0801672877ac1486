"""Kitchen, bathroom and laundry: sinks, machines and fittings."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import BLACK, GLASS, METALS, MUTED, VIVID, WHITES
from miniature.world.scenes.recipes import recipe
from miniature.world.scenes.things.tables import kitchen_unit

PORCELAIN = ((0.93, 0.93, 0.92), (0.9, 0.9, 0.87))
CHROME = np.array((0.7, 0.72, 0.75))


def _appliance(it):
    """The white or steel body of a machine, as tall as the thing."""
    steel = it.chance(0.4)
    colour = it.any_of(METALS if steel else WHITES)
    surface = surfaces.brushed(colour) if steel else surfaces.plain(colour, 0.02)
    it.box((it.w, it.h - 0.05, it.d), surface, (0, 0.05, 0))
    it.box((it.w * 0.96, 0.06, it.d * 0.9), BLACK)
    return colour, surface


@recipe("sink", (0.9, 0.92, 0.6), "against")
def sink(it):
    """A steel basin in a kitchen unit, or a washbasin on a foot."""
    if it.chance(0.5):
        kitchen_unit(it)
        steel, y = surfaces.brushed(CHROME), it.h + 0.003
        it.flat(-it.w * 0.38, -it.d * 0.4, it.w * 0.76, it.d * 0.7, steel, y)
        it.flat(-it.w * 0.3, -it.d * 0.32, it.w * 0.6, it.d * 0.52, CHROME * 0.55, y + 0.003)
        it.box((it.w * 0.76, 0.025, 0.03), steel, (0, it.h, -it.d * 0.4))
        _tap(it, it.h, it.d * 0.28, 0.28)
        return
    white, r = surfaces.plain(it.any_of(PORCELAIN), 0.015), it.w * 0.36
    foot = [(0, 0.13), (0.05, 0.11), (it.h * 0.6, 0.08), (it.h * 0.75, 0.12)]
    it.lathe(foot, white, (0, 0, it.d * 0.1))
    bowl = [(it.h * 0.7, r * 0.35), (it.h * 0.82, r * 0.85), (it.h - 0.03, r), (it.h, r)]
    it.lathe(bowl, white)
    inside = it.world([(0, it.h + 0.004, 0)])[0]
    shade = surfaces.plain((0.74, 0.76, 0.77), 0.02)
    it.stage.disc(inside, np.array((0, 1.0, 0)), r * 0.8, shade, it.label())
    it.box((r * 1.4, 0.05, 0.14), white, (0, it.h, it.d * 0.36))
    _tap(it, it.h + 0.02, it.d * 0.3, 0.16)


def _tap(it, y, z, tall):
    bend = [(0, y, z), (0, y + tall, z), (0, y + tall, z - 0.16), (0, y + tall - 0.05, z - 0.17)]
    it.tube(bend, 0.035, CHROME)
    for x in (-0.09, 0.09):
        it.ball((x, y + 0.05, z), 0.028, CHROME)


@recipe("bathtub", (1.7, 0.6, 0.8), "against")
def bathtub(it):
    """A filled tub with a broad rim and a tap."""
    white, thick = surfaces.plain(it.any_of(PORCELAIN), 0.015), 0.09
    it.box((it.w, it.h - 0.04, it.d), white)
    for z in (-1, 1):
        it.box((it.w + 0.04, 0.05, thick), white, (0, it.h - 0.05, z * (it.d - thick) / 2))
    for x in (-1, 1):
        it.box((thick, 0.05, it.d), white, (x * (it.w - thick) / 2, it.h - 0.05, 0))
    inner = np.array((it.w - 2 * thick, it.d - 2 * thick))
    water = surfaces.mottled((0.55, 0.72, 0.76), (0.66, 0.8, 0.82), 0.2)
    it.flat(-inner[0] / 2, -inner[1] / 2, *inner, water, it.h - 0.035)
    x = it.w / 2 - 0.14
    it.tube([(x, it.h, 0), (x, it.h + 0.16, 0), (x - 0.15, it.h + 0.14, 0)], 0.04, CHROME)


@recipe("toilet", (0.42, 0.85, 0.68), "against")
def toilet(it):
    """A bowl, its lid up, before a cistern."""
    white = surfaces.plain(it.any_of(PORCELAIN), 0.015)
    it.box((it.w, it.h - 0.42, 0.2), white, (0, 0.42, it.d / 2 - 0.1))
    it.box((it.w * 1.06, 0.04, 0.23), white, (0, it.h - 0.04, it.d / 2 - 0.1))
    it.box((0.24, 0.4, 0.3), white, (0, 0, it.d * 0.22))
    z = -it.d * 0.12
    it.lathe([(0, 0.13), (0.12, 0.1), (0.3, 0.18), (0.4, 0.21)], white, (0, 0, z))
    it.lathe([(0.4, 0.22), (0.43, 0.22)], white, (0, 0, z))
    for radius, shade in ((0.15, 0.62), (0.1, 0.5)):
        middle = it.world([(0, 0.434 + radius * 0.01, z)])[0]
        ring = surfaces.plain((shade, shade * 1.04, shade * 1.06), 0.02)
        it.stage.disc(middle, np.array((0, 1.0, 0)), radius, ring, it.label())
    it.panel(-0.04, it.h - 0.12, 0.08, 0.03, CHROME, it.d / 2 - 0.205)


@recipe("shower", (0.95, 2.1, 0.95), "against")
def shower(it):
    """A shower: a tray, a tiled back, a rail with its head, falling water."""
    it.box((it.w, 0.12, it.d), surfaces.plain(it.any_of(PORCELAIN), 0.015))
    tile = it.any_of(((0.55, 0.7, 0.75), (0.7, 0.72, 0.7), (0.4, 0.55, 0.6)))
    back = surfaces.tiles(tile, tile * 1.25, 0.1)
    it.panel(-it.w / 2, 0.12, it.w, it.h - 0.12, back, it.d / 2 - 0.02)
    pipe = [(0, 0.9, it.d / 2 - 0.08), (0, it.h - 0.1, it.d / 2 - 0.08), (0, it.h - 0.06, 0.05)]
    it.tube(pipe, 0.035, CHROME)
    it.lathe([(it.h - 0.14, 0.15), (it.h - 0.08, 0.05)], CHROME, (0, 0, 0.02))
    for _ in range(14):
        x, z = it.rng.uniform(-0.13, 0.13, 2)
        it.tube([(x, it.h - 0.15, z), (x * 1.4, it.between(0.5, 1.2), z)], 0.006, (0.85, 0.9, 0.93))
    for x in (-1, 1):
        it.box((0.03, it.h, 0.03), CHROME, (x * it.w / 2, 0, -it.d / 2))


@recipe("screen door", (1.6, 2.05, 0.08), "against")
def screen_door(it):
    """Sliding doors of frosted glass in a metal frame."""
    frame = it.any_of(METALS + WHITES)
    frost = np.array((0.68, 0.77, 0.79)) * it.between(0.9, 1.1)
    for i, z in ((0, 0.0), (1, -0.03)):
        x, wide = -it.w / 2 + i * it.w * 0.47, it.w * 0.53
        pane = surfaces.stripes(frost, frost * 1.1, 0.16, share=0.4)
        it.panel(x, 0.05, wide, it.h - 0.1, pane, z)
        for side in (x + 0.02, x + wide - 0.02):
            it.box((0.045, it.h - 0.05, 0.04), frame, (side, 0.02, z))
        it.box((0.04, 0.3, 0.06), frame * 0.6, (x + (0.9 - 0.8 * i) * wide, it.h * 0.45, z - 0.03))
    for y in (0.0, it.h - 0.05):
        it.box((it.w, 0.06, 0.1), frame, (0, y, 0))


@recipe("towel", (0.5, 0.7, 0.06), "hung", up=(0.8, 1.2))
def towel(it):
    """A striped towel in folds on a rail."""
    colour = it.any_of(VIVID + WHITES + MUTED[4:], 0.2)
    rail = [(-it.w * 0.7, it.h, 0), (it.w * 0.7, it.h, 0)]
    it.tube(rail, 0.03, CHROME)
    band = np.clip(colour * 0.6 + 0.3, 0, 1)
    terry = surfaces.folds(colour, 0.17, 0.16)
    it.box((it.w, it.h, 0.04), terry, (0, 0.0, -0.02))
    it.panel(-it.w / 2, it.h * 0.12, it.w, it.h * 0.1, surfaces.cloth(band), -0.045)


@recipe("refrigerator", (0.75, 1.8, 0.7), "against")
def refrigerator(it):
    """A tall one with a freezer above, notes on its doors."""
    colour, surface = _appliance(it)
    z = -it.d / 2 - 0.012
    it.panel(-it.w / 2, it.h * 0.66, it.w, 0.015, colour * 0.5, z)
    for y, tall in ((0.08, it.h * 0.57), (it.h * 0.68, it.h * 0.31)):
        it.box((it.w * 0.99, tall, 0.025), surface, (0, y, z))
    for y, tall in ((it.h * 0.36, it.h * 0.26), (it.h * 0.7, it.h * 0.16)):
        it.box((0.035, tall, 0.05), METALS[1], (-it.w * 0.38, y, z - 0.03))
    for _ in range(int(it.rng.integers(0, 5))):
        x, y = it.between(-0.2, 0.25), it.between(0.75, 0.92) * it.h
        it.panel(x, y, 0.09, 0.1, it.any_of(VIVID + WHITES), z - 0.02)
    it.top(it.h)


@recipe("stove", (0.75, 0.92, 0.65), "against")
def stove(it):
    """A cooker: four rings on top, knobs, an oven door with a window."""
    colour, surface = _appliance(it)
    z = -it.d / 2 - 0.012
    it.flat(-it.w / 2, -it.d / 2, it.w, it.d, BLACK * 1.6, it.h + 0.004)
    for x in (-0.24, 0.24):
        for along in (-0.22, 0.22):
            point = it.world([(x * it.w, it.h + 0.008, along * it.d)])[0]
            for r, shade in ((0.1, 0.35), (0.075, 0.1), (0.05, 0.3)):
                ring = surfaces.plain(np.full(3, shade))
                it.stage.disc(point, np.array((0, 1.0, 0)), r, ring, it.label())
    it.box((it.w, 0.14, 0.04), surface, (0, it.h, it.d / 2 - 0.02))
    it.panel(-it.w / 2, it.h * 0.84, it.w, it.h * 0.13, BLACK * 2.2, z)
    for x in np.linspace(-0.38, 0.38, 5):
        it.spindle((x * it.w, it.h * 0.9, z), (x * it.w, it.h * 0.9, z - 0.03),
                   [(0, 0.028), (1, 0.024)], colour)  # fmt: skip
    it.panel(-it.w * 0.36, it.h * 0.36, it.w * 0.72, it.h * 0.3, GLASS, z)
    it.tube(
        [(-it.w * 0.4, it.h * 0.74, z - 0.05), (it.w * 0.4, it.h * 0.74, z - 0.05)], 0.035, CHROME
    )
    it.top(it.h + 0.75, it.w, it.d, kind="hood")
    it.top(it.h, it.w * 0.8, it.d * 0.7)


@recipe("hood", (0.8, 0.75, 0.5), "top", on="hood", away=(3, 6))
def hood(it):
    """A steel funnel under a flue."""
    steel = surfaces.brushed(it.any_of(METALS))
    low, w, d, neck = 0.2, it.w / 2, it.d / 2, 0.15
    it.box((it.w, 0.07, it.d), steel, (0, low - 0.07, 0))
    for start, end, other, last in (
        ((-w, -d), (w, -d), (neck, -neck), (-neck, -neck)),
        ((-w, d), (-w, -d), (-neck, -neck), (-neck, d)),
        ((w, -d), (w, d), (neck, d), (neck, -neck)),
    ):
        points = [(*start, low), (*end, low), (*other, low + 0.25), (*last, low + 0.25)]
        it.face([(x, y, z) for x, z, y in points], steel)
    it.box((2 * neck, it.h, 2 * neck), steel, (0, low + 0.25, 0))
    it.panel(-0.12, low - 0.05, 0.24, 0.03, BLACK, -d - 0.003)


@recipe("oven", (0.68, 2.0, 0.6), "against")
def oven(it):
    """An oven built into a tall cupboard: a black door with a window and a row of knobs."""
    low, tall, wide = it.h * 0.25, it.h * 0.31, it.w * 0.9
    deep = surfaces.wood(it.style.front * 0.9, upright=True)
    it.box((it.w, low, it.d), deep, (0, 0, 0), "cabinet")
    it.box((it.w, it.h - low - tall, it.d), deep, (0, low + tall, 0), "cabinet")
    steel, z = surfaces.brushed(it.any_of(METALS)), -it.d / 2 - 0.012
    it.box((it.w, tall, it.d), steel, (0, low, 0))
    it.panel(-wide / 2, low + 0.02, wide, tall * 0.75, BLACK * 1.3, z)
    it.panel(-wide * 0.36, low + 0.08, wide * 0.72, tall * 0.42, (0.3, 0.22, 0.14), z - 0.003)
    y = low + tall * 0.7
    it.tube([(-wide * 0.42, y, z - 0.04), (wide * 0.42, y, z - 0.04)], 0.03, CHROME)
    it.panel(-0.1, low + tall * 0.84, 0.2, 0.06, (0.1, 0.5, 0.4), z, glow=True)
    for x in (-0.4, -0.28, 0.28, 0.4):
        it.panel(x * wide - 0.02, low + tall * 0.85, 0.04, 0.05, BLACK, z - 0.002)


@recipe("microwave", (0.55, 0.32, 0.4), "top", away=(1.5, 3))
def microwave(it):
    """A low box with a dark door and a keypad."""
    colour, _ = _appliance(it)
    z = -it.d / 2 - 0.006
    it.panel(-it.w * 0.45, 0.07, it.w * 0.64, it.h - 0.11, BLACK * 1.2, z)
    it.panel(-it.w * 0.38, 0.1, it.w * 0.5, it.h - 0.17, (0.2, 0.2, 0.2), z - 0.002)
    it.panel(it.w * 0.24, it.h * 0.74, it.w * 0.2, 0.05, (0.2, 0.75, 0.5), z, glow=True)
    for row in range(4):
        for column in range(3):
            x, y = it.w * (0.25 + 0.065 * column), 0.08 + 0.035 * row
            it.panel(x, y, it.w * 0.045, 0.022, colour * 0.6, z - 0.002)
    it.tube([(it.w * 0.21, 0.08, z - 0.03), (it.w * 0.21, it.h - 0.05, z - 0.03)], 0.022, CHROME)


@recipe("dishwasher", (0.6, 0.88, 0.6), "against")
def dishwasher(it):
    """A door under a strip of lights and the worktop."""
    colour, surface = _appliance(it)
    z = -it.d / 2 - 0.012
    it.box((it.w * 0.96, it.h * 0.68, 0.025), surface, (0, 0.12, z))
    it.panel(-it.w * 0.48, it.h * 0.83, it.w * 0.96, it.h * 0.14, colour * 0.55, z)
    it.panel(-it.w * 0.3, it.h * 0.79, it.w * 0.6, 0.03, BLACK, z - 0.02)
    for x in (0.2, 0.28, 0.36):
        it.panel(x * it.w, it.h * 0.88, 0.03, 0.03, (0.2, 0.7, 0.3), z - 0.004, glow=True)
    it.box((it.w, 0.04, it.d + 0.03), (0.5, 0.49, 0.47), (0, it.h, 0), "countertop")
    it.top(it.h + 0.04)


@recipe("washer", (0.62, 0.88, 0.6), "against")
def washer(it):
    """A washing machine: a round door in front, a drawer and a dial above."""
    colour, _ = _appliance(it)
    z = -it.d / 2 - 0.01
    middle = it.world([(0, it.h * 0.45, z)])[0]
    inward = it.world([(0, it.h * 0.45, z - 0.004)])[0] - middle
    normal = inward / np.linalg.norm(inward)
    glass = np.array((0.2, 0.28, 0.34))
    for i, (r, shade) in enumerate(((0.21, CHROME), (0.17, BLACK * 1.5), (0.145, glass))):
        point = middle + normal * 0.006 * i
        it.stage.disc(point, normal, r, surfaces.plain(shade, 0.06), it.label())
    it.panel(-it.w * 0.46, it.h * 0.82, it.w * 0.3, it.h * 0.13, colour * 0.85, z)
    it.panel(-it.w * 0.08, it.h * 0.84, it.w * 0.2, it.h * 0.09, BLACK * 2, z)
    it.ball((it.w * 0.34, it.h * 0.885, z), 0.045, colour * 0.7)
    it.top(it.h)


@recipe("radiator", (1.0, 0.6, 0.12), "against")
def radiator(it):
    """White ribs between two pipes, with a valve."""
    white = it.any_of(WHITES)
    ribs, wide = int(it.w / 0.075), 0.055
    for i in range(ribs):
        x = (i - (ribs - 1) / 2) * 0.075
        it.box((wide, it.h - 0.1, it.d), surfaces.plain(white, 0.015), (x, 0.1, 0))
    for y in (0.13, it.h - 0.07):
        it.box((it.w * 0.97, 0.04, it.d * 0.6), white * 0.85, (0, y, 0))
    it.ball((it.w / 2 + 0.03, 0.15, 0), 0.04, CHROME)
    it.tube([(it.w / 2 + 0.03, 0, 0), (it.w / 2 + 0.03, 0.14, 0)], 0.03, CHROME)
