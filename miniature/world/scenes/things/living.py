"""People and animals."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.palette import BLACK, HAIRS, MUTED, SKINS, VIVID, WHITES
from miniature.world.scenes.recipes import recipe

TROUSERS = (
    (0.1, 0.1, 0.12),
    (0.18, 0.24, 0.4),
    (0.35, 0.42, 0.55),
    (0.4, 0.34, 0.26),
    (0.6, 0.56, 0.48),
)


@recipe("person", (0.6, 1.72, 0.4), "floor", away=(4, 14))
def person(it):
    """Somebody who stands or walks, in trousers or a skirt."""
    h, skin, top = it.h, it.any_of(SKINS), it.any_of(VIVID + MUTED + WHITES, 0.25)
    cloth = surfaces.cloth(top, soft=0.06)
    if it.chance(0.3):
        cloth = surfaces.stripes(top, np.clip(top * 0.5 + 0.4, 0, 1), 0.12, upright=False)
    legs, stride = it.any_of(TROUSERS), it.between(0.0, 0.16) * h
    skirt, stout = it.chance(0.25), it.between(0.85, 1.2)
    for side in (-1, 1):
        foot = (side * 0.055 * h, 0.03 * h, side * stride * 0.6)
        hip = (side * 0.05 * h, 0.48 * h, 0)
        leg = surfaces.plain(skin if skirt else legs, 0.05)
        it.spindle(foot, hip, [(0, 0.028 * h), (0.5, 0.04 * h), (1, 0.055 * h * stout)], leg)
        it.box((0.06 * h, 0.04 * h, 0.14 * h), BLACK, (foot[0], 0, foot[2] - 0.03 * h))
    if skirt:
        hem = it.between(0.24, 0.34)
        it.lathe([(hem * h, 0.12 * h), (0.55 * h, 0.08 * h * stout)], surfaces.folds(legs, 0.1))
    body = [(0, 0.085), (0.3, 0.078), (0.75, 0.105), (0.95, 0.08), (1, 0.03)]
    shape = [(share, radius * h * stout) for share, radius in body]
    it.spindle((0, 0.46 * h, 0), (0, 0.84 * h, 0), shape, cloth)
    for side in (-1, 1):
        shoulder = (side * 0.115 * h * stout, 0.79 * h, 0)
        hand = (side * it.between(0.12, 0.17) * h, 0.46 * h, -side * stride * 0.5)
        if side > 0 and it.chance(0.25):
            hand = (0.12 * h, it.between(0.62, 0.8) * h, -0.2 * h)
        elbow = np.add(shoulder, hand) / 2 + (side * 0.02 * h, 0, 0.02 * h)
        it.spindle(shoulder, elbow, [(0, 0.036 * h), (1, 0.028 * h)], cloth)
        it.spindle(elbow, hand, [(0, 0.028 * h), (1, 0.02 * h)], cloth)
        it.ball(hand, 0.024 * h, skin)
    it.lathe([(0.82 * h, 0.03 * h), (0.87 * h, 0.03 * h)], skin)
    it.ball((0, 0.925 * h, 0), 0.058 * h, surfaces.plain(skin, 0.02), tall=0.072 * h)
    hair = it.any_of(HAIRS)
    it.ball((0, 0.95 * h, 0.016 * h), 0.06 * h, hair, tall=0.058 * h)
    if it.chance(0.35):
        it.ball((0, 0.89 * h, 0.03 * h), 0.055 * h, hair, tall=0.09 * h)
    if it.chance(0.25):
        it.box((0.2 * h, 0.22 * h, 0.09 * h), it.any_of(VIVID), (0, 0.58 * h, 0.12 * h), "bag")


# Body: colours, height of the back, length, thickness, neck rise, head size, ears up.
BEASTS = {
    "cow": (((0.2, 0.16, 0.14), (0.5, 0.32, 0.2), (0.86, 0.84, 0.8)), 1.4, 1.9, 0.34, 0.12, 0.2),
    "horse": (((0.36, 0.2, 0.12), (0.2, 0.14, 0.1), (0.62, 0.58, 0.54)), 1.5, 1.8, 0.28, 0.6, 0.17),
    "sheep": (((0.85, 0.82, 0.74), (0.8, 0.76, 0.68)), 0.85, 1.1, 0.3, 0.08, 0.14),
    "dog": (
        ((0.55, 0.38, 0.2), (0.15, 0.13, 0.12), (0.75, 0.66, 0.52)),
        0.62,
        0.85,
        0.13,
        0.2,
        0.1,
    ),
}


@recipe("animal", (2.0, 1.6, 0.7), "floor", away=(4, 14))
def animal(it):
    """A cow, a horse, a sheep or a dog, seen from its side with heading 0."""
    name = list(BEASTS)[it.rng.integers(len(BEASTS))]
    hues, back, long, thick, rise, head = BEASTS[name]
    scale, colour = it.w / 2, it.any_of(hues)
    back, long, thick, rise, head = (scale * value for value in (back, long, thick, rise, head))
    other = it.any_of(hues) if name == "cow" else colour * 0.8
    coat = (
        surfaces.mottled(colour, other, 0.5 * scale, sharp=4)
        if name == "cow"
        else surfaces.cloth(colour)
    )
    if name == "sheep":
        coat = surfaces.mottled(colour, colour * 0.8, 0.12, name="pink", grain=0.1)
    y, half = back - thick, long * 0.42
    shape = [
        (0, thick * 0.5),
        (0.1, thick * 0.95),
        (0.5, thick),
        (0.85, thick * 0.95),
        (1, thick * 0.5),
    ]
    it.spindle((-half, y, 0), (half, y, 0), shape, coat)
    for x in (-0.8, 0.72):
        for z in (-0.5, 0.5):
            swing = it.between(-0.08, 0.08) * long
            foot = (x * half + swing, 0, z * thick)
            limb = [(0, thick * 0.18), (0.5, thick * 0.2), (1, thick * 0.38)]
            it.spindle(foot, (x * half, y, z * thick), limb, surfaces.plain(colour * 0.8, 0.05))
    nape, poll = (
        (half * 0.9, y + thick * 0.3, 0),
        (half + rise * 0.7 + head * 0.6, y + thick * 0.4 + rise, 0),
    )
    it.spindle(nape, poll, [(0, thick * 0.6), (1, head * 0.55)], coat)
    muzzle = (poll[0] + head * 1.7, poll[1] - head * 0.9, 0)
    it.spindle(
        poll,
        muzzle,
        [(0, head * 0.6), (0.5, head * 0.55), (1, head * 0.35)],
        surfaces.plain(colour * 0.85),
    )
    for z in (-1, 1):
        ear = (poll[0] - head * 0.1, poll[1] + head * 0.4, z * head * 0.5)
        tip = np.add(ear, (0, head * 0.6, z * head * 0.3))
        it.spindle(ear, tip, [(0, head * 0.2), (1, head * 0.05)], surfaces.plain(colour * 0.6))
    start = (-half, y + thick * 0.4, 0)
    it.tube([start, (-half - thick * 0.5, y - thick * 0.2, 0)], thick * 0.16, colour * 0.6)
    it.tube(
        [(-half - thick * 0.5, y - thick * 0.2, 0), (-half - thick * 0.5, y - thick * 1.4, 0)],
        thick * 0.2,
        colour * 0.5,
    )
