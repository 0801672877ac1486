"""The eleven kinds of airplanes of FAIR1M, from above: sizes in metres, nose towards "along".

Lengths and spans are those that the makers publish, rounded.
"""

from dataclasses import dataclass

import numpy as np

from miniature.world.aerial.sketch import Sketch

WHITE = np.array([0.93, 0.93, 0.93])
GREY = np.array([0.62, 0.64, 0.67])
GLASS = np.array([0.12, 0.14, 0.18])
DARK = np.array([0.25, 0.26, 0.28])
LIVERIES = (
    (0.12, 0.22, 0.52), (0.72, 0.10, 0.12), (0.90, 0.45, 0.10), (0.08, 0.45, 0.42),
    (0.35, 0.15, 0.45), (0.85, 0.72, 0.15), (0.1, 0.12, 0.2), (0.2, 0.55, 0.8),
)  # fmt: skip


@dataclass(frozen=True)
class Type:
    """The plan of a type: metres, angles in degrees, engines as shares of the half span.

    `chord` is the wing's at the root; `tip` is the tip's share of it; `raked` is how far (metres)
    the tip bends back. Engines sit on the wings, or, if there are none there, at the tail.
    """

    long: float
    span: float
    body: float
    chord: float
    sweep: float
    tip: float = 0.25
    raked: float = 0.0
    engines: tuple = (0.34,)
    engine: float = 2.2
    tail_span: float = 0.38
    wing_at: float = 0.06
    wing: float = 1.0


TYPES = {
    "Boeing737": Type(38, 35, 3.8, 7.6, 26, 0.22, engine=2.3, tail_span=0.42),
    "Boeing747": Type(70, 64, 6.6, 15.5, 38, 0.25, engines=(0.36, 0.65), engine=3.0, wing_at=0.09),
    "Boeing777": Type(70, 62, 6.2, 13.0, 32, 0.18, engines=(0.32,), engine=4.0, tail_span=0.34),
    "Boeing787": Type(60, 60, 5.8, 11.0, 33, 0.16, 4.2, engine=3.5, tail_span=0.33, wing=0.88),
    "ARJ21": Type(33.5, 27.5, 3.4, 6.0, 25, 0.26, engines=(), engine=2.0, tail_span=0.4),
    "C919": Type(39, 35.8, 4.0, 7.2, 25, 0.24, engine=2.6, tail_span=0.36, wing=0.95),
    "A220": Type(37, 35, 3.6, 6.2, 26, 0.2, 1.2, engine=2.4, tail_span=0.35, wing=0.8),
    "A321": Type(44.5, 35.5, 4.0, 7.0, 25, 0.25, engine=2.3, tail_span=0.36),
    "A330": Type(61, 60, 5.7, 11.5, 30, 0.22, engine=3.2, tail_span=0.33, wing=1.04),
    "A350": Type(67, 64.5, 6.0, 12.0, 32, 0.14, 5.5, engine=3.8, tail_span=0.3, wing=0.92),
}  # fmt: skip


def _wing(plan, root, half, chord, sweep, tip, raked):
    """One wing, from the body out to across = half: corners (n, 2)."""
    back = np.tan(np.deg2rad(sweep))
    bend = 0.86 * half if raked else half
    lead = root + chord * 0.5
    corners = [(lead, 0), (lead - back * bend, bend)]
    corners += [(lead - back * half - raked, half)] if raked else []
    end = lead - back * half - raked
    corners += [(end - chord * tip * (0.4 if raked else 1), half)]
    kink = 0.36 * half
    corners += [(min(lead - back * kink - chord * 0.56, root - chord * 0.42), kink)]
    return np.array([*corners, (root - chord * 0.5, 0)])


def airliner(sketch, rng, plan):
    """A jet airliner of a plan."""
    livery = np.array(LIVERIES[rng.integers(len(LIVERIES))])
    white = WHITE * rng.uniform(0.93, 1.04)
    wing_tone = GREY * plan.wing * rng.uniform(0.93, 1.07)
    root, half, nose = plan.wing_at * plan.long, plan.span / 2, plan.long / 2
    wing = _wing(plan, root, half, plan.chord, plan.sweep, plan.tip, plan.raked)
    back = np.tan(np.deg2rad(plan.sweep))
    _engines(sketch, plan, root, half, back, livery if rng.random() < 0.4 else white * 0.9)
    for side in (-1, 1):
        tone = sketch.tone(0, side, 0.1)
        sketch.polygon(wing * [1, side], wing_tone * tone)
        _flaps(sketch, wing, side, wing_tone * tone)
    tail = _wing(plan, -0.43 * plan.long, plan.tail_span * half, plan.chord * 0.55, 32, 0.35, 0)
    sketch.both(tail, wing_tone * 1.02)
    _body(sketch, plan, nose, white)
    if not plan.engines:
        _tail_engines(sketch, plan, white * 0.85)
        sketch.both(tail - [0.05 * plan.long, 0], wing_tone * 1.05)
    _fin(sketch, plan, livery)
    if plan.engines and len(plan.engines) == 2:
        sketch.tube([(nose * 0.86, 1.2), (nose * 0.8, 2.2), (nose * 0.45, 2.2), (nose * 0.3, 0.8)],
                    white * 1.05)  # fmt: skip


