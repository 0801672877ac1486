"""What belongs to a room itself: walls, windows, doors, hangings, columns, fireplaces, stairs."""

import numpy as np

from miniature.world.scenes import pictures, surfaces
from miniature.world.scenes.grounds import floor as floor_texture
from miniature.world.scenes.palette import (
    BLACK,
    BRASS,
    BRICKS,
    METALS,
    MUTED,
    STONES,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe


def wall_texture(rng, colour, *, tiled=False):
    """Paint, wallpaper, panels, bricks, or tiles: the walls of one room."""
    colour = np.asarray(colour)
    kind = rng.random()
    if tiled or kind < 0.04:
        return surfaces.tiles(colour * 1.05, colour * 0.8, rng.uniform(0.12, 0.25), 0.01, 0.02)
    if kind < 0.6:
        return surfaces.plain(colour, 0.025)
    if kind < 0.72:
        return surfaces.stripes(colour, colour * rng.uniform(0.85, 0.95), rng.uniform(0.12, 0.4))
    if kind < 0.82:
        return surfaces.dots(colour, colour * rng.uniform(0.75, 0.9), 0.16, 0.035)
    if kind < 0.92:
        return surfaces.mottled(colour, colour * 0.92, 0.8)
    brick = np.array(BRICKS[rng.integers(len(BRICKS))])
    return surfaces.bricks(brick * rng.uniform(0.9, 1.3))


@recipe("wall", (3.0, 2.2, 0.2), "floor", away=(5, 12))
def wall(it):
    """A wall that stands by itself: of plaster, bricks or blocks, with a coping."""
    surface = wall_texture(it.rng, it.style.wall)
    if it.chance(0.5):
        stone = it.any_of(STONES)
        surface = surfaces.bricks(stone, stone * 0.7, (0.5, 0.22))
    it.box((it.w, it.h, it.d), surface)
    it.box((it.w + 0.06, 0.08, it.d + 0.08), it.any_of(STONES), (0, it.h, 0))


@recipe("ceiling", (5.0, 0.1, 5.0), "ceiling")
def ceiling(it):
    """A level piece of ceiling."""
    it.flat(-it.w / 2, -it.d / 2, it.w, it.d, ceiling_texture(it.rng))


def ceiling_texture(rng):
    """White plaster, panels in a grid, or boards."""
    white = np.array(WHITES[rng.integers(3)]) * rng.uniform(0.92, 1.05)
    kind = rng.random()
    if kind < 0.65:
        return surfaces.plain(white, 0.015)
    if kind < 0.85:
        return surfaces.tiles(white, white * 0.75, 0.6, 0.025, 0.02)
    return surfaces.wood(np.array(WOODS[rng.integers(2, 5)]), plank=0.14)


@recipe("floor", (4.0, 0.02, 4.0), "ground")
def floor(it):
    """A level piece of floor."""
    it.flat(-it.w / 2, -it.d / 2, it.w, it.d, floor_texture(it.rng, it.stage.light))


@recipe("rug", (2.2, 0.02, 1.5), "flat", away=(3, 6))
def rug(it):
    """A woven pattern within a border."""
    colour, other = it.any_of(VIVID + MUTED, 0.2), it.any_of(MUTED)
    weaves = (
        surfaces.stripes(colour, other, 0.3),
        surfaces.checks(colour, other, 0.22),
        surfaces.dots(colour, other, 0.35, 0.1),
        surfaces.cloth(colour, weave=0.12),
    )
    it.flat(-it.w / 2, -it.d / 2, it.w, it.d, surfaces.cloth(other * 0.8, weave=0.12), 0.006)
    it.flat(-it.w * 0.44, -it.d * 0.42, it.w * 0.88, it.d * 0.84, weaves[it.rng.integers(4)], 0.01)


@recipe("windowpane", (1.3, 1.3, 0.1), "hung", up=(0.85, 1.05))
def windowpane(it):
    """A window with bars that shows trees and the sky."""
    frame, light = it.any_of(WHITES + WOODS[2:3]), it.stage.light
    sky = np.clip(0.5 * (light.horizon + light.zenith) + 0.25, 0, 1)
    view = pictures.outlook(it.rng, it.w, it.h, 0.6, frame, sky)
    it.panel(-it.w / 2, 0, it.w, it.h, view, -0.01, glow=True)
    for y in (-0.05, it.h):
        it.box((it.w + 0.12, 0.06, 0.08), frame, (0, y, 0))
    for x in (-1, 1):
        it.box((0.06, it.h, 0.08), frame, (x * (it.w / 2 + 0.03), 0, 0))
    it.lamp((0, it.h / 2, -0.6), 0.5, (0.95, 1.0, 1.05))
    it.top(0.05 - it.frame.y, 1.0, 0.2, z=-0.1, kind="curtain")
    it.top(0.0, 1.0, 0.1, z=-0.05, kind="blind")


@recipe("door", (0.95, 2.05, 0.08), "against")
def door(it):
    """One or two leaves with panels, in a frame."""
    colour = it.any_of(WOODS + WHITES + VIVID[:3])
    wood, dark = surfaces.wood(colour, upright=True), surfaces.wood(colour * 0.82, upright=True)
    z = -it.d / 2
    frame = surfaces.plain(it.any_of(WHITES))
    it.box((it.w + 0.16, it.h + 0.08, it.d * 0.6), frame, (0, 0, 0.02))
    leaves = 2 if it.w > 1.3 else 1
    for i in range(leaves):
        wide = it.w / leaves
        left = -it.w / 2 + i * wide
        it.panel(left, 0.01, wide * 0.99, it.h, wood, z)
        for y, tall in ((0.12, 0.36), (0.55, 0.38)):
            glazed = y > 0.5 and it.w > 1.15
            inset = surfaces.fade((0.5, 0.58, 0.62), (0.75, 0.82, 0.86), 1.0) if glazed else dark
            it.panel(left + wide * 0.16, y * it.h, wide * 0.68, tall * it.h, inset, z - 0.003)
        side = 0.9 if i == 0 else 0.1
        it.ball((left + wide * side, it.h * 0.48, z - 0.05), 0.04, BRASS)


@recipe("curtain", (2.0, 2.45, 0.12), "top", on="curtain")
def curtain(it):
    """Two lengths of cloth at the sides of a window, gathered under a rod."""
    colour, other = it.any_of(VIVID + MUTED, 0.2), it.any_of(MUTED)
    width = it.between(0.1, 0.16)
    cloth = surfaces.folds(colour, width, other=other if it.chance(0.25) else None)
    rod = [(-it.w * 0.55, it.h, -0.06), (it.w * 0.55, it.h, -0.06)]
    it.tube(rod, 0.035, it.any_of(WOODS))
    if it.chance(0.2):
        it.panel(-it.w / 2, 0, it.w, it.h, cloth, -0.08)
        return
    share, waist = it.between(0.22, 0.32), it.between(0.55, 1.0)
    for x in (-1, 1):
        outer, inner = x * it.w / 2, x * (0.5 - share) * it.w
        tied = outer + (inner - outer) * waist
        outline = [(outer, 0), (tied, 0), (tied, it.h * 0.35), (inner, it.h), (outer, it.h)]
        it.board(outline, cloth, -0.08)


@recipe("blind", (1.3, 1.3, 0.05), "top", on="blind")
def blind(it):
    """Level slats before a window, or a blind of cloth that is rolled up half way."""
    colour = it.any_of(WHITES + MUTED + WOODS[3:])
    if it.chance(0.7):
        slats = surfaces.ribs(colour, 0.05, 0.2, upright=False)
        it.panel(-it.w / 2, 0, it.w, it.h, slats, -0.05)
        for x in (-0.35, 0.35):
            it.panel(x * it.w, 0, 0.015, it.h, colour * 0.7, -0.055)
    else:
        it.panel(-it.w / 2, 0, it.w, it.h, surfaces.stripes(colour, colour * 0.9, 0.3), -0.05)
    it.box((it.w + 0.04, 0.08, 0.08), colour * 0.9, (0, it.h, -0.04))
    it.box((it.w, 0.03, 0.03), colour * 0.85, (0, -0.02, -0.05))


@recipe("column", (0.55, 3.2, 0.55), "floor", away=(6, 14))
def column(it):
    """A shaft, often fluted, between base and capital."""
    colour = it.any_of(STONES + WHITES)
    stone = surfaces.mottled(colour, colour * 0.9, 0.2)
    r, h = it.w * 0.4, it.h
    it.box((it.w * 1.15, 0.12, it.d * 1.15), stone)
    it.lathe([(0.12, r * 1.25), (0.22, r * 1.05), (0.28, r)], stone)
    fluted = surfaces.ribs(colour, r * 0.33, 0.14) if it.chance(0.6) else stone
    it.lathe([(0.28, r), (h - 0.3, r * 0.86)], fluted)
    it.lathe([(h - 0.3, r * 0.86), (h - 0.12, r * 1.25)], stone)
    it.box((it.w * 1.15, 0.12, it.d * 1.15), stone, (0, h - 0.12, 0))


@recipe("fireplace", (1.7, 1.25, 0.45), "against")
def fireplace(it):
    """A chimney-piece of bricks or stone, often with a fire."""
    colour = it.any_of(BRICKS + STONES)
    stone = surfaces.bricks(colour, size=(0.26, 0.09)) if it.chance(0.6) else surfaces.plain(colour)
    wide, tall, z = it.w * 0.52, it.h * 0.66, -it.d / 2
    for x in (-1, 1):
        it.box(((it.w - wide) / 2, it.h - 0.1, it.d), stone, (x * (it.w + wide) / 4, 0, 0))
    it.box((wide, it.h - 0.1 - tall, it.d), stone, (0, tall, 0))
    it.box((it.w + 0.2, 0.1, it.d + 0.14), surfaces.wood(it.any_of(WOODS)), (0, it.h - 0.1, 0))
    it.panel(-wide / 2, 0, wide, tall, BLACK, it.d * 0.35)
    it.box((it.w + 0.1, 0.05, 0.4), stone, (0, 0, z - 0.2))
    for x in (-0.15, 0.02, 0.16):
        log = [(x - 0.2, 0.1, 0.0), (x + 0.2, 0.14, -0.05)]
        it.tube(log, 0.11, (0.28, 0.17, 0.1))
    if it.chance(0.7):
        for i in range(9):
            x, high = it.between(-0.3, 0.3) * wide, it.between(0.15, 0.38)
            flame = [(x - 0.06, 0.12), (x + 0.06, 0.12), (x + it.between(-0.05, 0.05), 0.12 + high)]
            hue = ((1.0, 0.45, 0.08), (1.0, 0.75, 0.2), (1.0, 0.9, 0.5))[i % 3]
            it.board(flame, np.array(hue), -0.02 - 0.01 * i, glow=True)
        it.lamp((0, 0.4, z - 0.4), 0.4, (1.0, 0.6, 0.3))
    it.top(it.h, it.w, it.d * 0.8)


def _treads(it, count, *, low=0.0, going=None, texture=None, edge=None):
    """Steps that rise to the back: the whole depth and height in `count` steps."""
    rise, going = (it.h - low) / count, going or it.d / count
    for i in range(count):
        z = -it.d / 2 + i * going
        y = low + (i + 1) * rise
        it.panel(-it.w / 2, y - rise, it.w, rise, edge or texture, z)
        it.flat(-it.w / 2, z, it.w, going, texture, y)
    corners = [(it.d / 2, 0), (-it.d / 2, 0)]
    for i in range(count):
        z = -it.d / 2 + i * going
        corners += [(z, low + (i + 1) * rise), (z + going, low + (i + 1) * rise)]
    for x in (-1, 1):
        it.face([(x * it.w / 2, y, z) for z, y in corners], edge or texture)


@recipe("stairs", (3.0, 0.9, 1.8), "floor", away=(5, 11))
def stairs(it):
    """A broad flight of a few stone steps, as before a house."""
    colour = it.any_of(STONES)
    stone = surfaces.mottled(colour, colour * 0.88, 0.3)
    _treads(it, 6, texture=stone, edge=surfaces.plain(colour * 0.72, 0.06))


@recipe("step", (1.8, 0.36, 0.8), "floor", away=(3, 8))
def step(it):
    """One or two steps, as before a door."""
    colour = it.any_of(STONES + WOODS[2:4])
    stone = surfaces.mottled(colour, colour * 0.9, 0.2)
    _treads(it, 2, texture=stone, edge=surfaces.plain(colour * 0.78, 0.05))


@recipe("stairway", (1.5, 2.7, 3.2), "against")
def stairway(it):
    """A flight of stairs to the next floor, of wood with a carpet, and its banister."""
    wood, carpet = it.any_of(WOODS), it.any_of(VIVID + MUTED)
    _treads(it, 14, texture=surfaces.wood(wood), edge=surfaces.plain(wood * 1.25))
    rise, going, wide = it.h / 14, it.d / 14, it.w * 0.55
    for i in range(14):
        z, y = -it.d / 2 + i * going, (i + 1) * rise
        it.panel(-wide / 2, y - rise, wide, rise, surfaces.cloth(carpet * 0.8), z - 0.005)
        it.flat(-wide / 2, z, wide, going, surfaces.cloth(carpet), y + 0.005)
    for x in (-1, 1):
        _balusters(it, x * it.w * 0.47, wood * 0.9)


def _balusters(it, x, texture, name="bannister"):
    """A handrail on posts that climbs with the stairs."""
    it.tube([(x, 0.95, -it.d / 2), (x, it.h + 0.9, it.d / 2)], 0.07, texture, name)
    for share in np.linspace(0, 1, 12):
        z, y = (share - 0.5) * it.d, share * it.h
        it.box((0.04, 0.9, 0.04), texture, (x, y, z), name)


@recipe("bannister", (2.4, 1.0, 0.1), "floor", away=(3, 7))
def bannister(it):
    """A handrail on turned posts between two stout ones."""
    wood = it.any_of(WOODS + WHITES)
    grain = surfaces.wood(wood)
    it.box((it.w, 0.07, 0.1), surfaces.wood(wood * 0.8), (0, it.h - 0.07, 0))
    it.box((it.w, 0.05, 0.07), grain, (0, 0.08, 0))
    for x in np.arange(-it.w / 2 + 0.12, it.w / 2, 0.13):
        h = it.h - 0.2
        post = [(0, 0.03), (h * 0.2, 0.018), (h * 0.4, 0.035), (h * 0.7, 0.018), (h, 0.025)]
        it.lathe(post, surfaces.plain(wood, 0.05), (x, 0.13, 0))
    for x in (-1, 1):
        it.box((0.12, it.h + 0.1, 0.12), grain, (x * it.w / 2, 0, 0))
        it.ball((x * it.w / 2, it.h + 0.15, 0), 0.08, wood)


@recipe("railing", (3.0, 1.05, 0.08), "floor", away=(4, 10))
def railing(it):
    """Thin bars of metal between rails."""
    metal = it.any_of(((0.14, 0.15, 0.15), (0.5, 0.52, 0.53), (0.2, 0.3, 0.26), (0.85, 0.85, 0.83)))
    for y in (0.1, it.h * 0.55, it.h):
        it.tube([(-it.w / 2, y, 0), (it.w / 2, y, 0)], 0.05, metal)
    for x in np.linspace(-it.w / 2, it.w / 2, 5):
        it.tube([(x, 0, 0), (x, it.h, 0)], 0.06, metal)
    for x in np.arange(-it.w / 2, it.w / 2, 0.14):
        it.tube([(x, 0.1, 0), (x, it.h, 0)], 0.022, metal)


@recipe("escalator", (1.7, 3.0, 5.0), "floor", away=(5, 10))
def escalator(it):
    """Ribbed steel steps between glass sides with black handrails."""
    steel = np.array((0.5, 0.51, 0.53))
    _treads(it, 16, texture=surfaces.ribs(steel * 0.8, 0.05), edge=surfaces.ribs(steel * 0.5, 0.05))
    for x in (-1, 1):
        side = x * it.w / 2
        front, back = -it.d / 2 - 0.4, it.d / 2
        sheet = surfaces.plain((0.6, 0.68, 0.7), 0.02)
        foot, head = [(side, 0.0, front), (side, it.h, back)], it.h + 0.85
        it.face([*foot, (side, head, back), (side, 0.85, front)], sheet)
        belt = [(side, 0.4, front - 0.2), (side, 0.92, front), (side, it.h + 0.92, back)]
        it.tube(belt, 0.13, BLACK)
        it.tube([(side, 0.12, front), (side, it.h + 0.1, back)], 0.12, METALS[2])
