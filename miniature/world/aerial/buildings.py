"""Roofs from above: houses, halls, tanks and towers, each with the height of its shadow."""

from itertools import pairwise

import numpy as np

from miniature.world.aerial.sketch import Sketch, circle

TILES = (
    (0.58, 0.28, 0.20), (0.48, 0.24, 0.19), (0.40, 0.34, 0.31), (0.34, 0.35, 0.38),
    (0.55, 0.46, 0.38), (0.45, 0.45, 0.45),
)  # fmt: skip
FLAT = (
    (0.72, 0.72, 0.71), (0.58, 0.58, 0.58), (0.80, 0.79, 0.76), (0.47, 0.48, 0.50),
    (0.66, 0.60, 0.53),
)  # fmt: skip
METAL = ((0.30, 0.45, 0.62), (0.78, 0.80, 0.82), (0.55, 0.30, 0.25), (0.62, 0.66, 0.68))
UNIT = np.array([0.62, 0.63, 0.64])
DARK = np.array([0.2, 0.21, 0.23])


def pick(rng, colours, spread=0.1):
    """One of the colours, a little lighter or darker."""
    return np.array(colours[rng.integers(len(colours))]) * rng.uniform(1 - spread, 1 + spread)


def _gable(sketch, along, across, long, wide, colour, pitch=0.55, turn=0.0):
    """Two roof faces that meet in a ridge along the longer side."""
    cosine, sine = np.cos(turn), np.sin(turn)
    for side in (-1, 1):
        a, b = along - sine * side * wide / 4, across + cosine * side * wide / 4
        tone = sketch.tone(-sine * side, cosine * side, pitch)
        sketch.rectangle(a, b, long, wide / 2, colour * tone, turn)
    sketch.rectangle(along, across, long, 0.35, colour * 0.8, turn)


def _hip(sketch, long, wide, colour, pitch=0.5):
    """Four roof faces, with a ridge shorter than the house."""
    a, b, ridge = long / 2, wide / 2, max(0.0, (long - wide) / 2)
    for side in (-1, 1):
        slope = [(-a, side * b), (a, side * b), (ridge, 0), (-ridge, 0)]
        sketch.polygon(slope, colour * sketch.tone(0, side, pitch))
        end = [(side * a, -b), (side * a, b), (side * ridge, 0)]
        sketch.polygon(end, colour * sketch.tone(side, 0, pitch))


def add_house(canvas, rng, frame, long, wide, colour=None):
    """A family house with a gabled or hipped roof, perhaps with a wing, chimney, solar panels."""
    sketch = Sketch(frame, canvas.light)
    colour = pick(rng, TILES) if colour is None else colour * rng.uniform(0.88, 1.12)
    if rng.random() < 0.3:
        _hip(sketch, long, wide, colour)
    else:
        _gable(sketch, 0, 0, long, wide, colour)
        if rng.random() < 0.4:
            side = rng.choice([-1, 1])
            _gable(
                sketch,
                0.2 * long,
                side * 0.45 * wide,
                wide * 0.9,
                wide * 0.6,
                colour,
                turn=np.pi / 2,
            )
    if rng.random() < 0.6:
        sketch.rectangle(rng.uniform(-0.3, 0.3) * long, 0.6, 0.9, 0.9, DARK * 1.6)
    if rng.random() < 0.15:
        sketch.rectangle(
            -0.1 * long, 0.24 * wide, 0.4 * long, 0.26 * wide, np.array([0.1, 0.13, 0.25])
        )
    canvas.add(sketch, high=rng.uniform(4.5, 7), tall=True)


