"""The ten kinds of vehicles of FAIR1M, from above: sizes in metres, front towards "along"."""

import numpy as np

from miniature.world.aerial.sketch import Sketch

CAR_COLOURS = (
    (0.86, 0.87, 0.88), (0.93, 0.93, 0.92), (0.12, 0.12, 0.13), (0.22, 0.23, 0.25),
    (0.55, 0.57, 0.60), (0.68, 0.70, 0.72), (0.60, 0.10, 0.10), (0.12, 0.20, 0.45),
    (0.35, 0.28, 0.22), (0.75, 0.68, 0.50),
)  # fmt: skip
CAB_COLOURS = (
    (0.85, 0.86, 0.86), (0.70, 0.12, 0.10), (0.15, 0.30, 0.62), (0.88, 0.75, 0.2), (0.2, 0.42, 0.3)
)  # fmt: skip
BUS_COLOURS = ((0.92, 0.78, 0.2), (0.85, 0.86, 0.88), (0.2, 0.5, 0.35), (0.75, 0.18, 0.15))
BOX_COLOURS = (
    (0.9, 0.9, 0.9), (0.82, 0.84, 0.86), (0.25, 0.42, 0.68), (0.78, 0.45, 0.2), (0.6, 0.65, 0.62)
)  # fmt: skip
LOADS = ((0.45, 0.34, 0.24), (0.55, 0.50, 0.43), (0.3, 0.28, 0.27), (0.66, 0.58, 0.42))
GLASS = np.array([0.10, 0.13, 0.17])
STEEL = np.array([0.32, 0.33, 0.35])
TYRE = np.array([0.09, 0.09, 0.09])
YELLOW = np.array([0.88, 0.66, 0.12])


def _pick(rng, colours):
    return np.array(colours[rng.integers(len(colours))]) * rng.uniform(0.9, 1.08)


def _slab(sketch, along, long, wide, colour, bevel=0.2):
    """A body whose sides are a little lighter or darker than its top, by the sun."""
    a, b = along + long / 2, along - long / 2
    half, edge = wide / 2, min(bevel, wide / 4)
    sketch.rectangle(along, 0, long, wide, colour * 0.9)
    for side in (-1, 1):
        strip = [(b, side * half), (a, side * half), (a, side * (half - edge)),
                 (b, side * (half - edge))]  # fmt: skip
        sketch.polygon(strip, colour * sketch.tone(0, side, 0.9))
    sketch.rectangle(along, 0, long - 2 * edge, wide - 2 * edge, colour)


def small_car(sketch, rng):
    long, wide = rng.uniform(4.2, 5.0), rng.uniform(1.85, 2.05)
    colour, half, back = _pick(rng, CAR_COLOURS), wide / 2, rng.uniform(-0.42, -0.28)
    nose = [(-0.5, -0.86), (-0.44, -1), (0.42, -1), (0.5, -0.7), (0.5, 0.7), (0.42, 1), (-0.44, 1),
            (-0.5, 0.86)]  # fmt: skip
    sketch.polygon(np.array(nose) * [long, half], colour * 0.95)
    sketch.rectangle(-0.04 * long, 0, 0.5 * long, 0.88 * wide, colour * 0.7)
    front = [(0.12, -0.82), (0.24, -0.9), (0.24, 0.9), (0.12, 0.82)]
    rear = [(back, -0.86), (back + 0.1, -0.8), (back + 0.1, 0.8), (back, 0.86)]
    for glass in (front, rear):
        sketch.polygon(np.array(glass) * [long, half], GLASS)
    roof = (back + 0.1) * long, 0.12 * long
    sketch.rectangle(sum(roof) / 2, 0, roof[1] - roof[0], 0.76 * wide, colour * 1.05)


def van(sketch, rng):
    long, wide = rng.uniform(5.4, 6.4), rng.uniform(2.1, 2.25)
    colour = _pick(rng, CAR_COLOURS[:2] * 3 + CAR_COLOURS[4:6] + CAR_COLOURS[3:4])
    _slab(sketch, 0, long, wide, colour)
    sketch.rectangle(0.44 * long, 0, 0.12 * long, 0.94 * wide, colour * 0.85)
    glass = [(0.27, -0.42), (0.37, -0.46), (0.37, 0.46), (0.27, 0.42)]
    sketch.polygon(np.array(glass) * [long, wide], GLASS)
    for along in (-0.3, -0.1, 0.1):
        sketch.rectangle(along * long, 0, 0.012 * long, 0.75 * wide, colour * 0.85)


