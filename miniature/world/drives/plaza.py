"""Squares and pavements full of people, filmed by a camera that stands, pans or walks."""

import numpy as np

from miniature.world.drives import motion
from miniature.world.drives.bystanders import paint_group, paint_poster, paint_seated
from miniature.world.drives.cast import BICYCLE_REACH, CAR_REACH, Cast
from miniature.world.drives.film import Film
from miniature.world.drives.roadside import Eye, Roadside, paint_backdrop, random_lots
from miniature.world.drives.vehicles import paint_biker, paint_cyclist
from miniature.world.paint.canvas import Camera
from miniature.world.paint.light import random_light
from miniature.world.paint.textures import NoiseBank
from miniature.world.streets import furniture, vehicles
from miniature.world.streets.furniture import leaf_colour
from miniature.world.streets.ground import Street, Strip

CAMERAS = ("standing", "panning", "walking")
END = 70.0
CLOSE_PASSERS = 5
MOST_GROUPS = 90


def plaza(seed, n_frames=60, size=(540, 960), rate=30.0, camera="standing"):
    """A film of people on a square, or on the pavement of a road.

    Parameters
    ----------
    seed : int or list of int
        All chance comes from it.
    n_frames : int
    size : tuple of int
        Height and width of the frames, in pixels.
    rate : float
        Frames per second.
    camera : {"standing", "panning", "walking"}
        Standing and panning cameras look down from 2 to 5 metres, a walking one from eye level.

    Returns
    -------
    miniature.world.drives.film.Film
        Its categories are the classes of MOT17 with spaces for underscores; who stands or sits all
        the time is a "static person".
    """
    if camera not in CAMERAS:
        raise ValueError(f"expected a camera of {CAMERAS}, found {camera!r}")
    rng = np.random.default_rng(seed)
    light, noise, times = random_light(rng), NoiseBank(rng), motion.frame_times(n_frames, rate)
    street = _random_plaza(rng)
    eyes = _eyes(rng, times, size, camera)
    cast = Cast(rng, times)
    _scenery(cast, street)
    _lingerers(cast, street, eyes)
    _wheels(cast, street, eyes)
    _close_passers(cast, street, eyes)
    _passers(cast, street, eyes)
    lots = random_lots(rng, street, heights=((2, 4), (3, 6)))
    sky = paint_backdrop(size, max(eye.camera.horizon for eye in eyes), light, noise, rng)
    roadside = Roadside(street, lots, sky, cast.seed())
    return Film(size, rate, cast.seed(), light, noise, roadside, cast.things, eyes)


def _random_plaza(rng):
    """The cross-section: pavings side by side, and perhaps a road on the right."""
    left, right = -rng.uniform(6, 11), rng.uniform(4, 9)
    seam = rng.uniform(-3, 1)
    strips = [Strip(left - 400, left, "yard"), Strip(left, seam, "sidewalk")]
    lanes, front, road_left, road_right = [], right, right, right
    if rng.random() < 0.5:
        road_left, road_right = right - 1, right + 5.8
        lanes, front = [road_left + 1.5, road_left + 4.4], road_right + 2.5
        strips += [Strip(seam, road_left, "sidewalk"), Strip(road_left, road_right, "road"),
                   Strip(road_right, front, "sidewalk")]  # fmt: skip
    else:
        strips.append(Strip(seam, right, "sidewalk" if rng.random() < 0.6 else "bays"))
    strips.append(Strip(front, front + 400, "yard"))
    return Street(strips, road_left, road_right, left, front, END, lanes)


def _eyes(rng, times, size, camera):
    height, width = size
    focal, still = width * rng.uniform(0.8, 1.15), np.zeros(len(times))
    tall, level = rng.uniform(2.2, 5.0), rng.uniform(0.12, 0.3)
    pan, shake, z = still, still, still
    if camera == "panning":
        pan = motion.sway(rng, times, 0.1, rng.uniform(9, 16))
    if camera == "walking":
        tall, level = rng.uniform(1.5, 1.75), rng.uniform(0.36, 0.44)
        pan = motion.sway(rng, times, 0.03, rng.uniform(5, 9))
        shake = motion.sway(rng, times, 0.006, 0.9)
        z = motion.progress(rng, times, rng.uniform(0.6, 1.2))
    centre = width * (rng.uniform(0.45, 0.55) + pan)
    horizon = height * (level + shake)
    return [
        Eye(Camera(focal, c, h, tall), 0.0, float(at_z))
        for c, h, at_z in zip(centre, horizon, z, strict=True)
    ]


