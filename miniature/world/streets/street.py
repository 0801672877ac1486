"""Street scenes of the miniature world: where everything stands, and the order of painting."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from miniature.world.paint import labels
from miniature.world.paint.canvas import Camera, Canvas, Frame
from miniature.world.paint.light import cast_shadows, develop, paint_sky, random_light
from miniature.world.paint.textures import NoiseBank
from miniature.world.streets import furniture, people, vehicles
from miniature.world.streets.ground import paint_ground, random_street
from miniature.world.streets.roadside import paint_far_end, paint_side

SMALLEST_SIDE = 32
# A scene where others hide one of these is dropped, and painted anew from the same generator.
ALWAYS_SEEN = (labels.ROAD, labels.SIDEWALK, labels.VEGETATION, labels.SKY, labels.CAR)
LEAST_SHARE = 0.001
MOST_TRIES = 20


def paint_street(rng, height=1024, width=2048):
    """Paint one street scene, seen from a car.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance; equal generators give equal scenes.
    height, width : int
        Size in pixels, 32 or more each.

    Returns
    -------
    image : numpy.ndarray of uint8, shape (height, width, 3)
        RGB colours.
    label_ids : numpy.ndarray of uint8, shape (height, width)
        The Cityscapes label id of every pixel, 0..33.
    """
    if min(height, width) < SMALLEST_SIDE:
        raise ValueError(
            f"expected a height and width of at least {SMALLEST_SIDE} pixels, found {height} x "
            f"{width}; ask for a larger scene"
        )
    for _ in range(MOST_TRIES):
        image, label_ids = _paint_once(rng, height, width)
        if _is_complete(label_ids):
            break
    return image, label_ids


def _is_complete(label_ids):
    """Whether everything that each scene must show can be seen."""
    counts = np.bincount(label_ids.ravel(), minlength=labels.BICYCLE + 1)
    needed = [counts[label] for label in ALWAYS_SEEN]
    needed.append(counts[labels.BUILDING] + counts[labels.WALL])
    return min(needed) >= LEAST_SHARE * label_ids.size


def _paint_once(rng, height, width):
    light, street, autumn = random_light(rng), random_street(rng), rng.random() < 0.25
    canvas = Canvas(height, width, _random_camera(rng, height, width), NoiseBank(rng))
    paint_sky(canvas, light, rng)
    paint_ground(canvas, street, light, rng)
    paint_far_end(canvas, street, light, rng, autumn)
    solids = paint_side(canvas, street, light, rng, -1, autumn)
    solids += paint_side(canvas, street, light, rng, 1, autumn)
    things = _populate(street, rng, autumn)
    cast_shadows(canvas, light, solids + [thing.solid() for thing in things])
    for thing in sorted(things, key=lambda thing: -thing.frame.z):
        thing.paint(canvas, rng, light, thing.frame, **thing.options)
    _paint_bonnet(canvas, light, rng)
    image = develop(canvas, light, rng)
    _frame_with_void(image, canvas.labels, rng)
    return image, canvas.labels


def _random_camera(rng, height, width):
    return Camera(
        focal=width * rng.uniform(0.75, 1.1),
        centre=width * rng.uniform(0.4, 0.6),
        horizon=height * rng.uniform(0.36, 0.48),
        height=rng.uniform(1.2, 1.6),
    )


@dataclass
class Thing:
    """Something to paint: how, where, and the size (metres) that its shadow is cast from."""

    paint: object
    frame: Frame
    size: tuple[float, float, float]
    options: dict

    def solid(self):
        """The footprint (4, 2) of x, z and the height, in metres."""
        long, wide, tall = self.size
        a, b = long / 2, wide / 2
        corners = self.frame.to_world([(-a, 0, -b), (a, 0, -b), (a, 0, b), (-a, 0, b)])
        return corners[:, [0, 2]], tall


def _thing(paint, x, z, heading=0.0, size=(0.5, 0.5, 1.5), **options):
    return Thing(paint, Frame(x, z, heading), size, options)


def _populate(street, rng, autumn):
    """Draw everything that stands or moves on the street."""
    things = _traffic(street, rng) + _riders(street, rng)
    for side in (-1, 1):
        things += _parked(street, rng, side)
        things += _kerbside(street, rng, side, autumn)
        things += _pedestrians(street, rng, side)
    if street.rail and rng.random() < 0.7:
        z = rng.uniform(26, 55)
        things.append(_thing(vehicles.paint_train, street.rail.middle, z, np.pi, (22, 2.4, 3.3)))
    return things


def _traffic(street, rng):
    kinds = [
        (vehicles.paint_car, (4.2, 1.8, 1.4), 0.85),
        (vehicles.paint_truck, (8, 2.3, 3.2), 0.09),
        (vehicles.paint_bus, (11, 2.5, 3.0), 0.06),
    ]
    busy, things = rng.uniform(8, 45), []
    for lane in street.lanes:
        if street.rail and abs(lane - street.rail.middle) < 2.4:
            continue
        own = abs(lane) < 1.45
        z = rng.uniform(9, 14) + (rng.uniform(0, 14) if own else rng.exponential(busy * 0.5))
        first = own
        while z < street.end - 6:
            kind = rng.choice(3, p=[share for *_, share in kinds])
            # A car ahead, near enough to be seen well, is in every scene.
            paint, size, _ = kinds[0 if first else kind]
            first = False
            heading = (0.0 if lane > -1.5 else np.pi) + rng.normal(0, 0.06)
            z += size[0] / 2
            things.append(_thing(paint, lane + rng.normal(0, 0.15), z, heading, size))
            z += size[0] / 2 + 3 + rng.exponential(busy)
    if rng.random() < 0.2 or not things:
        z, heading = rng.uniform(14, 32), rng.choice([-1, 1]) * np.pi / 2
        things = [t for t in things if abs(t.frame.z - z) > t.size[0] / 2 + 2]
        x = rng.uniform(street.road_left, street.road_right)
        things.append(_thing(vehicles.paint_car, x, z, heading, kinds[0][1]))
    return things


def _parked(street, rng, side):
    strip = street.strip("parking", side) or street.strip("bays", side)
    if strip is None:
        return []
    z, things = rng.uniform(6, 15), []
    while z < street.end - 5:
        if rng.random() < 0.7:
            heading = (0 if side > 0 else np.pi) + rng.normal(0, 0.04)
            thing = _thing(vehicles.paint_car, strip.middle, z, heading, (4.2, 1.8, 1.4))
            things.append(thing)
        z += rng.uniform(5.3, 6.5)
    return things


def _riders(street, rng):
    """People on bicycles and motorcycles, seen from the side or at a slant."""
    things = []
    for paint, chance in ((people.paint_bicycle, 0.55), (people.paint_motorcycle, 0.3)):
        if rng.random() < chance:
            x = rng.uniform(street.road_left + 0.5, street.road_right - 0.5)
            z, turn = rng.uniform(8, 22), rng.choice([-1, 1]) * rng.uniform(0.7, 2.2)
            things.append(_thing(paint, x, z, turn, (1.5, 0.4, 1.6), rider=True))
    return things


def _pedestrians(street, rng, side):
    strip, things = street.strip("sidewalk", side), []
    for _ in range(rng.poisson(3.5)):
        spots, z = rng.integers(1, 4), rng.uniform(9, min(street.end, 50))
        x = rng.uniform(strip.left + 0.4, strip.right - 0.3)
        for i in range(spots):
            things.append(_thing(people.paint_person, x + 0.6 * i * side, z + rng.normal(0, 0.3)))
    if rng.random() < 0.25:
        x = rng.uniform(street.road_left, street.road_right)
        things.append(_thing(people.paint_person, x, rng.uniform(9, 25)))
    return things


def _kerbside(street, rng, side, autumn):
    """Trees, lamps, lights, signs, parked two-wheelers and clutter along one sidewalk."""
    strip = street.strip("sidewalk", side)
    kerb = (strip.left if side > 0 else strip.right) + side * 0.5
    wall = (strip.right if side > 0 else strip.left) - side * 0.5
    plan = [
        (furniture.paint_lamp_post, kerb, 2.0, (0.15, 0.15, 6.0)),
        (furniture.paint_traffic_light, kerb, 0.8, (0.15, 0.15, 3.0)),
        (furniture.paint_traffic_sign, kerb, 1.8, (0.1, 0.1, 2.5)),
        (people.paint_bicycle, wall, 0.8, (1.5, 0.3, 0.8)),
        (people.paint_motorcycle, wall, 0.12, (1.8, 0.4, 1.0)),
        (furniture.paint_clutter, wall, 0.6, (0.6, 0.6, 1.0)),
    ]
    things = []
    for paint, x, expected, size in plan:
        for _ in range(rng.poisson(expected)):
            turn = rng.uniform(0.8, 2.3) if size[0] > 1 else 0.0
            z = rng.uniform(9, min(street.end, 45))
            things.append(_thing(paint, x + rng.normal(0, 0.15), z, turn, size))
    return things + _trees(street, rng, side, kerb, autumn)


def _trees(street, rng, side, kerb, autumn):
    grass = street.strip("terrain", side)
    x = grass.middle if grass else kerb + side * 0.3
    spacing = rng.uniform(7, 14) if rng.random() < 0.5 else rng.uniform(25, 60)
    leaf, tall, z, things = furniture.leaf_colour(rng, autumn), rng.uniform(4, 9), 0.0, []
    z = rng.uniform(12, 24)
    while z < street.end:
        options = dict(tall=tall * rng.uniform(0.8, 1.2), leaf=leaf * rng.uniform(0.85, 1.15))
        size = (tall * 0.4, tall * 0.4, tall * 0.9)
        things.append(_thing(furniture.paint_tree, x, z, 0.0, size, **options))
        if grass and rng.random() < 0.4:
            options = dict(tall=rng.uniform(0.5, 1.2), leaf=furniture.leaf_colour(rng, autumn))
            bush_at = z + rng.uniform(2, 5)
            things.append(_thing(furniture.paint_bush, x, bush_at, 0.0, (1, 1, 1), **options))
        z += spacing * rng.uniform(0.8, 1.2)
    return things


def _paint_bonnet(canvas, light, rng):
    """Paint the bonnet of the camera's own car at the bottom: the ego vehicle."""
    height, width = canvas.shape
    top, middle = rng.uniform(0.93, 0.945) * height, width * rng.uniform(0.47, 0.53)
    x = (np.arange(width) - middle)[None, :] / (width * 0.55)
    y = np.arange(height)[:, None]
    edge = top + (height - top) * np.clip(np.abs(x), 0, 1.2) ** 3.5
    start = int(top)
    level = (y - edge)[start:] / (height - top)
    tone = 0.75 + 0.5 * np.exp(-level * 9) - 0.2 * level
    colour = np.array(vehicles.CAR_COLOURS[rng.integers(4)]) * 0.8
    sheen = 0.25 * light.horizon * np.exp(-((x / rng.uniform(0.3, 0.7)) ** 2))[..., None]
    window = (slice(start, height), slice(0, width))
    canvas.put(window, level > 0, tone[..., None] * (colour + sheen), labels.EGO_VEHICLE, 1.0)


def _frame_with_void(image, label_ids, rng):
    """Mark the outer pixels as out of view, as rectified camera images have them."""
    height, width = label_ids.shape
    scale = max(1, round(width / 800))
    bend = rng.integers(scale, 2 * scale + 1, 4)
    mask = Image.new("L", (width, height), labels.RECTIFICATION_BORDER)
    left, top, right, bottom = bend
    far, low = width - 1 - right, height - 1 - bottom
    corners = [(left, top), (far, top * 2), (far - right, low), (left * 2, low)]
    ImageDraw.Draw(mask).polygon([(int(x), int(y)) for x, y in corners], fill=0)
    border = np.asarray(mask) > 0
    image[border] = 0
    label_ids[border] = labels.RECTIFICATION_BORDER
    rim = scale
    for part in (np.s_[:rim], np.s_[-rim:], np.s_[:, :rim], np.s_[:, -rim:]):
        label_ids[part] = labels.OUT_OF_ROI
        image[part] = 0
