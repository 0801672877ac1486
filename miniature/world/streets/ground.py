"""The ground of a street: its strips from side to side, and their surfaces."""

from dataclasses import dataclass, field

import numpy as np

from miniature.world.paint import labels
from miniature.world.paint.textures import cobbles, fraction, slabs

STRIP_LABELS = {
    "road": labels.ROAD,
    "sidewalk": labels.SIDEWALK,
    "terrain": labels.TERRAIN,
    "parking": labels.PARKING,
    "rail": labels.RAIL_TRACK,
    "tramway": labels.ROAD,
    "bays": labels.ROAD,
    "yard": labels.TERRAIN,
}
FAR = 200.0
RAIL_WIDTH = 2.8
PARKING_KINDS = (None, None, "parking", "bays", "bays")


@dataclass(frozen=True)
class Strip:
    """A band of ground along the street, from `left` to `right` (metres), of one kind."""

    left: float
    right: float
    kind: str

    @property
    def middle(self):
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Street:
    """The cross-section of a street and where it ends (metres)."""

    strips: list[Strip]
    road_left: float
    road_right: float
    front_left: float
    front_right: float
    end: float
    lanes: list[float] = field(default_factory=list)

    def strip(self, kind, side):
        """The strip of a kind on side -1 (left) or 1 (right), or None."""
        found = [s for s in self.strips if s.kind == kind and s.middle * side > 0]
        return found[0] if found else None

    @property
    def rail(self):
        """The strip with rails, on its own bed or set into the road, or None."""
        return next((s for s in self.strips if s.kind in ("rail", "tramway")), None)


