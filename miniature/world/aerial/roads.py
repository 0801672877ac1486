"""Roads from above: ribbons of asphalt with lanes, crossings, roundabouts and bridges."""

from dataclasses import dataclass, field

import numpy as np

from miniature.world.aerial import surfaces
from miniature.world.aerial.sketch import circle
from miniature.world.aerial.surfaces import fill

WHITE = (0.88, 0.88, 0.86)
AMBER = (0.85, 0.68, 0.25)
LANE_METRES = 3.5
LINE_METRES = 0.45  # lines are painted a little wide, as a blurred picture shows them
CROSSING_METRES = 5.0


@dataclass
class Road:
    """A road along `points` (n, 2; world, metres) with a number of lanes both ways together.

    `gaps` are the stretches (from, to; metres from the start) without lines: crossings.
    """

    points: np.ndarray
    lanes: int = 2
    is_urban: bool = True
    is_divided: bool = False
    gaps: list = field(default_factory=list)

    @property
    def width(self):
        return self.lanes * LANE_METRES + (4.0 if self.is_divided else 0.6)

    @property
    def length(self):
        return float(self._lengths()[-1])

    def _lengths(self):
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        return np.concatenate([[0], np.cumsum(steps)])

    def at(self, metres):
        """Places (n, 2) and headings (n,) at these distances from the start."""
        lengths, metres = self._lengths(), np.atleast_1d(metres)
        places = np.stack([np.interp(metres, lengths, self.points[:, i]) for i in (0, 1)], axis=1)
        piece = np.clip(np.searchsorted(lengths, metres, "right") - 1, 0, len(lengths) - 2)
        steps = np.diff(self.points, axis=0)[piece]
        return places, np.arctan2(steps[:, 1], steps[:, 0])

    def nearest(self, x, y):
        """How far along the road, in metres, it comes nearest to (x, y)."""
        metres = np.arange(0, self.length, 1.0)
        places, _ = self.at(metres)
        return float(metres[np.argmin(np.hypot(*(places - [x, y]).T))])

    def lane_middles(self):
        """How far right of the middle each lane in this direction runs, in metres."""
        inner = 2.0 if self.is_divided else 0.15
        return [inner + (i + 0.5) * LANE_METRES for i in range(self.lanes // 2)]

    def is_open(self, start, stop):
        """Whether lines are painted from `start` to `stop`."""
        return all(stop < low or start > high for low, high in self.gaps)


def ribbon(points, width, offset=0.0):
    """The outline (2n, 2) of a band along `points`, shifted to the right by `offset` metres."""
    points = np.asarray(points, dtype=float)
    steps = np.gradient(points, axis=0)
    normals = np.stack([-steps[:, 1], steps[:, 0]], axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    left, right = offset - width / 2, offset + width / 2
    return np.vstack([points + normals * left, (points + normals * right)[::-1]])


def paint_roads(canvas, rng, roads):
    """Paint pavements, then asphalt, then lines, so that crossings join well."""
    urban = [ribbon(road.points, road.width + 5.0) for road in roads if road.is_urban]
    rural = [ribbon(road.points, road.width + 3.0) for road in roads if not road.is_urban]
    fill(canvas, rng, urban, surfaces.PAVING.varied(rng))
    fill(canvas, rng, rural, surfaces.GRAVEL.varied(rng), ragged=1.0)
    is_old = rng.random() < 0.4
    asphalt = (surfaces.OLD_ASPHALT if is_old else surfaces.ASPHALT).varied(rng)
    lanes = [ribbon(road.points, road.width) for road in roads]
    fill(canvas, rng, lanes, asphalt)
    canvas.fell(lanes)
    medians = [
        ribbon(road.at(np.array(part))[0], 2.6)
        for road in roads
        if road.is_divided
        for part in _open_parts(road, 0.0, road.length)
    ]
    fill(canvas, rng, medians, surfaces.LAWN)
    _paint_tracks(canvas, roads)
    _paint_lines(canvas, rng, roads)


def _paint_tracks(canvas, roads):
    """Darker bands where the wheels run."""
    bands = [
        ribbon(road.points, 1.6, side * middle)
        for road in roads
        for side in (-1, 1)
        for middle in road.lane_middles()
    ]
    canvas.stamp(bands, (0.2, 0.2, 0.2), 0.1)


def _paint_lines(canvas, rng, roads):
    white, amber = [], []
    middle_colour = amber if rng.random() < 0.5 else white
    for road in roads:
        edge = road.width / 2 - 0.3
        for side in (-1, 1):
            white += _stripes(road, side * edge, 30.0, 30.0)
            for i in range(1, road.lanes // 2):
                offset = road.lane_middles()[i] - LANE_METRES / 2
                white += _stripes(road, side * offset, 4.0, 10.0)
        if not road.is_divided:
            middle_colour += _stripes(road, 0.0, *((30.0, 30.0) if road.lanes > 2 else (4.0, 9.0)))
    canvas.stamp(white, WHITE, 0.85)
    canvas.stamp(amber, AMBER, 0.85)


def _stripes(road, offset, long, spacing):
    """Outlines of painted lines `long` metres long, one every `spacing` metres."""
    stripes = []
    for start in np.arange(0, road.length - long + 1e-6, spacing):
        for low, high in _open_parts(road, start, start + long):
            steps = max(2, int((high - low) / 5) + 1)
            places, _ = road.at(np.linspace(low, high, steps))
            stripes.append(ribbon(places, LINE_METRES, offset))
    return stripes


def _open_parts(road, start, stop):
    """The stretches from `start` to `stop` outside of the gaps."""
    parts = [(start, stop)]
    for low, high in road.gaps:
        parts = [
            piece
            for a, b in parts
            for piece in ((a, min(b, low)), (max(a, high), b))
            if piece[1] - piece[0] > 0.5
        ]
    return parts


def paint_intersection(canvas, rng, frame, along, across, has_zebras=True):
    """The crossing of roads `along` and `across` metres wide, with zebra and stop lines.

    The crossing and its arms up to the stop lines are the object "Intersection".
    """
    a, b = along / 2 + CROSSING_METRES, across / 2 + CROSSING_METRES
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    fill(canvas, rng, [frame.to_world(square * [along / 2, across / 2])], surfaces.ASPHALT)
    bars = []
    for turn, reach, width in ((0, along, across), (np.pi / 2, across, along)):
        for side in (0, np.pi):
            arm = frame.at(0, 0, turn + side)
            near, stop = reach / 2 + 1.0, reach / 2 + CROSSING_METRES - 0.4
            for middle in np.arange(-width / 2 + 0.7, width / 2 - 0.3, 1.5) if has_zebras else ():
                bars.append(_oblong(arm, near, near + 3, middle - 0.4, middle + 0.4))
            bars.append(_oblong(arm, stop, stop + 0.6, -width / 2, 0))
    canvas.stamp(bars, WHITE, 0.8)
    _own(canvas, "Intersection", frame.to_world(square * [a, b]))


def _oblong(frame, start, stop, left, right):
    return frame.to_world([(start, left), (stop, left), (stop, right), (start, right)])


def _own(canvas, name, corners, outline=None):
    window, share = canvas.coverage([corners if outline is None else outline])
    if window is not None:
        canvas.own(name, corners, window, share > 0.5)


def paint_roundabout(canvas, rng, frame, radius):
    """A ring of asphalt around an island with a tree or a plinth."""
    ring = frame.to_world(circle(radius, 40))
    fill(canvas, rng, [frame.to_world(circle(radius + 2.5, 40))], surfaces.PAVING.varied(rng))
    fill(canvas, rng, [ring], surfaces.ASPHALT.varied(rng))
    island = radius - 8.5
    rings = [_annulus(frame, middle, 0.5) for middle in (radius - 0.9, island + 0.6)]
    canvas.stamp(rings, WHITE, 0.8)
    fill(canvas, rng, [frame.to_world(circle(island, 32))], surfaces.CONCRETE)
    fill(canvas, rng, [frame.to_world(circle(island - 1.0, 32))], surfaces.LAWN.varied(rng))
    if rng.random() < 0.5:
        fill(canvas, rng, [frame.to_world(circle(island * 0.5, 24))], surfaces.PAVING.varied(rng))
    else:
        for _ in range(rng.integers(1, 5)):
            along, across = rng.uniform(-0.4, 0.4, 2) * island
            spot = frame.at(along, across)
            canvas.woods.plant(rng, spot.x, spot.y, rng.uniform(2.5, 6))
    a = radius + 1.0
    corners = frame.to_world([(-a, -a), (a, -a), (a, a), (-a, a)])
    _own(canvas, "Roundabout", corners, frame.to_world(circle(a, 40)))


def _annulus(frame, radius, thick):
    """The outline of a ring, cut open at one place."""
    circles = [circle(radius + side * thick / 2, 41) for side in (-1, 1)]
    rings = [np.vstack([points, points[:1]]) for points in circles]
    return frame.to_world(np.vstack([rings[0], rings[1][::-1]]))


def paint_bridge(canvas, rng, frame, long, road):
    """A deck of `long` metres along the frame that carries a road over something, with its shadow.

    The deck is painted with asphalt and lines of its own.
    """
    width, high = road.width + 3.0, rng.uniform(6, 10)
    a, b = long / 2, width / 2
    corners = np.array([(-a, -b), (a, -b), (a, b), (-a, b)])
    outline = frame.to_world(corners)
    canvas.cast([(outline, 0.4 * high, high)])
    canvas.fell([outline])
    fill(canvas, rng, [outline], surfaces.CONCRETE.varied(rng))
    deck = Road(frame.to_world([(-a, 0), (a, 0)]), road.lanes, True, road.is_divided)
    inner = frame.to_world(corners * [1, (b - 1.2) / b])
    fill(canvas, rng, [inner], surfaces.OLD_ASPHALT.varied(rng))
    rails = [ribbon(deck.points, 0.7, side * (b - 0.4)) for side in (-1, 1)]
    joints = [_oblong(frame, place, place + 0.6, -b, b) for place in np.arange(-a + 4, a, 18)]
    canvas.stamp(rails, (0.8, 0.8, 0.8), 0.9)
    canvas.stamp(joints, (0.25, 0.25, 0.25), 0.5)
    _paint_lines(canvas, rng, [deck])
    _own(canvas, "Bridge", outline)