def add_hall(canvas, rng, frame, long, wide, high=None, colours=FLAT):
    """A flat roof with a rim, machines, perhaps skylights."""
    sketch, colour = Sketch(frame, canvas.light), pick(rng, colours)
    sketch.rectangle(0, 0, long, wide, colour * 1.12)
    sketch.rectangle(0, 0, long - 1.2, wide - 1.2, colour * 0.72)
    towards = sketch.sun * 0.35
    sketch.rectangle(*-towards, long - 1.8, wide - 1.8, colour)
    if rng.random() < 0.4:
        for along in np.arange(-0.4 * long, 0.4 * long, 9):
            sketch.rectangle(along, 0, 1.3, 0.7 * wide, colour * rng.uniform(1.15, 1.25))
    for _ in range(int(rng.integers(2, 4) + long * wide / 300)):
        along, across = rng.uniform(-0.42, 0.42, 2) * (long, wide)
        size = rng.uniform(1.0, 3.2, 2)
        sketch.rectangle(*(np.array([along, across]) - 0.8 * sketch.sun), *size, colour * 0.5)
        sketch.rectangle(along, across, *size, UNIT * rng.uniform(0.8, 1.3))
    high = rng.uniform(6, 10) if high is None else high
    canvas.add(sketch, high=high, tall=True)


def add_factory(canvas, rng, frame, long, wide):
    """A shed with a ribbed metal roof or with saw teeth."""
    sketch, colour = Sketch(frame, canvas.light), pick(rng, METAL)
    if rng.random() < 0.4:
        for along in np.arange(-long / 2, long / 2 - 4, 8):
            step = min(8.0, long / 2 - along)
            face = colour * sketch.tone(-1, 0, 0.5)
            sketch.rectangle(along + step * 0.4, 0, step * 0.8, wide, face)
            sketch.rectangle(along + step * 0.9, 0, step * 0.2, wide, DARK * 1.6)
    else:
        _gable(sketch, 0, 0, long, wide, colour, 0.16)
        for along in np.arange(-long / 2 + 2, long / 2 - 1, 4.5):
            sketch.rectangle(along, 0, 0.5, wide, colour * 0.88)
        for along in np.arange(-0.38 * long, 0.4 * long, 11):
            for side in (-1, 1):
                sketch.rectangle(along, side * 0.25 * wide, 1.6, 0.22 * wide, colour * 1.25)
    canvas.add(sketch, high=rng.uniform(7, 11), tall=True)


def add_flats(canvas, rng, frame, long, wide):
    """A block of flats: tall, with a lift house, rim and balconies."""
    high = rng.uniform(12, 26)
    sketch, colour = Sketch(frame, canvas.light), pick(rng, FLAT + TILES[2:4])
    sketch.rectangle(0, 0, long, wide, colour * 1.15)
    sketch.rectangle(0, 0, long - 1.4, wide - 1.4, colour * 0.9)
    for along in np.arange(-long / 2 + 8, long / 2 - 6, 15):
        sketch.rectangle(along, -1.2 * sketch.sun[1], 5, 5, colour * 0.55)
        sketch.rectangle(along, 0, 5, 5, colour * 1.2)
    for along in np.arange(-long / 2 + 3, long / 2 - 2, 5):
        sketch.rectangle(along, wide / 2 + 0.5, 2.4, 1.2, colour * 0.8)
    canvas.add(sketch, high=high, tall=True)


def add_tank(canvas, rng, frame, radius):
    """A round storage tank with rim, stairs and pipe."""
    sketch, colour = Sketch(frame, canvas.light), np.full(3, rng.uniform(0.78, 0.95))
    sketch.disc(0, 0, radius, colour * 0.7, 28)
    sketch.dome(0, 0, radius * 0.94, colour * 0.92, 28)
    angle = rng.uniform(0, 2 * np.pi)
    tip = radius * np.array([np.cos(angle), np.sin(angle)])
    sketch.line([0.2 * tip, tip], 0.6, colour * 0.55)
    canvas.add(sketch, high=rng.uniform(0.7, 1.1) * radius, tall=True)


def add_cooling_tower(canvas, rng, frame, radius):
    """A ring with a dark throat, very tall."""
    sketch = Sketch(frame, canvas.light)
    sketch.disc(0, 0, radius, np.full(3, 0.62), 32)
    sketch.dome(0, 0, radius * 0.96, np.full(3, 0.72), 32)
    sketch.disc(0, 0, radius * 0.72, np.full(3, 0.16), 28)
    sketch.disc(*(-0.12 * radius * sketch.sun), radius * 0.56, np.full(3, 0.3), 28)
    canvas.add(sketch, high=radius * 2.2, tall=True)


