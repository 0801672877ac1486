"""Bicycles and motorcycles with their riders from all sides, trailers and tractors."""

import numpy as np

from miniature.world.drives.people import (
    BRIGHT,
    DARK,
    PLAIN,
    Figure,
    paint_head,
    random_colour,
    random_look,
)
from miniature.world.paint import labels
from miniature.world.paint.canvas import circle
from miniature.world.streets.vehicles import GLASS, Body

WHEEL_RADIUS = 0.34
METAL = np.array([0.5, 0.51, 0.53])


def paint_cyclist(canvas, rng, light, frame, phase=0.0, is_ridden=True):
    """Paint a bicycle and, if it is ridden, who is on it; the `phase` (radians) is its pedals'."""
    colour, look = random_colour(rng, BRIGHT + PLAIN), random_look(rng)
    has_basket = rng.random() < 0.35
    helmet = random_colour(rng, BRIGHT) if rng.random() < 0.6 else None
    figure = Figure(canvas, frame, light)
    towards = figure.faces((0, 1, 0))
    if not towards:
        _handlebar(figure, (0.36, 1.04), 0.26, labels.BICYCLE)
    _bicycle(figure, colour, has_basket)
    if is_ridden:
        pedals = [
            (-0.08 + 0.16 * np.cos(a), 0.3 + 0.16 * np.sin(a)) for a in (phase, phase + np.pi)
        ]
        _rider(figure, look, helmet, (-0.2, 1.0), (0.33, 1.03), pedals, 0.28)
    if towards:
        _handlebar(figure, (0.36, 1.04), 0.26, labels.BICYCLE)
    figure.sketch.paint(canvas, rng, 0.05)


def _bicycle(figure, colour, has_basket):
    sketch, label = figure.sketch, labels.BICYCLE
    rear, front = (-0.52, WHEEL_RADIUS, 0), (0.52, WHEEL_RADIUS, 0)
    crank, seat, head = (-0.08, 0.3, 0), (-0.22, 0.88, 0), (0.36, 0.85, 0)
    for wheel in (rear, front):
        sketch.ring(wheel, WHEEL_RADIUS, 0.055, DARK * figure.lit, label)
        for angle in (0.4, 1.45, 2.5):
            spoke = 0.32 * np.array([np.cos(angle), np.sin(angle), 0])
            figure.limb([wheel - spoke, wheel + spoke], 0.01, METAL, label)
    for tube in ([rear, crank, head, seat, rear], [crank, seat], [head, front]):
        figure.limb(tube, 0.05, colour, label)
    figure.limb([(-0.36, 0.95, 0), (-0.1, 0.95, 0)], 0.09, DARK, label)
    if has_basket:
        box = [(a, u, c) for a in (0.4, 0.68) for u in (0.78, 1.0) for c in (-0.18, 0.18)]
        figure.hull(box, np.array([0.4, 0.31, 0.2]), label)


def _handlebar(figure, at, half, label):
    along, up = at
    bar = [(along - 0.05, up, -half), (along, up, 0), (along - 0.05, up, half)]
    figure.limb(bar, 0.045, DARK, label)
    figure.limb([(along, up, 0), (along, up - 0.2, 0)], 0.05, DARK, label)