def bus(sketch, rng):
    long, wide = rng.uniform(11.5, 13.5), rng.uniform(2.7, 2.9)
    colour, roof = _pick(rng, BUS_COLOURS), rng.uniform(0.85, 0.95)
    _slab(sketch, 0, long, wide, colour, 0.3)
    sketch.rectangle(0.47 * long, 0, 0.03 * long, 0.9 * wide, GLASS)
    sketch.rectangle(-0.02 * long, 0, 0.82 * long, 0.62 * wide, np.full(3, roof))
    for along in (-0.3, 0.22):
        sketch.rectangle(along * long, 0, 0.13 * long, 0.44 * wide, np.full(3, 0.62))
        sketch.rectangle(along * long, 0, 0.06 * long, 0.3 * wide, np.full(3, 0.42))
    sketch.rectangle(-0.05 * long, 0, 0.06 * long, 0.34 * wide, colour * 0.6)


def _cab(sketch, along, long, wide, colour):
    """The cab of a lorry, its front at along + long / 2."""
    _slab(sketch, along, long, wide, colour)
    sketch.rectangle(along + 0.36 * long, 0, 0.2 * long, 0.9 * wide, GLASS)
    sketch.rectangle(along - 0.1 * long, 0, 0.4 * long, 0.7 * wide, np.clip(colour * 1.1, 0, 1))


def cargo_truck(sketch, rng):
    long, wide = rng.uniform(8.5, 10.5), rng.uniform(2.5, 2.7)
    sketch.rectangle(0, 0, long * 0.98, wide * 0.5, STEEL * 0.6)
    _slab(sketch, -0.12 * long, 0.76 * long, wide, _pick(rng, BOX_COLOURS), 0.25)
    _cab(sketch, 0.4 * long, 0.2 * long, wide * 0.95, _pick(rng, CAB_COLOURS))


def dump_truck(sketch, rng):
    long, wide = rng.uniform(8.0, 9.5), rng.uniform(2.7, 2.95)
    colour, load = _pick(rng, (*CAB_COLOURS[1:], (0.9, 0.45, 0.12))), _pick(rng, LOADS)
    sketch.rectangle(0, 0, long * 0.98, wide * 0.5, STEEL * 0.5)
    sketch.rectangle(-0.13 * long, 0, 0.74 * long, wide, colour * 0.8)
    sketch.rectangle(-0.13 * long, 0, 0.68 * long, wide * 0.78, load * 0.55)
    for along, radius in ((-0.3, 0.3), (-0.12, 0.34), (0.06, 0.28)):
        sketch.dome(along * long, rng.uniform(-0.2, 0.2), radius * wide, load * 1.1, 10)
    _cab(sketch, 0.4 * long, 0.2 * long, wide * 0.92, colour)


def trailer(sketch, rng):
    """A trailer without a tractor: a flat bed, mostly with a ribbed container on it."""
    long, wide = rng.uniform(12.0, 13.6), rng.uniform(2.5, 2.65)
    sketch.rectangle(0, 0, long, wide, np.array([0.45, 0.38, 0.32]) * rng.uniform(0.7, 1.1))
    sketch.rectangle(-0.36 * long, 0, 0.2 * long, wide, TYRE * 1.8)
    if rng.random() < 0.65:
        colour = _pick(
            rng, ((0.62, 0.22, 0.16), (0.2, 0.36, 0.55), (0.3, 0.45, 0.3), (0.7, 0.4, 0.15))
        )
        _slab(sketch, 0.0, 0.9 * long, wide * 0.98, colour)
        for along in np.linspace(-0.4, 0.4, 9):
            sketch.rectangle(along * long, 0, 0.02 * long, 0.84 * wide, colour * 0.75)
    else:
        for along in np.linspace(-0.44, 0.44, 8):
            sketch.rectangle(along * long, 0, 0.025 * long, 0.9 * wide, STEEL * 0.6)


def truck_tractor(sketch, rng):
    """The motor vehicle of an articulated lorry, alone: cab, bare frame, fifth wheel."""
    long, wide = rng.uniform(6.2, 7.0), rng.uniform(2.5, 2.65)
    sketch.rectangle(-0.2 * long, 0, 0.6 * long, wide * 0.4, STEEL * 0.7)
    for side in (-1, 1):
        sketch.rectangle(-0.34 * long, side * wide * 0.36, 0.26 * long, wide * 0.24, TYRE)
    sketch.disc(-0.3 * long, 0, wide * 0.2, STEEL * 1.2, 10)
    sketch.rectangle(-0.02 * long, 0, 0.06 * long, wide * 0.9, STEEL * 0.9)
    _cab(sketch, 0.27 * long, 0.46 * long, wide, _pick(rng, CAB_COLOURS))


