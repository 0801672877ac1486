"""The nine kinds of ships of FAIR1M, from above: sizes in metres, bow towards "along"."""

import numpy as np

from miniature.world.aerial.sketch import Sketch

WHITE = np.array([0.93, 0.94, 0.95])
GLASS = np.array([0.12, 0.16, 0.2])
STEEL = np.array([0.45, 0.46, 0.47])
RED_DECK = np.array([0.50, 0.24, 0.19])
GREEN_DECK = np.array([0.25, 0.40, 0.33])
YELLOW = np.array([0.88, 0.68, 0.14])
WOOD = np.array([0.60, 0.47, 0.33])
CONTAINERS = (
    (0.62, 0.20, 0.15), (0.18, 0.33, 0.55), (0.30, 0.46, 0.30), (0.78, 0.44, 0.14),
    (0.82, 0.82, 0.80), (0.45, 0.45, 0.48), (0.20, 0.50, 0.55),
)  # fmt: skip


def _hull(long, wide, bow=0.25, stern=0.75, sharp=0.5):
    """Outline of a hull: `bow` is the share of the length that narrows, `stern` its width there."""
    a, b = long / 2, wide / 2
    turn = a - bow * long
    side = [(-a, stern * b), (-a + 0.06 * long, b), (turn, b)]
    side += [(turn + bow * long * 0.5, b * (1 - 0.5 * sharp)), (a - 0.02 * long, b * 0.12)]
    side = np.array([*side, (a, 0)])
    return np.vstack([side, side[-2::-1] * [1, -1]])


def _deck(sketch, outline, rim, deck, inset=0.9):
    sketch.polygon(outline, rim)
    sketch.polygon(outline * [0.975, inset], deck)


def _block(sketch, along, across, long, wide, colour):
    """A deckhouse whose side to the sun is lit and whose other sides are darker."""
    sketch.rectangle(along, across, long, wide, colour * 0.78)
    towards = sketch.sun * min(0.5, 0.12 * wide)
    sketch.rectangle(*(np.array([along, across]) + towards), 0.9 * long, 0.86 * wide, colour)


def motorboat(sketch, rng):
    long, wide = rng.uniform(14, 19), rng.uniform(4.2, 5.2)
    hull = _hull(long, wide, 0.5, 0.9, 0.35)
    trim = np.array(((0.9, 0.9, 0.92), (0.15, 0.2, 0.4), (0.6, 0.12, 0.1))[rng.integers(3)])
    _deck(sketch, hull, trim, WHITE, 0.88)
    sketch.rectangle(-0.33 * long, 0, 0.26 * long, 0.66 * wide, WOOD)
    glass = [(0.22, -0.2), (0.12, -0.36), (-0.02, -0.36), (0.06, 0), (-0.02, 0.36), (0.12, 0.36),
             (0.22, 0.2)]  # fmt: skip
    sketch.polygon(np.array(glass) * [long, wide], GLASS)
    sketch.rectangle(-0.1 * long, 0, 0.2 * long, 0.56 * wide, WHITE * 0.95)
    sketch.rectangle(-0.42 * long, 0, 0.05 * long, 0.6 * wide, trim * 0.8)


def fishing_boat(sketch, rng):
    long, wide = rng.uniform(24, 36), rng.uniform(6, 7.5)
    hull_colour = np.array(
        ((0.16, 0.32, 0.55), (0.22, 0.42, 0.40), (0.55, 0.2, 0.15))[rng.integers(3)]
    )
    _deck(sketch, _hull(long, wide, 0.35, 0.8, 0.4), hull_colour, WOOD * rng.uniform(0.7, 1.1), 0.8)
    end = rng.choice([-1, 1])
    _block(sketch, end * 0.22 * long, 0, 0.2 * long, 0.6 * wide, WHITE * 0.95)
    sketch.rectangle(end * 0.22 * long + 0.07 * long, 0, 0.03 * long, 0.5 * wide, GLASS)
    for _ in range(7):
        along, across = -end * rng.uniform(0.0, 0.3) * long, rng.uniform(-0.3, 0.3) * wide
        colour = np.array(
            ((0.15, 0.45, 0.35), (0.75, 0.45, 0.15), (0.3, 0.3, 0.3))[rng.integers(3)]
        )
        sketch.disc(along, across, rng.uniform(0.6, 1.1), colour, 8)
    boom = rng.uniform(0.36, 0.46)
    for side in (-1, 1):
        sketch.line([(0.02 * long, 0), (-0.2 * long, side * boom * wide)], 0.4, WHITE * 0.75)
    sketch.line([(-0.4 * long, 0), (0.4 * long, 0)], 0.35, STEEL * 1.3)


