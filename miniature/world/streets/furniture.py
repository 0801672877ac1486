"""What stands along a street: trees, poles, lamps, traffic lights, signs, bins and crates."""

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.canvas import Sketch
from miniature.world.paint.textures import crown

LEAVES = [
    (0.20, 0.33, 0.12), (0.28, 0.42, 0.16), (0.14, 0.26, 0.12), (0.36, 0.46, 0.18),
    (0.24, 0.36, 0.24), (0.55, 0.42, 0.12), (0.58, 0.28, 0.12), (0.45, 0.2, 0.14),
]  # fmt: skip
METAL = np.array([0.4, 0.42, 0.43])


def leaf_colour(rng, autumn):
    """The green of a tree or, in autumn, its yellow, orange or red."""
    palette = LEAVES if autumn else LEAVES[:5]
    return np.array(palette[rng.integers(len(palette))]) * rng.uniform(0.85, 1.3)


def paint_tree(canvas, rng, light, frame, tall, leaf):
    """Paint a tree of `tall` metres: a trunk with some boughs and a ragged crown."""
    bark = rng.uniform([0.2, 0.16, 0.12], [0.4, 0.34, 0.28]) * light.on(np.array([0, 0.2, -0.98]))
    sketch = Sketch(canvas.camera, frame)
    fork = tall * rng.uniform(0.22, 0.4)
    lean = rng.uniform(-0.05, 0.05) * tall
    sketch.line([(0, 0, 0), (0, fork * 1.3, lean)], 0.035 * tall + 0.05, bark, labels.VEGETATION)
    for _ in range(4):
        tip = (0, tall * rng.uniform(0.55, 0.85), rng.uniform(-0.22, 0.22) * tall)
        sketch.line([(0, fork, lean * 0.8), tip], 0.014 * tall, bark * 0.9, labels.VEGETATION)
    sketch.paint(canvas, rng, 0.18)
    half = tall * rng.uniform(0.24, 0.4)
    _paint_crown(canvas, rng, light, frame, (fork, tall), half, leaf)


def paint_bush(canvas, rng, light, frame, tall, leaf):
    """Paint a bush of `tall` metres that starts at the ground."""
    _paint_crown(canvas, rng, light, frame, (-0.1 * tall, tall), tall * rng.uniform(0.5, 1), leaf)


def _paint_crown(canvas, rng, light, frame, span, half, leaf):
    low, high = span
    corners = [(frame.x - half, high, frame.z), (frame.x + half, low, frame.z)]
    (left, top), (right, bottom) = canvas.camera.project(np.array(corners))
    left, top = round(left), round(top)
    size = (max(2, round(bottom) - top), max(2, round(right) - left))
    window = canvas.window(left, top, left + size[1] - 1, top + size[0] - 1)
    if any(part.stop <= part.start for part in window):
        return
    inside = tuple(
        slice(part.start - start, part.stop - start)
        for part, start in zip(window, (top, left), strict=True)
    )
    blobs, raggedness = int(rng.integers(7, 16)), rng.uniform(0.1, 0.3)
    mask, tone = crown(rng, canvas.noise, size, inside, blobs, raggedness)
    brightness = light.on(np.array([0, 0.6, -0.8]))
    colours = tone[..., None] * (leaf * brightness).astype(np.float32)
    canvas.put(window, mask, colours, labels.VEGETATION, frame.z)


def _pole(sketch, rng, tall, thickness=0.12):
    colour = METAL * rng.uniform(0.5, 1.3)
    sketch.line([(0, 0, 0), (0, tall, 0)], thickness, colour, labels.POLE)
    shaded = [(0, 0, thickness / 4), (0, tall, thickness / 4)]
    sketch.line(shaded, thickness / 4, colour * 0.7, None)
    sketch.line([(0, 0, 0), (0, 0.5, 0)], thickness * 1.5, colour * 0.85, labels.POLE)
    return colour


def paint_lamp_post(canvas, rng, light, frame):
    """Paint a street lamp with an arm over the road."""
    sketch = Sketch(canvas.camera, frame)
    tall = rng.uniform(5, 8)
    colour = _pole(sketch, rng, tall, rng.uniform(0.12, 0.2))
    arm = -np.sign(frame.x) * rng.uniform(0.8, 2.0)
    sketch.line([(0, tall, 0), (0, tall + 0.2, arm)], 0.08, colour, labels.POLE)
    sketch.line([(0, tall + 0.2, arm * 0.7), (0, tall + 0.2, arm * 1.15)], 0.16, (0.8, 0.8, 0.75),
                labels.POLE)  # fmt: skip
    sketch.paint(canvas, rng, 0.05)


def paint_traffic_light(canvas, rng, light, frame):
    """Paint a traffic light on a pole, sometimes with a second one out over the road."""
    sketch = Sketch(canvas.camera, frame)
    lit = rng.integers(3)
    if rng.random() < 0.5:
        tall, reach = rng.uniform(5, 6), -np.sign(frame.x) * rng.uniform(2, 4)
        colour = _pole(sketch, rng, tall, 0.16)
        sketch.line([(0, tall, 0), (0, tall, reach)], 0.12, colour, labels.POLE)
        _signal_head(sketch, rng, (tall - 0.25, reach), lit)
    else:
        _pole(sketch, rng, 2.6)
    _signal_head(sketch, rng, (2.75, 0.0), lit)
    sketch.paint(canvas, rng, 0.04)


