"""Boats, ships and airplanes. With heading 0 they show a side, their bow to the right."""

import numpy as np

from miniature.world.scenes import pictures, surfaces
from miniature.world.scenes.palette import GLASS, METALS, TYRE, VIVID, WHITES, WOODS
from miniature.world.scenes.recipes import recipe


@recipe("boat", (5.0, 2.0, 1.7), "water", away=(9, 24))
def boat(it):
    """A rowing boat, a motor boat with a cabin, or a sailing boat."""
    paint, inside, kind = it.any_of(VIVID + WHITES), it.any_of(WOODS), it.rng.integers(3)
    w, d, side = it.w / 2, it.d / 2, 0.75
    bow = (w, side * 1.25, 0)
    for z in (-1, 1):
        near, low = z * d, z * d * 0.6
        plank = [(-w, 0, low), (w * 0.75, 0, 0), bow, (w * 0.3, side, near), (-w, side * 0.9, near)]
        it.face(plank, surfaces.fade(paint * 0.6, paint, side))
    it.face(
        [(-w, 0, -d * 0.6), (-w, 0, d * 0.6), (-w, side * 0.9, d), (-w, side * 0.9, -d)],
        paint * 0.8,
    )
    deck = [(-w * 0.95, 0.5, -d * 0.9), (w * 0.3, 0.55, -d * 0.95), (w * 0.9, 0.7, 0),
            (w * 0.3, 0.55, d * 0.95), (-w * 0.95, 0.5, d * 0.9)]  # fmt: skip
    it.face(deck, surfaces.wood(inside, plank=0.15))
    rim = [(-w, side * 0.9, -d), (w * 0.3, side, -d), bow, (w * 0.3, side, d), (-w, side * 0.9, d)]
    it.tube([*rim, rim[0]], 0.08, inside * 0.8)
    if kind == 0:
        for x in (-0.5, 0.0):
            it.box((0.25, 0.06, it.d * 0.9), surfaces.wood(inside), (x * w, 0.6, 0))
        it.tube([(-0.3, 0.7, -d), (0.8, 0.1, -d - 1.0)], 0.06, WOODS[3])
    elif kind == 1:
        it.box((it.w * 0.36, 0.75, it.d * 0.7), WHITES[0], (0, 0.6, 0))
        it.box((it.w * 0.3, 0.3, it.d * 0.72), GLASS * 1.3, (0.05, 0.95, 0))
        it.box((it.w * 0.42, 0.06, it.d * 0.78), WHITES[1], (0, 1.35, 0))
    else:
        cloth, tall = surfaces.folds(it.any_of(WHITES + VIVID[:1]), 1.2, 0.08), it.w * 1.25
        it.tube([(0.2, 0.5, 0), (0.2, tall, 0)], 0.1, WOODS[3])
        it.tube([(0.2, 1.1, 0), (-w * 0.9, 1.1, 0.3)], 0.07, WOODS[3])
        it.face([(-w * 0.9, 1.15, 0.3), (0.15, 1.15, 0), (0.15, tall, 0)], cloth)
        it.face([(0.3, 1.0, 0), (w * 0.95, 1.0, 0), (0.3, tall * 0.85, 0)], cloth)