def tugboat(sketch, rng):
    long, wide = rng.uniform(27, 34), rng.uniform(10, 12)
    deck = np.array(((0.62, 0.28, 0.18), (0.30, 0.42, 0.36), (0.75, 0.42, 0.16))[rng.integers(3)])
    outline = _hull(long, wide, 0.22, 0.85, 0.2)
    _deck(sketch, outline, np.array([0.1, 0.1, 0.1]), deck, 0.82)
    _block(sketch, 0.12 * long, 0, 0.36 * long, 0.6 * wide, WHITE * 0.96)
    _block(sketch, 0.17 * long, 0, 0.15 * long, 0.42 * wide, WHITE)
    sketch.rectangle(0.25 * long, 0, 0.03 * long, 0.4 * wide, GLASS)
    for side in (-1, 1):
        sketch.disc(-0.03 * long, side * 0.2 * wide, 1.0, np.array([0.2, 0.2, 0.22]), 10)
    sketch.disc(-0.24 * long, 0, 1.3, STEEL * 0.8, 10)
    sketch.line([(-0.24 * long, 0), (-0.45 * long, 0)], 0.4, YELLOW)


def passenger_ship(sketch, rng):
    long = rng.uniform(70, 108)
    wide = 0.17 * long
    _deck(sketch, _hull(long, wide, 0.24, 0.8, 0.45), np.array([0.15, 0.22, 0.4]), WHITE, 0.93)
    for inset, tone in ((0.78, 0.82), (0.66, 0.97), (0.5, 0.85), (0.42, 1.0)):
        sketch.rectangle(-0.04 * long, 0, inset * long * 0.98, inset * wide, WHITE * tone)
    for along in np.linspace(-0.3, 0.22, 14):
        for side in (-1, 1):
            boat = np.array([0.9, 0.5, 0.15])
            sketch.rectangle(along * long, side * 0.42 * wide, 0.022 * long, 0.09 * wide, boat)
    sketch.rectangle(-0.13 * long, 0, 0.1 * long, 0.26 * wide, np.array([0.2, 0.62, 0.75]))
    sketch.rectangle(-0.13 * long, 0.19 * wide, 0.11 * long, 0.05 * wide, WOOD)
    sketch.rectangle(0.02 * long, 0, 0.07 * long, 0.22 * wide, np.array([0.15, 0.25, 0.5]))
    sketch.disc(0.02 * long, 0, 0.05 * wide, GLASS)
    sketch.rectangle(0.2 * long, 0, 0.02 * long, 0.7 * wide, GLASS)
    sketch.disc(0.37 * long, 0, 0.16 * wide, GREEN_DECK * 1.2)


def _bridge_house(sketch, long, wide):
    """The white deckhouse and the funnel at the stern of a cargo ship."""
    _block(sketch, -0.39 * long, 0, 0.11 * long, 0.9 * wide, WHITE * 0.96)
    sketch.rectangle(-0.345 * long, 0, 0.018 * long, 1.0 * wide, WHITE)
    sketch.rectangle(-0.36 * long, 0, 0.012 * long, 0.75 * wide, GLASS)
    sketch.rectangle(-0.45 * long, 0, 0.05 * long, 0.24 * wide, np.array([0.75, 0.35, 0.12]))
    sketch.disc(-0.45 * long, 0, 0.07 * wide, GLASS)


def liquid_cargo_ship(sketch, rng):
    """A tanker: pipes lengthwise, a manifold across, nothing else on deck."""
    long = rng.uniform(82, 112)
    wide = 0.165 * long
    deck = RED_DECK * rng.uniform(0.85, 1.15) if rng.random() < 0.65 else GREEN_DECK
    _deck(sketch, _hull(long, wide, 0.17, 0.85, 0.25), np.array([0.13, 0.13, 0.15]), deck, 0.92)
    for across in (-0.09, -0.03, 0.03, 0.09):
        sketch.line([(-0.3 * long, across * wide), (0.38 * long, across * wide)], 0.55, STEEL * 1.5)
    for along in np.linspace(-0.26, 0.34, 11):
        sketch.rectangle(along * long, 0, 0.5, 0.84 * wide, deck * 0.72)
    sketch.rectangle(0.04 * long, 0, 0.035 * long, 0.86 * wide, STEEL * 1.25)
    for across in np.linspace(-0.38, 0.38, 7):
        sketch.rectangle(0.04 * long, across * wide, 0.05 * long, 0.5, STEEL * 0.7)
    for along in np.linspace(-0.22, 0.3, 6):
        for side in (-1, 1):
            sketch.disc(along * long, side * 0.27 * wide, 0.9, deck * 1.5, 10)
    _bridge_house(sketch, long, wide)


