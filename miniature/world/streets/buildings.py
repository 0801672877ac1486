"""House fronts, walls, fences and hedges: upright planes along and across the street."""

from dataclasses import dataclass

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.textures import fraction, hedge, joints, masonry

PLASTERS = [
    (0.86, 0.80, 0.68), (0.80, 0.62, 0.42), (0.88, 0.86, 0.82), (0.70, 0.74, 0.78),
    (0.78, 0.52, 0.44), (0.62, 0.66, 0.55), (0.90, 0.78, 0.48), (0.55, 0.53, 0.50),
    (0.66, 0.58, 0.66), (0.52, 0.62, 0.70), (0.42, 0.40, 0.42), (0.93, 0.90, 0.88),
]  # fmt: skip
BRICKS = [(0.60, 0.30, 0.22), (0.48, 0.26, 0.21), (0.70, 0.48, 0.34), (0.62, 0.55, 0.45)]
SIGNS = [(0.8, 0.12, 0.1), (0.1, 0.25, 0.6), (0.95, 0.75, 0.1), (0.1, 0.45, 0.25), (0.9, 0.9, 0.9)]
GLASS_KINDS = 16


@dataclass(frozen=True)
class House:
    """The look of one house; lengths in metres, colours (3,) in 0..1."""

    material: str
    colour: np.ndarray
    trim: np.ndarray
    glass: np.ndarray
    eaves: float
    roof: float
    roof_colour: np.ndarray
    bay: float
    storey: float
    window: tuple[float, float]
    ground_floor: str
    sign: np.ndarray
    block: tuple[float, float]
    balconies: bool


def random_house(rng, low=1, high=6):
    """Draw a house of `low` to `high` storeys."""
    material = rng.choice(["plaster", "plaster", "brick", "stone", "panel", "glass"])
    palette = BRICKS if material == "brick" else PLASTERS
    colour = np.array(palette[rng.integers(len(palette))]) * rng.uniform(0.8, 1.1)
    storey = rng.uniform(2.7, 3.7)
    block = {"brick": (0.25, 0.08), "panel": (3.0, storey)}.get(material, (0.8, 0.4))
    glass = rng.uniform(0.08, 0.4, (GLASS_KINDS, 1)) * rng.uniform([0.85, 0.95, 1], [1, 1.1, 1.35])
    glass[: rng.integers(0, 5)] = rng.uniform([0.6, 0.55, 0.45], [0.95, 0.88, 0.75])
    size = (0.86, 0.8) if material == "glass" else (rng.uniform(0.3, 0.6), rng.uniform(0.4, 0.62))
    return House(
        material=str(material),
        colour=np.clip(colour, 0, 1),
        trim=np.clip(colour * rng.uniform(0.6, 1.5), 0, 0.95),
        glass=glass,
        eaves=storey * rng.integers(low, high + 1) + rng.uniform(0.3, 1.0),
        roof=0.0 if material in ("glass", "panel") else rng.choice([0.0, rng.uniform(1, 3)]),
        roof_colour=rng.uniform([0.35, 0.18, 0.15], [0.5, 0.3, 0.3]) * rng.uniform(0.7, 1.2),
        bay=rng.uniform(1.6, 3.6),
        storey=storey,
        window=size,
        ground_floor=str(rng.choice(["shops", "doors", "plain"])),
        sign=np.array(SIGNS[rng.integers(len(SIGNS))]),
        block=block,
        balconies=bool(rng.random() < 0.2),
    )


def facade(house, s, h, metres_per_pixel, noise):
    """Colours of a house front at `s` (1, w) along and `h` (h, w or 1) up, in metres."""
    shape = np.broadcast_shapes(s.shape, h.shape)
    tone = 1 + 0.06 * noise.sample("pink", s * 20, h * 20)
    if house.material != "plaster":
        strength = 0.35 if house.material == "brick" else 0.25
        tone = tone * masonry(noise, s, h, *house.block, metres_per_pixel, strength)
    tone = tone * np.clip(0.82 + 0.06 * h, 0.8, 1)
    colours = np.broadcast_to(tone, shape).astype(np.float32)[..., None] * house.colour.astype("f4")
    _paint_windows(colours, house, s, h, noise)
    _paint_ground_floor(colours, house, s, h, noise)
    cornice = np.broadcast_to(np.abs(h - house.eaves + 0.15) < 0.15, shape)
    colours[cornice] = house.trim
    _paint_roof(colours, house, s, h, metres_per_pixel)
    return colours


