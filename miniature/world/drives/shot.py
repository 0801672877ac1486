"""Videos of the miniature world: how the camera of a film sees its world and who is in it."""

from dataclasses import dataclass, replace

import numpy as np

from miniature.world.drives.film import Shot, Sighting
from miniature.world.drives.roadside import paint_roadside
from miniature.world.paint import labels
from miniature.world.paint.canvas import Canvas, Frame
from miniature.world.paint.light import cast_shadows, develop

NEAREST_END = 2.2  # metres; what ends nearer is behind the camera
FARTHEST = 160.0
FAR_SIZES = 45.0  # small things are left out beyond so many times their size


def shoot(film, index):
    """Paint one frame of a film.

    Returns
    -------
    Shot
        `owners` (H, W) int16 is 0 where there is no part; sightings are of all parts of which
        at least a pixel lies inside the image, also of hidden ones.
    """
    eye = film.eyes[index]
    canvas = _background(film, eye)
    seen = [(thing, frame) for thing in film.things if (frame := _place(film, thing, index))]
    solids = [_solid(thing, frame) for thing, frame in seen]
    cast_shadows(canvas, film.light, film.roadside.solids(eye) + solids)
    numbers = _numbers(film)
    owners, wholes = np.zeros(film.size, dtype=np.int16), []
    for thing, frame in sorted(seen, key=lambda pair: -_nearest(*pair)):
        sprite = _paint_sprite(canvas, film, thing, frame, index)
        if sprite is not None:
            wholes += _lay_over(canvas, owners, sprite, thing.parts, numbers)
    if film.bonnet is not None:
        _put_bonnet(canvas, owners, *film.bonnet)
    image = develop(canvas, film.light, _Sensor(film.seed, index))
    return Shot(image, owners, [_sighting(owners, *whole) for whole in wholes])


class _Sensor:
    """Chance of the camera: its lens stays the same in all frames, its noise does not."""

    def __init__(self, seed, index):
        self.uniform = np.random.default_rng([seed, 1]).uniform
        self.standard_normal = np.random.default_rng([seed, 2, index]).standard_normal


def _background(film, eye):
    canvas = Canvas(*film.size, eye.camera, film.noise)
    sky = film.roadside.sky
    canvas.image[: len(sky)] = sky
    canvas.labels[: len(sky)] = labels.SKY
    paint_roadside(canvas, film.roadside, film.light, eye)
    return canvas


def _place(film, thing, index):
    """Where a thing stands as the eye sees it; None if it is behind the eye or too far away."""
    eye, (x, z, heading) = film.eyes[index], thing.path[index]
    frame = Frame(x - eye.x, z - eye.z, heading)
    half = _half_depth(thing, heading)
    near, far = frame.z - half, frame.z + half
    if not far >= NEAREST_END or near > min(FARTHEST, FAR_SIZES * max(thing.size)):
        return None
    if thing.size[0] < 3 and near < 0.9:
        return None
    return frame


def _half_depth(thing, heading):
    long, wide, _ = thing.size
    return (long * abs(np.cos(heading)) + wide * abs(np.sin(heading))) / 2


def _nearest(thing, frame):
    return frame.z - _half_depth(thing, frame.heading)


def _solid(thing, frame):
    """The footprint (4, 2) of x, z and the height that the shadow is cast from, in metres."""
    long, wide, tall = thing.size
    a, b = long / 2, wide / 2
    corners = frame.to_world([(-a, 0, -b), (a, 0, -b), (a, 0, b), (-a, 0, b)])
    return corners[:, [0, 2]], tall


def _numbers(film):
    """Number of each part in `Shot.owners`, by the part's identity of object."""
    return {id(part): number for number, part in enumerate(film.parts, 1)}


@dataclass(frozen=True)
class _Sprite:
    """A thing painted on a canvas of its own, whose corner is at `left`, `top` of the image."""

    canvas: Canvas
    left: int
    top: int


def _paint_sprite(canvas, film, thing, frame, index):
    """Paint a thing alone, with what lies a little outside the image; None if it is all outside."""
    left, top, right, bottom = _extent(canvas, thing, frame)
    if right <= left or bottom <= top:
        return None
    camera = canvas.camera
    moved = replace(camera, centre=camera.centre - left, horizon=camera.horizon - top)
    sprite = Canvas(bottom - top, right - left, moved, film.noise)
    phase = {} if thing.phase is None else {"phase": thing.phase[index]}
    rng = np.random.default_rng(thing.seed)
    thing.paint(sprite, rng, film.light, frame, **thing.options, **phase)
    return _Sprite(sprite, left, top)


def _lay_over(canvas, owners, sprite, parts, numbers):
    """Lay a sprite over the image.

    Returns
    -------
    list of tuple
        (part, number, whole box, pixels inside the image, pixels in all) of its parts.
    """
    of, left, top = sprite.canvas, sprite.left, sprite.top
    painted = np.isfinite(of.depth)
    here, there = _overlap(canvas.shape, left, top, left + of.shape[1], top + of.shape[0])
    mask = painted[there]
    canvas.put(here, mask, of.image[there], 0, of.depth[there])
    np.copyto(canvas.labels[here], of.labels[there], where=mask)
    owners[here][mask] = 0
    found = []
    for part in parts:
        own = painted & np.isin(of.labels, part.labels) if part.labels else painted
        inside, number = own[there], numbers[id(part)]
        owners[here][inside] = number
        if inside.any():
            box = _shifted(_box(own), left, top)
            found.append((part, number, box, int(inside.sum()), int(own.sum())))
    return found


def _extent(canvas, thing, frame):
    """Pixel box that holds all of a thing, cut off half an image beyond the image's edges."""
    radius, tall = thing.reach
    corners = [
        (frame.x + x, y, frame.z + z)
        for x in (-radius, radius)
        for y in (-0.1, tall)
        for z in (-radius, radius)
    ]
    pixels = canvas.camera.project(corners)
    height, width = canvas.shape
    (left, top), (right, bottom) = pixels.min(axis=0) - 2, pixels.max(axis=0) + 3
    left, right = np.clip([left, right], -width / 2, 1.5 * width)
    top, bottom = np.clip([top, bottom], -height / 2, 1.5 * height)
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return 0, 0, 0, 0
    return int(left), int(top), int(right), int(bottom)


def _overlap(shape, left, top, right, bottom):
    """Where a sprite's box meets the image: as slices of the image and of the sprite."""
    height, width = shape
    rows, columns = (max(top, 0), min(bottom, height)), (max(left, 0), min(right, width))
    here = slice(*rows), slice(*columns)
    there = slice(rows[0] - top, rows[1] - top), slice(columns[0] - left, columns[1] - left)
    return here, there


def _put_bonnet(canvas, owners, mask, colours):
    window = slice(0, canvas.shape[0]), slice(0, canvas.shape[1])
    canvas.put(window, mask, colours, labels.EGO_VEHICLE, 1.0)
    owners[mask] = 0


def _sighting(owners, part, number, whole, n_inside, n_whole):
    height, width = owners.shape
    left, top, right, bottom = np.clip(whole, 0, [width, height, width, height])
    visible = owners[top:bottom, left:right] == number
    n_visible = int(visible.sum())
    box = _shifted(_box(visible), left, top) if n_visible else None
    return Sighting(part, number, box, whole, n_visible, n_inside, n_whole)


def _box(mask):
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _shifted(box, left, top):
    return tuple(int(edge + shift) for edge, shift in zip(box, (left, top) * 2, strict=True))