def dry_cargo_ship(sketch, rng):
    """A bulk carrier with hatches and cranes, or one laden with containers."""
    long = rng.uniform(82, 112)
    wide = 0.165 * long
    deck = GREEN_DECK if rng.random() < 0.4 else RED_DECK * 0.9
    _deck(sketch, _hull(long, wide, 0.17, 0.85, 0.25), np.array([0.16, 0.2, 0.3]), deck, 0.92)
    if rng.random() < 0.5:
        _containers(sketch, rng, long, wide)
    else:
        _hatches(sketch, rng, long, wide)
    _bridge_house(sketch, long, wide)


def _containers(sketch, rng, long, wide):
    rows = max(4, round(wide * 0.82 / 2.5))
    for along in np.linspace(-0.27, 0.3, 8):
        sketch.rectangle(along * long, 0, 0.07 * long, 0.86 * wide, STEEL * 0.5)
        for across in (np.arange(rows) + 0.5) / rows - 0.5:
            colour = np.array(CONTAINERS[rng.integers(len(CONTAINERS))]) * rng.uniform(0.85, 1.15)
            if rng.random() < 0.9:
                sketch.rectangle(
                    along * long, across * 0.84 * wide, 0.064 * long, 0.76 * wide / rows, colour
                )


def _hatches(sketch, rng, long, wide):
    colour = np.array([0.62, 0.60, 0.52]) * rng.uniform(0.8, 1.1)
    for along in np.linspace(-0.24, 0.29, 5):
        _block(sketch, along * long, 0, 0.088 * long, 0.6 * wide, colour)
        sketch.rectangle(along * long, 0, 0.006 * long, 0.6 * wide, colour * 0.7)
    for along in np.linspace(-0.175, 0.225, 4):
        sketch.disc(along * long, 0, 1.3, YELLOW, 10)
        tip = (along + 0.07) * long, rng.uniform(-0.35, 0.35) * wide
        sketch.line([(along * long, 0), tip], 0.6, YELLOW * 0.9)


def engineering_ship(sketch, rng):
    """A working pontoon: a square deck, a large crane or dredger's arm, machines."""
    long, wide = rng.uniform(48, 68), rng.uniform(18, 23)
    sketch.rectangle(0, 0, long, wide, np.array([0.2, 0.2, 0.22]))
    sketch.rectangle(
        0, 0, 0.97 * long, 0.92 * wide, np.array([0.52, 0.40, 0.32]) * rng.uniform(0.8, 1.2)
    )
    _block(sketch, -0.4 * long, 0, 0.14 * long, 0.7 * wide, WHITE * 0.92)
    for _ in range(9):
        size = rng.uniform(1.5, 4, 2)
        colour = np.array(CONTAINERS[rng.integers(len(CONTAINERS))])
        sketch.rectangle(
            rng.uniform(-0.28, 0.4) * long, rng.uniform(-0.36, 0.36) * wide, *size, colour
        )
    turn, reach = rng.uniform(-0.45, 0.45), 0.55 * long
    start = np.array([-0.12 * long, 0])
    sketch.disc(*start, 0.2 * wide, STEEL * 0.8)
    sketch.rectangle(*start, 0.3 * wide, 0.28 * wide, YELLOW, turn)
    tip = start + reach * np.array([np.cos(turn), np.sin(turn)])
    normal = np.array([-np.sin(turn), np.cos(turn)]) * 1.5
    sketch.line([start + normal, tip], 0.7, YELLOW)
    sketch.line([start - normal, tip], 0.7, YELLOW)
    for share in np.linspace(0.12, 0.88, 8):
        middle = start + share * (tip - start)
        sketch.line(
            [middle + normal * (1 - share), middle - normal * (1 - share)], 0.5, YELLOW * 0.8
        )


def warship(sketch, rng):
    long = rng.uniform(78, 112)
    wide = 0.118 * long
    grey = np.array([0.50, 0.53, 0.55]) * rng.uniform(0.85, 1.15)
    _deck(sketch, _hull(long, wide, 0.42, 0.85, 0.35), grey * 0.75, grey * 0.9, 0.92)
    sketch.disc(0.3 * long, 0, 0.16 * wide, grey * 1.2)
    sketch.line([(0.3 * long, 0), (0.36 * long, 0)], 0.7, grey * 0.6)
    sketch.rectangle(0.22 * long, 0, 0.06 * long, 0.36 * wide, grey * 0.7)
    _block(sketch, 0.11 * long, 0, 0.14 * long, 0.72 * wide, grey * 1.12)
    _block(sketch, 0.1 * long, 0, 0.06 * long, 0.44 * wide, grey * 1.25)
    sketch.disc(0.08 * long, 0, 0.1 * wide, WHITE * 0.9)
    _block(sketch, -0.07 * long, 0, 0.08 * long, 0.4 * wide, grey)
    sketch.rectangle(-0.07 * long, 0, 0.035 * long, 0.22 * wide, grey * 0.4)
    _block(sketch, -0.22 * long, 0, 0.15 * long, 0.74 * wide, grey * 1.08)
    sketch.rectangle(-0.395 * long, 0, 0.19 * long, 0.8 * wide, grey * 0.72)
    sketch.disc(-0.395 * long, 0, 0.27 * wide, WHITE * 0.85)
    sketch.disc(-0.395 * long, 0, 0.22 * wide, grey * 0.72)
    sketch.rectangle(-0.395 * long, 0, 0.5, 0.3 * wide, WHITE * 0.85)