@recipe("ship", (60.0, 16.0, 9.0), "water", away=(75, 150))
def ship(it):
    """A freighter with containers, or a white liner with rows of windows."""
    w, d = it.w / 2, it.d / 2
    hull, low = it.any_of(((0.12, 0.14, 0.2), (0.5, 0.12, 0.1), (0.15, 0.3, 0.4), *WHITES[:1])), 4.5
    paint = surfaces.stripes(hull, (0.5, 0.14, 0.12), 20, upright=False, share=0.94)
    bow = (w, low * 1.2, 0)
    for z in (-d, d):
        keel = [(-w * 0.96, 0, z), (w * 0.85, 0, z * 0.4)]
        it.face([*keel, bow, (w * 0.7, low, z), (-w, low, z)], paint)
    deck = [(-w, low, -d), (w * 0.7, low, -d), bow, (w * 0.7, low, d), (-w, low, d)]
    it.face(deck, (0.5, 0.4, 0.34))
    rows = pictures.facade(surfaces.plain(WHITES[0]), GLASS, 2.2, 2.4, share=(0.5, 0.4))
    if it.chance(0.5):
        it.box((it.w * 0.14, 11, it.d * 0.85), rows, (-w * 0.78, low, 0))
        for i in range(9):
            x = -w * 0.55 + i * it.w * 0.125
            for level in range(int(it.rng.integers(1, 4))):
                crate = surfaces.ribs(it.any_of(VIVID), 0.5, 0.12)
                it.box((it.w * 0.118, 2.5, it.d * 0.8), crate, (x, low + level * 2.5, 0))
        funnel = (-w * 0.86, low + 11, 0)
    else:
        for level, share in enumerate((0.82, 0.74, 0.6)):
            it.box((it.w * share, 2.6, it.d * 0.85), rows, (-w * 0.12, low + level * 2.6, 0))
        funnel = (-w * 0.3, low + 7.8, 0)
    it.lathe(
        [(0, 1.6), (4.5, 1.5)],
        surfaces.stripes(it.any_of(VIVID), WHITES[0], 2.2, upright=False),
        funnel,
    )


@recipe("airplane", (30.0, 9.0, 28.0), "road", away=(34, 60))
def airplane(it):
    """An airliner on its wheels: a tube with wings, engines, tail and a row of windows."""
    w, r, y = it.w / 2, it.w * 0.06, it.w * 0.11
    paint, white = it.any_of(VIVID), surfaces.plain(it.any_of(WHITES), 0.01)
    shape = [(0, r * 0.15), (0.06, r * 0.45), (0.25, r), (0.88, r), (0.95, r * 0.75), (1, r * 0.15)]
    it.spindle((-w, y + r * 0.3, 0), (w, y, 0), shape, white)
    for z in (-1, 1):
        half = z * it.d / 2
        wing = [(w * 0.25, y - r * 0.4, z * r * 0.7), (-w * 0.15, y - r * 0.4, z * r * 0.7),
                (-w * 0.42, y + 0.3, half), (-w * 0.28, y + 0.3, half)]  # fmt: skip
        it.face(wing, surfaces.plain(METALS[2]))
        engine = w * 0.02, y - r * 0.95, half * 0.38
        ends = np.add(engine, (-w * 0.13, 0, 0)), np.add(engine, (w * 0.13, 0, 0))
        it.spindle(*ends, [(0, r * 0.25), (0.3, r * 0.42), (1, r * 0.45)], surfaces.plain(paint))
        tip, high = half * 0.33, y + r * 0.7
        tail = [(-w * 0.85, y + r * 0.4, 0), (-w * 0.98, y + r * 0.4, 0),
                (-w * 1.04, high, tip), (-w * 0.97, high, tip)]  # fmt: skip
        it.face(tail, surfaces.plain(METALS[2]))
        for x in np.linspace(-w * 0.6, w * 0.7, 26):
            it.panel(x, y + r * 0.25, w * 0.018, r * 0.2, GLASS, z * r * 1.02)
        it.panel(-w * 0.7, y, w * 1.45, r * 0.12, paint, z * r * 1.01)
    fin = [
        (-w, y + r * 0.6),
        (-w * 0.72, y + r),
        (-w * 0.95, y + r * 3.4),
        (-w * 1.08, y + r * 3.4),
    ]
    it.prism(fin, surfaces.plain(paint), 0.3)
    it.panel(w * 0.88, y + r * 0.3, w * 0.05, r * 0.25, GLASS, -r * 0.75)
    for x, z in ((w * 0.7, 0), (-w * 0.05, -r * 1.3), (-w * 0.05, r * 1.3)):
        it.tube([(x, 0.4, z), (x, y - r * 0.8, z)], 0.3, METALS[1])
        it.spindle(
            (x, 0.55, z - 0.3), (x, 0.55, z + 0.3), [(0, 0.55), (1, 0.55)], surfaces.plain(TYRE)
        )
