"""The street that a film drives through: who stands, walks and drives there."""

from dataclasses import replace

import numpy as np

from miniature.world.drives import motion
from miniature.world.drives.bystanders import paint_group, paint_seated
from miniature.world.drives.cast import BICYCLE_REACH, CAR_REACH, Cast
from miniature.world.drives.film import Film
from miniature.world.drives.roadside import Eye, Roadside, paint_backdrop, random_lots
from miniature.world.drives.vehicles import (
    paint_biker,
    paint_cyclist,
    paint_tractor,
    paint_trailer,
)
from miniature.world.paint.canvas import Camera
from miniature.world.paint.light import random_light
from miniature.world.paint.textures import NoiseBank
from miniature.world.streets import furniture, vehicles
from miniature.world.streets.furniture import leaf_colour
from miniature.world.streets.ground import random_street

VIEW = 130.0  # metres of street beyond the place where the drive ends
TRIES = 6
TRAILER_METRES = 3.6  # that a car with a trailer is longer
# Painter, size (long, wide, tall) and reach (radius, height) in metres, category, share.
TRAFFIC = (
    (vehicles.paint_car, (4.3, 1.8, 1.45), CAR_REACH, "car", 0.76),
    (vehicles.paint_truck, (8.0, 2.3, 3.3), (4.8, 3.8), "truck", 0.09),
    (vehicles.paint_bus, (11.5, 2.5, 3.1), (6.9, 3.4), "bus", 0.07),
    (paint_biker, (2.0, 0.8, 1.7), BICYCLE_REACH, "motorcycle", 0.06),
    (paint_tractor, (3.6, 2.2, 2.7), (2.5, 2.9), "other vehicle", 0.02),
)


def drive(seed, n_frames=40, size=(720, 1280), rate=5.0):
    """A film of a drive along a street.

    Parameters
    ----------
    seed : int or list of int
        All chance comes from it.
    n_frames : int
    size : tuple of int
        Height and width of the frames, in pixels.
    rate : float
        Frames per second.

    Returns
    -------
    miniature.world.drives.film.Film
    """
    rng = np.random.default_rng(seed)
    light, noise, times = random_light(rng), NoiseBank(rng), motion.frame_times(n_frames, rate)
    stop_at = rng.uniform(0.4, 0.9) * (times[-1] + 4) if rng.random() < 0.4 else None
    driven = motion.progress(rng, times, rng.uniform(3.5, 10), stop_at)
    street = replace(random_street(rng), end=float(driven[-1]) + VIEW)
    own = min(street.lanes, key=abs)
    eyes = _eyes(rng, times, size, own, driven)
    cast = Cast(rng, times)
    _own_lane(cast, own, driven)
    for lane in street.lanes:
        if lane != own and not (street.rail and abs(lane - street.rail.middle) < 2.4):
            _other_lane(cast, street, lane, 1 if lane > -1.5 else -1)
    _parked(cast, street)
    _tram(cast, street, own)
    _riders(cast, street)
    _crossings(cast, street, driven)
    for side in (-1, 1):
        _sidewalk(cast, street, side)
        _kerbside(cast, street, side)
    lots = random_lots(rng, street)
    sky = paint_backdrop(size, max(eye.camera.horizon for eye in eyes), light, noise, rng)
    roadside = Roadside(street, lots, sky, cast.seed())
    bonnet = _bonnet(rng, size, light) if rng.random() < 0.5 else None
    return Film(size, rate, cast.seed(), light, noise, roadside, cast.things, eyes, bonnet)


def _eyes(rng, times, size, lane, driven):
    height, width = size
    focal, tall = width * rng.uniform(0.75, 1.0), rng.uniform(1.25, 1.6)
    centre = width * (rng.uniform(0.45, 0.55) + motion.sway(rng, times, 0.012, rng.uniform(6, 12)))
    horizon = height * (rng.uniform(0.4, 0.5) + motion.sway(rng, times, 0.004, rng.uniform(1, 2)))
    x = lane + motion.sway(rng, times, 0.2, rng.uniform(6, 14))
    return [
        Eye(Camera(focal, c, h, tall), float(at_x), float(at_z))
        for c, h, at_x, at_z in zip(centre, horizon, x, driven, strict=True)
    ]


def _own_lane(cast, lane, driven):
    """Who drives ahead of the camera."""
    z = cast.rng.uniform(11, 19)
    for _ in range(4):
        slack = min(2.5, 0.14 * z)
        z += _add_vehicle(cast, lane, z, driven, 1, slack) + cast.rng.uniform(6, 30)


def _other_lane(cast, street, lane, direction):
    rng, times = cast.rng, cast.times
    driven = motion.progress(rng, times, rng.uniform(4, 12))
    busy, z = rng.uniform(8, 40), rng.uniform(-12, 25) - (driven[-1] if direction > 0 else 0)
    stop = street.end + (driven[-1] if direction < 0 else 0) - 20
    while z < stop:
        z += _add_vehicle(cast, lane, z, driven, direction, 1.0) + 5 + rng.exponential(busy)


