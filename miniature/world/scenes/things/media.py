"""Screens and machines with screens, and what hangs on walls to be looked at."""

import numpy as np

from miniature.world.scenes import pictures, surfaces
from miniature.world.scenes.palette import (
    BLACK,
    BRASS,
    METALS,
    MUTED,
    VIVID,
    WHITES,
    WOODS,
)
from miniature.world.scenes.recipes import recipe

GREYS = ((0.08, 0.08, 0.09), (0.2, 0.2, 0.21), (0.78, 0.77, 0.72))


@recipe("television", (1.25, 1.2, 0.4), "against")
def television(it):
    """A flat set, dark or on, upon a low cabinet."""
    low, wide = it.h * 0.4, it.w * 1.1
    tall = it.h - low - 0.05
    colour = it.any_of(WOODS)
    it.box((wide, low, it.d), surfaces.wood(colour), name="cabinet")
    for x in (-1, 1):
        door = (wide * 0.46, low * 0.8, 0.02)
        it.box(
            door, surfaces.wood(colour * 1.1), (x * wide * 0.24, low * 0.1, -it.d / 2), "cabinet"
        )
    it.box((it.w * 0.4, 0.05, 0.24), BLACK * 1.5, (0, low, 0))
    it.box((it.w, tall, 0.06), BLACK, (0, low + 0.05, 0))
    picture = pictures.screen_picture(it.rng, it.w, tall, 0.03, BLACK, on=it.chance(0.6))
    it.panel(-it.w / 2, low + 0.05, it.w, tall, picture, -0.034, glow=True)


@recipe("monitor", (0.6, 0.48, 0.2), "top", away=(1.3, 2.2))
def monitor(it):
    """A flat computer screen on a foot."""
    case, low = it.any_of(GREYS), 0.13
    it.box((it.w, it.h - low, 0.04), case, (0, low, 0))
    picture = pictures.screen_picture(it.rng, it.w, it.h - low, 0.02, case)
    it.panel(-it.w / 2, low, it.w, it.h - low, picture, -0.024, glow=True)
    it.box((0.06, low + 0.1, 0.04), case * 0.8, (0, 0, 0.04))
    it.lathe([(0, 0.13), (0.02, 0.12)], case * 0.8)


@recipe("crt screen", (0.46, 0.44, 0.46), "top", away=(1.3, 2.2))
def crt_screen(it):
    """An old deep monitor with a bulging dark or green screen."""
    case = np.array((0.76, 0.73, 0.64)) * it.between(0.85, 1.1)
    body = surfaces.plain(case, 0.03)
    w, h = it.w / 2, it.h
    it.box((it.w * 0.55, 0.06, it.d * 0.6), case * 0.85)
    it.box((it.w, h - 0.06, it.d * 0.3), body, (0, 0.06, -it.d * 0.35))
    for x in (-1, 1):
        side = [(x * w, 0.06, -it.d * 0.2), (x * w * 0.6, 0.12, it.d / 2)]
        up = [(x * w * 0.6, h * 0.8, it.d / 2), (x * w, h, -it.d * 0.2)]
        it.face(side + up, body)
    lid = [(-w, h, -it.d * 0.2), (w, h, -it.d * 0.2)]
    it.face([*lid, (w * 0.6, h * 0.8, it.d / 2), (-w * 0.6, h * 0.8, it.d / 2)], body)
    z, glow = -it.d / 2 - 0.004, np.array(((0.1, 0.3, 0.16), (0.12, 0.16, 0.3))[it.rng.integers(2)])
    inset = (-w * 0.8, 0.13, w * 1.6, h - 0.2)
    it.panel(*inset, BLACK * 2, z)
    text = pictures.lettering(it.rng, w * 1.5, h - 0.23, glow, glow * 2.6 + 0.15, lines=7)
    it.panel(-w * 0.75, 0.145, w * 1.5, h - 0.23, text, z - 0.004, glow=True)
    it.panel(w * 0.6, 0.08, 0.03, 0.025, (0.2, 0.9, 0.3), z, glow=True)


