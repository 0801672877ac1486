"""People who walk or stand, with a look of their own from all sides."""

from dataclasses import dataclass

import cv2
import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.canvas import Sketch, circle
from miniature.world.streets.people import HAIRS, SKINS

BRIGHT = [
    (0.8, 0.1, 0.1), (0.1, 0.25, 0.65), (0.9, 0.75, 0.1), (0.1, 0.5, 0.25), (0.9, 0.45, 0.1),
    (0.55, 0.15, 0.5), (0.85, 0.45, 0.6), (0.2, 0.6, 0.7),
]  # fmt: skip
PLAIN = [
    (0.08, 0.08, 0.1), (0.88, 0.88, 0.86), (0.35, 0.36, 0.38), (0.12, 0.15, 0.28), (0.5, 0.4, 0.28),
    (0.3, 0.35, 0.22), (0.68, 0.64, 0.56), (0.35, 0.12, 0.14), (0.45, 0.55, 0.68),
]  # fmt: skip
TROUSERS = [
    (0.1, 0.1, 0.12), (0.18, 0.24, 0.4), (0.35, 0.42, 0.55), (0.4, 0.34, 0.26), (0.6, 0.56, 0.48),
    (0.28, 0.28, 0.3),
]  # fmt: skip
DARK = np.array([0.09, 0.08, 0.08])


@dataclass(frozen=True)
class Look:
    """How a person looks; `tall` in metres, the hem as a share of it, colours (3,) in 0..1."""

    tall: float
    stout: float
    skin: np.ndarray
    hair: np.ndarray
    hat: np.ndarray | None
    long_hair: bool
    top: np.ndarray
    stripe: np.ndarray | None
    hem: float
    bare_legs: bool
    trousers: np.ndarray
    shoes: np.ndarray
    pack: np.ndarray | None
    bag: np.ndarray | None


def random_look(rng):
    """Draw a person: size, hair, clothes and what they carry."""
    top = random_colour(rng, BRIGHT if rng.random() < 0.5 else PLAIN)
    stripe, pack, bag, hat = (random_colour(rng, BRIGHT + PLAIN) for _ in range(4))
    has = rng.random(4) < (0.4, 0.25, 0.3, 0.2)
    return Look(
        tall=rng.uniform(1.55, 1.92) if rng.random() < 0.88 else rng.uniform(1.05, 1.4),
        stout=rng.uniform(0.9, 1.25),
        skin=random_colour(rng, SKINS),
        hair=random_colour(rng, HAIRS),
        hat=hat if has[3] else None,
        long_hair=bool(rng.random() < 0.35),
        top=top,
        stripe=stripe if has[0] else None,
        hem=float(rng.choice([0.49, 0.49, 0.46, 0.36, 0.27])),
        bare_legs=bool(rng.random() < 0.25),
        trousers=random_colour(rng, TROUSERS),
        shoes=random_colour(rng, PLAIN) if rng.random() < 0.4 else DARK,
        pack=pack if has[1] else None,
        bag=bag if has[2] else None,
    )


def random_colour(rng, palette):
    """A colour (3,) of a palette, changed a little in brightness and hue."""
    colour = np.array(palette[rng.integers(len(palette))]) * rng.uniform(0.8, 1.2)
    return np.clip(colour + rng.uniform(-0.04, 0.04, 3), 0.03, 0.95)