def _engines(sketch, plan, root, half, back, colour):
    for share in plan.engines:
        across = share * half
        front = root + plan.chord * 0.5 - back * across + plan.engine * 0.7
        for side in (-1, 1):
            middle, long = front - plan.engine, plan.engine * 2.0
            sketch.rectangle(middle, side * across, long, plan.engine * 0.95, colour)
            sketch.rectangle(front, side * across, plan.engine * 0.28, plan.engine * 0.95, DARK)


def _tail_engines(sketch, plan, colour):
    for side in (-1, 1):
        across = side * (plan.body / 2 + plan.engine * 0.42)
        sketch.rectangle(-0.27 * plan.long, across, plan.engine * 2.1, plan.engine * 0.85, colour)
        front = -0.27 * plan.long + plan.engine
        sketch.rectangle(front, across, plan.engine * 0.3, plan.engine * 0.8, DARK)


def _flaps(sketch, wing, side, colour):
    """The lighter rim along the front and the darker one along the back of a wing."""
    front, tip = wing[0], wing[1]
    rim = np.array([front, tip, tip - [0.5, 0], front - [0.8, 0]])
    sketch.polygon(rim * [1, side], colour * 1.22)
    kink, rear = wing[-2], wing[-1]
    rim = np.array([rear, kink, np.add(kink, (0.9, 0)), np.add(rear, (1.2, 0))])
    sketch.polygon(rim * [1, side], colour * 0.82)


def _body(sketch, plan, nose, colour):
    half, long = plan.body / 2, plan.long
    profile = [
        (nose, 0.05),
        (nose - 0.5 * half, 0.45 * half),
        (nose - 1.4 * half, 0.8 * half),
        (nose - 3.0 * half, half),
        (-0.22 * long, half),
        (-0.4 * long, 0.6 * half),
        (-0.5 * long, 0.15 * half),
    ]
    sketch.tube(profile, colour)
    glass = [(-0.84, 0), (-1.1, 0.55), (-1.44, 0.55), (-1.24, 0)]
    sketch.both(np.array(glass) * half + np.array([nose, 0]), GLASS)


def _fin(sketch, plan, livery):
    """The fin, a thin wedge in the colours of the airline, and the band before it."""
    long, half, wide = plan.long, plan.body * 0.28, plan.body * 0.11
    sketch.rectangle(-0.355 * long, 0, 0.09 * long, 2 * half, livery * 0.8 + 0.2)
    sketch.both([(-0.33 * long, 0), (-0.48 * long, wide), (-0.49 * long, 0)], livery)


def other_airplane(sketch, rng):
    """A turboprop, a business jet or a delta-winged jet."""
    kind = rng.integers(3)
    if kind == 0:
        _turboprop(sketch, rng)
    elif kind == 1:
        plan = Type(25, 23.5, 2.6, 4.6, 30, 0.3, 1.0, engines=(), engine=1.7, tail_span=0.42)
        airliner(sketch, rng, plan)
    else:
        _delta(sketch, rng)


def _turboprop(sketch, rng):
    plan = Type(27, 28, 2.9, 3.6, 3, 0.55, engines=(), tail_span=0.34)
    colour = WHITE * rng.uniform(0.85, 1.02)
    wing = np.array([(3.2, 0), (2.6, 14), (0.9, 14), (-0.4, 0)])
    for side in (-1, 1):
        sketch.rectangle(2.6, side * 4.6, 5.2, 1.3, colour * 0.8)
        sketch.rectangle(5.2, side * 4.6, 0.3, 3.9, DARK)
        sketch.polygon(wing * [1, side], colour * 0.82 * sketch.tone(0, side, 0.1))
    sketch.both([(-10.5, 0), (-10.9, 4.8), (-12.6, 4.8), (-12.8, 0)], colour * 0.8)
    _body(sketch, plan, 13.5, colour)
    _fin(sketch, plan, np.array(LIVERIES[rng.integers(len(LIVERIES))]))


def _delta(sketch, rng):
    colour = np.array([0.45, 0.48, 0.50]) * rng.uniform(0.85, 1.2)
    for side in (-1, 1):
        tone = colour * sketch.tone(0, side, 0.15)
        sketch.polygon(np.array([(4, 1), (-7, 7.8), (-9, 7.8), (-9, 1)]) * [1, side], tone)
        sketch.polygon(
            np.array([(8, 1), (6.2, 3.4), (5.2, 3.4), (5.6, 1)]) * [1, side], tone * 0.95
        )
    sketch.tube([(12, 0.05), (9, 0.9), (3, 1.5), (-9, 1.4), (-11, 0.8)], colour * 1.05)
    sketch.tube([(8.4, 0.1), (7.4, 0.6), (5.4, 0.6), (4.6, 0.2)], GLASS * 1.5)
    sketch.both([(-6, 1.0), (-10, 1.5), (-10.6, 1.5), (-10, 0.9)], colour * 0.7)


AIRPLANES = (*TYPES, "other-airplane")


def add_airplane(canvas, rng, name, frame):
    """Let an airplane stand at a frame, its nose towards "along"."""
    sketch = Sketch(frame, canvas.light)
    if name == "other-airplane":
        other_airplane(sketch, rng)
    else:
        airliner(sketch, rng, TYPES[name])
    canvas.add(sketch, name, 2.5, 4.5)


def length_and_span(name):
    """Metres (long, across) that a type needs."""
    plan = TYPES.get(name)
    return (plan.long, plan.span) if plan else (27.0, 28.0)