@recipe("computer", (0.62, 0.42, 0.5), "top", away=(1.3, 2.2))
def computer(it):
    """A laptop, or a tower with its keyboard."""
    case = it.any_of(GREYS[:2] + METALS)
    if it.chance(0.6):
        wide, deep, tall = it.w * 0.62, 0.27, 0.27
        keys = surfaces.checks(BLACK * 1.6, case * 0.9, 0.017)
        it.box((wide, 0.02, deep), surfaces.brushed(case))
        it.flat(-wide * 0.44, -deep * 0.1, wide * 0.88, deep * 0.5, keys, 0.022)
        picture = pictures.screen_picture(it.rng, wide, tall, 0.014, BLACK)
        lean, back = 0.07, deep / 2
        corners = [(-wide / 2, 0.02, back), (wide / 2, 0.02, back),
                   (wide / 2, tall, back + lean), (-wide / 2, tall, back + lean)]  # fmt: skip
        it.face(corners, picture, glow=True)
        return
    it.box((0.19, it.h, 0.42), surfaces.plain(case, 0.03), (it.w * 0.32, 0, 0.05))
    z = -0.165
    it.panel(it.w * 0.32 - 0.075, it.h * 0.8, 0.15, 0.035, case * 0.6, z)
    it.panel(it.w * 0.32 - 0.075, it.h * 0.68, 0.15, 0.035, case * 0.6, z)
    it.panel(it.w * 0.32 - 0.015, it.h * 0.5, 0.03, 0.03, (0.2, 0.7, 0.9), z, glow=True)
    grille = surfaces.ribs(case * 0.6, 0.02, upright=False)
    it.panel(it.w * 0.32 - 0.075, it.h * 0.08, 0.15, it.h * 0.3, grille, z)
    it.box((0.42, 0.03, 0.16), case, (-0.12, 0, -0.15))
    it.flat(-0.32, -0.22, 0.4, 0.13, surfaces.checks(case * 0.5, case, 0.018), 0.032)


@recipe("screen", (2.6, 1.7, 0.1), "hung", up=(0.8, 1.2))
def screen(it):
    """A projection screen: a broad white sheet with a dark rim, pulled from a case."""
    rim = 0.06
    it.box((it.w, it.h, 0.02), BLACK, (0, 0, 0))
    white, wide, tall = np.array((0.93, 0.94, 0.95)), it.w - 2 * rim, it.h - 2 * rim
    sheet = surfaces.plain(white, 0.01)
    if it.chance(0.6):
        sheet = pictures.lettering(it.rng, wide, tall, white, it.any_of(VIVID[:2] + MUTED), lines=5)
    it.panel(-it.w / 2 + rim, rim, wide, tall, sheet, -0.014, glow=True)
    case = [(-it.w / 2 - 0.05, it.h + 0.04, 0), (it.w / 2 + 0.05, it.h + 0.04, 0)]
    it.tube(case, 0.1, WHITES[1])