class Figure:
    """Round bodies of one figure, in its own axes (along, up, across), for a `Sketch`."""

    def __init__(self, canvas, frame, light):
        self.sketch = Sketch(canvas.camera, frame)
        self.lit = light.on(np.array([0, 0.3, -0.95]))
        self._frame = frame
        self._project = canvas.camera.project
        sine, cosine = np.sin(frame.heading), np.cos(frame.heading)
        self._to_right = np.array([sine, 0.0, cosine])
        # Where the sun stands aside, the other side of a body is in the shade.
        self._shade = -np.sign(light.sun[0]) * min(1.0, 0.35 + light.sun_strength)

    @property
    def near_side(self):
        """-1 or 1 for the side turned to the camera."""
        left, right = (self.sketch.distance((0, 1, side)) for side in (-1, 1))
        return -1 if left < right else 1

    def faces(self, point):
        """Whether the front of the figure is turned to the camera."""
        return self.sketch.sees(point, (1, 0, 0))

    def hull(self, points, colour, label):
        """The convex body around `points` (n, 3), darker on the side away from the sun."""
        points = np.asarray(points, dtype=float)
        pixels = self._project(self._frame.to_world(points)).astype(np.float32)
        order = cv2.convexHull(pixels, returnPoints=False).ravel()
        self.sketch.polygon(points[order], colour * self.lit, label)
        self._shadow_side(points, pixels, colour, label)

    def _shadow_side(self, points, pixels, colour, label):
        across = points @ self._to_right
        middle = across.mean() + 0.25 * self._shade * np.ptp(across)
        dark = (across - middle) * self._shade > 0
        if np.ptp(pixels[:, 0]) < 4 or not dark.any():
            return
        # Points on the sunny side are drawn in to the edge of the shade.
        drawn_in = points + (1 - dark)[:, None] * (middle - across)[:, None] * self._to_right
        pixels = self._project(self._frame.to_world(drawn_in)).astype(np.float32)
        order = cv2.convexHull(pixels, returnPoints=False).ravel()
        self.sketch.polygon(drawn_in[order], colour * self.lit * 0.78, label)

    def ball(self, centre, wide, tall, colour, label):
        """An upright ellipse that faces the camera."""
        angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)[:, None]
        rim = np.asarray(centre) + wide / 2 * np.cos(angles) * self._to_right
        rim[:, 1] += tall / 2 * np.sin(angles[:, 0])
        self.sketch.polygon(rim, colour * self.lit, label)

    def limb(self, points, thickness, colour, label):
        """A bent limb through `points` (n, 3), `thickness` metres thick."""
        self.sketch.line(points, thickness, colour * self.lit, label)

    def trunk(self, rings, colour, label):
        """A body around two or more rings, each (centre (3,), half along, half across)."""
        rim = [
            centre + circle((0, 0, 0), 1.0, corners=10)[:, [0, 2, 1]] * (along, 0, across)
            for centre, along, across in ((np.asarray(c, dtype=float), a, b) for c, a, b in rings)
        ]
        self.hull(np.vstack(rim), colour, label)


def paint_walker(canvas, rng, light, frame, phase=0.0, label=labels.PERSON):
    """Paint someone walking along the heading of `frame`; the `phase` (radians) is of the step.

    Standing people have no phase (None).
    """
    look, figure = random_look(rng), Figure(canvas, frame, light)
    lift = 0.0 if phase is None else 0.012 * abs(np.cos(phase))
    swing = 0.06 if phase is None else 0.42 * np.sin(phase)
    near = figure.near_side
    _leg(figure, look, -near, -swing, label)
    _arm(figure, look, -near, swing, label)
    _leg(figure, look, near, swing, label)
    if look.pack is not None and figure.faces((0, 1, 0)):
        _pack(figure, look, lift, label)
    _upper_body(figure, look, lift, label)
    _arm(figure, look, near, -swing, label)
    if look.pack is not None and not figure.faces((0, 1, 0)):
        _pack(figure, look, lift, label)
    paint_head(figure, look, (0.0, (0.925 + lift) * look.tall, 0.0), 0.13 * look.tall, label)
    figure.sketch.paint(canvas, rng, 0.05)


def _leg(figure, look, side, swing, label):
    tall, across = look.tall, side * 0.05 * look.stout
    foot = 0.47 * np.sin(swing)
    up = 0.03 + 0.47 * (1 - np.cos(swing)) + max(0.0, -0.1 * swing)
    knee = (0.5 * foot + 0.045, 0.27, across)
    joints = np.array([(0.0, 0.5, across), knee, (foot, up + 0.02, across)]) * tall
    shin = look.skin if look.bare_legs else look.trousers
    dim = 1.0 if side == figure.near_side else 0.82
    figure.limb(joints, 0.078 * tall * look.stout**0.5, shin * dim, label)
    if look.hem > 0.4:
        figure.limb(joints[:2], 0.1 * tall * look.stout**0.5, look.trousers * dim, label)
    sole = np.array([(foot - 0.025, up, across), (foot + 0.09, up - 0.005, across)]) * tall
    figure.limb(sole, 0.05 * tall, look.shoes * dim, label)


