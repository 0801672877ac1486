"""Buildings near and far, and other works of builders."""

import numpy as np

from miniature.world.scenes import pictures, surfaces
from miniature.world.scenes.palette import (
    BLACK,
    BRICKS,
    GLASS,
    METALS,
    RENDERS,
    ROOFS,
    STONES,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe


def _masonry(it):
    """The wall of a building: plaster, bricks, or blocks of stone."""
    kind = it.rng.random()
    if kind < 0.45:
        return surfaces.mottled(colour := it.any_of(RENDERS), colour * 0.92, 2.0)
    if kind < 0.8:
        return surfaces.bricks(it.any_of(BRICKS))
    return surfaces.bricks(stone := it.any_of(STONES), stone * 0.75, (0.9, 0.4))


@recipe("building", (14.0, 13.0, 12.0), "far", away=(22, 60))
def building(it):
    """A town house of several storeys with a shop, a cornice and rows of windows."""
    wall, trim = _masonry(it), it.any_of(WHITES + STONES)
    bay, storey = it.between(1.8, 3.0), it.between(2.9, 3.6)
    floors = max(2, round(it.h / storey))
    it.h, share = floors * storey, (it.between(0.35, 0.6), it.between(0.45, 0.65))
    glass = GLASS * it.between(0.8, 1.6)
    front = pictures.facade(wall, glass, bay, storey, share=share, frame=trim, ledge=0.04)
    it.box((it.w, it.h, it.d), front, top=surfaces.plain((0.4, 0.39, 0.38)))
    it.box((it.w + 0.6, 0.5, it.d + 0.6), surfaces.plain(trim * 0.9), (0, it.h, 0))
    if it.chance(0.6):
        shop = pictures.facade(
            surfaces.plain(it.any_of(VIVID + WOODS) * 0.7), glass * 1.5, 3.2, 3.4, share=(0.8, 0.65)
        )
        it.box((it.w + 0.1, 3.3, it.d + 0.1), shop, top=surfaces.plain(trim))
    if it.chance(0.4):
        _ridge(it, it.any_of(ROOFS), it.h + 0.5, it.between(2, 4))


def _ridge(it, colour, low, rise, over=0.4):
    """A roof of tiles with its ridge along x, and gables of the same colour."""
    tiles = surfaces.tiles(colour, colour * 0.7, 0.35, 0.05, 0.08)
    w, d = it.w / 2 + over, it.d / 2 + over
    for z in (-1, 1):
        it.face([(-w, low, z * d), (w, low, z * d), (w, low + rise, 0), (-w, low + rise, 0)], tiles)
    for x in (-1, 1):
        gable = [(x * it.w / 2, low, -d), (x * it.w / 2, low, d), (x * it.w / 2, low + rise, 0)]
        it.face(gable, surfaces.plain(colour * 1.1))


@recipe("house", (9.0, 5.5, 8.0), "far", away=(14, 35))
def house(it):
    """A family's house: one or two storeys, a door, windows, a tiled roof, a chimney."""
    wall, trim = _masonry(it), it.any_of(WHITES)
    roof, tall = it.any_of(ROOFS), it.h * 0.62
    floors = 1 if tall < 3.4 else 2
    glass = GLASS * it.between(1, 1.8)
    front = pictures.facade(wall, glass, it.w / 4, tall / floors, share=(0.42, 0.46), frame=trim)
    if it.chance(0.4):
        colour = it.any_of(RENDERS + WHITES)
        boards = surfaces.ribs(colour, 0.2, 0.07, upright=False)
        front = pictures.facade(
            boards, glass, it.w / 4, tall / floors, share=(0.42, 0.46), frame=trim
        )
    it.box((it.w, tall, it.d), front)
    _ridge(it, roof, tall, it.h * 0.38)
    chimney = (it.w * it.between(-0.35, 0.35), tall + it.h * 0.15, it.d * 0.15)
    it.box((0.8, it.h * 0.36, 0.8), surfaces.bricks(it.any_of(BRICKS)), chimney)
    z, x = -it.d / 2 - 0.02, it.w * it.rng.choice((-0.125, 0.125))
    it.panel(x - 0.55, 0, 1.1, 2.3, trim, z)
    it.panel(x - 0.45, 0, 0.9, 2.15, it.any_of(VIVID + WOODS), z - 0.02, "door")
    if it.chance(0.5):
        it.box((3.0, 0.15, 1.6), roof, (x, 2.5, -it.d / 2 - 0.8))
        for side in (-1.4, 1.4):
            it.box((0.14, 2.5, 0.14), trim, (x + side, 0, -it.d / 2 - 1.5))


@recipe("skyscraper", (32.0, 120.0, 32.0), "far", away=(170, 380))
def skyscraper(it):
    """A tower of glass or of stone ribs, with a smaller block or a mast on top."""
    hues = ((0.36, 0.48, 0.6), (0.3, 0.4, 0.44), (0.5, 0.58, 0.64), (0.42, 0.4, 0.42))
    glass = it.any_of(hues)
    frame = it.any_of((*STONES, (0.25, 0.28, 0.3)))
    front = pictures.curtain_wall(glass, frame, it.between(2.2, 4.5))
    if it.chance(0.35):
        stone = surfaces.plain(it.any_of(STONES))
        front = pictures.facade(stone, GLASS * 1.6, 4.0, 3.8, share=(0.5, 0.6))
    low = it.h * it.between(0.75, 1.0)
    it.box((it.w, low, it.d), front)
    if low < it.h * 0.93:
        it.box((it.w * 0.65, it.h - low, it.d * 0.65), front, (0, low, 0))
    if it.chance(0.4):
        it.tube([(0, it.h, 0), (0, it.h * 1.15, 0)], 1.6, frame)


@recipe("tower", (7.0, 26.0, 7.0), "far", away=(40, 75))
def tower(it):
    """A clock tower, a lighthouse, or a lattice mast."""
    kind, h, w = it.rng.integers(3), it.h, it.w
    if kind == 0:
        stone = surfaces.bricks(it.any_of(STONES + BRICKS), size=(0.9, 0.4))
        it.box((w, h * 0.75, w), pictures.facade(stone, BLACK, w, h * 0.22, share=(0.2, 0.35)))
        face, normal = it.world([(0, h * 0.66, -w / 2 - 0.1), (0, h * 0.66, -w / 2 - 1.1)])
        for r, colour in ((1.7, BLACK * 2), (1.45, np.array(WHITES[0]))):
            it.stage.disc(face, normal - face, r, surfaces.plain(colour), it.label())
            face = face + 0.05 * (normal - face)
        roof, half, low = surfaces.plain(it.any_of(ROOFS)), w * 0.56, h * 0.75
        corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
        for (x0, z0), (x1, z1) in zip(corners, corners[1:] + corners[:1], strict=True):
            it.face([(x0, low, z0), (x1, low, z1), (0, h, 0)], roof)
    elif kind == 1:
        bands = surfaces.stripes(it.any_of(VIVID[:2]), it.any_of(WHITES), h * 0.24, upright=False)
        it.lathe([(0, w * 0.42), (h * 0.82, w * 0.24)], bands)
        it.lathe([(h * 0.82, w * 0.34), (h * 0.84, w * 0.34)], BLACK * 2)
        it.lathe(
            [(h * 0.84, w * 0.2), (h * 0.93, w * 0.2)], surfaces.plain((0.95, 0.9, 0.6)), glow=True
        )
        it.lathe([(h * 0.93, w * 0.27), (h, 0.05)], it.any_of(VIVID[:1]))
    else:
        paint = it.any_of(((0.75, 0.2, 0.15), (0.5, 0.52, 0.54)))
        levels = np.linspace(0, 1, 8)
        half = w / 2 * (1 - levels * 0.85)
        for x, z in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            for i in range(7):
                low, high = (x * half[i], levels[i] * h, z * half[i]), levels[i + 1] * h
                it.tube([low, (x * half[i + 1], high, z * half[i + 1])], 0.4, paint)
                it.tube([low, (-z * half[i + 1], high, x * half[i + 1])], 0.22, paint)
                it.tube([low, (-z * half[i], levels[i] * h, x * half[i])], 0.22, paint)


@recipe("hovel", (4.2, 2.9, 3.4), "far", away=(9, 18))
def hovel(it):
    """A shack of old boards with a roof of rusty sheets and one dark opening."""
    colour, rust = it.any_of(WOODS[:3]) * 0.9, it.any_of(((0.45, 0.3, 0.22), (0.5, 0.47, 0.44)))
    grey = colour * 0.6 + 0.14
    boards = surfaces.wood(grey, upright=True, plank=0.18, contrast=0.3)
    tall = it.h * 0.75
    it.box((it.w, tall, it.d), boards)
    sheet = surfaces.ribs(rust, 0.16, 0.3)
    w, d = it.w * 0.56, it.d * 0.62
    if it.chance(0.5):
        it.face([(-w, tall, -d), (w, tall, -d), (w, it.h, d), (-w, it.h, d)], sheet)
        it.panel(-it.w / 2, tall, it.w, it.h * 0.12, boards, it.d / 2)
    else:
        straw = surfaces.wood((0.62, 0.5, 0.3), upright=True, plank=0.1, contrast=0.4)
        for z in (-1, 1):
            it.face(
                [
                    (-w, tall * 0.95, z * d),
                    (w, tall * 0.95, z * d),
                    (w, it.h * 1.1, 0),
                    (-w, it.h * 1.1, 0),
                ],
                straw,
            )
        for x in (-1, 1):
            side = x * it.w / 2
            it.face(
                [(side, tall, -it.d / 2), (side, tall, it.d / 2), (side, it.h * 1.05, 0)], boards
            )
    x = it.w * it.between(-0.2, 0.2)
    it.panel(x - 0.45, 0, 0.9, tall * 0.85, BLACK * 1.3, -it.d / 2 - 0.01)
    it.panel(x + 0.75, tall * 0.45, 0.55, 0.5, BLACK * 1.6, -it.d / 2 - 0.01)


@recipe("grandstand", (26.0, 7.0, 10.0), "far", away=(18, 40))
def grandstand(it):
    """Rising rows of seats with spectators under a flat roof."""
    seat, steel = it.any_of(VIVID), it.any_of(METALS)
    rows = pictures.crowd(it.rng, seat, it.between(0.4, 0.9))
    w, d, low = it.w / 2, it.d / 2, 1.3
    it.box((it.w, low, it.d), surfaces.plain(it.any_of(STONES)))
    it.face([(-w, low, -d), (w, low, -d), (w, it.h * 0.72, d), (-w, it.h * 0.72, d)], rows)
    it.panel(-w, it.h * 0.72, it.w, it.h * 0.3, steel * 0.6, d)
    for x in np.linspace(-w, w, 5):
        it.box((0.25, it.h * 0.75, 0.25), steel, (x, it.h * 0.3, d * 0.9))
    roof = surfaces.ribs(steel, 0.6, 0.1)
    it.box((it.w + 0.6, 0.3, it.d * 0.9), roof, (0, it.h, it.d * 0.1))
    for x in (-1, 1):
        side = [(x * w, 0, -d), (x * w, 0, d), (x * w, it.h * 0.72, d), (x * w, low, -d)]
        it.face(side, surfaces.plain(it.any_of(STONES) * 0.85))


@recipe("bridge", (34.0, 7.0, 5.0), "far", away=(25, 55))
def bridge(it):
    """A bridge of stone arches, or of steel girders on piers."""
    w, h, arches = it.w / 2, it.h, 3
    if it.chance(0.5):
        stone = surfaces.bricks(colour := it.any_of(STONES + BRICKS[3:]), colour * 0.75, (0.9, 0.4))
        span = it.w / arches
        for i in range(arches):
            x0 = -w + i * span
            angle = np.linspace(np.pi, 0, 13)
            arch = np.column_stack(
                [x0 + span / 2 + span * 0.4 * np.cos(angle), h * 0.72 * np.sin(angle)]
            )
            outline = [(x0, h), (x0, 0), *arch, (x0 + span, 0), (x0 + span, h)]
            it.prism(outline, surfaces.plain(colour * 0.8), it.d, side=stone)
        it.box((it.w, 0.9, 0.3), stone, (0, h, -it.d / 2))
    else:
        steel = it.any_of(((0.55, 0.18, 0.14), (0.35, 0.42, 0.46), (0.25, 0.38, 0.32)))
        it.box((it.w, 0.8, it.d), surfaces.plain(steel), (0, h * 0.6, 0))
        for x in np.linspace(-0.8, 0.8, 4):
            it.box((1.2, h * 0.6, it.d * 0.8), surfaces.plain(it.any_of(STONES)), (x * w, 0, 0))
        for z in (-it.d / 2, it.d / 2):
            xs = np.linspace(-w, w, 13)
            it.tube([(-w, h * 1.15, z), (w, h * 1.15, z)], 0.45, steel)
            for i in range(12):
                ends = (h * 0.65, h * 1.15) if i % 2 else (h * 1.15, h * 0.65)
                it.tube([(xs[i], ends[0], z), (xs[i + 1], ends[1], z)], 0.3, steel)


@recipe("pier", (3.0, 0.9, 14.0), "water", away=(8, 16))
def pier(it):
    """A deck of planks on posts that leads out over the water."""
    wood = it.any_of(WOODS[1:4]) * 0.8 + 0.1
    deck = surfaces.wood(wood, plank=0.22)
    it.box((it.w, 0.15, it.d), surfaces.wood(wood * 0.7), (0, it.h - 0.15, 0), top=deck)
    for z in np.linspace(-it.d / 2, it.d / 2, 6):
        for x in (-1, 1):
            post = (x * it.w / 2, it.h * 0.0, z)
            it.lathe(
                [(-0.3, 0.12), (it.h + 0.35, 0.12)], surfaces.wood(wood * 0.6, upright=True), post
            )
