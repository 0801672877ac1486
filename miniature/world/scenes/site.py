"""A site: grounds, walls and ceiling, and where things can be put so that they are seen."""

from dataclasses import dataclass, replace

import numpy as np

from miniature.world.scenes.classes import LABELS
from miniature.world.scenes.grounds import GROUNDS, WATERS, WAYS
from miniature.world.scenes.outlines import inside, overlap, shared
from miniature.world.scenes.recipes import RECIPES
from miniature.world.scenes.shapes import Thing
from miniature.world.scenes.view import NEAREST_METRES, Frame

TRIES = 40
FORGOTTEN = 0.04  # share of things that nobody has labelled
FRONTS = ("building", "house", "hovel", "wall", "booth")  # what signs and awnings hang on
EYE_LEVEL = 1.4  # metres; small things stand below it where they can
SHADOWLESS = ("top", "hung", "ceiling", "flat", "ground")
SHADOW_METRES = 45.0  # farther shadows would hardly be seen


@dataclass
class Wall:
    """An upright plane that things hang on or stand against; its frame is at its foot's middle."""

    frame: Frame
    width: float
    height: float


@dataclass
class Spot:
    """Where a thing is: frame, size, the corners of its foot, its box in the picture, distance."""

    frame: Frame
    size: tuple
    foot: np.ndarray
    box: np.ndarray
    away: float
    wanted: bool = False