def _signal_head(sketch, rng, centre, lit):
    up, across = centre
    label = labels.TRAFFIC_LIGHT
    if rng.random() < 0.3:
        _rectangle(sketch, up, across, 0.34, 0.66, (0.9, 0.9, 0.9), label)
    _rectangle(sketch, up, across, 0.2, 0.55, (0.06, 0.07, 0.06), label)
    bright = [(1.0, 0.15, 0.1), (1.0, 0.75, 0.1), (0.15, 1.0, 0.45)]
    for i, colour in enumerate(bright):
        shown = colour if i == lit else np.array(colour) * 0.22
        sketch.disc((0, up + 0.34 - 0.34 * i, across), 0.13, shown, label, facing=True)


def _rectangle(sketch, up, across, half_wide, half_tall, colour, label):
    left, right, low, high = across - half_wide, across + half_wide, up - half_tall, up + half_tall
    corners = [(0, low, left), (0, high, left), (0, high, right), (0, low, right)]
    sketch.polygon(corners, colour, label)


def _triangle(sketch, up, size, colour, label, *, upright=True):
    tip = size if upright else -size
    corners = [(0, up + tip, 0), (0, up - tip * 0.6, -size), (0, up - tip * 0.6, size)]
    sketch.polygon(corners, colour, label)


def paint_traffic_sign(canvas, rng, light, frame):
    """Paint one or two signs on a pole."""
    sketch = Sketch(canvas.camera, frame)
    tall = rng.uniform(2.3, 3.2)
    _pole(sketch, rng, tall + 0.3, 0.09)
    for up in (tall, tall - 0.85)[: rng.integers(1, 3)]:
        SIGN_KINDS[rng.integers(len(SIGN_KINDS))](sketch, rng, up)
    sketch.paint(canvas, rng, 0.03)


def _prohibition(sketch, rng, up):
    label = labels.TRAFFIC_SIGN
    sketch.disc((0, up, 0), 0.4, (0.8, 0.08, 0.08), label, facing=True)
    inner = [(0.95, 0.95, 0.95), (0.1, 0.2, 0.6), (0.8, 0.08, 0.08)][rng.integers(3)]
    sketch.disc((0, up, 0), 0.29, inner, label, facing=True)
    if inner[0] > 0.9:
        for across in (-0.1, 0.1):
            _rectangle(sketch, up, across, 0.045, 0.14, (0.05, 0.05, 0.05), label)
    else:
        _rectangle(sketch, up, 0, 0.24, 0.06, (0.95, 0.95, 0.95), label)


def _order(sketch, rng, up):
    label = labels.TRAFFIC_SIGN
    sketch.disc((0, up, 0), 0.38, (0.95, 0.95, 0.95), label, facing=True)
    sketch.disc((0, up, 0), 0.35, (0.1, 0.25, 0.65), label, facing=True)
    tip = rng.uniform(-0.2, 0.2)
    arrow = [(0, up - 0.22, 0), (0, up, 0), (0, up + 0.2, tip)]
    sketch.line(arrow, 0.08, (0.95, 0.95, 0.95), label)


def _warning(sketch, rng, up):
    label, upright = labels.TRAFFIC_SIGN, rng.random() < 0.6
    _triangle(sketch, up, 0.48, (0.8, 0.08, 0.08), label, upright=upright)
    _triangle(sketch, up, 0.33, (0.95, 0.94, 0.9), label, upright=upright)
    if upright:
        _rectangle(sketch, up, 0, 0.04, 0.13, (0.05, 0.05, 0.05), label)


def _board(sketch, rng, up):
    colour = [(0.1, 0.25, 0.65), (0.9, 0.75, 0.1), (0.93, 0.93, 0.9)][rng.integers(3)]
    half_wide, half_tall = rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.4)
    _rectangle(sketch, up, 0, half_wide, half_tall, colour, labels.TRAFFIC_SIGN)
    ink = (0.1, 0.1, 0.1) if sum(colour) > 1.5 else (0.95, 0.95, 0.95)
    for level in (-0.4, 0.0, 0.4):
        end = half_wide * rng.uniform(0.2, 0.8)
        line = [(0, up + level * half_tall, -half_wide * 0.8), (0, up + level * half_tall, end)]
        sketch.line(line, 0.07, ink, labels.TRAFFIC_SIGN)


SIGN_KINDS = (_prohibition, _order, _warning, _board)


def paint_clutter(canvas, rng, light, frame):
    """Paint a bin, crate or other thing that counts as static or dynamic, not as a class."""
    sketch = Sketch(canvas.camera, frame)
    half, tall = rng.uniform(0.25, 0.5), rng.uniform(0.7, 1.3)
    label = labels.STATIC if rng.random() < 0.6 else labels.DYNAMIC
    colour = rng.uniform(0.1, 0.6, 3) * light.on(np.array([0, 0.2, -0.98]))
    _rectangle(sketch, tall / 2, 0, half, tall / 2, colour, label)
    _rectangle(sketch, tall * 0.93, 0, half * 1.08, tall * 0.07, colour * 0.6, label)
    sketch.paint(canvas, rng, 0.1)
