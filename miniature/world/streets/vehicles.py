"""Cars, trucks, buses and trams: outlines drawn out to bodies, seen in perspective."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.canvas import Frame, Sketch

CAR_COLOURS = [
    (0.08, 0.08, 0.09), (0.85, 0.85, 0.86), (0.55, 0.57, 0.6), (0.3, 0.32, 0.35),
    (0.6, 0.08, 0.08), (0.1, 0.18, 0.42), (0.12, 0.3, 0.2), (0.75, 0.62, 0.15), (0.45, 0.33, 0.25),
]  # fmt: skip
BRIGHT_COLOURS = [
    (0.85, 0.7, 0.1), (0.75, 0.12, 0.1), (0.15, 0.35, 0.65), (0.88, 0.88, 0.86),
    (0.2, 0.5, 0.3), (0.9, 0.5, 0.15), (0.45, 0.5, 0.55),
]  # fmt: skip
GLASS = np.array([0.13, 0.16, 0.2])
TYRE = (0.07, 0.07, 0.07)

# Outlines seen from the side, rear on the left, as (share of the length, height in metres).
# "glass" lists the edges (by their first corner) that are windscreens.
CAR_SHAPES = {
    "hatchback": dict(
        outline=[(0, 0.22), (0, 0.9), (0.08, 1.42), (0.62, 1.45), (0.8, 0.95), (1, 0.78),
                 (1, 0.22)],
        glass=(1, 3), cabin=(0.12, 0.7), belt=0.93, length=(3.6, 4.2), wide=1.7,
    ),
    "saloon": dict(
        outline=[(0, 0.22), (0, 0.9), (0.17, 0.98), (0.28, 1.4), (0.58, 1.42), (0.74, 0.96),
                 (1, 0.75), (1, 0.22)],
        glass=(2, 4), cabin=(0.26, 0.66), belt=0.95, length=(4.3, 4.9), wide=1.8,
    ),
    "estate": dict(
        outline=[(0, 0.22), (0.01, 0.95), (0.06, 1.48), (0.62, 1.5), (0.76, 1.0), (1, 0.82),
                 (1, 0.22)],
        glass=(1, 3), cabin=(0.07, 0.7), belt=0.98, length=(4.4, 4.9), wide=1.85,
    ),
    "van": dict(
        outline=[(0, 0.25), (0, 1.1), (0.02, 2.0), (0.74, 2.05), (0.88, 1.25), (1, 1.0), (1, 0.25)],
        glass=(1, 3), cabin=(0.55, 0.84), belt=1.2, length=(4.6, 5.6), wide=1.95,
    ),
}  # fmt: skip


@dataclass
class Body:
    """An outline (n, 2) of (along, up) drawn out `wide` metres across, painted face by face."""

    sketch: Sketch
    light: object
    outline: np.ndarray
    wide: float
    colour: np.ndarray
    label: int

    def shade(self, normal):
        """Brightness of a face with this normal in the object's axes."""
        base, tip = self.sketch.frame.to_world([(0, 0, 0), normal])
        return self.light.on((tip - base) / max(np.linalg.norm(normal), 1e-9))

    def paint_faces(self):
        """Paint the faces turned to the camera, far ones first."""
        faces = self._edges() + self._sides()
        faces.sort(key=lambda face: -self.sketch.distance(np.mean(face[0], axis=0)))
        for corners, normal in faces:
            if self.sketch.sees(np.mean(corners, axis=0), normal):
                self.sketch.polygon(corners, self.colour * self.shade(normal), self.label)

    def on_edge(self, index, inset, colour, low=0.0, high=1.0):
        """Paint a panel on the face drawn from edge `index`, if the camera sees it."""
        corners, normal = self._edges()[index]
        if self.sketch.sees(np.mean(corners, axis=0), normal):
            (start, _), (stop, _) = (corners[0], corners[3]), (corners[1], corners[2])
            lower, upper = start + (stop - start) * low, start + (stop - start) * high
            half = (self.wide / 2 - inset) * np.array([0, 0, 1.0])
            flat = np.array([1, 1, 0.0])
            panel = [lower * flat - half, upper * flat - half, upper * flat + half,
                     lower * flat + half]  # fmt: skip
            self.sketch.polygon(panel, np.asarray(colour) * self.shade(normal), self.label)

    def seen_side(self):
        """-1 or 1 for the side turned to the camera, 0 where neither is."""
        for side in (-1, 1):
            if self.sketch.sees((0, 1, side * self.wide / 2), (0, 0, side)):
                return side
        return 0

    def on_side(self, points, colour):
        """Paint a panel with corners (along, up) on the visible side."""
        side = self.seen_side()
        if side:
            corners = [(a, u, side * self.wide / 2) for a, u in points]
            shade = self.shade((0, 0, side))
            self.sketch.polygon(corners, np.asarray(colour) * shade, self.label)

    def wheels(self, positions, radius):
        """Paint the wheels at these `positions` along the visible side."""
        side = self.seen_side()
        for along in positions if side else ():
            centre = (along, radius, side * self.wide / 2)
            self.sketch.disc(centre, radius * 1.12, (0.1, 0.1, 0.1), self.label)
            self.sketch.disc(centre, radius, TYRE, self.label)
            self.sketch.disc(centre, radius * 0.6, (0.5, 0.5, 0.52), self.label)
            self.sketch.disc(centre, radius * 0.2, (0.2, 0.2, 0.2), self.label)

    def tyres_below(self, floor):
        """Paint the tyres that stick out below the body, and the dark between them."""
        half, (rear, front) = self.wide / 2, self._ends()
        dark = [(rear + 0.4, 0.12, -half), (rear + 0.4, floor, -half), (front - 0.4, floor, half),
                (front - 0.4, 0.12, half)]  # fmt: skip
        self.sketch.polygon(dark, TYRE, self.label)
        inward = 0.13 * (front - rear)
        for end in (rear + inward, front - inward):
            for side in (-1, 1):
                near, far = side * (self.wide / 2 - 0.22), side * self.wide / 2
                corners = [(end, 0, near), (end, floor, near), (end, floor, far), (end, 0, far)]
                self.sketch.polygon(corners, TYRE, self.label)

    def lamps(self, height, size, rear_colour):
        """Paint tail lamps and plate, or headlamps, whichever end shows."""
        rear, front = self._ends()
        ends = [(rear, -1, rear_colour), (front, 1, (0.95, 0.95, 0.85))]
        for along, direction, colour in ends:
            if not self.sketch.sees((along, height, 0), (direction, 0, 0)):
                continue
            for side in (-1, 1):
                near, far = side * (self.wide / 2 - size), side * (self.wide / 2 - 0.05)
                self._end_panel(along, height, size * 0.55, near, far, colour)
            self._end_panel(along, height - 0.2, 0.12, -0.26, 0.26, (0.9, 0.9, 0.8))
            self._end_panel(along, 0.24, 0.2, -self.wide / 2, self.wide / 2, self.colour * 0.45)

    def _end_panel(self, along, low, tall, near, far, colour):
        corners = [(along, low, near), (along, low + tall, near), (along, low + tall, far),
                   (along, low, far)]  # fmt: skip
        self.sketch.polygon(corners, colour, self.label)

    def _ends(self):
        return self.outline[:, 0].min(), self.outline[:, 0].max()

    def _edges(self):
        half = self.wide / 2
        faces = []
        for (a, u), (b, v) in pairwise(self.outline):
            corners = np.array([(a, u, -half), (b, v, -half), (b, v, half), (a, u, half)])
            faces.append((corners, np.array([u - v, b - a, 0.0])))
        return faces

    def _sides(self):
        faces = []
        for side in (-1, 1):
            corners = np.array([(a, u, side * self.wide / 2) for a, u in self.outline])
            faces.append((corners, np.array([0.0, 0, side])))
        return faces