@recipe("arcade machine", (0.75, 1.8, 0.8), "against")
def arcade_machine(it):
    """A tall cabinet with a glowing screen, a slanting desk of buttons and a lit sign."""
    colour, other = it.any_of(VIVID, 0.2), it.any_of(VIVID, 0.2)
    h, d = it.h, it.d / 2
    outline = [(-d, 0), (d, 0), (d, h), (-d, h), (-d * 0.9, h * 0.85), (-d * 0.2, h * 0.8),
               (0, h * 0.52), (-d, h * 0.46)]  # fmt: skip
    turned = it.frame
    it.frame = turned.at(0, 0, 0, np.pi / 2)
    # The outline is that of the side, so it is drawn out along the width; its x runs to the back.
    mirrored = [(-x, y) for x, y in outline][::-1]
    art = surfaces.stripes(colour, other, 0.3)
    it.prism(mirrored, surfaces.plain(BLACK * 1.5), it.w, side=art)
    it.frame = turned
    z = -d - 0.004
    sign = pictures.lettering(it.rng, it.w, h * 0.15, other, np.clip(colour + 0.5, 0, 1))
    low = [(-it.w / 2, h * 0.85, -d * 0.9 - 0.01), (it.w / 2, h * 0.85, -d * 0.9 - 0.01)]
    it.face([*low, (it.w / 2, h, z), (-it.w / 2, h, z)], sign, glow=True)
    wide = it.w * 0.84
    low = [(-wide / 2, h * 0.54, -0.02), (wide / 2, h * 0.54, -0.02)]
    high = [(wide / 2, h * 0.79, -d * 0.2), (-wide / 2, h * 0.79, -d * 0.2)]
    game = pictures.screen_picture(it.rng, wide, h * 0.26, 0.03)
    it.face(low + high, game, glow=True)
    for x in np.linspace(-0.3, 0.3, 6):
        it.ball((x * it.w, h * 0.5, -d * 0.55), 0.03, it.any_of(VIVID))
    it.panel(-it.w * 0.3, h * 0.08, it.w * 0.6, h * 0.3, surfaces.dots(BLACK, colour, 0.1, 0.03), z)


@recipe("painting", (0.9, 0.7, 0.04), "hung", up=(1.2, 1.6))
def painting(it):
    """A framed picture, upright or broad."""
    frame = it.any_of((*WOODS, tuple(BRASS), tuple(BLACK), WHITES[0]))
    if it.chance(0.3):
        it.w, it.h = it.h, it.w
    it.box((it.w, it.h, it.d), frame)
    picture = pictures.painted(it.rng, it.w, it.h, frame)
    it.panel(-it.w / 2, 0, it.w, it.h, picture, -it.d / 2 - 0.004)


@recipe("mirror", (0.8, 1.0, 0.04), "hung", up=(0.9, 1.2))
def mirror(it):
    """A framed glass with slanting reflexes."""
    frame = it.any_of((*WOODS, tuple(BRASS), *METALS))
    glass = pictures.reflecting(it.w, it.h, frame, np.clip(it.style.wall * 0.95, 0, 1))
    it.box((it.w, it.h, it.d), frame)
    it.panel(-it.w / 2, 0, it.w, it.h, glass, -it.d / 2 - 0.004)


@recipe("poster", (0.6, 0.85, 0.01), "hung", up=(1.0, 1.4))
def poster(it):
    """A sheet with a bold picture and writing."""
    sheet = pictures.placard(it.rng, it.w, it.h)
    it.panel(-it.w / 2, 0, it.w, it.h, sheet, -0.004)


@recipe("bulletin board", (1.3, 0.9, 0.04), "hung", up=(1.0, 1.3))
def bulletin_board(it):
    """A cork board full of papers."""
    it.box((it.w, it.h, it.d), WOODS[1])
    it.panel(-it.w / 2, 0, it.w, it.h, pictures.pinned(it.rng, it.w, it.h), -it.d / 2 - 0.004)


@recipe("signboard", (1.6, 0.5, 0.06), "hung", up=(2.0, 2.8))
def signboard(it):
    """One or two lines of writing on a coloured board."""
    paper, ink = it.any_of(VIVID + WHITES[:1]), it.any_of(WHITES)
    if paper.sum() > 2.2:
        ink = it.any_of(VIVID[:2])
    words = pictures.lettering(
        it.rng, it.w, it.h, paper, ink, lines=int(it.rng.integers(1, 3)), rim=ink
    )
    it.box((it.w, it.h, it.d), paper * 0.8)
    it.panel(-it.w / 2, 0, it.w, it.h, words, -it.d / 2 - 0.004)