def _add_vehicle(cast, lane, rear, driven, direction, slack):
    """Add someone who drives, from `rear` (metres) on; returns how long it is, in metres."""
    rng = cast.rng
    kind = rng.choice(len(TRAFFIC), p=[share for *_, share in TRAFFIC])
    paint, size, reach, category, _ = TRAFFIC[kind]
    drawn = TRAILER_METRES if category == "car" and rng.random() < 0.07 else 0.0
    middle = rear + size[0] / 2 + (drawn if direction > 0 else 0.0)
    path = motion.along_lane(rng, cast.times, lane, middle, driven, direction, slack)
    if category == "motorcycle":
        cast.two_wheeler(paint, path, category)
    else:
        cast.add(paint, path, size, reach, [cast.part(category)])
    if drawn:
        trailer = path - (0, direction * 4.2, 0)
        cast.add(paint_trailer, trailer, (2.9, 1.7, 1.8), (2.4, 2.3), [cast.part("trailer")])
    return size[0] + drawn


def _parked(cast, street):
    rng = cast.rng
    for side in (-1, 1):
        strip = street.strip("parking", side) or street.strip("bays", side)
        z = rng.uniform(4, 12)
        while strip and z < street.end - 5:
            if rng.random() < 0.7:
                heading = (0 if side > 0 else np.pi) + rng.normal(0, 0.04)
                parts = [cast.part("car")]
                paint, size, reach, *_ = TRAFFIC[0]
                cast.stand(paint, strip.middle, z, heading, size, reach, parts=parts)
            z += rng.uniform(5.4, 6.8)


def _tram(cast, street, own_lane):
    rng = cast.rng
    if street.rail and own_lane - street.rail.middle > 2.6 and rng.random() < 0.9:
        driven = motion.progress(rng, cast.times, rng.uniform(4, 9))
        start = rng.uniform(35, 60) + driven[-1] * 0.5
        path = motion.along_lane(rng, cast.times, street.rail.middle, start, driven, -1, 0.0)
        path[:, 0] = street.rail.middle
        cast.add(vehicles.paint_train, path, (23, 2.4, 3.4), (15, 5.5), [cast.part("train")])


def _riders(cast, street):
    """Cyclists along both edges of the road."""
    rng = cast.rng
    edges = ((street.road_right - 0.45, 1), (street.road_left + 0.45, -1))
    for x, direction in edges:
        for _ in range(rng.poisson(1.2)):
            driven = motion.progress(rng, cast.times, rng.uniform(2.5, 5))
            start = rng.uniform(12, 0.5 * street.end) + (driven[-1] if direction < 0 else 0)
            path = motion.along_lane(rng, cast.times, x, start, driven, direction, 0.5)
            if not _is_blocked(cast, path, 2.8, 1.25):
                cast.two_wheeler(paint_cyclist, path, "bicycle")


def _is_blocked(cast, path, long, wide):
    """Whether a path meets something that drives or is parked."""
    large = [thing for thing in cast.things if thing.size[0] > 1.8]
    return any(
        motion.collide(path, thing.path, long + thing.size[0] / 2 - 2, wide) for thing in large
    )


def _crossings(cast, street, driven):
    """People and bicycles that cross the road before the camera."""
    rng, times = cast.rng, cast.times
    for _ in range(60):
        if rng.random() < 0.93 - 0.004 * times[-1]:
            continue
        middle, direction = rng.uniform(0, times[-1] + 1), rng.choice([-1, 1])
        arrival = np.interp(middle + 3.0, times, driven)
        z, by_bicycle = arrival + rng.uniform(7, 18), rng.random() < 0.3
        speed = rng.uniform(2.5, 4) if by_bicycle else rng.uniform(1.1, 1.9)
        heading = direction * np.pi / 2
        path = motion.walk(rng, times, (0.0, z), heading, speed)
        path[:, 0] -= direction * speed * middle
        if _is_blocked(cast, path, 3.2, 1.6):
            continue
        # They come out of houses and go into them.
        path = motion.between(path, street.front_left + 0.4, street.front_right - 0.4)
        if by_bicycle:
            cast.two_wheeler(paint_cyclist, path, "bicycle")
        else:
            cast.walker(path)


