"""Outdoor places: grounds to the horizon, ways and waters on them, and what belongs there."""

from dataclasses import dataclass, replace

import numpy as np

from miniature.world.paint.light import random_light
from miniature.world.scenes.classes import LABELS
from miniature.world.scenes.grounds import GROUNDS
from miniature.world.scenes.recipes import RECIPES
from miniature.world.scenes.site import Site
from miniature.world.scenes.things.nature import SKY_METRES, sky_texture
from miniature.world.scenes.view import Frame, View

HORIZON_METRES = 0.97 * SKY_METRES


@dataclass(frozen=True)
class PlaceKind:
    """A kind of place outdoors.

    Attributes
    ----------
    category : str
        Its name among the scene categories.
    ground : str
        Classes of the ground everywhere; one is drawn.
    usual, guests : str
        As of `rooms.RoomKind`; grounds are laid, streets of buildings are built, things are put.
    eye : tuple of float
        Range of heights of the camera, metres.
    stand : str
        What its small things stand on.
    """

    category: str
    ground: str
    usual: str
    guests: str
    eye: tuple = (1.5, 2.2)
    stand: str = "bench"


def place_light(rng):
    """Daylight, at dusk still bright enough to tell things apart."""
    light = random_light(rng)
    return replace(light, exposure=max(0.8, light.exposure))


def place_view(rng, height, width, eye):
    """A camera that stands on the ground, the horizon near the middle of the picture."""
    return View(
        focal=max(height, width) * rng.uniform(0.75, 1.1),
        centre=width * rng.uniform(0.45, 0.55),
        horizon=height * rng.uniform(0.38, 0.55),
        eye=(rng.uniform(-0.8, 0.8), rng.uniform(*eye), 0.0),
        yaw=rng.uniform(-0.12, 0.12),
    )


def build_place(stage, style, kind):
    """Paint the sky and the ground everywhere: the site for all else."""
    rng, view = stage.rng, stage.view
    ahead = Frame(*view.eye, view.yaw).at(0, -view.eye[1], SKY_METRES)
    half = SKY_METRES
    foot, top = -0.02 * SKY_METRES, SKY_METRES
    corners = [(-half, foot, 0), (half, foot, 0), (half, top, 0), (-half, top, 0)]
    basis = ahead.to_world([(0, 0, 0), (1, 0, 0), (0, 1, 0)])
    basis = basis[0], basis[1] - basis[0], basis[2] - basis[0]
    sky = sky_texture(rng, stage.light)
    stage.fill(ahead.to_world(corners), sky, LABELS["sky"], basis=basis, glow=True)
    site = Site(stage, style)
    names = kind.ground.split(", ")
    far = HORIZON_METRES
    everywhere = [(-far, 0.1), (far, 0.1), (far, far), (-far, far)]
    site.lay(names[rng.integers(len(names))], everywhere)
    return site


def add_ground(site, name):
    """Lay a way, a water or a patch of a class where its kind usually is."""
    FORMS[name](site, name)


def _strip(site, name):
    """A straight way from the camera to the horizon, or one that crosses the view."""
    half = {"runway": 15.0, "road": 4.6}.get(name, 1.8) * site.rng.uniform(0.85, 1.25)
    if name == "road" and site.rng.random() < 0.35:
        near = site.rng.uniform(7, 12)
        deep = 2 * half * site.rng.uniform(0.7, 1.0)
        _crossing(site, name, near, near + deep)
        return
    shift = site.rng.uniform(-0.5, 0.5) * half
    site.ways = (-np.pi / 2, np.pi / 2)
    if name == "road":
        for side in (-1, 1):
            inner, outer = shift + side * half, shift + side * (half + site.rng.uniform(1.5, 3.5))
            _quad(site, "sidewalk", *sorted((inner, outer)), 0.1, 500)
    _quad(site, name, shift - half, shift + half, 0.1, 800, middle=shift)


def _crossing(site, name, near, far):
    texture = GROUNDS[name](site.rng, site.stage.light)
    middle = (near + far) / 2

    def across(noise, s, t, px):
        return texture(noise, t - middle, s, px)

    wide = 300.0
    outline = [(-wide, near), (wide, near), (wide, far), (-wide, far)]
    kerb = site.rng.uniform(1.5, 3)
    for low, high in ((near - kerb, near), (far, far + kerb)):
        site.lay("sidewalk", [(-wide, low), (wide, low), (wide, high), (-wide, high)])
    site.lay(name, outline, across)


def _quad(site, name, left, right, near, far, middle=None):
    texture = GROUNDS[name](site.rng, site.stage.light)
    if middle is None:
        placed = texture
    else:

        def placed(noise, s, t, px):
            return texture(noise, s - middle, t, px)

    site.lay(name, [(left, near), (right, near), (right, far), (left, far)], placed)


def _winding(site, name):
    """A band that winds away from the camera."""
    wide = {"river": 9.0, "path": 1.7, "dirt track": 2.4}.get(name, 2.0) * site.rng.uniform(
        0.8, 1.3
    )
    z = np.geomspace(0.6, 260, 40)
    bend = site.rng.uniform(0.04, 0.12) * site.rng.choice((-1, 1))
    sway = np.sin(z * site.rng.uniform(0.03, 0.06) + site.rng.uniform(0, 6))
    x = bend * z + sway * z * 0.08 + site.rng.uniform(-1.2, 1.2)
    if name == "river":
        x += site.rng.choice((-1, 1)) * wide * site.rng.uniform(0.2, 0.6)
    grow = wide / 2 * (1 + 0.15 * np.sin(z * 0.3))
    left, right = np.column_stack([x - grow, z]), np.column_stack([x + grow, z])
    if name == "river":
        for side, edge in ((-1, left), (1, right)):
            bank = np.add(edge, (side * site.rng.uniform(0.5, 1.2), 0))
            site.lay("earth", np.concatenate([edge, bank[::-1]]))
    site.lay(name, np.concatenate([left, right[::-1]]))