def other_ship(sketch, rng):
    """A barge laden with sand or coal, or a catamaran."""
    if rng.random() < 0.6:
        long, wide = rng.uniform(48, 72), rng.uniform(10.5, 13)
        _deck(sketch, _hull(long, wide, 0.08, 0.95, 0.2), np.array([0.35, 0.22, 0.18]), STEEL, 0.9)
        load = np.array(
            ((0.72, 0.62, 0.45), (0.16, 0.16, 0.17), (0.5, 0.46, 0.42))[rng.integers(3)]
        )
        sketch.rectangle(0.05 * long, 0, 0.74 * long, 0.7 * wide, load * 0.6)
        for along in np.linspace(-0.24, 0.34, 6):
            sketch.dome(along * long, 0, 0.33 * wide, load, 14)
        _block(sketch, -0.42 * long, 0, 0.1 * long, 0.6 * wide, WHITE * 0.95)
    else:
        long, wide = rng.uniform(26, 40), rng.uniform(11, 14)
        hull = _hull(long, 0.28 * wide, 0.4, 0.9, 0.4)
        for side in (-1, 1):
            sketch.polygon(np.add(hull, (0, side * 0.36 * wide)), WHITE)
        sketch.rectangle(-0.08 * long, 0, 0.66 * long, 0.8 * wide, WHITE * 0.86)
        _block(sketch, -0.05 * long, 0, 0.44 * long, 0.6 * wide, WHITE)
        sketch.rectangle(0.16 * long, 0, 0.04 * long, 0.56 * wide, GLASS)


# name in FAIR1M: painter; largest length, largest width and height above the water in metres
SHIPS = {
    "Passenger Ship": (passenger_ship, 108, 19, 9),
    "Motorboat": (motorboat, 19, 6, 1.5),
    "Fishing Boat": (fishing_boat, 36, 8, 2.5),
    "Tugboat": (tugboat, 34, 12, 4),
    "other-ship": (other_ship, 72, 14, 2.5),
    "Engineering Ship": (engineering_ship, 68, 23, 4),
    "Liquid Cargo Ship": (liquid_cargo_ship, 112, 19, 5),
    "Dry Cargo Ship": (dry_cargo_ship, 112, 19, 6),
    "Warship": (warship, 112, 14, 5),
}


def add_ship(canvas, rng, name, frame):
    """Let a ship lie at a frame, its bow towards "along"; returns its length in metres.

    Where the edge would cut it up there is none, and its length is 0.
    """
    painter, *_, tall = SHIPS[name]
    sketch = Sketch(frame, canvas.light)
    painter(sketch, rng)
    box = sketch.box()
    return np.hypot(*(box[1] - box[0])) if canvas.add(sketch, name, 0.0, tall) else 0.0


def paint_wake(canvas, rng, frame, long):
    """Foam and two bow waves behind a ship under way at a frame, `long` metres long."""
    tail, spread = long * rng.uniform(0.9, 1.8), rng.uniform(0.12, 0.2)
    reach = tail + long / 2
    edge = spread * reach + 3
    window = canvas.window(
        frame.to_world([(-reach, -edge), (long / 2, -edge), (long / 2, edge), (-reach, edge)])
    )
    x, y = canvas.coordinates(window)
    along, across = frame.to_local(x, y)
    behind = np.maximum(0.5 * long - along, 0)
    fade = np.clip(1 - behind / reach, 0, 1) * (along < 0.5 * long)
    arms = np.exp(-(((np.abs(across) - spread * behind) / (0.5 + 0.012 * behind)) ** 2))
    wash = np.exp(-((across / (0.05 * long + 0.03 * behind)) ** 2)) * (along < -0.3 * long)
    bubbles = np.clip(0.7 + 0.5 * canvas.noise.crop(rng, "pink", *fade.shape), 0, 1)
    share = fade * bubbles * np.maximum(0.45 * arms, 0.75 * wash)
    canvas.put(window, share, np.array([0.85, 0.89, 0.9], dtype=np.float32))