def random_street(rng):
    """Draw a street: lanes, then on each side perhaps parking and grass, then a sidewalk."""
    right, left = rng.uniform(2.0, 4.2), -rng.uniform(3.8, 8.0)
    strips = []
    if rng.random() < 0.28:
        # A bed of its own counts as void, so it lies where it fills little of the picture.
        kind = "rail" if left < -5.5 and rng.random() < 0.5 else "tramway"
        strips.append(Strip(left, left + RAIL_WIDTH, kind))
    # Parked cars hide the sidewalk behind them, so the other side stays free of them.
    parking = {int(rng.choice([-1, 1])): PARKING_KINDS[rng.integers(len(PARKING_KINDS))]}
    front_left = -_add_side(rng, strips, -left, -1, parking.get(-1))
    front_right = _add_side(rng, strips, right, 1, parking.get(1))
    strips.insert(0, Strip(left, right, "road"))
    end = rng.uniform(45, 90) if rng.random() < 0.4 else rng.uniform(90, FAR)
    lanes = [right - 1.3 - 2.9 * i for i in range(int((right - left) // 2.9))]
    return Street(strips, left, right, front_left, front_right, end, lanes)


def _add_side(rng, strips, edge, side, parking):
    """Add the strips between the road's edge and the house fronts; returns where those begin."""
    kinds = [("terrain", 0.45, 0.8, 2.6), ("sidewalk", 1, 2, 5)]
    if rng.random() < 0.3:
        kinds.reverse()
    if parking:
        kinds.insert(0, (parking, 1, 1.9, 2.2))
    for kind, chance, narrow, wide in kinds:
        if rng.random() < chance:
            near, edge = edge, edge + rng.uniform(narrow, wide)
            strips.append(Strip(*sorted((side * near, side * edge)), kind))
    strips.append(Strip(*sorted((side * edge, side * 400)), "yard"))
    return edge


def paint_ground(canvas, street, light, rng):
    """Paint everything below the horizon as flat ground."""
    height, width = canvas.shape
    camera = canvas.camera
    top = int(np.ceil(camera.horizon)) + 1
    rows = np.arange(top, height, dtype=np.float32)[:, None]
    z = camera.focal * camera.height / (rows - camera.horizon)
    x = (np.arange(width, dtype=np.float32) - camera.centre)[None, :] * z / camera.focal
    z_full = np.broadcast_to(z, x.shape)
    brightness = light.on(np.array([0.0, 1.0, 0.0]))
    window = (slice(top, height), slice(0, width))
    for strip in street.strips:
        mask = (x >= strip.left) & (x < strip.right)
        if not mask.any():
            continue
        depth = z_full[mask]
        place = _Place(canvas.noise, x[mask], depth, depth / np.float32(camera.focal))
        colours = SURFACES[strip.kind](place, strip, street, rng)
        canvas.image[window][mask] = colours * np.float32(brightness)
        canvas.labels[window][mask] = STRIP_LABELS[strip.kind]
        canvas.depth[window][mask] = depth


@dataclass(frozen=True)
class _Place:
    """Ground coordinates of the pixels to paint, all (n,): metres, and metres per pixel."""

    noise: object
    x: np.ndarray
    z: np.ndarray
    metres_per_pixel: np.ndarray


def _tinted(tone, colour):
    return tone.astype(np.float32)[:, None] * np.asarray(colour, dtype=np.float32)


def _road(place, strip, street, rng):
    x, z = place.x, place.z
    if rng.random() < 0.15:
        tone = cobbles(place.noise, x, z, rng.uniform(0.12, 0.22), place.metres_per_pixel)
        base = rng.uniform(0.36, 0.5)
    else:
        tone = 1 + 0.07 * place.noise.sample("fine", x * 60, z * 60)
        base = rng.uniform(0.26, 0.46)
    tone += rng.uniform(0.03, 0.08) * place.noise.sample("pink", x * 14 + 200, z * 4)
    tone += _wheel_tracks(x, street, rng)
    colours = _tinted(tone, base * rng.uniform([0.96, 0.97, 0.97], [1.05, 1.0, 1.06]))
    _paint_repairs(colours, place, street, rng)
    _paint_markings(colours, place, street, rng)
    return colours


def _wheel_tracks(x, street, rng):
    track = np.zeros_like(x)
    for lane in street.lanes:
        track -= np.exp(-(((np.abs(x - lane) - 0.75) / 0.3) ** 2))
    return rng.uniform(-0.05, 0.12) * track


def _paint_repairs(colours, place, street, rng):
    for _ in range(rng.integers(0, 5)):
        x0, z0 = rng.uniform(street.road_left, street.road_right), rng.uniform(4, 30)
        wide, long = rng.uniform(0.4, 2), rng.uniform(1, 9)
        patch = (np.abs(place.x - x0) < wide / 2) & (np.abs(place.z - z0) < long / 2)
        colours[patch] *= np.float32(rng.uniform(0.72, 1.2))
    for _ in range(rng.integers(0, 3)):
        x0, z0 = rng.uniform(street.road_left, street.road_right), rng.uniform(6, 25)
        colours[(place.x - x0) ** 2 + (place.z - z0) ** 2 < 0.1] = rng.uniform(0.12, 0.25)


def _paint_markings(colours, place, street, rng):
    paint = np.asarray([0.92, 0.9, 0.84]) * rng.uniform(0.75, 1.0)
    marks = np.zeros(len(place.x), dtype=bool)
    dash, thickness = rng.uniform(2, 5), rng.uniform(0.1, 0.18)
    if rng.random() < 0.8:
        for lane in street.lanes[:-1]:
            marks |= (np.abs(place.x - lane + 1.45) < thickness / 2) & (
                fraction(place.z / (2.5 * dash)) < 0.4
            )
    if rng.random() < 0.5:
        for edge in (street.road_left + 0.35, street.road_right - 0.35):
            marks |= np.abs(place.x - edge) < thickness / 2
    if rng.random() < 0.4:
        start = rng.uniform(7, 30)
        marks |= (np.abs(place.z - start) < 1.6) & (fraction(place.x) < 0.5)
        marks |= (np.abs(place.z - start + 3) < 0.2) & (place.x > 0)
    worn = place.noise.sample("pink", place.x * 30, place.z * 15) < rng.uniform(1, 3)
    colours[marks & worn] = paint


def _sidewalk(place, strip, street, rng):
    pattern = slabs if rng.random() < 0.7 else cobbles
    spacing = rng.uniform(0.3, 0.9) if pattern is slabs else rng.uniform(0.1, 0.25)
    tone = pattern(place.noise, place.x, place.z, spacing, place.metres_per_pixel)
    tone += 0.06 * place.noise.sample("pink", place.x * 25, place.z * 12)
    stone = rng.uniform(0.45, 0.68) * rng.uniform([0.98, 0.93, 0.86], [1.12, 1.0, 1.0])
    if rng.random() < 0.25:
        stone = np.array([0.55, 0.38, 0.32]) * rng.uniform(0.8, 1.15)
    colours = _tinted(tone, stone)
    kerb_at = strip.left if strip.middle > 0 else strip.right
    kerb = np.abs(place.x - kerb_at) < 0.28
    colours[kerb] = 0.7 * (1 + 0.05 * place.noise.sample("fine", place.z * 9, place.x))[kerb, None]
    colours[kerb & (np.abs(place.x - kerb_at) < 0.08)] *= 0.55
    return colours


def _terrain(place, strip, street, rng):
    blades = place.noise.sample("fine", place.x * 55, place.z * 20)
    patches = place.noise.sample("pink", place.x * 11, place.z * 5)
    tone = 1 + 0.16 * blades + 0.13 * patches
    grass = rng.uniform([0.24, 0.36, 0.1], [0.42, 0.5, 0.22])
    colours = _tinted(tone, grass)
    dry = patches > rng.uniform(0.5, 2.5)
    colours[dry] = colours[dry] * 0.4 + 0.6 * np.array([0.5, 0.42, 0.28]) * tone[dry, None]
    return colours


def _parking(place, strip, street, rng):
    tone = cobbles(place.noise, place.x, place.z, rng.uniform(0.15, 0.3), place.metres_per_pixel)
    colours = _tinted(tone, rng.uniform([0.34, 0.31, 0.3], [0.52, 0.45, 0.43]))
    colours[np.abs(fraction(place.z / 5.5) - 0.5) < 0.01] = 0.8
    return colours


def _rail(place, strip, street, rng):
    across = place.x - strip.middle
    tone = 1 + 0.2 * place.noise.sample("fine", place.x * 30, place.z * 30)
    colours = _tinted(tone, rng.uniform([0.34, 0.3, 0.26], [0.46, 0.42, 0.4]))
    sleeper = (fraction(place.z / 0.7) < 0.35) & (np.abs(across) < 1.2)
    colours[sleeper & (place.metres_per_pixel < 0.02)] *= 0.65
    return _lay_rails(colours, across)


def _tramway(place, strip, street, rng):
    tone = 1 + 0.08 * place.noise.sample("fine", place.x * 60, place.z * 60)
    if rng.random() < 0.5:
        tone = cobbles(place.noise, place.x, place.z, 0.2, place.metres_per_pixel)
    tone += 0.05 * place.noise.sample("pink", place.x * 14, place.z * 4)
    return _lay_rails(_tinted(tone, [rng.uniform(0.28, 0.45)] * 3), place.x - strip.middle)


def _lay_rails(colours, across):
    off_rail = np.abs(np.abs(across) - 0.72)
    colours[off_rail < 0.08] = 0.3
    colours[off_rail < 0.04] = 0.75
    return colours


SURFACES = {
    "road": _road,
    "sidewalk": _sidewalk,
    "terrain": _terrain,
    "yard": _terrain,
    "parking": _parking,
    "rail": _rail,
    "tramway": _tramway,
    "bays": _parking,
}
