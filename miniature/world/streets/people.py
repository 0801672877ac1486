"""Persons, bicycles and motorcycles, and the riders on them."""

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.canvas import Sketch

SKINS = [(0.88, 0.7, 0.58), (0.75, 0.55, 0.42), (0.5, 0.34, 0.25), (0.35, 0.24, 0.18)]
HAIRS = [(0.1, 0.08, 0.07), (0.35, 0.22, 0.12), (0.7, 0.55, 0.3), (0.55, 0.55, 0.55)]
WHEEL_RADIUS = 0.34


def _clothes(rng):
    """A garment colour (3,), muted more often than bright."""
    colour = rng.uniform(0.05, 0.9, 3)
    grey = rng.uniform(0.08, 0.6)
    return grey + (colour - grey) * rng.uniform(0.1, 0.9)


def _choose(rng, palette):
    return np.array(palette[rng.integers(len(palette))]) * rng.uniform(0.9, 1.1)


def paint_person(canvas, rng, light, frame):
    """Paint someone standing or walking, turned to or away from the camera."""
    sketch = Sketch(canvas.camera, frame)
    lit = light.on(np.array([0, 0.3, -0.95]))
    tall = rng.uniform(1.55, 1.95) if rng.random() < 0.85 else rng.uniform(1.0, 1.4)
    skin, coat, trousers = _choose(rng, SKINS) * lit, _clothes(rng) * lit, _clothes(rng) * lit * 0.8

    def at(across, up):
        return (0.0, up * tall, across * tall)

    stride = rng.uniform(0.01, 0.13)
    for side in (-1, 1):
        foot = side * (0.05 + stride)
        sketch.line([at(side * 0.045, 0.5), at(side * 0.06 + foot * 0.4, 0.26), at(foot, 0.02)],
                    0.085 * tall, trousers * (1 + 0.12 * side), labels.PERSON)  # fmt: skip
        shoe = [at(foot, 0.015), at(foot + 0.04, 0.015)]
        sketch.line(shoe, 0.05, (0.08, 0.07, 0.07), labels.PERSON)
    hem = rng.choice([0.48, 0.48, 0.3])
    outline = [(-0.1, 0.82), (-0.125, 0.78), (-0.1, hem), (0.1, hem), (0.125, 0.78), (0.1, 0.82)]
    body = [at(*corner) for corner in outline]
    swing = rng.uniform(-0.12, 0.12)
    for side in (-1, 1):
        hand = at(side * 0.14 + swing, 0.46)
        sketch.line([at(side * 0.115, 0.78), at(side * 0.16, 0.62), hand], 0.065 * tall,
                    coat * 0.88, labels.PERSON)  # fmt: skip
        sketch.disc(hand, 0.03 * tall, skin, labels.PERSON, facing=True)
    sketch.polygon(body, coat, labels.PERSON)
    shaded = [*body[3:], at(0.03, 0.82), at(0.03, hem)]
    sketch.polygon(shaded, coat * 0.8, labels.PERSON)
    if rng.random() < 0.35:
        sketch.disc(at(rng.choice([-0.15, 0.0, 0.15]), 0.6), 0.09 * tall, _clothes(rng) * lit,
                    labels.PERSON, facing=True)  # fmt: skip
    hair = _choose(rng, HAIRS) * lit
    _head(sketch, rng, at(0, 0.92), 0.065 * tall, skin, hair, labels.PERSON, facing=True)
    sketch.paint(canvas, rng, 0.06)


def _head(sketch, rng, centre, radius, skin, hair, label, *, facing):
    neck = (centre[0], centre[1] - 1.5 * radius, centre[2])
    sketch.line([centre, neck], radius, skin * 0.9, label)
    crown = (centre[0], centre[1] + 0.25 * radius, centre[2])
    sketch.disc(crown, radius * 1.08, hair, label, facing=facing)
    if rng.random() < 0.7:
        lower = (centre[0], centre[1] - 0.2 * radius, centre[2])
        sketch.disc(lower, radius * 0.82, skin, label, facing=facing)