def _rider(figure, look, helmet, hip, grip, pedals, lean):
    """Add who sits at `hip`, holds the handlebar at `grip` and has the feet on the `pedals`.

    All are (along, up) in metres; `lean` is how far the shoulders are ahead of the hip.
    """
    label, near, stout = labels.RIDER, figure.near_side, look.stout
    shoulder = (hip[0] + lean, hip[1] + 0.5)
    for side in (-near, near):
        foot, dim = pedals[side > 0], 1.0 if side == near else 0.8
        knee = ((hip[0] + foot[0]) / 2 + 0.24, (hip[1] + foot[1]) / 2 + 0.1)
        joints = [(*hip, side * 0.1), (*knee, side * 0.13), (*foot, side * 0.12)]
        figure.limb(joints, 0.14, look.trousers * dim, label)
        sole = [(*foot, side * 0.12), (foot[0] + 0.17, foot[1], side * 0.12)]
        figure.limb(sole, 0.08, look.shoes * dim, label)
        if side != near:
            _reach(figure, look.top * 0.8, shoulder, grip, side, label)
    towards = figure.faces((0, 1, 0))
    layers = [lambda: _torso(figure, look, hip, shoulder, label)]
    if look.pack is not None:
        layers.insert(0 if towards else 1, lambda: _rucksack(figure, look, hip, shoulder, label))
    for paint in layers:
        paint()
    if look.stripe is not None and (look.pack is None or towards):
        middle = [np.add(hip, np.subtract(shoulder, hip) * share) for share in (0.5, 0.75)]
        band = [((*at, 0), 0.11, 0.2 * stout) for at in middle]
        figure.trunk(band, look.stripe, label)
    _reach(figure, look.top * 0.92, shoulder, grip, near, label)
    head = (shoulder[0] + 0.1, shoulder[1] + 0.24, 0.0)
    paint_head(figure, look, head, 0.25, label)
    if helmet is not None:
        figure.ball(np.add(head, (-0.01, 0.07, 0)), 0.29, 0.2, helmet, label)


def _torso(figure, look, hip, shoulder, label):
    rings = [((hip[0], hip[1] - 0.04, 0), 0.11, 0.15 * look.stout),
             ((*shoulder, 0), 0.1, 0.2 * look.stout)]  # fmt: skip
    figure.trunk(rings, look.top, label)


def _rucksack(figure, look, hip, shoulder, label):
    rings = [((hip[0] - 0.08, hip[1] + 0.12, 0), 0.09, 0.15),
             ((shoulder[0] - 0.17, shoulder[1], 0), 0.09, 0.15)]  # fmt: skip
    figure.trunk(rings, look.pack, label)


def _reach(figure, colour, shoulder, grip, side, label):
    elbow = np.add(shoulder, grip) / 2 - (0.02, 0.1)
    joints = [(*shoulder, side * 0.19), (*elbow, side * 0.27), (*grip, side * 0.23)]
    figure.limb(joints, 0.1, colour, label)


def paint_biker(canvas, rng, light, frame, phase=0.0, is_ridden=True):
    """Paint a motorcycle or scooter and, if it is ridden, who is on it; it has no pedals."""
    colour, helmet = (random_colour(rng, BRIGHT + PLAIN) for _ in range(2))
    look = random_look(rng)
    figure, label = Figure(canvas, frame, light), labels.MOTORCYCLE
    towards = figure.faces((0, 1, 0))
    rear, front = (-0.7, 0.31, 0), (0.72, 0.31, 0)
    for wheel in (rear, front) if not towards else (front, rear):
        _wheel(figure, wheel, label)
    _box(figure, [(-0.35, 0.25), (-0.4, 0.65), (0.35, 0.7), (0.3, 0.25)], 0.3, METAL * 0.45, label)
    tail = [(-0.95, 0.85), (-0.45, 0.62), (0.05, 0.65), (0.0, 0.84)]
    nose = [(0.0, 0.65), (0.4, 0.6), (0.66, 0.8), (0.45, 1.06), (0.05, 1.0)]
    fork = [(0.42, 0.98, 0), front]
    parts = [(tail, 0.26), (nose, 0.34)]
    for outline, wide in parts[::-1] if towards else parts:
        _box(figure, outline, wide, colour, label)
    figure.limb(fork, 0.09, METAL, label)
    pedals = [(-0.05, 0.36)] * 2
    if is_ridden and towards:
        _rider(figure, look, helmet, (-0.3, 0.95), (0.36, 1.1), pedals, 0.2)
    _handlebar(figure, (0.42, 1.1), 0.34, label)
    if towards:
        figure.ball((0.66, 0.88, 0), 0.19, 0.19, np.array([0.95, 0.94, 0.85]), label)
    else:
        _box(figure, [(-0.98, 0.72), (-0.95, 0.8), (-0.9, 0.8), (-0.9, 0.72)], 0.18,
             np.array([0.75, 0.08, 0.06]), label)  # fmt: skip
        if is_ridden:
            _rider(figure, look, helmet, (-0.3, 0.95), (0.36, 1.1), pedals, 0.2)
    figure.sketch.paint(canvas, rng, 0.05)