class Site:
    """A stage with places to put things.

    Attributes
    ----------
    grounds : list of (name, outline (n, 2) of x and z)
        Later ones lie on earlier ones.
    walls : list of Wall
    ceiling : float or None
        Height of the room, metres.
    reach : tuple of float or None
        Nearest and farthest distance at which things stand in a room, metres; None outdoors, where
        every class has a range of its own.
    ways : tuple of float
        Headings that vehicles have besides those across the view.
    """

    def __init__(self, stage, style, *, reach=None, ceiling=None):
        self.stage, self.style, self.rng, self.view = stage, style, stage.rng, stage.view
        self.grounds, self.walls, self.tops, self.spots = [], [], [], []
        self.ceiling, self.reach, self.ways = ceiling, reach, ()

    def lay(self, name, outline, texture=None):
        """Lay a ground of a class; `outline` (n, 2) of x and z in metres."""
        outline = np.asarray(outline, dtype=float)
        corners = np.column_stack([outline[:, 0], 0 * outline[:, 0], outline[:, 1]])
        texture = texture or GROUNDS[name](self.rng, self.stage.light)
        along, up = np.array((1.0, 0, 0)), np.array((0, 0, 1.0))
        self.stage.fill(corners, texture, LABELS[name], basis=(np.zeros(3), along, up))
        self.grounds.append((name, outline))

    def ground_at(self, x, z):
        """The class of the ground at a point, None where there is none."""
        for name, outline in reversed(self.grounds):
            if inside(outline, x, z):
                return name
        return None

    def place(self, name, *, wanted=False, near=False):
        """Find a place for a thing of a class and paint it there.

        `wanted` things are larger and get the better places; `near` asks for the front.

        Returns
        -------
        bool
            Whether there was a place.
        """
        recipe = RECIPES[name]
        grown = (1.3 if max(recipe.size) < 0.6 else 1.1) if wanted else 1.0
        scale = self.rng.uniform(0.85, 1.15) * grown
        size = tuple(scale * np.array(recipe.size) * self.rng.uniform(0.93, 1.07, 3))
        find = {
            "against": self._against,
            "hung": self._hanging,
            "top": self._on_top,
            "ceiling": self._from_ceiling,
        }.get(recipe.habit, self._standing)
        for attempt in range(TRIES):
            strict = attempt < TRIES // 2
            frame, top = find(recipe, size, (near or wanted) and strict)
            if frame is None:
                continue
            spot = self._spot(frame, size, recipe)
            if spot is None or not self._is_free(spot, recipe):
                continue
            share = (0.75 if strict else 0.5) if wanted else 0.3
            if self._is_seen(spot, share, top and top.host):
                if top is not None:
                    top.taken.append(spot)
                self._paint(recipe, replace(spot, wanted=wanted))
                return True
        return False

    def put(self, name, frame, size):
        """Paint a thing of a class at a place of its own, seen or not."""
        spot = self._spot(frame, size, RECIPES[name])
        if spot is not None:
            self._paint(RECIPES[name], spot)

    def _paint(self, recipe, spot):
        labelled = spot.wanted or self.rng.random() > FORGOTTEN
        thing = Thing(self.stage, spot.frame, spot.size, recipe.name, self.style, labelled=labelled)
        recipe.paint(thing)
        self.tops += [replace(top, host=spot) for top in thing.tops]
        if recipe.habit != "flat":
            self.spots.append(spot)
        if recipe.habit not in SHADOWLESS and spot.away < SHADOW_METRES:
            self.stage.shadows.append((spot.foot, spot.size[1]))
        if recipe.name in FRONTS:
            front = spot.frame.at(0, 0, -spot.size[2] / 2 - 0.1)
            self.walls.append(Wall(front, spot.size[0] * 0.9, min(spot.size[1], 4.5)))

    def _standing(self, recipe, size, near):
        """A frame somewhere on the ground that the camera sees."""
        low, high = self.reach or recipe.away
        if size[1] < 0.8:
            below = self.stage.shape[0] - self.view.horizon
            low = max(low, 1.05 * self.view.focal * self.view.eye[1] / below)
            high = max(high, 1.5 * low)
        low = low + size[2] / 2
        high = max(low * 1.05, low + (high - low) * (0.4 if near else 1.0))
        away = np.exp(self.rng.uniform(np.log(low), np.log(high)))
        column = self.rng.uniform(0.08, 0.92) * self.stage.shape[1]
        side = (column - self.view.centre) / self.view.focal * away
        ((x, _, z),) = self.view.from_eye([(side, 0, away)])
        is_backdrop = recipe.habit == "far" and recipe.size[2] < 2
        if not is_backdrop and not self._is_right_ground(recipe.habit, self.ground_at(x, z)):
            return None, None
        return Frame(x, 0.0, z, self._heading(recipe, x, z)), None

    def _heading(self, recipe, x, z):
        """Where a thing looks: at the camera, more or less; vehicles show a side or an end."""
        towards = np.arctan2(x - self.view.eye[0], z - self.view.eye[2])
        if recipe.habit == "far":
            return towards + self.rng.uniform(-0.5, 0.5) * (recipe.size[2] >= 2)
        if recipe.habit in ("road", "water"):
            turned = self.rng.choice((0.0, np.pi, *self.ways))
            return turned + self.rng.normal(0, 0.15)
        return towards + self.rng.uniform(-0.9, 0.9)

    def _is_right_ground(self, habit, name):
        if name is None:
            return False
        if habit == "water":
            return name in WATERS
        if habit == "road":
            has_way = any(ground in WAYS for ground, _ in self.grounds)
            return name in WAYS if has_way else name not in WATERS
        return name not in WATERS and (name not in WAYS or self.rng.random() < 0.1)

    def _against(self, recipe, size, near):
        """A frame with its back to a wall; outdoors it stands freely."""
        if self.ceiling is None:
            return self._standing(recipe, size, near)
        wall = self.walls[self.rng.integers(len(self.walls))]
        room = (wall.width - size[0]) / 2
        if room < 0:
            return None, None
        x = self._snap(wall, self.rng.uniform(-room, room), size[0])
        return wall.frame.at(x, 0, -size[2] / 2 - 0.02), None

    def _snap(self, wall, x, width):
        """Move a thing along its wall so that it touches a neighbour that is close."""
        for spot in self.spots:
            if abs(spot.frame.heading - wall.frame.heading) > 1e-6:
                continue
            here = np.subtract((spot.frame.x, spot.frame.z), (wall.frame.x, wall.frame.z))
            along = here @ (np.cos(wall.frame.heading), -np.sin(wall.frame.heading))
            gap = abs(x - along) - (width + spot.size[0]) / 2
            if -0.25 < gap < 0.45 and spot.frame.y == 0:
                return along + np.sign(x - along) * ((width + spot.size[0]) / 2 + 0.01)
        return x

    def _hanging(self, recipe, size, near):
        """A frame on a wall, at a height that is usual."""
        if not self.walls:
            return None, None
        wall = self._any_wall(near)
        room = (wall.width - size[0]) / 2
        top = wall.height - size[1] - 0.05
        if room < 0 or top < 0.2:
            return None, None
        y = min(self.rng.uniform(*recipe.up), top)
        return wall.frame.at(self.rng.uniform(-room, room), y, -0.02), None

    def _any_wall(self, near):
        """One of the walls, among the nearest before the camera if it is to be near."""
        walls = self.walls
        if near:
            away = self.view.to_eye([wall.frame.origin for wall in walls])[:, 2]
            order = np.argsort(away)
            walls = [walls[i] for i in order if away[i] > 2][:5] or walls
        return walls[self.rng.integers(len(walls))]

    def _on_top(self, recipe, size, near):
        """A frame on another thing; small things may stand on the ground instead."""
        tops = [top for top in self.tops if top.kind == recipe.on]
        tops = [top for top in tops if top.frame.y < EYE_LEVEL] or tops
        if not tops:
            return self._standing(recipe, size, near) if recipe.on == "table" else (None, None)
        if near:
            tops = sorted(tops, key=lambda top: self.view.to_eye([top.frame.origin])[0, 2])[:2]
        top = tops[self.rng.integers(len(tops))]
        if recipe.on != "table":
            return (None if top.taken else top.frame), top
        if size[0] > top.width * 1.1 or size[2] > top.depth * 1.15:
            return None, None
        x = self.rng.uniform(-0.5, 0.5) * max(0.0, top.width - size[0])
        z = self.rng.uniform(-0.5, 0.2) * max(0.0, top.depth - size[2])
        frame = top.frame.at(x, 0, z, self.rng.uniform(-0.35, 0.35))
        for other in top.taken:
            apart = np.hypot(frame.x - other.frame.x, frame.z - other.frame.z)
            if apart < (max(size[0], size[2]) + max(other.size[0], other.size[2])) / 2:
                return None, None
        return frame, top

    def _from_ceiling(self, recipe, size, near):
        if self.ceiling is None:
            return None, None
        frame, _ = self._standing(recipe, size, near)
        return frame and replace(frame, y=self.ceiling - 0.002, heading=0.0), None

    def _spot(self, frame, size, recipe):
        """Foot, box in the picture and distance of a thing; None if it is too near."""
        w, h, d = size
        low, high = (-h, 0) if recipe.habit == "ceiling" else (0, h)
        front, back = (-d, 0) if recipe.habit == "hung" else (-d / 2, d / 2)
        foot = [(-w / 2, front), (w / 2, front), (w / 2, back), (-w / 2, back)]
        world = frame.to_world([(x, y, z) for y in (low, high) for x, z in foot])
        eye = self.view.to_eye(world)
        if eye[:, 2].min() < NEAREST_METRES + 0.3:
            return None
        pixels = self.view.project(eye)
        box = np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
        return Spot(frame, size, world[:4, [0, 2]], box, eye[:, 2].mean())

    def _is_free(self, spot, recipe):
        """Whether nothing stands there yet, and all of it is in the room."""
        if recipe.habit in ("top", "flat"):
            return True
        if self.ceiling is not None and recipe.habit in ("floor", "road", "far"):
            _, room = self.grounds[0]
            if not all(inside(room, x, z) for x, z in spot.foot):
                return False
        low, high = spot.frame.y, spot.frame.y + spot.size[1]
        for other in self.spots:
            apart = other.frame.y >= high or other.frame.y + other.size[1] <= low
            if not apart and overlap(spot.foot, other.foot):
                return False
        return True

    def _is_seen(self, spot, share, host):
        """Whether a share of it is in the picture, and neither it nor a wanted thing is hidden."""
        height, width = self.stage.shape
        if shared(np.array((0, 0, width, height)), spot.box) < share:
            return False
        for other in self.spots:
            if other is host:
                continue
            if other.away < spot.away and shared(other.box, spot.box) > 1 - share:
                return False
            hides = shared(spot.box, other.box)
            if spot.away < other.away and hides > (0.3 if other.wanted else 0.75):
                return False
        return True
