"""A net of straight roads, the blocks between them, and the traffic on them."""

from dataclasses import dataclass

import numpy as np

from miniature.world.aerial import roads
from miniature.world.aerial.blocks import Block
from miniature.world.aerial.canvas import Frame
from miniature.world.aerial.roads import Road
from miniature.world.aerial.vehicles import add_vehicle

PAVEMENT_METRES = 3.5
SMALLEST_BLOCK = 30.0
EDGE_BLOCK = 65.0  # between a road added at an edge and the next one
# What drives, and how often.
TRAFFIC = {
    "Small Car": 0.60, "Van": 0.12, "Bus": 0.08, "Cargo Truck": 0.08, "Dump Truck": 0.05,
    "Truck Tractor": 0.03, "other-vehicle": 0.04,
}  # fmt: skip


@dataclass
class Net:
    """Roads that cross at right angles, over a rectangle of a frame.

    `along` and `across` are the rectangle's ranges in metres; columns are roads at `places` along
    the frame, rows are roads at `rows` across it. `lanes` has the number of lanes of each by
    (axis, place). No row and no block lies within `barred`, a range across the frame.
    """

    frame: Frame
    along: tuple
    across: tuple
    places: list
    rows: list
    lanes: dict
    is_urban: bool = True
    barred: tuple | None = None

    @classmethod
    def random(cls, rng, frame, along, across, spacing, lanes=(2, 2, 2, 4), is_urban=True,
               barred=None):  # fmt: skip
        """Draw a net with roads `spacing` (least, most) metres apart."""
        places, rows = (_ticks(rng, *span, spacing) for span in (along, across))
        if barred is not None:
            rows = [row for row in rows if not barred[0] - 15 < row < barred[1] + 15]
        numbers = {(0, place): int(rng.choice(lanes)) for place in places}
        numbers |= {(1, row): int(rng.choice(lanes)) for row in rows}
        return cls(frame, along, across, places, rows, numbers, is_urban, barred)

    def add_column(self, place, lanes=2):
        """Add a road across the frame at its far end."""
        self.places = [p for p in self.places if p < place - EDGE_BLOCK] + [place]
        self.lanes[0, place] = lanes

    def add_row(self, row, lanes=2):
        """Add a road along the frame at its near side."""
        self.rows = [row] + [r for r in self.rows if r > row + EDGE_BLOCK]
        self.lanes[1, row] = lanes

    def columns(self):
        """The roads across the frame."""
        return [self._road(0, place) for place in self.places]

    def lines(self):
        """The roads along the frame."""
        return [self._road(1, row) for row in self.rows]

    def _road(self, axis, at):
        low, high = self.across if axis == 0 else self.along
        span, still = np.linspace(low, high, 3), np.full(3, at)
        points = np.stack([still, span] if axis == 0 else [span, still], axis=1)
        lanes = self.lanes[axis, at]
        return Road(self.frame.to_world(points), lanes, self.is_urban, lanes >= 4)

    def blocks(self):
        """The rectangles between neighbouring roads."""
        gaps = self._gaps(0, self.places, self.along), self._gaps(1, self.rows, self.across)
        return [
            Block(self.frame.at((left + right) / 2, (top + bottom) / 2), right - left, bottom - top)
            for left, right in gaps[0]
            for top, bottom in gaps[1]
        ]

    def _gaps(self, axis, places, span):
        """The ranges between roads, less what is barred and what is too narrow."""
        gaps, low = [], span[0]
        for at in places:
            half = self._road(axis, at).width / 2 + PAVEMENT_METRES
            gaps.append((low, at - half))
            low = at + half
        gaps.append((low, span[1]))
        if axis == 1 and self.barred is not None:
            low, high = self.barred
            gaps = [p for a, b in gaps for p in ((a, min(b, low)), (max(a, high), b))]
        return [(a, b) for a, b in gaps if b - a > SMALLEST_BLOCK]


def _ticks(rng, low, high, spacing):
    places, at = [], low + rng.uniform(0.3, 1.0) * spacing[0]
    while at < high - SMALLEST_BLOCK:
        places.append(float(at))
        at += rng.uniform(*spacing)
    return places


def build_town(canvas, rng, net, uses, wanted=(), roundabouts=0):
    """Paint a net's blocks, roads and crossings, and put traffic on it.

    Parameters
    ----------
    canvas : Canvas
    rng : numpy.random.Generator
    net : Net
    uses : dict of painter to weight
        What blocks may become.
    wanted : sequence of painters
        What the blocks nearest to the centre become, in random order.
    roundabouts : int
        How many of the four crossings nearest to the centre become roundabouts.
    """
    fill_blocks(canvas, rng, net, uses, wanted)
    columns, lines = net.columns(), net.lines()
    crossings = [(i, j) for i in range(len(columns)) for j in range(len(lines))]
    crossings.sort(key=lambda c: _distance(_crossing(net, *c), canvas.centre))
    nearest = rng.permutation(min(len(crossings), 4))
    rounds = {crossings[k]: rng.uniform(20, 23) for k in nearest[:roundabouts]}
    for i, j in crossings:
        reach = rounds.get((i, j))
        _interrupt(columns[i], net.rows[j] - net.across[0], reach, lines[j])
        _interrupt(lines[j], net.places[i] - net.along[0], reach, columns[i])
    roads.paint_roads(canvas, rng, columns + lines)
    for i, j in crossings:
        spot = _crossing(net, i, j)
        if (i, j) in rounds:
            roads.paint_roundabout(canvas, rng, spot, rounds[i, j])
        else:
            roads.paint_intersection(
                canvas, rng, spot, columns[i].width, lines[j].width, net.is_urban
            )
    for road in columns + lines:
        drive(canvas, rng, road, rng.uniform(28, 80))


def _crossing(net, i, j):
    return net.frame.at(net.places[i], net.rows[j])


def _interrupt(road, metres, reach, other):
    """Leave a gap in a road's lines where it meets another one, or a roundabout."""
    reach = other.width / 2 + roads.CROSSING_METRES if reach is None else reach + 2
    road.gaps.append((metres - reach, metres + reach))


def _distance(frame, other):
    return np.hypot(frame.x - other.x, frame.y - other.y)


def fill_blocks(canvas, rng, net, uses, wanted=()):
    """Give every block of a net that can be seen a use."""
    blocks = sorted(net.blocks(), key=lambda block: _distance(block.frame, canvas.centre))
    first = [wanted[i] for i in rng.permutation(len(wanted))]
    weights = np.array(list(uses.values()), dtype=float)
    for i, block in enumerate(blocks):
        chosen = list(uses)[rng.choice(len(uses), p=weights / weights.sum())]
        if canvas.sees(block.corners()):
            (first[i] if i < len(first) else chosen)(canvas, rng, block)


def drive(canvas, rng, road, spacing, traffic=TRAFFIC):
    """Put vehicles on the lanes of a road, about `spacing` metres apart; none at crossings."""
    names, shares = list(traffic), np.array(list(traffic.values()))
    for offset in road.lane_middles():
        for side in (1, -1):
            metres = rng.uniform(0, spacing)
            while metres < road.length:
                (place,), (heading,) = road.at(metres)
                spot = Frame(*place, heading).at(0, side * offset, 0 if side > 0 else np.pi)
                name = names[rng.choice(len(names), p=shares / shares.sum())]
                if road.is_open(metres - 7, metres + 7):
                    add_vehicle(canvas, rng, name, spot)
                metres += 15 + rng.exponential(spacing)