def add_mobile_home(canvas, rng, frame):
    """A long narrow home with a pale roof."""
    sketch = Sketch(frame, canvas.light)
    _gable(sketch, 0, 0, rng.uniform(14, 19), 4.6, np.full(3, rng.uniform(0.68, 0.95)), 0.2)
    canvas.add(sketch, high=3.2, tall=True)


def add_church(canvas, rng, frame, long):
    """Nave and transept in a cross, a tower at the end, an apse."""
    sketch, colour = Sketch(frame, canvas.light), pick(rng, TILES[:5])
    sketch.polygon(np.add(circle(0.14 * long, 16), (0.5 * long, 0)), colour * 0.95)
    _gable(sketch, 0.16 * long, 0, 0.72 * long, 0.26 * long, colour, 0.8, turn=np.pi / 2)
    _gable(sketch, 0, 0, long, 0.3 * long, colour, 0.8)
    canvas.add(sketch, high=12, tall=True)
    tower = Sketch(frame.at(-0.5 * long, 0), canvas.light)
    _hip(tower, 0.2 * long, 0.2 * long, colour * 0.75, 0.9)
    canvas.add(tower, high=26, tall=True)


def add_palace(canvas, rng, frame, long):
    """Wings around a court of honour, under one colour of tiles."""
    colour = pick(rng, ((0.70, 0.50, 0.22), *TILES[:4]))
    wide = 0.16 * long
    wings = [
        (0, 0, 0, long),
        (-0.42, 0.32, np.pi / 2, 0.6 * long),
        (0.42, 0.32, np.pi / 2, 0.6 * long),
    ]
    for along, across, turn, size in wings:
        sketch = Sketch(frame.at(along * long, across * long, turn), canvas.light)
        _hip(sketch, size, wide, colour, 0.6)
        canvas.add(sketch, high=11, tall=True)
    sketch = Sketch(frame, canvas.light)
    _hip(sketch, 0.24 * long, 0.26 * long, colour * 1.1, 0.7)
    canvas.add(sketch, high=16, tall=True)


def add_terminal(canvas, rng, frame, long, wide):
    """An airport's terminal: a broad vaulted roof in ribs."""
    sketch, colour = (
        Sketch(frame, canvas.light),
        np.array([0.80, 0.82, 0.84]) * rng.uniform(0.85, 1.1),
    )
    strips = np.linspace(-1, 1, 9)
    for low, high in pairwise(strips):
        lean = (low + high) / 2
        tone = sketch.tone(0, np.sign(lean), 0.5 * abs(lean))
        middle, share = lean * wide / 2, (high - low) * wide / 2
        sketch.rectangle(0, middle, long, share, colour * tone)
    for along in np.arange(-long / 2 + 6, long / 2 - 4, 12):
        sketch.rectangle(along, 0, 1.4, wide, np.array([0.35, 0.45, 0.52]))
    canvas.add(sketch, high=12, tall=True)


def add_grandstand(canvas, rng, frame, long, wide, high=14):
    """The roofed oval of a stadium around its pitch: two outlines of a superellipse."""
    sketch, colour = Sketch(frame, canvas.light), np.full(3, rng.uniform(0.75, 0.92))
    angles = np.linspace(0, 2 * np.pi, 49)
    rim = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rim = np.sign(rim) * np.abs(rim) ** 0.7
    seats = np.array(((0.25, 0.35, 0.6), (0.7, 0.2, 0.18), (0.8, 0.6, 0.2))[rng.integers(3)])
    half = np.array([long / 2, wide / 2])
    for i in range(len(rim) - 1):
        outer, middle, inner = (
            rim[i : i + 2] * half,
            rim[i : i + 2] * (half - 9),
            rim[i : i + 2] * (half - 18),
        )
        lean = (rim[i] + rim[i + 1]) / 2
        tone = sketch.tone(*-lean, 0.35) * (0.94 if i % 2 else 1.0)
        sketch.polygon(np.vstack([outer, middle[::-1]]), colour * tone)
        sketch.polygon(np.vstack([middle, inner[::-1]]), seats * tone)
    canvas.add(sketch, high=high, tall=True)