@recipe("trade name", (1.5, 0.45, 0.05), "hung", up=(1.7, 2.6))
def trade_name(it):
    """Letters of their own, without a board, after a round mark."""
    ink, r, tall = it.any_of(VIVID), it.h * 0.45, it.h * 0.8
    centre = it.world([(-it.w / 2 + r, it.h / 2, -0.03), (-it.w / 2 + r, it.h / 2, -1.03)])
    for share, shade in ((1, ink), (0.62, WHITES[0]), (0.35, ink)):
        normal = centre[1] - centre[0]
        point = centre[0] + normal * 0.004 * (1 - share)
        it.stage.disc(point, normal, r * share, surfaces.plain(shade), it.label())
    x, stroke = -it.w / 2 + 2.3 * r, it.h * 0.16
    while x < it.w / 2 - stroke * 2:
        wide = tall * it.between(0.4, 0.6)
        it.box((stroke, tall, it.d), ink, (x + stroke / 2, it.h * 0.1, 0))
        for y in it.rng.permutation((0.1, 0.42, 0.74))[: int(it.rng.integers(1, 4))]:
            it.box((wide, stroke, it.d), ink, (x + wide / 2, y * it.h, 0))
        if it.chance(0.4):
            it.box((stroke, tall, it.d), ink, (x + wide, it.h * 0.1, 0))
        x += wide + stroke * 1.8


@recipe("flag", (1.2, 2.4, 0.1), "floor", away=(4, 9))
def flag(it):
    """A flag that flies from a mast."""
    colours = [it.any_of(VIVID + WHITES, 0.15) for _ in range(3)]
    low, tall = it.h * 0.62, it.h * 0.34
    it.tube([(-it.w / 2, 0, 0), (-it.w / 2, it.h, 0)], 0.05, METALS[0], "pole")
    it.ball((-it.w / 2, it.h, 0), 0.045, BRASS, "pole")
    xs = np.linspace(0, it.w, 9)
    wave = 0.05 * np.sin(xs / it.w * 7 + it.between(0, 6))
    upright = it.chance(0.4)
    for i in range(8):
        third = colours[min(2, i * 3 // 8)]
        for k in range(1 if upright else 3):
            share = 1 if upright else 1 / 3
            y = low + k * tall / 3
            colour = (third if upright else colours[k]) * (0.85 + 0.2 * (i % 4) / 3)
            x0, x1 = xs[i] - it.w / 2, xs[i + 1] - it.w / 2
            corners = [(x0, y + wave[i], 2 * wave[i]), (x1, y + wave[i + 1], 2 * wave[i + 1])]
            upper = [(x, u + tall * share, z) for x, u, z in corners[::-1]]
            it.face(corners + upper, surfaces.cloth(colour, soft=0.05))


@recipe("apparel", (1.3, 1.7, 0.5), "against")
def apparel(it):
    """Clothes on a rail: shirts, coats and dresses side by side."""
    it.tube([(-it.w / 2, it.h, 0), (it.w / 2, it.h, 0)], 0.035, it.style.metal, "other")
    for x in (-1, 1):
        it.tube([(x * it.w / 2, 0, 0), (x * it.w / 2, it.h, 0)], 0.035, it.style.metal, "other")
    x = -it.w / 2 + 0.1
    while x < it.w / 2 - 0.08:
        colour, long = it.any_of(VIVID + MUTED + WHITES, 0.25), it.between(0.55, 0.85) * it.h
        top, flare, half = it.h - 0.06, it.between(0.02, 0.1), it.d / 2
        coat = surfaces.folds(colour, 0.09, 0.2)
        outline = [(-half, top - long), (half, top - long), (half - flare, top - 0.12), (0.05, top),
                   (-0.05, top), (-half + flare, top - 0.12)]  # fmt: skip
        frame, it.frame = it.frame, it.frame.at(x, 0, 0, np.pi / 2 - it.between(0.1, 0.5))
        it.prism(outline, coat, 0.07)
        it.frame = frame
        x += it.between(0.11, 0.17)