def paint_bicycle(canvas, rng, light, frame, rider=False):
    """Paint a bicycle seen from the side of its `frame`, with someone on it if `rider`."""
    sketch = Sketch(canvas.camera, frame)
    lit = light.on(np.array([0, 0.3, -0.95]))
    colour = rng.uniform(0.05, 0.8, 3) * lit
    rear, front = (-0.52, WHEEL_RADIUS, 0), (0.52, WHEEL_RADIUS, 0)
    crank, seat, head = (-0.08, 0.3, 0), (-0.22, 0.88, 0), (0.36, 0.85, 0)
    sketch.polygon([rear, crank, front, head, seat], None, labels.BICYCLE)
    for wheel in (rear, front):
        sketch.ring(wheel, WHEEL_RADIUS, 0.05, (0.07, 0.07, 0.07), labels.BICYCLE)
        for angle in np.linspace(0, np.pi, 4, endpoint=False) + rng.uniform(0, 1):
            spoke = 0.3 * np.array([np.cos(angle), np.sin(angle), 0])
            sketch.line([wheel - spoke, wheel + spoke], 0.01, (0.4, 0.4, 0.4), labels.BICYCLE)
    sketch.line([rear, crank, head, seat, rear], 0.045, colour, labels.BICYCLE)
    sketch.line([crank, seat], 0.045, colour, labels.BICYCLE)
    sketch.line([head, front], 0.045, colour, labels.BICYCLE)
    sketch.line([(-0.36, 0.95, 0), (-0.1, 0.95, 0)], 0.07, (0.1, 0.08, 0.07), labels.BICYCLE)
    sketch.line([head, (0.33, 1.02, 0), (0.45, 1.05, 0)], 0.04, (0.15, 0.15, 0.15), labels.BICYCLE)
    if rng.random() < 0.3:
        basket = [(0.4, 0.8, 0), (0.38, 1.02, 0), (0.7, 1.02, 0), (0.66, 0.8, 0)]
        sketch.polygon(basket, (0.35, 0.27, 0.18), labels.BICYCLE)
    if rider:
        _rider(sketch, rng, lit, (-0.2, 1.0), (0.42, 1.06), (-0.05, 0.22), rng.uniform(0.15, 0.35))
    sketch.paint(canvas, rng, 0.05)


def paint_motorcycle(canvas, rng, light, frame, rider=False):
    """Paint a motorcycle or scooter, with someone on it if `rider`."""
    sketch = Sketch(canvas.camera, frame)
    lit = light.on(np.array([0, 0.3, -0.95]))
    colour = rng.uniform(0.05, 0.85, 3) * lit
    rear, front, label = (-0.7, 0.31, 0), (0.72, 0.31, 0), labels.MOTORCYCLE
    for wheel in (rear, front):
        sketch.disc(wheel, 0.31, (0.06, 0.06, 0.06), label)
        sketch.disc(wheel, 0.18, (0.45, 0.45, 0.47), label)
        sketch.disc(wheel, 0.06, (0.15, 0.15, 0.15), label)
    engine = [(-0.35, 0.25, 0), (-0.4, 0.65, 0), (0.35, 0.7, 0), (0.3, 0.25, 0)]
    sketch.polygon(engine, (0.2, 0.2, 0.22), label)
    tank = [(-0.95, 0.85, 0), (-0.45, 0.68, 0), (0.4, 0.65, 0), (0.62, 0.85, 0), (0.4, 1.02, 0),
            (0.05, 1.0, 0), (-0.1, 0.84, 0)]  # fmt: skip
    sketch.polygon(tank, colour, label)
    sketch.polygon([(-0.9, 0.86, 0), (-0.85, 0.95, 0), (-0.1, 0.9, 0), (-0.1, 0.82, 0)],
                   (0.08, 0.08, 0.08), label)  # fmt: skip
    sketch.line([(0.42, 0.98, 0), front], 0.07, (0.5, 0.5, 0.52), label)
    sketch.line([(0.38, 1.08, 0), (0.48, 0.98, 0), (0.5, 1.2, 0)], 0.05, (0.12, 0.12, 0.12), label)
    sketch.line([(-0.1, 0.3, 0), (-0.85, 0.36, 0)], 0.09, (0.6, 0.6, 0.6), label)
    sketch.disc((0.62, 0.88, 0), 0.09, (0.95, 0.93, 0.8), label)
    if rider:
        _rider(sketch, rng, lit, (-0.3, 0.98), (0.4, 1.1), (-0.05, 0.35), rng.uniform(0.1, 0.3))
    sketch.paint(canvas, rng, 0.05)


def _rider(sketch, rng, lit, hip, hand, foot, lean):
    """Add a seated rider between saddle, handlebar and pedal, each (along, up) in metres."""
    label = labels.RIDER
    coat, trousers, skin = _clothes(rng) * lit, _clothes(rng) * lit * 0.8, _choose(rng, SKINS) * lit
    shoulder = (hip[0] + lean, hip[1] + 0.5)
    knee = (hip[0] + 0.38, hip[1] - 0.22)

    def flat(*points):
        return [(along, up, 0.0) for along, up in points]

    sketch.line(flat(hip, knee, foot), 0.16, trousers, label)
    sketch.line(flat(foot, (foot[0] + 0.16, foot[1] - 0.02)), 0.08, (0.1, 0.1, 0.1), label)
    back, chest = 0.12, 0.13
    low, high = hip[1] - 0.05, shoulder[1]
    torso = flat((hip[0] - back, low), (shoulder[0] - back, high),
                 (shoulder[0] + chest, high), (hip[0] + chest, low))  # fmt: skip
    sketch.polygon(torso, coat, label)
    elbow = ((shoulder[0] + hand[0]) / 2, (shoulder[1] + hand[1]) / 2 - 0.1)
    sketch.line(flat(shoulder, elbow, hand), 0.11, coat * 0.82, label)
    helmet = _choose(rng, HAIRS) if rng.random() < 0.5 else rng.uniform(0.1, 0.95, 3)
    head = (shoulder[0] + 0.08, shoulder[1] + 0.22, 0.0)
    _head(sketch, rng, head, 0.13, skin, helmet * lit, label, facing=False)