def _pick(rng, palette):
    """A colour of the palette, changed a little in brightness and hue."""
    colour = np.array(palette[rng.integers(len(palette))]) + rng.uniform(-0.05, 0.05, 3)
    return np.clip(colour * rng.uniform(0.8, 1.2), 0.03, 1)


def _panes(start, stop, low, high, count, gap=0.12):
    """Corner lists of `count` side windows between two positions along."""
    edges = np.linspace(start, stop, count + 1)
    return [
        [(a + gap / 2, low), (a + gap / 2, high), (b - gap / 2, high), (b - gap / 2, low)]
        for a, b in pairwise(edges)
    ]


def paint_car(canvas, rng, light, frame: Frame):
    """Paint a car standing at `frame`."""
    shape = CAR_SHAPES[str(rng.choice(list(CAR_SHAPES), p=[0.35, 0.3, 0.25, 0.1]))]
    length = rng.uniform(*shape["length"])
    outline = np.array(shape["outline"]) * [length, rng.uniform(0.97, 1.1)]
    outline[:, 0] -= length / 2
    sketch = Sketch(canvas.camera, frame)
    body = Body(sketch, light, outline, shape["wide"], _pick(rng, CAR_COLOURS), labels.CAR)
    body.tyres_below(0.35)
    body.paint_faces()
    glass = GLASS * rng.uniform(0.7, 1.9)
    for edge in shape["glass"]:
        body.on_edge(edge, 0.12, glass, 0.08, 0.92)
    start, stop = (np.array(shape["cabin"]) - 0.5) * length
    top = outline[:, 1].max() - 0.12
    for pane in _panes(start, stop, shape["belt"], top, 2):
        body.on_side(pane, glass)
    body.on_side([(-length / 2, 0.22), (-length / 2, 0.36), (length / 2, 0.36), (length / 2, 0.22)],
                 body.colour * 0.5)  # fmt: skip
    body.wheels([-0.31 * length, 0.31 * length], 0.32)
    body.lamps(0.66, 0.3, (0.8, 0.1, 0.08))
    sketch.paint(canvas, rng, 0.035)