def _paint_windows(colours, house, s, h, noise):
    shape = colours.shape[:2]
    bay, storey = np.floor(s / house.bay), np.floor(h / house.storey)
    a, b = np.abs(fraction(s / house.bay) - 0.5), fraction(h / house.storey)
    half, tall = house.window[0] / 2, house.window[1]
    sill = (1 - tall) * 0.45
    used = (h > house.storey) & (h < house.eaves - 0.5)
    frame = used & (a < half + 0.05) & (b > sill - 0.05) & (b < sill + tall + 0.04)
    colours[np.broadcast_to(frame, shape)] = house.trim
    pane = used & (a < half) & (b > sill) & (b < sill + tall)
    if house.material != "glass":
        pane = pane & (a > 0.018) & (np.abs(b - sill - 0.62 * tall) > 0.015)
    pane = np.broadcast_to(pane, shape)
    kind = (bay * 5 + storey * 11 + bay * storey * 3).astype(np.int32) % GLASS_KINDS
    mirror = 0.8 + 0.5 * b + 0.05 * noise.sample("pink", s * 15, h * 15)
    glass = house.glass[np.broadcast_to(kind, shape)[pane]]
    colours[pane] = glass * np.broadcast_to(mirror, shape)[pane, None]
    if house.balconies:
        slab = used & (a < 0.42) & ((b < 0.07) | ((b < 0.33) & (fraction(s / 0.14) < 0.35)))
        colours[np.broadcast_to(slab, shape)] = house.trim * 0.6


def _paint_ground_floor(colours, house, s, h, noise):
    shape = colours.shape[:2]
    bay, a = np.floor(s / house.bay), np.abs(fraction(s / house.bay) - 0.5)
    ground = h < house.storey * 0.95
    kind = bay.astype(np.int32) % GLASS_KINDS
    if house.ground_floor == "shops":
        board = np.broadcast_to(ground & (h > house.storey * 0.76), shape)
        colours[board] = house.sign
        letters = board & (noise.sample("fine", s * 9, h * 5) > 0.7) & (fraction(s / 5) < 0.6)
        colours[letters & (np.abs(h - house.storey * 0.855) < house.storey * 0.05)] = (
            0.1 if house.sign.mean() > 0.5 else 0.95
        )
        opening = ground & (a < 0.45) & (h > 0.35) & (h < house.storey * 0.72)
        shade = 0.9
    elif house.ground_floor == "doors":
        opening = ground & (a < 0.22) & (h < 2.2) & (bay % 3 == 1)
        shade = 0.7
    else:
        opening = ground & (a < house.window[0] / 2) & (h > 1) & (h < house.storey * 0.75)
        shade = 1.0
    opening = np.broadcast_to(opening, shape)
    goods = 1 + 0.25 * np.broadcast_to(noise.sample("pink", s * 40, h * 40), shape)[opening, None]
    colours[opening] = house.glass[np.broadcast_to(kind, shape)[opening]] * shade * goods
    plinth = np.broadcast_to(h < 0.35, shape)
    colours[plinth] *= 0.65


def _paint_roof(colours, house, s, h, metres_per_pixel):
    roof = np.broadcast_to(h > house.eaves, colours.shape[:2])
    if not roof.any():
        return
    tiles = 1 - 0.3 * joints(h, 0.3, 0.08, metres_per_pixel)
    tiles = tiles - 0.15 * joints(s, 0.25, 0.05, metres_per_pixel)
    colours[roof] = np.broadcast_to(tiles, roof.shape)[roof][:, None] * house.roof_colour