def _nearest_feet(camera):
    """Metres from where on feet are in the image, were that 1.6 times as wide as high."""
    return max(3.0, 1.1 * camera.focal * camera.height / (1.2 * camera.centre - camera.horizon))


def _close_passers(cast, street, eyes):
    """People who come into the picture or leave it near the camera, and hide who is behind them."""
    rng, times, missing = cast.rng, cast.times, CLOSE_PASSERS
    for _ in range(10 * CLOSE_PASSERS):
        middle = rng.uniform(0, times[-1])
        eye, side, direction = eyes[np.searchsorted(times, middle)], *rng.choice([-1, 1], 2)
        z = _nearest_feet(eye.camera) * rng.uniform(0.85, 1.3)
        edge = side * (z * eye.camera.centre / eye.camera.focal + rng.uniform(-0.5, 0.2))
        speed = rng.uniform(1.2, 2.0)
        start = (edge - direction * speed * middle, eye.z + z)
        path = motion.walk(rng, times, start, direction * np.pi / 2 + rng.normal(0, 0.1), speed)
        if missing and cast.is_free(path, 0.25) and not _leaves_ground(path, street):
            cast.walker(path)
            missing -= 1


def _random_spot(rng, street, eyes, far=34.0):
    """A place (x, z) on foot ground that the camera sees in the middle of the film."""
    eye = eyes[len(eyes) // 2]
    camera, near = eye.camera, _nearest_feet(eye.camera)
    z = near + (far - near) * rng.random() ** 1.4
    half = 0.95 * z * camera.centre / camera.focal
    low, high = max(-half, street.front_left + 0.5), min(half, street.road_left - 0.5)
    return rng.uniform(low, max(high, low + 0.5)), eye.z + z


def _passers(cast, street, eyes):
    """People who walk through the picture, alone and in groups, in two main directions."""
    rng, times = cast.rng, cast.times
    axis = rng.choice([0.0, np.pi / 2], p=[0.6, 0.4])
    n_people = len(cast.things) + rng.integers(18, 30)
    for _ in range(MOST_GROUPS):
        spot = np.array(_random_spot(rng, street, eyes))
        turned = np.pi / 2 if rng.random() < 0.3 else 0.0
        heading = axis + turned + rng.choice([0.0, np.pi]) + rng.normal(0, 0.25)
        speed = rng.uniform(0.8, 1.7)
        # Where they are in the picture at some time, mostly while it is filmed.
        gone = speed * rng.uniform(-0.2, 1.2) * (times[-1] + 1)
        start = spot - gone * np.array([np.sin(heading), np.cos(heading)])
        beside = 0.7 * np.array([np.cos(heading), -np.sin(heading)])
        for member in range(rng.choice([1, 1, 1, 2, 2, 3])):
            place = start + member * beside + rng.normal(0, 0.1, 2)
            path = motion.walk(rng, times, place, heading, speed)
            if cast.is_free(path, 0.25) and not _leaves_ground(path, street):
                cast.walker(path)
        if len(cast.things) >= n_people:
            return


def _leaves_ground(path, street):
    """Whether a path leads into a house, or along the road."""
    x = path[:, 0]
    into_house = (x < street.front_left + 0.3) | (x > street.front_right - 0.3)
    on_road = (x > street.road_left) & (x < street.road_right)
    return bool(into_house.any() or on_road.mean() > 0.6)


def _lingerers(cast, street, eyes):
    """Who stands or sits: static people, a far crowd, and a picture of a person."""
    rng = cast.rng
    for _ in range(rng.integers(2, 5)):
        x, z = _random_spot(rng, street, eyes)
        turn = rng.uniform(0, 2 * np.pi)
        for side in range(rng.integers(1, 4)):
            angle = turn + 2.1 * side
            place = (x + 0.55 * np.sin(angle), z + 0.55 * np.cos(angle))
            cast.stander(*place, angle + np.pi, "static person")
    for _ in range(2):
        x, z = _random_spot(rng, street, eyes, far=24)
        cast.stand(paint_seated, x, z, rng.uniform(0.7, 5.6), (0.8, 1.5, 1.3), (1.2, 2.0),
                   parts=[cast.part("static person")])  # fmt: skip
    x = rng.choice([street.front_left + rng.uniform(0.9, 2), street.road_left - 1.5])
    cast.stand(paint_poster, x, rng.uniform(12, 24), 0.0, (0.1, 1.4, 2.5), (1.0, 2.8),
               parts=[cast.part("distractor")])  # fmt: skip
    x = rng.uniform(street.front_left + 2, street.road_left - 2)
    cast.stand(paint_group, x, rng.uniform(38, 48), 0.0, (1.5, 1.8, 1.7), (2.6, 2.3),
               parts=[cast.part("crowd", is_crowd=True)])  # fmt: skip


def _wheels(cast, street, eyes):
    """Cyclists on the square, parked bicycles, and the traffic of the road."""
    rng, times = cast.rng, cast.times
    for _ in range(4):
        x, z = _random_spot(rng, street, eyes)
        heading, speed = rng.choice([0.0, np.pi]) + rng.normal(0, 0.2), rng.uniform(2, 3.5)
        gone = speed * rng.uniform(0.2, 0.8) * times[-1]
        start = (x - gone * np.sin(heading), z - gone * np.cos(heading))
        path = motion.walk(rng, times, start, heading, speed)
        if not cast.is_free(path):
            continue
        cast.two_wheeler(paint_cyclist, path, "bicycle", person="person on vehicle")
    for _ in range(rng.integers(1, 4)):
        x, z = street.front_left + rng.uniform(0.5, 0.9), rng.uniform(8, 35)
        paint, kind = (
            (paint_cyclist, "bicycle") if rng.random() < 0.8 else (paint_biker, "motorbike")
        )
        turn, size = rng.uniform(-0.5, 0.5), (1.8, 0.4, 1.0)
        parts = [cast.part(kind)]
        cast.stand(paint, x, z, turn, size, BICYCLE_REACH, is_ridden=False, parts=parts)
    for lane, direction in zip(street.lanes, (-1, 1), strict=False):
        driven, z = motion.progress(rng, times, rng.uniform(5, 9)), rng.uniform(-25, 10)
        while z < END + driven[-1]:
            path = motion.along_lane(rng, times, lane, z, driven, direction, 0.5)
            cast.add(vehicles.paint_car, path, (4.3, 1.8, 1.45), CAR_REACH, [cast.part("car")])
            z += 7 + rng.exponential(16)


def _scenery(cast, street):
    """Lamps, signs, bins and trees, which hide people who pass behind them."""
    rng = cast.rng
    kinds = (
        (furniture.paint_lamp_post, 4, (0.15, 0.15, 6.0), (2.6, 9.0), "occluder"),
        (furniture.paint_traffic_sign, 2, (0.1, 0.1, 2.5), (1.2, 4.2), "occluder"),
        (furniture.paint_clutter, 3, (0.6, 0.6, 1.0), (0.9, 1.7), "occluder on ground"),
    )
    for paint, expected, size, reach, category in kinds:
        for _ in range(1 + rng.poisson(expected - 1)):
            x = rng.uniform(street.front_left + 0.8, street.road_left - 0.3)
            z = rng.uniform(9, 40)
            cast.stand(paint, x, z, 0.0, size, reach, parts=[cast.part(category)])
    leaf, tall = leaf_colour(rng, rng.random() < 0.25), rng.uniform(4, 7)
    for z in np.arange(rng.uniform(9, 15), END, rng.uniform(8, 14)):
        x = street.front_left + rng.uniform(1.5, 3)
        height = tall * rng.uniform(0.8, 1.2)
        cast.stand(furniture.paint_tree, x, float(z), 0.0, (tall * 0.4, tall * 0.4, tall * 0.9),
                   (height * 0.45 + 0.3, height * 1.05), tall=height, leaf=leaf)  # fmt: skip