def _pond(site, name):
    """A round or oval water before the camera."""
    long = {"lake": 45.0, "water": 9.0}.get(name, 6.0) * site.rng.uniform(0.8, 1.3)
    deep = long * site.rng.uniform(0.4, 0.7)
    near = {"lake": 8.0}.get(name, 5.0) * site.rng.uniform(0.8, 1.2)
    angle = np.linspace(0, 2 * np.pi, 41)[:-1]
    ragged = 1 + 0.1 * np.sin(3 * angle + site.rng.uniform(0, 6)) + 0.05 * np.sin(7 * angle)
    x = site.rng.uniform(-0.2, 0.2) * long + long / 2 * np.cos(angle) * ragged
    z = near + deep / 2 + deep / 2 * np.sin(angle) * ragged
    site.lay("earth", np.column_stack([x * 1.04, (z - near - deep / 2) * 1.1 + near + deep / 2]))
    site.lay(name, np.column_stack([x, z]))


def _pool(site, name):
    size = tuple(np.array((7.0, 0.1, 4.2)) * site.rng.uniform(0.8, 1.2, 3))
    frame = Frame(
        site.rng.uniform(-1.5, 1.5), 0, site.rng.uniform(6.5, 8.5), site.rng.normal(0, 0.25)
    )
    site.put(name, frame, size)
    corners = frame.to_world(np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)]) * size / 2)
    site.grounds.append((name, corners[:, [0, 2]]))


def _beyond(site, name):
    """Everything beyond a winding shore."""
    near, far = site.rng.uniform(7, 14), HORIZON_METRES
    x = np.concatenate([np.linspace(-60, 60, 50)])
    slant = site.rng.uniform(-0.25, 0.25)
    shore = near + slant * x + 0.8 * np.sin(x * 0.35) + 0.3 * np.sin(x * 1.3)
    shore = np.maximum(shore, 3.5)
    outline = np.column_stack([x, shore])
    ends = [(far, shore[-1]), (far, far), (-far, far), (-far, shore[0])]
    foam = outline - (0, site.rng.uniform(0.3, 0.8))
    if name == "sea":
        white = np.concatenate([foam, np.add(outline[::-1], (0, 0.3))])
        site.lay(name, np.concatenate([outline, ends]))
        site.lay(name, white, _foam)
    else:
        site.lay(name, np.concatenate([outline, ends]))


def _foam(noise, s, t, px):
    froth = 0.86 + 0.07 * noise.sample("pink", s * 30, t * 30)
    return froth[:, None] * np.float32((1, 1, 1))


def _patch(site, name):
    """A piece of land to one side or across the middle distance."""
    near = site.rng.uniform(3.5, 7)
    far = near + site.rng.uniform(8, 60)
    left, right = sorted(site.rng.uniform((-30, 4), (-4, 30)))
    if site.rng.random() < 0.5:
        left, right = -200.0, 200.0
    skew = site.rng.uniform(-0.2, 0.2) * (far - near)
    site.lay(name, [(left, near), (right, near), (right + skew, far), (left + skew, far)])


FORMS = {
    "road": _strip, "runway": _strip, "dirt track": _winding, "path": _winding, "river": _winding,
    "lake": _pond, "water": _pond, "swimming pool": _pool, "sea": _beyond, "field": _patch,
    "sand": _patch, "earth": _patch, "land": _patch, "grass": _patch, "sidewalk": _patch,
}  # fmt: skip


def add_street(site):
    """A street that runs away from the camera between two rows of buildings."""
    rng = site.rng
    half, walk = rng.uniform(4, 6.5), rng.uniform(2.5, 4.5)
    shift = rng.uniform(-0.5, 0.5) * half
    site.ways = (-np.pi / 2, np.pi / 2) * 2
    for side in (-1, 1):
        edges = sorted((shift + side * half, shift + side * (half + walk)))
        _quad(site, "sidewalk", *edges, 0.1, 400)
    _quad(site, "road", shift - half, shift + half, 0.1, 800, middle=shift)
    for side in (-1, 1):
        z = rng.uniform(3, 9)
        while z < 110:
            wide, tall, deep = np.array(RECIPES["building"].size) * rng.uniform(0.7, 1.25, 3)
            x = shift + side * (half + walk + deep / 2)
            frame = Frame(x, 0, z + wide / 2, side * np.pi / 2)
            site.put("building", frame, (wide, tall, deep))
            z += wide + (rng.uniform(2, 7) if rng.random() < 0.25 else 0.05)


def add_skyline(site, name, *, count=7):
    """A row of buildings of one class that closes the view."""
    rng, recipe = site.rng, RECIPES[name]
    away = recipe.away[0] * rng.uniform(0.9, 1.3)
    spread = away * site.stage.shape[1] / site.view.focal
    step = recipe.size[0] * 1.1
    x = -0.6 * spread
    for _ in range(count * 3):
        size = np.array(recipe.size) * rng.uniform(0.7, 1.3, 3)
        frame = Frame(x + size[0] / 2, 0, away + rng.uniform(0, 0.2) * away, rng.normal(0, 0.08))
        site.put(name, frame, tuple(size))
        x += size[0] + (rng.uniform(0.0, 0.6) * step if rng.random() < 0.6 else 0.1)
        if x > 0.6 * spread:
            return
