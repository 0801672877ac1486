"""A perspective camera, and a canvas that keeps colour, label and depth of every pixel."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from miniature.world.paint.textures import NoiseBank

NEAREST_METRES = 1.0
NO_LABEL = 255


@dataclass(frozen=True)
class Camera:
    """A level pinhole camera over flat ground; x points right, y up, z away (metres).

    `focal`, `centre` (column) and `horizon` (row) are in pixels, `height` in metres.
    """

    focal: float
    centre: float
    horizon: float
    height: float

    def project(self, points):
        """World points (n, 3) in metres to columns and rows (n, 2) in pixels."""
        points = np.asarray(points, dtype=float)
        z = np.maximum(points[:, 2], NEAREST_METRES)
        columns = self.centre + self.focal * points[:, 0] / z
        rows = self.horizon + self.focal * (self.height - points[:, 1]) / z
        return np.stack([columns, rows], axis=1)

    def pixels_per_metre(self, z):
        """Pixels that one metre takes at depth `z` (metres)."""
        return self.focal / max(z, NEAREST_METRES)


@dataclass(frozen=True)
class Frame:
    """Where an object stands: its own axes are (along, up, across), all in metres.

    `heading` is in radians; 0 points away from the camera.
    """

    x: float
    z: float
    heading: float = 0.0

    def to_world(self, points):
        """Object points (n, 3) of (along, up, across) to world points (n, 3) of (x, y, z)."""
        along, up, across = np.asarray(points, dtype=float).T
        sine, cosine = np.sin(self.heading), np.cos(self.heading)
        x = self.x + along * sine + across * cosine
        z = self.z + along * cosine - across * sine
        return np.stack([x, up, z], axis=1)


class Canvas:
    """Colour (H, W, 3) in 0..1, label ids (H, W) and depth (H, W) in metres, all in one place."""

    def __init__(self, height, width, camera, noise: NoiseBank):
        self.image = np.zeros((height, width, 3), dtype=np.float32)
        self.labels = np.zeros((height, width), dtype=np.uint8)
        self.depth = np.full((height, width), np.inf, dtype=np.float32)
        self.camera = camera
        self.noise = noise

    @property
    def shape(self):
        return self.labels.shape

    def window(self, left, top, right, bottom):
        """The rows and columns (two slices) of a pixel box, cut off at the canvas' edges."""
        height, width = self.shape
        left, right = np.clip([np.floor(left), np.ceil(right) + 1], 0, width).astype(int)
        top, bottom = np.clip([np.floor(top), np.ceil(bottom) + 1], 0, height).astype(int)
        return slice(top, bottom), slice(left, right)

    def put(self, window, mask, colours, label, depth):
        """Paint the pixels of `window` where `mask` holds; `depth` broadcasts to the window."""
        mask = np.broadcast_to(mask, self.labels[window].shape)
        np.copyto(self.image[window], colours, where=mask[..., None], casting="same_kind")
        np.copyto(self.labels[window], np.uint8(label), where=mask)
        np.copyto(self.depth[window], np.float32(depth), where=mask)


class Sketch:
    """Flat shapes of one object, collected in its own axes and painted in one go.

    Colours are triples in 0..1. A colour of None marks a label without painting, a label of None
    paints without marking.
    """

    def __init__(self, camera, frame):
        self.camera = camera
        self.frame = frame
        self._shapes = []

    def polygon(self, points, colour, label):
        self._shapes.append((self._pixels(points), None, colour, label))

    def line(self, points, thickness, colour, label):
        """A line through `points` (n, 3), `thickness` metres wide and one pixel at least."""
        points = np.asarray(points, dtype=float)
        depth = self.frame.to_world(points)[:, 2].mean()
        width = max(1, round(thickness * self.camera.pixels_per_metre(depth)))
        self._shapes.append((self._pixels(points), width, colour, label))

    def disc(self, centre, radius, colour, label, *, facing=False):
        """A disc in the object's side plane or, if `facing`, in the plane across it."""
        self.polygon(circle(centre, radius, facing=facing), colour, label)

    def ring(self, centre, radius, thickness, colour, label):
        """A circle in the side plane, its inside marked with `label` but not painted."""
        outline = circle(centre, radius)
        self.polygon(outline, None, label)
        self.line(np.vstack([outline, outline[:1]]), thickness, colour, label)

    def sees(self, point, normal):
        """Whether the camera is on the side of `point` that `normal` (both (3,)) points to."""
        base, tip = self.frame.to_world([point, np.add(point, normal)])
        eye = np.array([0.0, self.camera.height, 0.0])
        return float(np.dot(tip - base, eye - base)) > 0

    def distance(self, point):
        """Metres from the camera to a point (3,) of the object."""
        eye = np.array([0.0, self.camera.height, 0.0])
        return float(np.linalg.norm(self.frame.to_world([point])[0] - eye))

    def paint(self, canvas, rng, grain=0.05):
        """Paint all shapes, in the order given, with a noise of strength `grain` over them."""
        if not self._shapes:
            return
        window = self._window(canvas)
        rows, columns = window
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        colours, painted, labels = self._draw(rows, columns)
        texture = canvas.noise.crop(rng, "pink", *painted.shape)
        # Tops catch more of the sky than feet do.
        fall = np.linspace(0.07, -0.09, len(painted), dtype=np.float32)[:, None]
        colours = colours * (1 + fall + grain * texture)[..., None]
        np.copyto(canvas.image[window], colours, where=painted[..., None], casting="same_kind")
        marked = labels != NO_LABEL
        np.copyto(canvas.labels[window], labels, where=marked)
        np.copyto(canvas.depth[window], np.float32(max(self.frame.z, 1)), where=painted)

    def _pixels(self, points):
        return self.camera.project(self.frame.to_world(points))

    def _window(self, canvas):
        corners = np.vstack([pixels for pixels, *_ in self._shapes])
        margin = max(width or 0 for _, width, *_ in self._shapes)
        left, top = corners.min(axis=0) - margin
        right, bottom = corners.max(axis=0) + margin
        return canvas.window(left, top, right, bottom)

    def _draw(self, rows, columns):
        size = (columns.stop - columns.start, rows.stop - rows.start)
        colour_image = Image.new("RGB", size)
        paint_image = Image.new("L", size, 0)
        label_image = Image.new("L", size, NO_LABEL)
        for pixels, width, colour, label in self._shapes:
            points = [tuple(p) for p in pixels - [columns.start, rows.start]]
            if colour is not None:
                fill = tuple(int(np.clip(c, 0, 1) * 255) for c in colour)
                _fill(colour_image, points, width, fill)
                _fill(paint_image, points, width, 1)
            if label is not None:
                _fill(label_image, points, width, int(label))
        colours = np.asarray(colour_image, dtype=np.float32) / 255
        return colours, np.asarray(paint_image) > 0, np.asarray(label_image)


def circle(centre, radius, *, facing=False, corners=20):
    """Points (corners, 3) of a circle in the side plane or, if `facing`, the plane across."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    points = np.tile(np.asarray(centre, dtype=float), (corners, 1))
    points[:, 2 if facing else 0] += radius * np.cos(angles)
    points[:, 1] += radius * np.sin(angles)
    return points


def _fill(image, points, width, value):
    draw = ImageDraw.Draw(image)
    if width is None:
        draw.polygon(points, fill=value)
    else:
        draw.line(points, fill=value, width=width, joint="curve" if width > 3 else None)
