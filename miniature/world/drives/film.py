"""What a film of the miniature world is made of, and what its frames tell."""

from dataclasses import dataclass, field

import numpy as np

from miniature.world.drives.roadside import Roadside
from miniature.world.paint.light import Light

OCCLUDED_BELOW = 0.9  # visible share of what lies inside the image
TRUNCATED_BELOW = 0.98  # share that lies inside the image
SMALLEST_PX = 8  # narrower or lower boxes are not annotated


@dataclass(frozen=True)
class Part:
    """Something that is annotated: a thing, or the pixels of a thing that have these `labels`."""

    identity: int
    category: str
    is_crowd: bool = False
    labels: tuple = ()


@dataclass(frozen=True, eq=False)
class Thing:
    """Something that stands or moves, its look fixed by its seed.

    Attributes
    ----------
    paint : callable
        Called with canvas, generator, light, frame and the options, as the painters of scenes.
    seed : int
    path : numpy.ndarray of shape (n_frames, 3)
        x, z (metres in the world) and heading (radians) in each frame; NaN where it is gone.
    size : tuple of float
        Long, wide, tall, in metres: the shadow is cast from it.
    reach : tuple of float
        Radius around its axis, and height, within which all of it is painted, in metres.
    options : dict
        For `paint`, the same in each frame.
    phase : numpy.ndarray of shape (n_frames,), or None
        Option `phase` of each frame, in radians: of the steps or the pedals.
    parts : tuple of Part
        What is annotated; none for scenery.
    """

    paint: object
    seed: int
    path: np.ndarray
    size: tuple
    reach: tuple
    options: dict = field(default_factory=dict)
    phase: np.ndarray | None = None
    parts: tuple = ()


@dataclass(frozen=True, eq=False)
class Film:
    """A world and a camera's way through it: everything that `shoot` needs.

    `size` is (height, width) in pixels, `rate` in frames per second; there is one eye per frame.
    `bonnet` is (mask (H, W), colours (H, W, 3)) of the camera's own car, or None.
    """

    size: tuple
    rate: float
    seed: int
    light: Light
    noise: object
    roadside: Roadside
    things: list
    eyes: list
    bonnet: tuple | None = None

    @property
    def n_frames(self):
        """Number of frames."""
        return len(self.eyes)

    @property
    def parts(self):
        """All parts, in the order of their numbers in `Shot.owners`, which count from 1."""
        return [part for thing in self.things for part in thing.parts]


@dataclass(frozen=True)
class Sighting:
    """What one frame shows of a part.

    Boxes are (x1, y1, x2, y2) in whole pixels; x2 and y2 are those after the last. `box` is that
    of the visible pixels (None where there are none), `whole` that of the part as if nothing was
    before it, which may leave the image. The counts are of pixels: visible, inside the image, all.
    """

    part: Part
    number: int
    box: tuple | None
    whole: tuple
    n_visible: int
    n_inside: int
    n_whole: int

    @property
    def visibility(self):
        """Share of the whole part that is visible."""
        return self.n_visible / self.n_whole

    def shows(self, least_visible, box):
        """Whether that share of what lies inside the image is visible, and a `box` is no speck."""
        if box is None or self.n_visible < least_visible * self.n_inside:
            return False
        return min(box[2] - box[0], box[3] - box[1]) >= SMALLEST_PX

    @property
    def is_occluded(self):
        """Whether others hide some of what lies inside the image."""
        return self.n_visible < OCCLUDED_BELOW * self.n_inside

    @property
    def is_truncated(self):
        """Whether the image cuts some of it off."""
        return self.n_inside < TRUNCATED_BELOW * self.n_whole


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame: image (H, W, 3) uint8, the number of the part that owns each pixel, sightings."""

    image: np.ndarray
    owners: np.ndarray
    sightings: list