@dataclass(frozen=True)
class UprightPlane:
    """A vertical plane: along the street at x = `at`, or across it at z = `at` (metres).

    It reaches from `start` to `stop` in the other ground direction.
    """

    along_street: bool
    at: float
    start: float
    stop: float

    def normal(self):
        """The outward world normal (3,) of the side that the camera sees."""
        side = -np.sign(self.at) if self.along_street else -1.0
        return np.array([side, 0, 0]) if self.along_street else np.array([0, 0, side])

    def look(self, canvas, top):
        """What the camera sees of the plane below `top` metres, or None.

        Returns the pixel window, position along the plane (1, w), height above ground
        (h, w or 1), depth (1, w or 1, 1), metres per pixel like depth, and the mask.
        """
        camera = canvas.camera
        near, far = (self.start, self.stop) if self.along_street else (self.at, self.at)
        near, far = max(near, 1.5), max(far, 1.6)
        sides = (self.at, self.at) if self.along_street else (self.start, self.stop)
        world = [[x, y, z] for x in sides for y in (0, top) for z in (near, far)]
        pixels = camera.project(np.array(world))
        window = canvas.window(*pixels.min(axis=0), *pixels.max(axis=0))
        rows = np.arange(window[0].start, window[0].stop, dtype=np.float32)[:, None]
        columns = np.arange(window[1].start, window[1].stop, dtype=np.float32)[None, :]
        if rows.size == 0 or columns.size == 0:
            return None
        if self.along_street:
            offset = (columns - camera.centre) * np.sign(self.at)
            depth = camera.focal * abs(self.at) / np.maximum(offset, 1e-3)
            along = depth
        else:
            depth = np.full((1, 1), self.at, dtype=np.float32)
            along = (columns - camera.centre) * self.at / camera.focal
        h = camera.height - (rows - camera.horizon) * depth / camera.focal
        mask = (along >= self.start) & (along <= self.stop) & (h >= 0) & (h <= top)
        return window, along, h, depth, depth / camera.focal, mask


def paint_house(canvas, plane, house, light):
    """Paint a house front onto a plane."""
    seen = plane.look(canvas, house.eaves + house.roof)
    if seen is None:
        return
    window, s, h, depth, scale, mask = seen
    colours = facade(house, s, h, scale, canvas.noise) * light.on(plane.normal())
    canvas.put(window, mask, colours, labels.BUILDING, depth)


def paint_wall(canvas, plane, light, rng):
    """Paint a garden wall of brick, stone or rendered concrete with a coping on top."""
    top = rng.uniform(1.4, 3.2)
    seen = plane.look(canvas, top)
    if seen is None:
        return
    window, s, h, depth, scale, mask = seen
    block = [(0.25, 0.08), (0.6, 0.3), (2.5, 5.0)][rng.integers(3)]
    palette = BRICKS if block[0] < 0.3 else [(0.6, 0.58, 0.54), (0.5, 0.5, 0.5), (0.66, 0.6, 0.5)]
    base = np.array(palette[rng.integers(len(palette))]) * rng.uniform(0.8, 1.15)
    tone = masonry(canvas.noise, s, h, *block, scale) + 0.09 * canvas.noise.sample(
        "pink", s * 25, h * 25
    )
    tone = np.where(h > top - 0.12, 1.25, tone) * np.clip(0.8 + 0.2 * h, 0.8, 1)
    colours = tone[..., None] * (base * light.on(plane.normal()))
    canvas.put(window, mask, colours, labels.WALL, depth)


def paint_fence(canvas, plane, light, rng):
    """Paint a fence of pickets, rails or mesh; what lies behind shows through."""
    top = rng.uniform(1.0, 2.2)
    seen = plane.look(canvas, top)
    if seen is None:
        return
    window, s, h, depth, _, mask = seen
    posts = fraction(s / 2.4) < 0.05
    bars = (np.abs(h - top * 0.93) < 0.05) | (np.abs(h - 0.2) < 0.05) | posts
    style = rng.integers(3)
    if style == 0:
        bars = bars | (fraction(s / 0.16) < 0.4)
    elif style == 1:
        bars = bars | (fraction(h / 0.3) < 0.45)
    else:
        bars = bars | (fraction((s + h) / 0.2) < 0.2) | (fraction((s - h) / 0.2) < 0.2)
    base = [(0.45, 0.3, 0.2), (0.2, 0.3, 0.24), (0.75, 0.75, 0.74), (0.15, 0.15, 0.16)]
    base = np.array(base[rng.integers(4)]) * rng.uniform(0.85, 1.15) * light.on(plane.normal())
    tone = 1 + 0.1 * canvas.noise.sample("pink", s * 30, h * 30)
    lattice = np.where(bars[..., None], tone[..., None] * base, canvas.image[window])
    canvas.put(window, mask, lattice, labels.FENCE, depth)


def paint_hedge(canvas, plane, light, rng, top, leaf):
    """Paint a clipped hedge or, if it is tall, a thicket."""
    seen = plane.look(canvas, top)
    if seen is None:
        return
    window, _, h, depth, _, mask = seen
    leafy, tone = hedge(rng, canvas.noise, np.broadcast_to(h / top, mask.shape))
    colours = tone[..., None] * (leaf * light.on(plane.normal())).astype(np.float32)
    canvas.put(window, mask & leafy, colours, labels.VEGETATION, depth)
