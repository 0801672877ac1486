"""A picture with the colour, label and depth of every pixel; the nearest surface is kept."""

import numpy as np
from PIL import Image, ImageDraw

from miniature.world.paint.textures import crown
from miniature.world.scenes.view import NEAREST_METRES, before_camera

# Of two surfaces in one place the later one is seen: a rug on the floor, a picture on the wall.
TOLERANCE = 3e-4
DISC_CORNERS = 20


class Stage:
    """Surfaces are painted in any order; what is nearer hides what is farther.

    Attributes
    ----------
    image : numpy.ndarray of shape (height, width, 3), float32, 0..1
    labels : numpy.ndarray of shape (height, width), uint8
    depth : numpy.ndarray of shape (height, width), float32
        Metres before the camera, along its axis.
    glows : numpy.ndarray of shape (height, width), bool
        Surfaces that shine by themselves: lamps, screens, the sky.
    shadows : list of (foot (n, 2) of x and z, height)
        What stands on the ground, used when the picture is finished.
    lamps : list of (point, colour, strength)
        Lights of the room, used when the picture is finished.
    """

    def __init__(self, height, width, view, light, noise, rng):
        self.image = np.zeros((height, width, 3), dtype=np.float32)
        self.labels = np.zeros((height, width), dtype=np.uint8)
        self.depth = np.full((height, width), np.inf, dtype=np.float32)
        self.glows = np.zeros((height, width), dtype=bool)
        self.lamps, self.shadows = [], []
        self.view, self.light, self.noise, self.rng = view, light, noise, rng

    @property
    def shape(self):
        """Height and width in pixels."""
        return self.labels.shape

    def fill(self, corners, texture, label, *, basis=None, rounding=None, glow=False, lit=None):
        """Paint a flat polygon.

        Parameters
        ----------
        corners : array-like of shape (n, 3)
            World, metres. The first edge is the texture's direction along, the last one, from the
            first corner to the last, its direction up.
        texture : callable
            Colours (n, 3) of the points at s, t (n,) metres along and up; see `surfaces`.
        label : int
        basis : tuple of three (3,), optional
            Origin and the two directions of the texture, instead of those of the corners.
        rounding : callable, optional
            Brightness and metres towards the camera of the points at s, t, for a round body;
            otherwise the light on the flat surface counts.
        glow : bool
            Whether the surface shines by itself.
        lit : numpy.ndarray of shape (3,), optional
            Normal that the light is taken for, instead of the surface's own.
        """
        corners = np.asarray(corners, dtype=float)
        origin, along, up = basis or _basis(corners)
        covered = self._cover(corners, origin, along, up)
        if covered is None:
            return
        rows, columns, s, t, depth = covered
        normal = np.cross(along, up) if lit is None else np.asarray(lit)
        tone = 1.0 if glow else self._tone(normal, origin)
        if rounding is not None:
            tone, bulge = rounding(s, t)
            depth = depth - bulge
            tone = tone[:, None]
        self._write((rows, columns), texture, label, s, t, depth, tone, glow)

    def spindle(self, start, end, profile, texture, label, *, glow=False):
        """Paint a round body along the line from `start` to `end` (world points).

        `profile` (n, 2) holds the radius, in metres, at shares 0..1 of the line.
        """
        start, end, profile = np.asarray(start), np.asarray(end), np.asarray(profile, dtype=float)
        length = np.linalg.norm(end - start)
        if length < 1e-6:
            return
        axis = (end - start) / length
        towards = (start + end) / 2 - self.view.eye
        towards /= np.linalg.norm(towards)
        across = np.cross(axis, towards)
        steep = np.linalg.norm(across)
        if steep > 0.05:
            across /= steep
            rounding = self._rounding(axis, across, length, profile, glow)
            middle = start + profile[:, :1] * length * axis
            outline = np.concatenate(
                [middle + profile[:, 1:] * across, (middle - profile[:, 1:] * across)[::-1]]
            )
            basis = (start, across, axis)
            self.fill(outline, texture, label, basis=basis, rounding=rounding, glow=glow)
        if steep < 0.99:
            ends = profile[[0, -1]] if steep > 0.8 else profile
            for share, radius in ends:
                if radius > 1e-3:
                    # Where the end looks away its rim only rounds off the body.
                    outward = axis if share > 0.5 else -axis
                    lit = -towards if np.dot(outward, towards) > 0 else None
                    centre = start + share * length * axis
                    self.disc(centre, axis, radius, texture, label, glow=glow, lit=lit)

    def disc(self, centre, normal, radius, texture, label, *, glow=False, lit=None):
        """Paint a flat disc across `normal`, in the light on a surface across `lit` if given."""
        first = np.cross(normal, (0, 1, 0) if abs(normal[1]) < 0.9 else (1, 0, 0))
        first /= np.linalg.norm(first)
        second = np.cross(normal, first)
        angles = np.linspace(0, 2 * np.pi, DISC_CORNERS, endpoint=False)[:, None]
        ring = np.asarray(centre) + radius * (np.cos(angles) * first + np.sin(angles) * second)
        self.fill(ring, texture, label, basis=(centre, first, second), glow=glow, lit=lit)

    def foliage(self, centre, half, tall, colour, label, *, blobs=12, raggedness=0.2):
        """Paint a ragged crown of leaves, `tall` metres high, `half` metres to either side."""
        point = self.view.to_eye([centre])
        if point[0, 2] < NEAREST_METRES:
            return
        (column, row), away = self.view.project(point)[0], point[0, 2]
        scale = self.view.focal / away
        size = max(3, round(tall * scale)), max(3, round(2 * half * scale))
        top, left = round(row - size[0] / 2), round(column - size[1] / 2)
        rows, inner_rows = _overlap(top, size[0], self.shape[0])
        columns, inner_columns = _overlap(left, size[1], self.shape[1])
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        inner = (inner_rows, inner_columns)
        mask, tone = crown(self.rng, self.noise, size, inner, blobs, raggedness)
        inside = np.nonzero(mask & (away < self.depth[rows, columns]))
        place = (inside[0] + rows.start, inside[1] + columns.start)
        bright = self.light.on(np.array([0.0, 0.5, -0.7]))
        self.image[place] = tone[inside][:, None] * (np.asarray(colour) * bright)
        self._mark(place, label, away, False)

    def points(self, step):
        """The world point (rows, columns, 3) that every `step`-th pixel shows, within 1 km."""
        away = np.minimum(self.depth[::step, ::step], 1000)
        rows, columns = np.ogrid[: self.shape[0] : step, : self.shape[1] : step]
        x = (columns - self.view.centre) / self.view.focal * away
        y = (self.view.horizon - rows) / self.view.focal * away
        eye = np.stack([x, y, away], axis=-1)
        return self.view.from_eye(eye.reshape(-1, 3)).reshape(eye.shape).astype(np.float32)

    def _cover(self, corners, origin, along, up):
        """Pixels of a polygon: rows, columns, the surface's s and t there, and depth."""
        clipped = before_camera(self.view.to_eye(corners))
        if len(clipped) < 3:
            return None
        pixels = self.view.project(clipped)
        height, width = self.shape
        left, top = np.clip(np.floor(pixels.min(axis=0)), 0, (width, height)).astype(int)
        right, bottom = np.clip(np.ceil(pixels.max(axis=0)) + 1, 0, (width, height)).astype(int)
        if right <= left or bottom <= top:
            return None
        mask = Image.new("L", (int(right - left), int(bottom - top)))
        flat = np.clip(pixels - (left, top), -3e4, 3e4)
        ImageDraw.Draw(mask).polygon([tuple(p) for p in flat.tolist()], fill=1)
        rows, columns = np.nonzero(np.asarray(mask))
        rows, columns = rows + top, columns + left
        return self._on_plane(rows, columns, origin, along, up)

    def _on_plane(self, rows, columns, origin, along, up):
        """Where the rays of pixels meet a plane."""
        axes, normal = self.view.axes, np.cross(along, up)
        (place,) = self.view.to_eye([origin])
        x = ((columns - self.view.centre) / self.view.focal).astype(np.float32)
        y = ((self.view.horizon - rows) / self.view.focal).astype(np.float32)
        nx, ny, nz = (axes @ normal).astype(np.float32)
        slope = nx * x + ny * y + nz
        offset = np.float32(np.dot(axes @ normal, place))
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = offset / slope
        good = np.isfinite(depth) & (depth > 0) & (depth < 1e5)
        if not good.any():
            return None
        rows, columns, x, y, depth = rows[good], columns[good], x[good], y[good], depth[good]
        (ax, ay, az), (ux, uy, uz) = axes @ along, axes @ up
        s = depth * (np.float32(ax) * x + np.float32(ay) * y + np.float32(az))
        t = depth * (np.float32(ux) * x + np.float32(uy) * y + np.float32(uz))
        start = np.float32((np.dot(axes @ along, place), np.dot(axes @ up, place)))
        return rows, columns, s - start[0], t - start[1], depth

    def _write(self, place, texture, label, s, t, depth, tone, glow):
        seen = depth <= self.depth[place] * (1 + TOLERANCE)
        if not seen.all():
            place = place[0][seen], place[1][seen]
            s, t, depth = s[seen], t[seen], depth[seen]
            tone = tone[seen] if np.ndim(tone) else tone
        if depth.size == 0:
            return
        colours = texture(self.noise, s, t, depth / self.view.focal)
        self.image[place] = colours * tone
        self._mark(place, label, depth, glow)

    def _mark(self, place, label, depth, glow):
        self.labels[place] = label
        self.depth[place] = depth
        self.glows[place] = glow

    def _tone(self, normal, point):
        """The light on the side of a surface that is turned to the camera."""
        if np.dot(normal, self.view.eye - np.asarray(point)) < 0:
            normal = -normal
        return self.light.on(normal)

    def _rounding(self, axis, across, length, profile, glow):
        """Brightness and bulge of a round body, for `fill`."""
        facing = np.cross(axis, across)
        if np.dot(facing, self.view.axes[2]) > 0:
            facing = -facing
        light, (shares, radii) = self.light, profile.T
        # The steepness of the outline tells how far the surface is turned to the body's end.
        slope = np.gradient(
            radii, np.maximum.accumulate(shares * length + 1e-4 * np.arange(len(shares)))
        )
        tilt = -slope / np.hypot(1, slope)
        lit_across, lit_facing, lit_end = (
            np.dot(side, light.sun) for side in (across, facing, axis)
        )
        ambient = 0.92 - 0.32 * light.sun_strength

        def rounding(s, t):
            radius = np.interp(t / length, shares, radii).astype(np.float32)
            end = np.interp(t / length, shares, tilt).astype(np.float32)
            u = np.clip(s / np.maximum(radius, 1e-4), -1, 1)
            w = np.sqrt(1 - u * u)
            flank = np.sqrt(1 - end * end)
            lit = np.maximum(0, flank * (u * lit_across + w * lit_facing) + end * lit_end)
            up = flank * (u * across[1] + w * facing[1]) + end * axis[1]
            tone = ambient - 0.18 + 0.18 * w + 0.16 * up + 0.55 * light.sun_strength * lit
            return (np.ones_like(tone) if glow else tone).astype(np.float32), radius * w

        return rounding


def _basis(corners):
    """Origin, direction along and direction up of a polygon's surface."""
    along = corners[1] - corners[0]
    along = along / max(np.linalg.norm(along), 1e-9)
    up = corners[-1] - corners[0]
    up = up - np.dot(up, along) * along
    return corners[0], along, up / max(np.linalg.norm(up), 1e-9)


def _overlap(start, length, limit):
    """The part of a run of pixels that is in the picture: as of the picture, as of the run."""
    first, last = max(start, 0), min(start + length, limit)
    return slice(first, last), slice(first - start, last - start)
