"""Lamps of rooms and streets."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import BLACK, BRASS, METALS, WHITES, WOODS
from miniature.world.scenes.recipes import recipe

WARM = np.array((1.0, 0.93, 0.76))
SHADES = ((0.95, 0.88, 0.7), (0.9, 0.82, 0.66), (0.92, 0.7, 0.5), (0.95, 0.93, 0.88))


def _glowing(colour):
    return surfaces.plain(np.minimum(np.asarray(colour) * 1.12, 1.0), 0.02)


@recipe("lamp", (0.45, 0.6, 0.45), "top", away=(1.6, 4))
def lamp(it):
    """A table lamp: a foot and a bright shade; on the floor it has a long pole."""
    r, h = it.w / 2, it.h
    foot = it.any_of(WOODS + METALS + (tuple(BRASS), tuple(BLACK)))
    shade = it.any_of(SHADES)
    low = h * 0.5 if h < 1 else h - 0.32
    if h < 1 and it.chance(0.5):
        jug = [(0, r * 0.35), (low * 0.3, r * 0.5), (low * 0.7, r * 0.25), (low, r * 0.08)]
        it.lathe(jug, surfaces.plain(foot, 0.05))
    else:
        it.lathe([(0, r * 0.5), (0.03, r * 0.45), (0.05, 0.02), (low, 0.015)], foot)
    lit = surfaces.fade(shade * 1.1, shade * 0.95, h - low)
    it.lathe([(low, r), (h, r * it.between(0.5, 0.85))], lit, glow=True)
    it.lamp((0, (low + h) / 2, 0), 0.5)


@recipe("light", (0.6, 0.08, 0.6), "ceiling")
def light(it):
    """A ceiling light: a round bowl, a long tube, or a square panel."""
    kind, white = it.rng.integers(3), _glowing((0.97, 0.95, 0.88))
    if kind == 0:
        it.lathe([(-0.16, 0.06), (-0.14, 0.16), (-0.05, 0.26), (0, 0.27)], white, glow=True)
    elif kind == 1:
        it.box((1.2, 0.06, 0.2), METALS[2], (0, -0.06, 0))
        it.flat(-0.58, -0.08, 1.16, 0.16, white, -0.065, glow=True)
        it.box((1.16, 0.05, 0.12), white, (0, -0.11, 0), glow=True)
    else:
        it.box((it.w * 1.06, 0.03, it.w * 1.06), METALS[2], (0, -0.03, 0))
        it.flat(-it.w / 2, -it.w / 2, it.w, it.w, white, -0.034, glow=True)
    it.lamp((0, -0.3, 0), 0.9, (1.0, 0.97, 0.9))


@recipe("chandelier", (0.9, 1.0, 0.9), "ceiling")
def chandelier(it):
    """Arms with candle lights or a single pendant, on a chain from the ceiling."""
    drop, r = it.h * 0.55, it.w / 2
    metal = it.any_of((tuple(BRASS), tuple(BLACK), *METALS))
    it.tube([(0, 0, 0), (0, -drop, 0)], 0.025, metal)
    if it.chance(0.3):
        shade = it.any_of(SHADES)
        it.lathe([(-drop - 0.3, r * 0.75), (-drop, r * 0.25)], _glowing(shade), glow=True)
        it.lamp((0, -drop - 0.2, 0), 0.8)
        return
    y = -drop - 0.2
    it.spindle(
        (0, y - 0.12, 0), (0, -drop, 0), [(0, 0.02), (0.3, 0.08), (0.6, 0.05), (1, 0.02)], metal
    )
    for angle in np.arange(8) * np.pi / 4 + 0.2:
        x, z = r * np.cos(angle), r * np.sin(angle)
        it.tube([(0, y, 0), (x * 0.5, y - 0.1, z * 0.5), (x, y, z)], 0.03, metal)
        it.lathe([(y, 0.05), (y + 0.03, 0.05)], metal, (x, 0, z))
        it.lathe([(y + 0.03, 0.02), (y + 0.1, 0.022)], WHITES[0], (x, 0, z))
        it.ball((x, y + 0.15, z), 0.045, _glowing(WARM), tall=0.06, glow=True)
        it.ball((x * 0.5, y - 0.18, z * 0.5), 0.035, (0.85, 0.87, 0.9), tall=0.05)
    it.lamp((0, y, 0), 1.0)


@recipe("sconce", (0.26, 0.4, 0.2), "hung", up=(1.5, 1.9))
def sconce(it):
    """A lamp on the wall: a plate, an arm and a shade that is open above."""
    metal, shade, h = it.any_of((tuple(BRASS), tuple(BLACK), *METALS)), it.any_of(SHADES), it.h
    it.box((it.w * 0.4, h * 0.55, 0.02), metal, (0, 0, -0.01))
    it.tube([(0, h * 0.2, 0), (0, h * 0.12, -0.12), (0, h * 0.42, -0.12)], 0.025, metal)
    it.lathe([(h * 0.42, it.w * 0.28), (h, it.w * 0.48)], _glowing(shade), (0, 0, -0.12), glow=True)
    it.lamp((0, h, -0.2), 0.35)


@recipe("streetlight", (1.4, 6.5, 0.3), "floor", away=(8, 22))
def streetlight(it):
    """A tall pole with an arm, or a lantern on a shorter one."""
    metal = it.any_of(
        ((0.16, 0.17, 0.17), (0.3, 0.32, 0.32), (0.45, 0.46, 0.46), (0.15, 0.25, 0.2))
    )
    it.lathe([(0, 0.16), (0.5, 0.13), (0.55, 0.09)], metal)
    if it.chance(0.6):
        it.spindle((0, 0.5, 0), (0, it.h, 0), [(0, 0.08), (1, 0.05)], metal)
        end = it.w * (1 if it.chance(0.5) else -1)
        it.tube([(0, it.h, 0), (end * 0.6, it.h + 0.25, 0), (end, it.h + 0.25, 0)], 0.08, metal)
        it.box((0.7, 0.13, 0.3), metal, (end, it.h + 0.17, 0))
        it.flat(end - 0.32, -0.13, 0.64, 0.26, _glowing(WARM), it.h + 0.165, glow=True)
        return
    tall = it.h * 0.65
    it.spindle((0, 0.5, 0), (0, tall, 0), [(0, 0.07), (1, 0.045)], metal)
    it.lathe([(0, 0.12), (0.06, 0.16), (0.5, 0.24)], _glowing(WARM), (0, tall, 0), glow=True)
    it.lathe([(0, 0.3), (0.16, 0.12), (0.28, 0.02)], metal, (0, tall + 0.5, 0))


@recipe("traffic light", (0.5, 3.4, 0.4), "floor", away=(6, 14))
def traffic_light(it):
    """A case with red, yellow and green, one of them lit, on a mast."""
    lit = it.rng.integers(3)
    it.tube([(0, 0, 0.05), (0, it.h - 0.2, 0.05)], 0.12, it.any_of(METALS) * 0.8, "pole")
    low, tall = it.h - 1.15, 1.15
    if it.chance(0.4):
        it.panel(-0.36, low - 0.08, 0.72, tall + 0.16, WHITES[0], -0.02)
        it.panel(-0.32, low - 0.04, 0.64, tall + 0.08, BLACK, -0.025)
    it.box((0.4, tall, 0.28), BLACK * 1.3, (0, low, -0.1))
    normal = it.world([(0, 0, -1)])[0] - it.world([(0, 0, 0)])[0]
    colours = ((0.15, 1.0, 0.45), (1.0, 0.75, 0.1), (1.0, 0.16, 0.1))
    for i, colour in enumerate(colours):
        y = low + 0.2 + i * 0.37
        shown = np.array(colour) * (1 if i == lit else 0.25)
        point = it.world([(0, y, -0.25)])[0]
        it.stage.disc(point, normal, 0.145, surfaces.plain(shown), it.label(), glow=bool(i == lit))
        it.box((0.34, 0.03, 0.16), BLACK, (0, y + 0.14, -0.3))
