"""An airport from above: runway, taxiway, apron with airplanes at their stands, terminals."""

import numpy as np

from miniature.world.aerial import buildings, surfaces
from miniature.world.aerial.airplanes import (
    AIRPLANES,
    add_airplane,
    length_and_span,
)
from miniature.world.aerial.blocks import Block, cover, oblong
from miniature.world.aerial.surfaces import fill
from miniature.world.aerial.vehicles import add_vehicle

WHITE = (0.9, 0.9, 0.9)
AMBER = (0.85, 0.68, 0.2)
RUNWAY, TAXIWAY = -235.0, -160.0  # metres across the frame
APRON = (-150.0, 70.0)
STAND_METRES = 84.0
SERVICE = ("other-vehicle", "other-vehicle", "Van", "Cargo Truck", "Bus")


def build_airport(canvas, rng, frame, radius):
    """An airport along a frame; its land side begins at `APRON[1]` + 45 metres across."""
    half = min(canvas.size) / 2
    paint_runway(canvas, rng, frame.at(0, RUNWAY), 2 * radius)
    _paint_taxiways(canvas, rng, frame.at(0, TAXIWAY), 2 * radius)
    near, far = APRON
    paint_apron(canvas, rng, Block(frame.at(0, (near + far) / 2), 2 * radius, far - near))
    for along in np.arange(-radius, radius, 150):
        spot = frame.at(along + 70, far + 18)
        buildings.add_terminal(canvas, rng, spot, rng.uniform(90, 135), rng.uniform(26, 34))
    names = [AIRPLANES[i] for _ in range(2) for i in rng.permutation(len(AIRPLANES))]
    for row in range(2):
        names = _park_row(canvas, rng, frame, half, far - 12 - row * STAND_METRES, names)
    for across, chance in ((TAXIWAY, 0.9), (RUNWAY, 0.6)):
        if names and rng.random() < chance:
            spot = frame.at(rng.uniform(-0.6, 0.6) * half, across, rng.choice([0, np.pi]))
            add_airplane(canvas, rng, names.pop(), spot)
    for along in np.arange(-radius, radius, 26):
        spot = frame.at(along + rng.uniform(-6, 6), far - 3 + rng.uniform(-2, 2),
                        rng.choice([0, np.pi]))  # fmt: skip
        if rng.random() < 0.6:
            add_vehicle(canvas, rng, SERVICE[rng.integers(len(SERVICE))], spot)


def _park_row(canvas, rng, frame, half, nose, names):
    """Airplanes side by side, noses at `nose` across the frame; returns the names left over."""
    along, lines, names = -half + rng.uniform(0, 25), [], list(names)
    while names and along < half:
        long, span = length_and_span(names[0])
        along += span / 2 + 4
        lines.append(oblong(frame, along, nose - STAND_METRES / 2, 0.5, STAND_METRES))
        spot = frame.at(along, nose - long / 2, np.pi / 2 + rng.normal(0, 0.02))
        if rng.random() < 0.92:
            add_airplane(canvas, rng, names[0], spot)
            serve(canvas, rng, spot, long)
        names.pop(0)
        along += span / 2 + 4
    canvas.stamp(lines, AMBER, 0.8)
    return names


def serve(canvas, rng, spot, long):
    """Vehicles beside an airplane of a length (metres) parked at `spot`."""
    for side in (-1, 1):
        if rng.random() < 0.6:
            name = SERVICE[rng.integers(len(SERVICE) - 1)]
            along = rng.uniform(0.24, 0.4) * long
            turn = rng.choice([0, np.pi, np.pi / 2])
            add_vehicle(canvas, rng, name, spot.at(along, side * rng.uniform(8, 10), turn))


def paint_apron(canvas, rng, apron):
    """Concrete in slabs, with stains."""
    cover(canvas, rng, apron, surfaces.CONCRETE)
    frame = apron.frame
    joints = [oblong(frame, along, 0, 0.35, apron.wide)
              for along in np.arange(-apron.long / 2, apron.long / 2, 12)]  # fmt: skip
    joints += [oblong(frame, 0, across, apron.long, 0.35)
               for across in np.arange(-apron.wide / 2, apron.wide / 2, 12)]  # fmt: skip
    canvas.stamp(joints, (0.3, 0.3, 0.3), 0.2)
    for _ in range(int(apron.long / 12)):
        spot = apron.spot(rng)
        stain = oblong(frame, *frame.to_local(spot.x, spot.y), *rng.uniform(2, 16, 2))
        fill(canvas, rng, [stain], surfaces.ASPHALT, ragged=2.5, strength=rng.uniform(0.1, 0.35))


def paint_runway(canvas, rng, frame, long, wide=45.0):
    """A runway along a frame: lines, a threshold, touchdown marks, traces of rubber."""
    cover(canvas, rng, Block(frame, long, wide + 15), surfaces.OLD_ASPHALT)
    cover(canvas, rng, Block(frame, long, wide), surfaces.ASPHALT)
    place = rng.uniform(-0.25, 0.25) * min(long, 400)
    marks = [oblong(frame, 0, side * (wide / 2 - 1), long, 0.9) for side in (-1, 1)]
    marks += [oblong(frame, along, 0, 30, 0.9) for along in np.arange(-long / 2, long / 2, 50)
              if abs(along - place) > 35]  # fmt: skip
    marks += [oblong(frame, place, across, 30, 1.8) for across in np.arange(-18, 19, 3.6)
              if abs(across) > 2]  # fmt: skip
    marks += [oblong(frame, place + step, side * 9, 22, bar) for step, bar in ((60, 3), (110, 2))
              for side in (-1, 1)]  # fmt: skip
    canvas.stamp(marks, WHITE, 0.85)
    for _ in range(14):
        along, across = rng.normal(place + 90, 50), rng.normal(0, 4)
        canvas.stamp([oblong(frame, along, across, rng.uniform(60, 160), 1.2)], (0.1,) * 3, 0.3)


def _paint_taxiways(canvas, rng, frame, long):
    exits = np.array([-0.32, 0.0, 0.32]) * min(canvas.size) + rng.uniform(-40, 40)
    middle = (RUNWAY - TAXIWAY) / 2
    bands = [oblong(frame, 0, 0, long, 23)]
    bands += [oblong(frame, along, middle, 20, abs(middle) * 2) for along in exits]
    fill(canvas, rng, bands, surfaces.ASPHALT.varied(rng))
    lines = [oblong(frame, 0, 0, long, 0.8)]
    lines += [oblong(frame, along, middle, 0.8, abs(middle) * 2) for along in exits]
    canvas.stamp(lines, AMBER, 0.85)