def _arm(figure, look, side, swing, label):
    tall, across = look.tall, side * 0.125 * look.stout
    elbow = (0.14 * np.sin(swing) - 0.015, 0.64, across * 1.12)
    hand = (0.3 * np.sin(swing) + 0.03, 0.49 + 0.08 * abs(swing), across * 1.1)
    joints = np.array([(0.0, 0.79, across), elbow, hand]) * tall
    dim = 0.95 if side == figure.near_side else 0.78
    figure.limb(joints, 0.062 * tall, look.top * dim, label)
    figure.ball(joints[2], 0.05 * tall, 0.06 * tall, look.skin * dim, label)
    if look.bag is not None and side > 0:
        low, half = joints[2] - (0, 0.13 * tall, 0), 0.1 * tall
        figure.limb([joints[2], low], 0.012 * tall, look.bag * 0.6, label)
        box = [(a, u, 0.02) for a in (-half, half) for u in (-0.1 * tall, 0.08 * tall)]
        figure.hull(low + np.array(box + [(a, u, -c) for a, u, c in box]), look.bag, label)


def _upper_body(figure, look, lift, label):
    tall, stout = look.tall, look.stout
    shift = np.array([0.0, lift * tall, 0.0])

    def ring(up, along, across):
        return (np.array([0, up * tall, 0]) + shift, along * tall, across * tall)

    if look.hem < 0.45:
        skirt = [ring(look.hem, 0.085 * stout, 0.115 * stout), ring(0.58, 0.06, 0.085 * stout)]
        figure.trunk(skirt, look.top * 0.92, label)
    hips = ring(min(look.hem, 0.52), 0.065 * stout, 0.09 * stout)
    chest, neck = ring(0.79, 0.06, 0.125 * stout), ring(0.835, 0.035, 0.05)
    figure.trunk([hips, chest, neck], look.top, label)
    if look.stripe is not None:
        band = [ring(0.62, 0.066 * stout**0.5, 0.108 * stout),
                ring(0.71, 0.064 * stout**0.5, 0.116 * stout)]  # fmt: skip
        figure.trunk(band, look.stripe, label)


def _pack(figure, look, lift, label):
    tall = look.tall
    rings = [((-0.11 * tall, (up + lift) * tall, 0), 0.055 * tall, half * tall)
             for up, half in ((0.57, 0.09), (0.7, 0.1), (0.81, 0.07))]  # fmt: skip
    figure.trunk(rings, look.pack, label)


def paint_head(figure, look, centre, size, label):
    """Add a head of `size` metres: hair, the face where it is turned to the camera, a hat."""
    centre = np.asarray(centre, dtype=float)
    figure.limb([centre, centre - (0, 0.75 * size, 0)], 0.5 * size, look.skin * 0.85, label)
    if look.long_hair:
        low = 0.12 if figure.faces(centre) else 0.3
        figure.ball(centre - (0.12 * size, low * size, 0), 0.98 * size, 1.5 * size, look.hair,
                    label)  # fmt: skip
    figure.ball(centre, 0.88 * size, 1.12 * size, look.hair, label)
    if figure.faces(centre) or abs(_turn(figure, centre)) > 0.55:
        face = np.add(centre, (0.2 * size, -0.1 * size, 0))
        figure.ball(face, 0.66 * size, 0.9 * size, look.skin, label)
    if look.hat is not None:
        cap = np.add(centre, (0, 0.34 * size, 0))
        figure.ball(cap, 1.0 * size, 0.56 * size, look.hat, label)
        peak = [
            np.add(cap, (along * size, up * size, 0)) for along, up in ((0, -0.1), (0.6, -0.16))
        ]
        figure.limb(peak, 0.12 * size, look.hat * 0.8, label)


def _turn(figure, point):
    """-1..1: how far the figure shows its side, by the distances of two points beside it."""
    left, right = (figure.sketch.distance(np.add(point, (0, 0, side))) for side in (-0.5, 0.5))
    return right - left
