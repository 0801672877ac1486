"""A thing that is put together from boxes, panels, outlines and round bodies, in its own axes."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from miniature.world.scenes.classes import LABELS
from miniature.world.scenes.palette import pick
from miniature.world.scenes.surfaces import plain
from miniature.world.scenes.view import Frame

# Corners of a box's faces, as 0 or 1 of (x, y, z), each counter-clockwise from its lower left.
FACES = {
    "front": ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)),
    "back": ((1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1)),
    "left": ((0, 0, 1), (0, 0, 0), (0, 1, 0), (0, 1, 1)),
    "right": ((1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)),
    "top": ((0, 1, 0), (1, 1, 0), (1, 1, 1), (0, 1, 1)),
    "bottom": ((0, 0, 1), (1, 0, 1), (1, 0, 0), (0, 0, 0)),
}
BALL = [((1 - np.cos(angle)) / 2, np.sin(angle)) for angle in np.linspace(0, np.pi, 13)]


@dataclass
class Top:
    """A level place for things of one kind: `frame` at its middle, width and depth in metres.

    `host` and `taken` are kept by the site: the thing it belongs to, and what stands on it.
    """

    frame: Frame
    width: float
    depth: float
    kind: str
    host: object = None
    taken: list = field(default_factory=list)


class Thing:
    """One thing on a stage: its own x points right, y up and z from its front to its back.

    The middle of its base is the origin; `w`, `h` and `d` are its width, height and depth in
    metres. Wherever a texture is expected, a colour (3,) does too.

    Attributes
    ----------
    rng : numpy.random.Generator
    style : palette.Style
        The colours of the scene.
    tops : list of Top
        Places that other things can stand on.
    """

    def __init__(self, stage, frame, size, name, style, *, labelled=True):
        self.stage, self.frame, self.style = stage, frame, style
        self.rng = stage.rng
        self.w, self.h, self.d = size
        self.name, self.labelled = name, labelled
        self.tops = []

    def any_of(self, colours, spread=0.1):
        """One of some colours, a little changed."""
        return pick(self.rng, colours, spread)

    def between(self, low, high):
        """A number between two."""
        return self.rng.uniform(low, high)

    def chance(self, share):
        """True with a probability of `share`."""
        return bool(self.rng.random() < share)

    def label(self, name=None):
        """The label of a class, that of the thing if none is given; 0 where nobody labelled it."""
        return LABELS[name or self.name] if self.labelled else LABELS["other"]

    def world(self, points):
        """Own points (n, 3) to points of the world."""
        return self.frame.to_world(points)

    def face(self, corners, texture, name=None, *, glow=False):
        """A flat polygon, corners (n, 3) from its lower left."""
        self.stage.fill(self.world(corners), _texture(texture), self.label(name), glow=glow)

    def panel(self, x, y, width, height, texture, z=0.0, name=None, *, glow=False):
        """An upright rectangle that faces the front; `x`, `y` its lower left corner."""
        corners = [(x, y, z), (x + width, y, z), (x + width, y + height, z), (x, y + height, z)]
        self.face(corners, texture, name, glow=glow)

    def flat(self, x, z, width, depth, texture, y=0.0, name=None, *, glow=False):
        """A level rectangle at height `y`; `x`, `z` its front left corner."""
        corners = [(x, y, z), (x + width, y, z), (x + width, y, z + depth), (x, y, z + depth)]
        self.face(corners, texture, name, glow=glow)

    def box(self, size, texture, at=(0, 0, 0), name=None, *, turn=0.0, glow=False, **faces):
        """A box of `size` (width, height, depth) whose base has its middle at `at`.

        Single faces ("front", "top", ...) can have textures of their own.
        """
        size, at = np.asarray(size, dtype=float), np.asarray(at, dtype=float)
        frame = self.frame.at(*at, turn)
        for face, corners in FACES.items():
            points = (np.array(corners) - (0.5, 0, 0.5)) * size
            world = frame.to_world(points)
            if self._faces_away(world):
                continue
            painted = _texture(faces.get(face, texture))
            self.stage.fill(world, painted, self.label(name), glow=glow)

    def prism(self, outline, texture, depth, at=(0, 0, 0), name=None, *, side=None):
        """An outline (n, 2) of x, y, counter-clockwise, drawn out `depth` metres along z.

        `side` is the texture of the two ends of the prism, `texture` that of its edges.
        """
        outline, at = np.asarray(outline, dtype=float), np.asarray(at, dtype=float)
        front = np.column_stack([outline, np.full(len(outline), -depth / 2)]) + at
        back = np.add(front, (0, 0, depth))
        label = self.label(name)
        ends = _texture(texture if side is None else side)
        for corners in (front, back[::-1]):
            world = self.world(corners)
            if not self._faces_away(world):
                self.stage.fill(world, ends, label, basis=self._upright((0, 0, corners[0, 2])))
        for i in range(len(outline)):
            j = (i + 1) % len(outline)
            world = self.world([front[j], front[i], back[i], back[j]])
            if not self._faces_away(world):
                self.stage.fill(world, _texture(texture), label)

    def lathe(self, profile, texture, at=(0, 0, 0), name=None, *, glow=False):
        """A body turned on an upright axis; `profile` (n, 2) of height and radius in metres."""
        profile = np.asarray(profile, dtype=float)
        low, high = profile[[0, -1], 0]
        shares = np.column_stack([(profile[:, 0] - low) / (high - low), profile[:, 1]])
        x, y, z = at
        self.spindle((x, y + low, z), (x, y + high, z), shares, texture, name, glow=glow)

    def spindle(self, start, end, profile, texture, name=None, *, glow=False):
        """A round body from `start` to `end`; `profile` of shares and radii, see `Stage`."""
        ends = self.world([start, end])
        self.stage.spindle(*ends, profile, _texture(texture), self.label(name), glow=glow)

    def tube(self, points, thickness, texture, name=None, *, glow=False):
        """A round bar along a line of points (n, 3)."""
        profile = [(0, thickness / 2), (1, thickness / 2)]
        for start, end in itertools.pairwise(points):
            self.spindle(start, end, profile, texture, name, glow=glow)

    def ball(self, centre, radius, texture, name=None, *, tall=None, glow=False):
        """A ball; `tall` is half its height where that is another."""
        half = radius if tall is None else tall
        x, y, z = centre
        profile = [(share, radius * width) for share, width in BALL]
        ends = (x, y - half, z), (x, y + half, z)
        self.spindle(*ends, profile, texture, name, glow=glow)

    def board(self, outline, texture, z=0.0, name=None, *, glow=False):
        """A flat outline (n, 2) of x, y that faces the front."""
        outline = np.asarray(outline, dtype=float)
        corners = np.column_stack([outline, np.full(len(outline), z)])
        options = dict(basis=self._upright((0, 0, z)), glow=glow)
        self.stage.fill(self.world(corners), _texture(texture), self.label(name), **options)

    def leaves(self, centre, half, tall, colour=None, name=None, *, blobs=12, raggedness=0.2):
        """A mass of leaves around a point, `half` metres to either side, `tall` metres high."""
        colour = self.any_of(self.style.leaves) if colour is None else colour
        (centre,) = self.world([centre])
        options = dict(blobs=blobs, raggedness=raggedness)
        self.stage.foliage(centre, half, tall, colour, self.label(name), **options)

    def legs(self, width, depth, height, thickness, texture, name=None):
        """Four legs under a rectangle."""
        for x in (-1, 1):
            for z in (-1, 1):
                at = (x * (width - thickness) / 2, 0, z * (depth - thickness) / 2)
                self.box((thickness, height, thickness), texture, at, name)

    def top(self, y, width=None, depth=None, x=0.0, z=0.0, kind="table"):
        """Offer a level place at height `y` for things of a kind to stand on."""
        width, depth = self.w if width is None else width, self.d if depth is None else depth
        self.tops.append(Top(self.frame.at(x, y, z), width, depth, kind))

    def lamp(self, point, strength=1.0, colour=(1.0, 0.9, 0.72)):
        """Let the thing shed light from a point."""
        (point,) = self.world([point])
        self.stage.lamps.append((point, np.asarray(colour), strength))

    def _upright(self, origin):
        """The basis of a surface that faces the front, with its origin at a point."""
        start, along, up = self.world(
            [origin, np.add(origin, (1, 0, 0)), np.add(origin, (0, 1, 0))]
        )
        return start, along - start, up - start

    def _faces_away(self, world):
        inward = np.cross(world - world[0], np.roll(world, -1, axis=0) - world[0]).sum(axis=0)
        return np.dot(inward, self.stage.view.eye - world[0]) >= 0


def _texture(texture):
    return texture if callable(texture) else plain(np.asarray(texture, dtype=np.float32))
