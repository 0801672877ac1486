"""Where things stand, and the camera that looks at them. Metres; x right, y up, z away."""

from dataclasses import dataclass

import numpy as np

NEAREST_METRES = 0.15


@dataclass(frozen=True)
class Frame:
    """A place and a direction: the front of a thing (its own -z) looks along `heading`.

    With heading 0 the front looks to -z; a positive `heading` (radians) turns it to the right as
    seen from above, so that with pi / 2 it looks to -x.
    """

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    heading: float = 0.0

    @property
    def origin(self):
        """Where it stands: x, y, z."""
        return self.x, self.y, self.z

    def to_world(self, points):
        """Own points (n, 3) to points of the world (n, 3)."""
        x, y, z = np.asarray(points, dtype=float).T
        sine, cosine = np.sin(self.heading), np.cos(self.heading)
        return np.stack(
            [self.x + x * cosine + z * sine, self.y + y, self.z - x * sine + z * cosine], axis=1
        )

    def at(self, x, y, z, turn=0.0):
        """The frame at a point of this one, turned further by `turn` radians."""
        ((x, y, z),) = self.to_world([(x, y, z)])
        return Frame(x, y, z, self.heading + turn)


@dataclass(frozen=True)
class View:
    """A camera that stands upright at `eye` and is turned by `yaw` radians, to the right.

    `focal`, `centre` (column) and `horizon` (row) are in pixels.
    """

    focal: float
    centre: float
    horizon: float
    eye: tuple
    yaw: float = 0.0

    @property
    def axes(self):
        """Right, up and forward of the camera: rows of a matrix (3, 3)."""
        sine, cosine = np.sin(self.yaw), np.cos(self.yaw)
        return np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])

    def to_eye(self, points):
        """Points of the world (n, 3) as the camera has them: right, up, away (n, 3)."""
        return (np.asarray(points, dtype=float) - self.eye) @ self.axes.T

    def from_eye(self, points):
        """The opposite of `to_eye`."""
        return np.asarray(points) @ self.axes + self.eye

    def project(self, points):
        """Points of the camera (n, 3), all before it, to columns and rows (n, 2)."""
        away = points[:, 2]
        columns = self.centre + self.focal * points[:, 0] / away
        rows = self.horizon - self.focal * points[:, 1] / away
        return np.stack([columns, rows], axis=1)


def before_camera(points):
    """A polygon (n, 3) of the camera, cut off where it is too near or behind."""
    kept = []
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        near = start[2] < NEAREST_METRES, end[2] < NEAREST_METRES
        if not near[0]:
            kept.append(start)
        if near[0] != near[1]:
            share = (NEAREST_METRES - start[2]) / (end[2] - start[2])
            kept.append(start + share * (end - start))
    return np.array(kept).reshape(-1, 3)
