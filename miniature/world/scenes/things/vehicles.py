"""Vehicles of the road. With heading 0 they show a side, their front to the right."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import (
    BLACK,
    GLASS,
    METALS,
    TYRE,
    VIVID,
    WHITES,
)
from miniature.world.scenes.recipes import recipe

PAINTS = ((0.08, 0.08, 0.09), (0.86, 0.86, 0.86), (0.56, 0.58, 0.6), (0.3, 0.32, 0.35), *VIVID[:4])


def _wheels(it, places, radius, inset=0.0):
    """Wheels at places along x, on both sides."""
    for x in places:
        for z in (-1, 1):
            side = z * (it.d / 2 - inset)
            start, end = (x, radius, side - 0.12 * z), (x, radius, side + 0.03 * z)
            it.spindle(start, end, [(0, radius), (1, radius)], surfaces.plain(TYRE))
            normal = it.world([end])[0] - it.world([start])[0]
            for share, colour in ((0.6, METALS[0]), (0.2, BLACK)):
                point = it.world([np.add(end, (0, 0, 0.015 * z * (1.3 - share)))])[0]
                rim = surfaces.plain(colour)
                it.stage.disc(point, normal, radius * share, rim, it.label())


def _glazing(it, panes):
    """Windows on both long sides; `panes` are outlines (n, 2) of x and y."""
    for z in (-1, 1):
        for pane in panes:
            corners = [(x, y, z * (it.d / 2 + 0.01)) for x, y in pane]
            glass = surfaces.fade(GLASS * 0.8, GLASS * 2.2, 0.7)
            it.face(corners[::-1] if z > 0 else corners, glass)


def _crossbar(it, x, y, tall, colour, *, share=0.9, glow=False):
    """A panel across one end of a vehicle: a bumper, a pair of lamps, a screen."""
    side = 1 if x > 0 else -1
    half, at = it.d / 2 * share, x + side * 0.012
    corners = [(at, y, -half), (at, y, half), (at, y + tall, half), (at, y + tall, -half)]
    it.face(corners if side > 0 else corners[::-1], surfaces.plain(colour), glow=glow)


def _lamps(it, x, y, colour):
    for z in (-1, 1):
        at = x + 0.02 * np.sign(x)
        point = it.world([(at, y, z * it.d * 0.36), (at + np.sign(x), y, z * it.d * 0.36)])
        lens = surfaces.plain(colour)
        it.stage.disc(point[0], point[1] - point[0], 0.11, lens, it.label(), glow=True)


@recipe("car", (4.3, 1.45, 1.75), "road", away=(7, 25))
def car(it):
    """A saloon or a hatchback."""
    paint, w, h = it.any_of(PAINTS), it.w / 2, it.h
    body = surfaces.fade(paint * 0.8, np.clip(paint * 1.12, 0, 1), h, 0.01)
    tail = 0.16 if it.chance(0.5) else 0.02
    roof = (-0.98 + tail, -0.6 + tail, 0.18, 0.5)
    lower = [(-w, 0.28), (w, 0.28), (w, h * 0.5), (w * 0.55, h * 0.62), (-w * 0.97, h * 0.64)]
    it.prism(lower, body, it.d)
    cabin = [(roof[0] * w, h * 0.62), (roof[3] * w, h * 0.62), (roof[2] * w, h), (roof[1] * w, h)]
    wide, it.d = it.d, it.d * 0.9
    it.prism(cabin, body, it.d)
    inset = [(x * 0.9 + 0.03 * w, y * 0.86 + h * 0.115) for x, y in cabin]
    split = (inset[0][0] + inset[1][0]) / 2
    top = inset[3][1]
    _glazing(it, [
        [inset[0], (split - 0.05, inset[0][1]), (split - 0.05, top), inset[3]],
        [(split + 0.05, inset[0][1]), inset[1], inset[2], (split + 0.05, top)],
    ])  # fmt: skip
    for (x0, y0), (x1, y1) in ((cabin[1], cabin[2]), (cabin[0], cabin[3])):
        half, side = it.d * 0.43, 0.02 * np.sign(x0)
        screen = [(x0 + side, y0 + 0.06, -half), (x0 + side, y0 + 0.06, half),
                  (x1 + side, y1 - 0.06, half), (x1 + side, y1 - 0.06, -half)]  # fmt: skip
        it.face(screen if x0 > 0 else screen[::-1], surfaces.fade(GLASS, GLASS * 2, 0.7))
    it.d = wide
    for x in (-w, w):
        _crossbar(it, x, 0.3, 0.16, BLACK * 2)
    _crossbar(it, -w, 0.5, 0.13, WHITES[0], share=0.3)
    _lamps(it, w, h * 0.46, (0.95, 0.95, 0.85))
    _lamps(it, -w, h * 0.52, (0.75, 0.08, 0.06))
    _wheels(it, (-w * 0.62, w * 0.62), 0.33)


@recipe("van", (5.0, 2.2, 1.95), "road", away=(8, 22))
def van(it):
    """A box with a short bonnet, with or without side windows."""
    paint, w, h = it.any_of(PAINTS[1:3] + WHITES + VIVID), it.w / 2, it.h
    body = surfaces.plain(paint, 0.015)
    outline = [(-w, 0.32), (w, 0.32), (w, h * 0.5), (w * 0.72, h * 0.58), (w * 0.45, h), (-w, h)]
    it.prism(outline, body, it.d)
    low = h * 0.58
    panes = [[(w * 0.2, low), (w * 0.62, low), (w * 0.42, h * 0.88), (w * 0.2, h * 0.88)]]
    if it.chance(0.5):
        for x in (-0.9, -0.35):
            panes.append(
                [(x * w, low), ((x + 0.48) * w, low), ((x + 0.48) * w, h * 0.88), (x * w, h * 0.88)]
            )
    _glazing(it, panes)
    start, end = (w * 0.73, h * 0.6), (w * 0.48, h * 0.93)
    half = it.d * 0.42
    screen = [(start[0] + 0.03, start[1], -half), (start[0] + 0.03, start[1], half),
              (end[0] + 0.03, end[1], half), (end[0] + 0.03, end[1], -half)]  # fmt: skip
    it.face(screen, surfaces.fade(GLASS, GLASS * 2, 0.9))
    _crossbar(it, -w, h * 0.58, h * 0.3, GLASS * 1.3, share=0.8)
    for x in (-w, w):
        _crossbar(it, x, 0.34, 0.2, BLACK * 2)
    _lamps(it, w, h * 0.38, (0.95, 0.95, 0.85))
    _lamps(it, -w, h * 0.42, (0.75, 0.08, 0.06))
    _wheels(it, (-w * 0.62, w * 0.64), 0.36)


@recipe("bus", (11.0, 3.1, 2.5), "road", away=(12, 28))
def bus(it):
    """A long box with a row of windows."""
    paint, w, h = it.any_of(VIVID + WHITES[:1]), it.w / 2, it.h
    other = np.clip(paint * 0.4 + 0.5, 0, 1)
    side = surfaces.fade(paint * 0.9, paint, h, 0.02)
    it.box((it.w, h - 0.35, it.d), side, (0, 0.35, 0), top=surfaces.plain(other))
    panes = []
    for i in range(8):
        x = -w + 0.25 + i * (it.w - 0.4) / 8
        panes.append(
            [(x, h * 0.5), (x + it.w / 9.3, h * 0.5), (x + it.w / 9.3, h * 0.85), (x, h * 0.85)]
        )
    _glazing(it, panes)
    for z in (-1, 1):
        band = [(-w, 0.5, z * (it.d / 2 + 0.008)), (w, 0.5, z * (it.d / 2 + 0.008))]
        upper = [(w, h * 0.3, z * (it.d / 2 + 0.008)), (-w, h * 0.3, z * (it.d / 2 + 0.008))]
        it.face(band + upper, surfaces.plain(other))
    _crossbar(it, w, h * 0.42, h * 0.45, GLASS * 1.2)
    _crossbar(it, w, h * 0.89, h * 0.08, (0.95, 0.7, 0.15), share=0.6, glow=True)
    _crossbar(it, -w, h * 0.55, h * 0.3, GLASS)
    _lamps(it, w, 0.75, (0.95, 0.95, 0.85))
    _lamps(it, -w, 0.8, (0.75, 0.08, 0.06))
    _wheels(it, (-w * 0.6, w * 0.62), 0.48)


@recipe("truck", (8.0, 3.3, 2.4), "road", away=(10, 26))
def truck(it):
    """A cab before a closed load, a tipper or a tanker."""
    paint, load = it.any_of(VIVID), it.any_of(WHITES + METALS + VIVID)
    w, h, kind = it.w / 2, it.h, it.rng.integers(3)
    it.box((it.w, 0.25, it.d * 0.8), BLACK * 1.8, (0, 0.6, 0))
    low, cab = 0.85, w * 0.5
    middle, long = -w * 0.27, it.w * 0.7
    if kind == 0:
        it.box((long, h - low, it.d), surfaces.ribs(load, 0.5, 0.06), (middle, low, 0))
        for z in (-1, 1):
            at = z * (it.d / 2 + 0.01)
            x = middle - long * 0.3
            corners = [(x, h * 0.5, at), (x + long * 0.6, h * 0.5, at),
                       (x + long * 0.6, h * 0.72, at), (x, h * 0.72, at)]  # fmt: skip
            it.face(corners[::-1] if z > 0 else corners, surfaces.plain(paint))
    elif kind == 1:
        outline = [(-w, low), (w * 0.4, low), (w * 0.43, h * 0.75), (-w * 1.05, h * 0.75)]
        it.prism(outline, surfaces.ribs(load, 0.6, 0.2), it.d)
        heap = surfaces.mottled((0.5, 0.4, 0.28), (0.4, 0.32, 0.24), 0.2)
        it.ball((middle, h * 0.72, 0), it.d * 0.44, heap, tall=0.4)
    else:
        r = (h - low) * 0.45
        ends = (-w, low + r, 0), (w * 0.42, low + r, 0)
        it.spindle(
            *ends, [(0, r * 0.8), (0.05, r), (0.95, r), (1, r * 0.8)], surfaces.brushed(load)
        )
    size = (w * 0.52, h * 0.72, it.d)
    it.box(size, surfaces.plain(paint, 0.02), (cab + w * 0.24, 0.55, 0))
    front = cab + w * 0.5
    _crossbar(it, front, h * 0.5, h * 0.26, GLASS * 1.2)
    _crossbar(it, front, 0.9, 0.3, BLACK * 2, share=0.7)
    low = h * 0.5
    _glazing(
        it,
        [[(cab + 0.2, low), (front - 0.15, low), (front - 0.15, h * 0.76), (cab + 0.2, h * 0.76)]],
    )
    _lamps(it, front, 0.75, (0.95, 0.95, 0.85))
    _wheels(it, (-w * 0.75, -w * 0.5, w * 0.72), 0.5)


def _spoked(it, x, radius, thick):
    """A thin wheel in the side plane, with spokes."""
    angles = np.linspace(0, 2 * np.pi, 17)
    ring = np.column_stack([x + radius * np.cos(angles), radius * (1 + np.sin(angles)), 0 * angles])
    it.tube(ring, thick, TYRE)
    for angle in angles[::2]:
        end = (x + radius * np.cos(angle), radius * (1 + np.sin(angle)), 0)
        it.tube([(x, radius, 0), end], 0.012, METALS[0])


@recipe("bicycle", (1.7, 1.05, 0.5), "floor", away=(3, 8))
def bicycle(it):
    """Two spoked wheels, a frame, saddle and handlebar."""
    paint, r, x = it.any_of(VIVID + PAINTS[:1]), 0.34, 0.52
    for place in (-x, x):
        _spoked(it, place, r, 0.05)
    crank, saddle, head = (-0.05, 0.3, 0), (-0.2, 0.85, 0), (0.36, 0.82, 0)
    for line in ([crank, (-x, r, 0), saddle, crank, head], [saddle, head], [head, (x, r, 0)]):
        it.tube([np.add(point, 0) for point in line], 0.045, paint)
    it.tube([saddle, (-0.22, 0.95, 0)], 0.04, METALS[0])
    it.box((0.26, 0.06, 0.15), BLACK, (-0.22, 0.95, 0))
    it.tube([head, (0.38, 1.0, 0)], 0.04, METALS[0])
    it.tube([(0.36, 1.02, -0.27), (0.42, 1.02, 0), (0.36, 1.02, 0.27)], 0.045, BLACK)


@recipe("minibike", (1.9, 1.15, 0.7), "floor", away=(3, 9))
def minibike(it):
    """A motorcycle or a scooter."""
    paint, r, x = it.any_of(VIVID + PAINTS[:1]), 0.3, 0.62
    for place in (-x, x):
        it.spindle((place, r, -0.07), (place, r, 0.07), [(0, r), (1, r)], surfaces.plain(TYRE))
        for z in (-0.075, 0.075):
            point = it.world([(place, r, z), (place, r, 2 * z)])
            hub = surfaces.plain(METALS[0])
            it.stage.disc(point[0], point[1] - point[0], r * 0.5, hub, it.label())
    it.box((0.5, 0.3, 0.28), METALS[1], (-0.02, 0.28, 0))
    tank = [(-0.2, 0.58), (0.32, 0.6), (0.36, 0.8), (0.1, 0.9), (-0.2, 0.76)]
    it.prism(tank, surfaces.plain(paint, 0.02), 0.26)
    seat = [(-0.75, 0.68), (-0.2, 0.62), (-0.15, 0.76), (-0.5, 0.78), (-0.8, 0.86)]
    it.prism(seat, surfaces.plain(BLACK), 0.26)
    it.prism([(-0.95, 0.6), (-0.4, 0.55), (-0.4, 0.66), (-0.9, 0.72)], surfaces.plain(paint), 0.2)
    it.tube([(x, r, 0), (0.38, 0.95, 0)], 0.09, METALS[0])
    it.tube([(0.3, 1.05, -0.35), (0.4, 1.0, 0), (0.3, 1.05, 0.35)], 0.05, BLACK)
    it.ball((0.48, 0.88, 0), 0.11, (0.9, 0.9, 0.8))
    it.tube([(-0.1, 0.28, -0.17), (-0.95, 0.32, -0.17)], 0.09, METALS[2])
    it.prism([(x - 0.3, 0.58), (x + 0.25, 0.5), (x, 0.68)], surfaces.plain(paint), 0.16)
