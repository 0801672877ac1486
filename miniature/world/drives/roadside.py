"""The scenery of a street that the camera drives through, fixed to the world and not to the eye."""

from dataclasses import dataclass, replace

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.canvas import Camera, Canvas, Frame
from miniature.world.paint.light import paint_sky
from miniature.world.streets.buildings import (
    House,
    UprightPlane,
    paint_fence,
    paint_house,
    paint_wall,
    random_house,
)
from miniature.world.streets.furniture import leaf_colour, paint_bush, paint_tree
from miniature.world.streets.ground import STRIP_LABELS, SURFACES, Street

HOUSE_DEPTH = 12.0
FARTHEST = 250.0
FARTHEST_PLANT = 14.0  # metres for each metre of height; behind it there is a thicket
BOUNDARIES = ("wall", "fence", "hedge", "open")


@dataclass(frozen=True)
class Eye:
    """Where the camera is (metres in the world) and how it looks from there."""

    camera: Camera
    x: float
    z: float


@dataclass(frozen=True, eq=False)
class Plant:
    """A tree or bush in a garden."""

    x: float
    z: float
    tall: float
    leaf: np.ndarray
    seed: int
    is_tree: bool


@dataclass(frozen=True, eq=False)
class Lot:
    """A piece of land beside (`side` -1, 1) or at the end (0) of a street, in metres of the world.

    It has a house, or else a garden with plants behind a boundary.
    """

    side: int
    at: float
    start: float
    stop: float
    seed: int
    house: House | None = None
    boundary: str = "open"
    leaf: np.ndarray | None = None
    plants: tuple = ()


@dataclass(frozen=True, eq=False)
class Roadside:
    """A street, the lots along it, far ones first, and the sky (rows, W, 3) above."""

    street: Street
    lots: list
    sky: np.ndarray
    seed: int

    def solids(self, eye):
        """What casts shadows: (footprint (4, 2) of x, z; height), in metres from the eye."""
        found = []
        for lot in self.lots:
            start, stop = max(lot.start - eye.z, 1.5), lot.stop - eye.z
            if lot.side and start < stop and start < FARTHEST:
                tall, deep = (lot.house.eaves, HOUSE_DEPTH) if lot.house else (2.0, 3.0)
                near, back = lot.at - eye.x, lot.at - eye.x + lot.side * deep
                found.append(([(near, start), (near, stop), (back, stop), (back, start)], tall))
        return found


@dataclass(frozen=True)
class _WorldPlane(UprightPlane):
    """An upright plane seen by an eye that stands `shift` metres along it in the world."""

    shift: float = 0.0

    def look(self, canvas, top):
        seen = super().look(canvas, top)
        if seen is None:
            return None
        window, along, *others = seen
        return window, along + np.float32(self.shift), *others


def random_lots(rng, street, heights=((1, 3), (2, 5), (3, 8))):
    """Draw the houses and gardens on both sides and at the end of a street."""
    is_autumn = rng.random() < 0.25
    lots = _lots_across(rng, street)
    for side in (-1, 1):
        built_up, floors = rng.uniform(0.45, 0.9), heights[rng.integers(len(heights))]
        stop = -5.0
        while stop < street.end + 8:
            start, stop = stop, stop + rng.uniform(8, 22)
            lots.append(_random_lot(rng, street, side, (start, stop), built_up, floors, is_autumn))
    return sorted(lots, key=lambda lot: (lot.side != 0, -lot.start))


def _lots_across(rng, street):
    left, right = street.front_left - 3 * HOUSE_DEPTH, street.front_right + 3 * HOUSE_DEPTH
    lots, x = [], left
    while x < right:
        wide, at = rng.uniform(8, 20), street.end + rng.uniform(10, 20)
        house = random_house(rng, 1, 4)
        lots.append(Lot(0, at, x, x + wide, _seed(rng), house))
        x += wide
    return lots


def _random_lot(rng, street, side, span, built_up, floors, is_autumn):
    front = street.front_left if side < 0 else street.front_right
    at = front + side * rng.choice([0.0, 0.0, rng.uniform(0.3, 3)])
    if rng.random() < built_up:
        return Lot(side, at, *span, _seed(rng), random_house(rng, *floors))
    plants = []
    for z in np.sort(rng.uniform(*span, rng.integers(4, 9)))[::-1]:
        is_tree = rng.random() < 0.6
        tall = rng.uniform(4, 11) if is_tree else rng.uniform(1, 2.5)
        x, leaf = at + side * rng.uniform(2, 9), leaf_colour(rng, is_autumn)
        plants.append(Plant(x, z, tall, leaf, _seed(rng), is_tree))
    boundary = BOUNDARIES[rng.choice(len(BOUNDARIES), p=[0.3, 0.35, 0.23, 0.12])]
    leaf = leaf_colour(rng, is_autumn)
    return Lot(side, at, *span, _seed(rng), None, boundary, leaf, tuple(plants))