def tractor(sketch, rng):
    """A farm tractor: large wheels behind, a narrow bonnet in front."""
    long, wide = rng.uniform(4.6, 5.4), rng.uniform(2.4, 2.7)
    colour = _pick(rng, ((0.15, 0.42, 0.16), (0.72, 0.12, 0.1), (0.14, 0.3, 0.62)))
    for side in (-1, 1):
        sketch.rectangle(-0.27 * long, side * wide * 0.39, 0.4 * long, wide * 0.22, TYRE)
        sketch.rectangle(0.3 * long, side * wide * 0.35, 0.24 * long, wide * 0.16, TYRE)
    sketch.rectangle(0, 0, long, wide * 0.2, STEEL * 0.7)
    sketch.rectangle(0.2 * long, 0, 0.52 * long, wide * 0.4, colour)
    sketch.rectangle(-0.2 * long, 0, 0.36 * long, wide * 0.56, GLASS * 1.5)
    sketch.rectangle(-0.2 * long, 0, 0.28 * long, wide * 0.44, colour * 1.15)


def excavator(sketch, rng):
    """Tracks, a turned house, and an arm with a bucket."""
    turn = rng.uniform(-0.5, 0.5)
    colour = YELLOW * rng.uniform(0.85, 1.1) if rng.random() < 0.75 else np.array([0.85, 0.4, 0.12])
    for side in (-1, 1):
        sketch.rectangle(0, side * 1.15, 4.2, 0.7, TYRE * 1.6)
        for along in (-1.5, -0.5, 0.5, 1.5):
            sketch.rectangle(along, side * 1.15, 0.3, 0.7, STEEL)
    sketch.rectangle(0, 0, 1.6, 1.8, STEEL * 0.7)
    sketch.rectangle(-0.3, 0, 3.4, 2.5, colour, turn)
    sketch.rectangle(-1.5 * np.cos(turn), -1.5 * np.sin(turn), 0.9, 2.4, STEEL * 0.6, turn)
    cosine, sine = np.cos(turn), np.sin(turn)

    def local(along, across):
        return along * cosine - across * sine, along * sine + across * cosine

    sketch.rectangle(*local(0.7, -0.75), 1.4, 0.9, GLASS * 1.2, turn)
    reach = rng.uniform(5.2, 6.6)
    sketch.line([local(0.5, 0.35), local(reach, 0.35)], 0.62, colour * 0.92)
    sketch.line([local(1.4, 0.35), local(reach * 0.7, 0.35)], 0.2, STEEL * 0.6)
    sketch.rectangle(*local(reach + 0.1, 0.35), 1.0, 1.4, STEEL * 0.55, turn)


def other_vehicle(sketch, rng):
    """Carts and machines of no other kind: a loader, a tug with carts, a road roller."""
    kind = rng.integers(3)
    if kind == 0:
        sketch.rectangle(-0.6, 0, 3.8, 2.0, YELLOW)
        for along in (-1.6, 0.9):
            for side in (-1, 1):
                sketch.rectangle(along, side * 1.1, 1.2, 0.6, TYRE)
        sketch.rectangle(-0.5, 0, 1.4, 1.4, GLASS)
        sketch.rectangle(2.5, 0, 1.2, 2.9, STEEL)
        sketch.rectangle(1.6, 0, 1.6, 1.0, YELLOW * 0.75)
    elif kind == 1:
        sketch.rectangle(2.6, 0, 2.2, 1.5, np.array([0.9, 0.9, 0.86]))
        sketch.rectangle(2.4, 0, 0.7, 1.3, GLASS)
        sketch.rectangle(0, 0, 6.0, 0.3, STEEL)
        for along in (0.0, -2.3):
            sketch.rectangle(
                along, 0, 1.9, 1.6, np.array([0.25, 0.35, 0.6]) * rng.uniform(0.7, 1.4)
            )
    else:
        sketch.rectangle(0, 0, 4.4, 1.3, np.array([0.9, 0.55, 0.15]))
        sketch.rectangle(1.9, 0, 1.3, 2.1, STEEL * 0.8)
        sketch.rectangle(-1.8, 0, 1.3, 2.1, STEEL * 0.8)
        sketch.rectangle(-0.1, 0, 1.4, 1.5, np.array([0.92, 0.9, 0.85]))


# name in FAIR1M: painter, height in metres
VEHICLES = {
    "Small Car": (small_car, 1.5),
    "Bus": (bus, 3.1),
    "Cargo Truck": (cargo_truck, 3.3),
    "Dump Truck": (dump_truck, 3.0),
    "other-vehicle": (other_vehicle, 2.0),
    "Van": (van, 2.4),
    "Trailer": (trailer, 3.4),
    "Tractor": (tractor, 2.6),
    "Excavator": (excavator, 2.8),
    "Truck Tractor": (truck_tractor, 3.2),
}


def add_vehicle(canvas, rng, name, frame):
    """Let a vehicle stand at a frame, its front towards "along"."""
    painter, tall = VEHICLES[name]
    sketch = Sketch(frame, canvas.light)
    painter(sketch, rng)
    canvas.add(sketch, name, 0.2, tall)
