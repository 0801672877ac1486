"""People who stay: seated ones, groups who stand together, and pictures of people."""

from copy import copy
from dataclasses import replace

import numpy as np

from miniature.world.drives.people import (
    BRIGHT,
    DARK,
    PLAIN,
    Figure,
    paint_head,
    paint_walker,
    random_colour,
    random_look,
)
from miniature.world.paint import labels
from miniature.world.paint.canvas import Frame


def paint_seated(canvas, rng, light, frame, phase=None):
    """Paint someone on a bench, who looks along the heading of `frame`."""
    look, figure, label = random_look(rng), Figure(canvas, frame, light), labels.PERSON
    wood, tall = random_colour(rng, [(0.45, 0.3, 0.18), (0.3, 0.34, 0.3)]), look.tall
    paint_bench = not figure.faces((0, 1, 0))
    if not paint_bench:
        _bench(figure, wood)
    for side in (-1, 1):
        across = side * 0.07 * tall
        joints = [(0, 0.5, across), (0.27 * tall, 0.5, across), (0.3 * tall, 0.05, across)]
        figure.limb(joints, 0.09 * tall, look.trousers, label)
        figure.limb([joints[2], (0.38 * tall, 0.04, across)], 0.05 * tall, look.shoes, label)
    waist, chest = (0.46, 0.08, 0.095), (0.46 + 0.29 * tall, 0.06, 0.12)
    rings = [
        ((-0.02, up, 0), along * tall, across * tall * look.stout)
        for up, along, across in (waist, chest)
    ]
    figure.trunk(rings, look.top, label)
    for side in (-1, 1):
        across = side * 0.13 * tall * look.stout
        arm = [(0, 0.44 + 0.28 * tall, across), (0.06 * tall, 0.62, across * 1.1),
               (0.2 * tall, 0.57, across * 0.5)]  # fmt: skip
        figure.limb(arm, 0.06 * tall, look.top * 0.85, label)
    paint_head(figure, look, (0, 0.46 + 0.42 * tall, 0), 0.13 * tall, label)
    if paint_bench:
        _bench(figure, wood)
    figure.sketch.paint(canvas, rng, 0.05)


def _bench(figure, wood):
    for side in (-0.55, 0.55):
        figure.limb([(0, 0, side), (0, 0.42, side)], 0.06, DARK, labels.STATIC)
    for along, up in ((0.12, 0.42), (-0.12, 0.42), (-0.2, 0.62), (-0.22, 0.8)):
        figure.limb([(along, up, -0.75), (along, up, 0.75)], 0.07, wood, labels.STATIC)


def paint_group(canvas, rng, light, frame):
    """Paint four to seven people who stand close together around `frame`."""
    n_people = int(rng.integers(4, 8))
    spots = np.sort(rng.uniform(-0.75, 0.75, n_people))[::-1]
    for number, away in enumerate(spots):
        across = rng.uniform(-0.9, 0.9)
        place = Frame(frame.x + across, frame.z + away, rng.uniform(0, 2 * np.pi))
        member = np.random.default_rng([int(rng.integers(2**31)), number])
        paint_walker(canvas, member, light, place, phase=None)


def paint_poster(canvas, rng, light, frame):
    """Paint a board with a picture of a person, who is none."""
    ground = random_colour(rng, BRIGHT + PLAIN)
    figure = Figure(canvas, frame, light)
    for side in (-0.5, 0.5):
        figure.limb([(0, 0, side), (0, 0.4, side)], 0.08, DARK, labels.STATIC)
    for half, low, high, colour in ((0.68, 0.25, 2.55, DARK), (0.6, 0.33, 2.47, ground)):
        corners = [(0, up, side) for side in (-half, half) for up in (low, high)]
        figure.sketch.polygon(
            [corners[i] for i in (0, 1, 3, 2)], colour * figure.lit, labels.STATIC
        )
    figure.sketch.paint(canvas, rng, 0.03)
    picture = copy(canvas)
    lift = 0.36 * canvas.camera.pixels_per_metre(frame.z)
    picture.camera = replace(canvas.camera, horizon=canvas.camera.horizon - lift)
    paint_walker(picture, rng, light, replace(frame, heading=np.pi), phase=None)