def paint_truck(canvas, rng, light, frame: Frame):
    """Paint a truck: a cab and a box, or a flat bed with a tarpaulin."""
    length, wide, tall = rng.uniform(6, 9), 2.3, rng.uniform(2.8, 3.6)
    sketch = Sketch(canvas.camera, frame)
    seam = length / 2 - 2.0
    box = np.array([(-length / 2, 0.9), (-length / 2, tall), (seam - 0.2, tall), (seam - 0.2, 0.9)])
    cab = np.array([(seam, 0.5), (seam, 2.5), (seam + 1.5, 2.55), (length / 2, 1.5),
                    (length / 2, 0.5)])  # fmt: skip
    parts = [
        Body(sketch, light, cab, wide, _pick(rng, BRIGHT_COLOURS), labels.TRUCK),
        Body(sketch, light, box, wide, _pick(rng, BRIGHT_COLOURS), labels.TRUCK),
    ]
    parts.sort(key=lambda part: -sketch.distance((part.outline[:, 0].mean(), 1, 0)))
    for part in parts:
        part.tyres_below(0.9)
        part.paint_faces()
        if part.outline is not box:
            part.on_edge(2, 0.15, GLASS, 0.1, 0.85)
            part.on_side([(seam + 0.5, 1.5), (seam + 0.5, 2.3), (seam + 1.4, 2.3),
                          (seam + 1.8, 1.5)], GLASS)  # fmt: skip
        else:
            part.on_edge(0, 0.1, part.colour * 0.85, 0.05, 0.95)
            stripe = [(-length / 2, tall * 0.5), (-length / 2, tall * 0.68),
                      (seam - 0.2, tall * 0.68), (seam - 0.2, tall * 0.5)]  # fmt: skip
            part.on_side(stripe, _pick(rng, BRIGHT_COLOURS))
            part.lamps(0.95, 0.3, (0.8, 0.1, 0.08))
    parts[-1].wheels([-0.38 * length, -0.22 * length, seam + 0.9], 0.48)
    sketch.paint(canvas, rng, 0.05)