def _wheel(figure, centre, label):
    for radius, half, colour in ((0.31, 0.07, DARK), (0.18, 0.05, METAL)):
        sides = [circle(np.add(centre, (0, 0, c)), radius, corners=14) for c in (-half, half)]
        figure.hull(np.vstack(sides), colour, label)


def _box(figure, outline, wide, colour, label):
    corners = [(a, u, c) for a, u in outline for c in (-wide / 2, wide / 2)]
    figure.hull(corners, colour, label)


def paint_trailer(canvas, rng, light, frame):
    """Paint a trailer without what draws it: a closed box or a low one with a tarpaulin."""
    colour, tall = random_colour(rng, PLAIN + BRIGHT[:4]), rng.uniform(1.1, 2.1)
    figure = Figure(canvas, frame, light)
    figure.limb([(1.2, 0.5, 0), (2.1, 0.45, 0)], 0.1, METAL * 0.6, labels.TRUCK)
    outline = np.array([(-1.4, 0.5), (-1.4, tall), (1.3, tall), (1.3, 0.5)])
    body = Body(figure.sketch, light, outline, 1.7, colour, labels.TRUCK)
    body.tyres_below(0.5)
    body.paint_faces()
    body.on_side([(-1.4, 0.85), (-1.4, 0.95), (1.3, 0.95), (1.3, 0.85)], colour * 0.6)
    body.wheels([-0.1], 0.32)
    body.lamps(0.6, 0.3, (0.8, 0.1, 0.08))
    figure.sketch.paint(canvas, rng, 0.05)


def paint_tractor(canvas, rng, light, frame):
    """Paint a tractor: a bonnet, a glass cab and large rear wheels."""
    colour = random_colour(rng, [BRIGHT[3], BRIGHT[0], BRIGHT[4], BRIGHT[2]])
    figure, label = Figure(canvas, frame, light), labels.DYNAMIC
    sketch, towards = figure.sketch, figure.faces((0, 1, 0))
    bonnet = np.array([(0.1, 0.6), (0.1, 1.5), (1.8, 1.35), (1.8, 0.6)])
    cab = np.array([(-1.2, 0.9), (-1.0, 2.6), (0.1, 2.65), (0.3, 0.9)])
    near = figure.near_side
    _tractor_wheels(figure, -near)
    parts = [Body(sketch, light, bonnet, 0.8, colour, label),
             Body(sketch, light, cab, 1.4, GLASS * 2.2, label)]  # fmt: skip
    for body in parts[::-1] if towards else parts:
        body.paint_faces()
    figure.hull([(a, u, c) for a in (-1.15, 0.25) for u in (2.6, 2.75) for c in (-0.75, 0.75)],
                colour, label)  # fmt: skip
    figure.hull([(a, u, c) for a in (-1.2, 0.3) for u in (0.8, 1.25) for c in (-0.71, 0.71)],
                colour, label)  # fmt: skip
    _tractor_wheels(figure, near)
    figure.sketch.paint(canvas, rng, 0.05)


def _tractor_wheels(figure, side):
    yellow = np.array([0.85, 0.7, 0.15])
    for along, radius, wide in ((-0.75, 0.8, 0.45), (1.3, 0.48, 0.3)):
        inner, outer = 0.95 - wide / 2, 0.95 + wide / 2
        for share, colour, ends in ((1.0, DARK, (inner, outer)), (0.55, yellow, (outer,) * 2)):
            rims = [circle((along, radius, side * end), radius * share, corners=16) for end in ends]
            figure.hull(np.vstack(rims), colour, labels.DYNAMIC)