def _seed(rng):
    return int(rng.integers(2**31))


def paint_backdrop(size, horizon, light, noise, rng):
    """The sky of a whole film, for all frames with that horizon (row) or one above it."""
    camera = Camera(1.0, 0.0, horizon, 1.0)
    canvas = Canvas(*size, camera, noise)
    paint_sky(canvas, light, rng)
    return canvas.image[: min(size[0], int(horizon) + 3)]


def paint_roadside(canvas, roadside, light, eye):
    """Paint the ground, the houses and the gardens that the eye sees."""
    _paint_ground(canvas, roadside, light, eye)
    for lot in roadside.lots:
        if lot.side == 0:
            sides = lot.start - eye.x, lot.stop - eye.x
            paint_house(canvas, _WorldPlane(False, lot.at - eye.z, *sides, eye.x), lot.house, light)
        elif lot.stop - eye.z > 1.6 and lot.start - eye.z < FARTHEST:
            _paint_lot(canvas, lot, light, eye)


def _paint_lot(canvas, lot, light, eye):
    plane = _WorldPlane(True, lot.at - eye.x, lot.start - eye.z, lot.stop - eye.z, eye.z)
    if lot.house is not None:
        if plane.start > 2:
            sides = sorted((lot.at - eye.x, lot.at - eye.x + lot.side * HOUSE_DEPTH))
            paint_house(canvas, _WorldPlane(False, plane.start, *sides, eye.x), lot.house, light)
        paint_house(canvas, plane, lot.house, light)
        return
    thicket = replace(plane, at=plane.at + lot.side * 12, stop=plane.stop + 6)
    _paint_hedge(canvas, thicket, light, 4.0 + lot.seed % 40 / 10, lot.leaf * 0.85)
    for plant in lot.plants:
        frame = Frame(plant.x - eye.x, plant.z - eye.z)
        if 4 < frame.z < FARTHEST_PLANT * plant.tall:
            paint = paint_tree if plant.is_tree else paint_bush
            rng = np.random.default_rng(plant.seed)
            paint(canvas, rng, light, frame, plant.tall, plant.leaf)
    rng = np.random.default_rng(lot.seed)
    if lot.boundary == "wall":
        paint_wall(canvas, plane, light, rng)
    elif lot.boundary == "fence":
        paint_fence(canvas, plane, light, rng)
    elif lot.boundary == "hedge":
        _paint_hedge(canvas, plane, light, 0.9 + lot.seed % 16 / 10, lot.leaf)


def _paint_hedge(canvas, plane, light, top, leaf):
    """Paint a hedge whose leaves stay where they are in the world."""
    seen = plane.look(canvas, 1.25 * top)
    if seen is None:
        return
    window, s, h, depth, _, mask = seen
    leaves, twigs = (canvas.noise.sample(name, s * 22, h * 22) for name in ("pink", "fine"))
    bumps = canvas.noise.sample("cloud", s * 13, 0.0)
    level = h / np.float32(top)
    leafy = mask & (level + 0.05 * leaves + 0.12 * bumps < 1)
    tone = 0.68 + 0.4 * level + 0.16 * leaves + 0.08 * twigs
    colours = tone[..., None] * (leaf * light.on(plane.normal())).astype(np.float32)
    canvas.put(window, leafy, colours, labels.VEGETATION, depth)


@dataclass(frozen=True)
class _Place:
    """Ground coordinates in the world of the pixels to paint, all (n,): see `ground.SURFACES`."""

    noise: object
    x: np.ndarray
    z: np.ndarray
    metres_per_pixel: np.ndarray


def _paint_ground(canvas, roadside, light, eye):
    """Paint everything below the horizon as flat ground, its patterns fixed to the world."""
    height, width = canvas.shape
    camera, street = canvas.camera, roadside.street
    top = max(0, int(np.ceil(camera.horizon)) + 1)
    rows = np.arange(top, height, dtype=np.float32)[:, None]
    depth = np.float32(camera.focal * camera.height) / (rows - np.float32(camera.horizon))
    columns = np.arange(width, dtype=np.float32) - np.float32(camera.centre)
    x = columns[None, :] * depth / np.float32(camera.focal) + np.float32(eye.x)
    depth = np.broadcast_to(depth, x.shape)
    brightness = np.float32(light.on(np.array([0.0, 1.0, 0.0])))
    window = (slice(top, height), slice(0, width))
    for number, strip in enumerate(street.strips):
        mask = (x >= strip.left) & (x < strip.right)
        if not mask.any():
            continue
        away = depth[mask]
        scale = away / np.float32(camera.focal)
        place = _Place(canvas.noise, x[mask], away + np.float32(eye.z), scale)
        rng = np.random.default_rng([roadside.seed, number])
        colours = SURFACES[strip.kind](place, strip, street, rng)
        canvas.image[window][mask] = colours * brightness
        canvas.labels[window][mask] = STRIP_LABELS[strip.kind]
        canvas.depth[window][mask] = away