def paint_bus(canvas, rng, light, frame: Frame):
    """Paint a bus with a row of windows and doors."""
    length, tall = rng.uniform(10, 13), rng.uniform(2.9, 3.2)
    sketch = Sketch(canvas.camera, frame)
    wide = 2.5
    body = _coach(sketch, light, length, wide, tall, _pick(rng, BRIGHT_COLOURS), labels.BUS)
    for pane in _panes(-length / 2 + 0.3, length / 2 - 0.4, 1.35, tall - 0.5, 8):
        body.on_side(pane, GLASS * rng.uniform(0.8, 1.8))
    for pane in _panes(length / 2 - 2.0, length / 2 - 0.8, 0.4, tall - 0.5, 2):
        body.on_side(pane, GLASS * 1.4)
    body.wheels([-0.28 * length, 0.3 * length], 0.5)
    body.lamps(0.6, 0.35, (0.8, 0.1, 0.08))
    sketch.paint(canvas, rng, 0.04)


def paint_train(canvas, rng, light, frame: Frame):
    """Paint a tram: a long body, window band, stripe and a pantograph."""
    length, tall, wide = rng.uniform(18, 28), rng.uniform(3.2, 3.5), 2.4
    sketch = Sketch(canvas.camera, frame)
    sketch.line([(0, tall, 0), (1, tall + 0.6, 0), (0, tall + 1.1, 0)], 0.08, (0.2, 0.2, 0.2),
                labels.TRAIN)  # fmt: skip
    body = _coach(sketch, light, length, wide, tall, _pick(rng, BRIGHT_COLOURS), labels.TRAIN)
    low, high = 1.3, tall - 0.6
    ends = (-length / 2, length / 2)
    body.on_side([(ends[0], 0.7), (ends[0], 0.95), (ends[1], 0.95), (ends[1], 0.7)],
                 _pick(rng, BRIGHT_COLOURS))  # fmt: skip
    for pane in _panes(ends[0] + 0.4, ends[1] - 0.6, low, high, 14):
        body.on_side(pane, GLASS * rng.uniform(0.8, 1.8))
    for joint in np.linspace(*ends, 5)[1:-1]:
        body.on_side([(joint - 0.25, 0.3), (joint - 0.25, tall), (joint + 0.25, tall),
                      (joint + 0.25, 0.3)], (0.12, 0.12, 0.13))  # fmt: skip
    body.lamps(0.7, 0.3, (0.8, 0.1, 0.08))
    sketch.paint(canvas, rng, 0.04)


def _coach(sketch, light, length, wide, tall, colour, label):
    """The body that buses and trams share, with glass and a destination sign at both ends."""
    rear, front = -length / 2, length / 2
    outline = [(rear, 0.3), (rear, 1.2), (rear + 0.1, tall), (front - 0.25, tall), (front, 1.2),
               (front, 0.3)]  # fmt: skip
    body = Body(sketch, light, np.array(outline), wide, colour, label)
    body.tyres_below(0.35)
    body.paint_faces()
    for edge, bottom, top in ((1, 0.05, 0.75), (3, 0.22, 0.95)):
        body.on_edge(edge, 0.12, GLASS * 1.2, bottom, top)
    body.on_edge(1, 0.4, (0.95, 0.7, 0.15), 0.8, 0.93)
    body.on_edge(3, 0.4, (0.95, 0.7, 0.15), 0.06, 0.18)
    return body