def _sidewalk(cast, street, side):
    """People on one sidewalk: alone and in groups, walking and standing."""
    rng, strip = cast.rng, street.strip("sidewalk", side)
    low, high = strip.left + 0.4, strip.right - 0.3
    z = rng.uniform(4, 12)
    while z < street.end - 20:
        kind, x = rng.random(), rng.uniform(low, high)
        if kind < 0.66:
            _walking_group(cast, (low, high), z)
        elif kind < 0.84:
            cast.stander(x, z, rng.uniform(0, 2 * np.pi))
        elif kind < 0.92:
            parts = [cast.part("other person")]
            wall = high - 0.2 if side > 0 else low + 0.2
            cast.stand(paint_seated, wall, z, -side * np.pi / 2, (0.8, 1.5, 1.3), (1.2, 2.0),
                       parts=parts)  # fmt: skip
        else:
            parts = [cast.part("pedestrian", is_crowd=True)]
            cast.stand(paint_group, (low + high) / 2, z, 0.0, (1.5, 1.8, 1.7), (2.6, 2.3),
                       parts=parts)  # fmt: skip
        z += 1 + rng.exponential(7)


def _walking_group(cast, bounds, z):
    """Add up to three people who walk side by side, where they run into nobody."""
    rng = cast.rng
    n_people = rng.choice([1, 1, 1, 2, 2, 3])
    for _ in range(TRIES):
        heading, speed, x = rng.choice([0.0, np.pi]), rng.uniform(0.8, 1.7), rng.uniform(*bounds)
        starts = [(x + 0.65 * i, z + rng.normal(0, 0.35)) for i in range(n_people)]
        paths = [motion.walk(rng, cast.times, start, heading, speed) for start in starts]
        for path in paths:
            path[:, 0] = np.clip(path[:, 0], bounds[0] - 0.2, bounds[1] + 0.2)
        if all(cast.is_free(path, 0.2) for path in paths):
            for path in paths:
                cast.walker(path)
            return


def _kerbside(cast, street, side):
    """Trees, lamps, lights, signs, parked bicycles and clutter along one sidewalk."""
    rng, strip = cast.rng, street.strip("sidewalk", side)
    kerb = (strip.left if side > 0 else strip.right) + side * 0.35
    wall = (strip.right if side > 0 else strip.left) - side * 0.5
    plan = (
        (furniture.paint_lamp_post, kerb, 30, (0.15, 0.15, 6.0), (2.6, 9.0)),
        (furniture.paint_traffic_light, kerb, 70, (0.15, 0.15, 3.0), (5.0, 7.5)),
        (furniture.paint_traffic_sign, kerb, 28, (0.1, 0.1, 2.5), (1.2, 4.2)),
        (furniture.paint_clutter, wall, 45, (0.6, 0.6, 1.0), (0.9, 1.7)),
    )
    for paint, x, apart, size, reach in plan:
        z = rng.uniform(4, 4 + apart)
        while z < street.end:
            cast.stand(paint, x + rng.normal(0, 0.1), z, 0.0, size, reach)
            z += apart * rng.uniform(0.7, 1.4)
    for _ in range(rng.poisson(street.end / 55)):
        z, turn = rng.uniform(8, street.end), rng.uniform(0.6, 2.5)
        paint, category = (
            (paint_cyclist, "bicycle") if rng.random() < 0.8 else (paint_biker, "motorcycle")
        )
        cast.stand(paint, wall, z, turn, (1.8, 0.4, 1.0), BICYCLE_REACH, is_ridden=False,
                   parts=[cast.part(category)])  # fmt: skip
    _trees(cast, street, side, kerb)


def _trees(cast, street, side, kerb):
    rng, grass = cast.rng, street.strip("terrain", side)
    x = grass.middle if grass else kerb
    spacing = rng.uniform(9, 16) if rng.random() < 0.5 else rng.uniform(30, 60)
    leaf, tall, z = leaf_colour(rng, rng.random() < 0.25), rng.uniform(4, 8), rng.uniform(8, 24)
    while z < street.end:
        height = tall * rng.uniform(0.8, 1.2)
        cast.stand(furniture.paint_tree, x, z, 0.0, (tall * 0.4, tall * 0.4, tall * 0.9),
                   (height * 0.45 + 0.3, height * 1.05), tall=height,
                   leaf=leaf * rng.uniform(0.85, 1.15))  # fmt: skip
        z += spacing * rng.uniform(0.8, 1.2)


def _bonnet(rng, size, light):
    """The bonnet of the camera's own car: mask (H, W) and colours (H, W, 3)."""
    height, width = size
    x = (np.arange(width) - width * rng.uniform(0.47, 0.53))[None, :] / (width * 0.55)
    top, rows = rng.uniform(0.9, 0.95), np.arange(height)[:, None] / height
    level = (rows - top) / (1 - top) - np.clip(np.abs(x), 0, 1.2) ** 3.5
    tone = 0.75 + 0.5 * np.exp(-9 * np.clip(level, 0, None)) - 0.2 * level
    colour = np.array(vehicles.CAR_COLOURS[rng.integers(4)]) * 0.8
    sheen = 0.25 * light.horizon * np.exp(-((x / rng.uniform(0.3, 0.7)) ** 2))[..., None]
    return level > 0, (tone[..., None] * (colour + sheen)).astype(np.float32)
