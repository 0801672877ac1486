"""The four kinds of courts of FAIR1M, painted on the ground: sizes in metres.

The lines follow the rules of each game, rounded; fields are those of small clubs.
"""

import numpy as np

from miniature.world.aerial.sketch import Sketch, circle

LINE = np.array([0.93, 0.93, 0.92])
CLAY = np.array([0.66, 0.46, 0.33])
COURT_COLOURS = (
    (0.25, 0.42, 0.62), (0.28, 0.50, 0.36), (0.62, 0.32, 0.26), (0.45, 0.35, 0.55),
    (0.70, 0.48, 0.30),
)  # fmt: skip


def _pair(rng):
    first, second = rng.choice(len(COURT_COLOURS), 2, replace=False)
    return [np.array(COURT_COLOURS[i]) * rng.uniform(0.88, 1.12) for i in (first, second)]


def _frame_line(sketch, along, across, long, wide, thick, colour=LINE):
    a, b = long / 2, wide / 2
    corners = [(-a, -b), (a, -b), (a, b), (-a, b), (-a, -b)]
    sketch.line(np.add(corners, (along, across)), thick, colour)


def _arc(sketch, along, across, radius, start, stop, thick):
    angles = np.linspace(start, stop, 14)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius + [along, across]
    sketch.line(points, thick, LINE)


def tennis_court(sketch, rng):
    """A court of 23.8 x 11 m on a surround of another colour, with its net."""
    inner, outer = _pair(rng)
    sketch.rectangle(0, 0, 35, 17.5, outer)
    sketch.rectangle(0, 0, 23.8, 11, inner)
    _frame_line(sketch, 0, 0, 23.8, 11, 0.45)
    for across in (-4.1, 4.1):
        sketch.line([(-11.9, across), (11.9, across)], 0.4, LINE)
    for along in (-6.4, 6.4):
        sketch.line([(along, -4.1), (along, 4.1)], 0.4, LINE)
    sketch.line([(-6.4, 0), (6.4, 0)], 0.4, LINE)
    sketch.line([(0, -6.4), (0, 6.4)], 0.5, np.array([0.12, 0.13, 0.14]))


def basketball_court(sketch, rng):
    """A court of 28 x 15 m: keys, arcs, centre circle, boards."""
    inner, outer = _pair(rng)
    sketch.rectangle(0, 0, 32, 19, outer)
    sketch.rectangle(0, 0, 28, 15, inner)
    for end in (-1, 1):
        sketch.rectangle(end * 11.1, 0, 5.8, 4.9, outer * 1.1)
        sketch.disc(end * 8.2, 0, 1.8, outer * 1.1, 20)
        _frame_line(sketch, end * 11.1, 0, 5.8, 4.9, 0.35)
        middle = np.pi if end > 0 else 0
        _arc(sketch, end * 12.4, 0, 6.75, middle - 1.45, middle + 1.45, 0.4)
        sketch.rectangle(end * 12.8, 0, 0.5, 1.8, np.array([0.95, 0.95, 0.95]))
    _arc(sketch, 0, 0, 1.8, 0, 2 * np.pi, 0.4)
    sketch.line([(0, -7.5), (0, 7.5)], 0.4, LINE)
    _frame_line(sketch, 0, 0, 28, 15, 0.45)


def football_field(sketch, rng):
    """A pitch with mown stripes, boxes, centre circle and goals."""
    long, wide = rng.uniform(58, 66), rng.uniform(38, 43)
    artificial = rng.random() < 0.4
    grass = np.array([0.20, 0.45, 0.22] if artificial else [0.31, 0.44, 0.20])
    sketch.rectangle(0, 0, long, wide, grass)
    a, b = 0.46 * long, 0.45 * wide
    stripes = np.linspace(-a, a, 11)
    for start, stop in zip(stripes[:-1:2], stripes[1::2], strict=True):
        sketch.rectangle((start + stop) / 2, 0, stop - start, wide, grass * 1.16)
    _frame_line(sketch, 0, 0, 2 * a, 2 * b, 0.55)
    sketch.line([(0, -b), (0, b)], 0.55, LINE)
    _arc(sketch, 0, 0, 0.2 * wide, 0, 2 * np.pi, 0.55)
    for end in (-1, 1):
        _frame_line(sketch, end * (a - 0.07 * long), 0, 0.14 * long, 0.5 * wide, 0.5)
        _frame_line(sketch, end * (a - 0.025 * long), 0, 0.05 * long, 0.24 * wide, 0.5)
        _arc(sketch, end * (a - 0.12 * long), 0, 0.1 * wide, *_outward(end), 0.5)
        sketch.rectangle(end * (a + 0.8), 0, 1.6, 0.14 * wide, np.array([0.8, 0.8, 0.8]))


def _outward(end):
    return (np.pi - 1.0, np.pi + 1.0) if end > 0 else (-1.0, 1.0)


def baseball_field(sketch, rng):
    """A fan of grass with a clay infield, its plate at the corner, its bases in a diamond."""
    side = rng.uniform(52, 64)
    grass = np.array([0.29, 0.43, 0.19]) * rng.uniform(0.9, 1.12)
    clay, home = CLAY * rng.uniform(0.9, 1.12), np.array([-side / 2 + 4, -side / 2 + 4])
    angles = np.linspace(0, np.pi / 2, 24)
    fan = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    corner = [(-4, -4), (side - 4, -4)]
    outline = np.vstack([corner, fan * (side - 4), [(-4, side - 4)]])
    sketch.polygon(outline + home, clay * 0.95)
    sketch.polygon(np.vstack([[(0, 0)], fan * (side - 7)]) + home, grass)
    for low, high in ((0.55, 0.68), (0.8, 0.92)):
        ring = np.vstack([fan * low * (side - 7), fan[::-1] * high * (side - 7)])
        sketch.polygon(ring + home, grass * 1.13)
    base = 0.36 * side
    infield = np.vstack([[(0, 0)], fan * base * 1.3])
    sketch.polygon(infield + home, clay)
    diamond = np.array([(0.16, 0.16), (0.86, 0.16), (0.86, 0.86), (0.16, 0.86)]) * base
    sketch.polygon(diamond + home, grass * 1.08)
    sketch.polygon(circle(2.4, 14) + home + 0.5 * base, clay * 1.05)
    sketch.polygon(circle(3.2, 14) + home, clay * 1.05)
    for corner in ((base, 0), (base, base), (0, base)):
        sketch.polygon(circle(2.2, 12) + home + corner, clay)
        sketch.rectangle(*(home + corner), 0.9, 0.9, LINE)
    for end in ((side - 8, 0), (0, side - 8)):
        sketch.line([home, home + end], 0.4, LINE)


# name in FAIR1M: painter, metres along and across that it needs
COURTS = {
    "Baseball Field": (baseball_field, 64, 64),
    "Basketball Court": (basketball_court, 32, 19),
    "Football Field": (football_field, 66, 43),
    "Tennis Court": (tennis_court, 35, 17.5),
}


def paint_court(canvas, rng, name, frame):
    """Paint a court on the ground."""
    sketch = Sketch(frame, canvas.light)
    COURTS[name][0](sketch, rng)
    if not canvas.is_cut_up(sketch.box()):
        sketch.paint(canvas, rng, name, grain=0.06)
        canvas.fell([sketch.box()])
