"""Flat shapes of one object seen from above, shaded by the sun and painted smoothly."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

TUBE_STRIPS = 6
# Largest side in pixels, and how many times finer it is drawn: small things need it most.
FINENESS = ((40, 5), (120, 3), (10**9, 2))


class Sketch:
    """Shapes in the object's own axes (along, across; metres), painted in the order given.

    Parameters
    ----------
    frame : Frame
    light : Light
    """

    def __init__(self, frame, light):
        self.frame = frame
        self.light = light
        self._shapes = []

    @property
    def is_empty(self):
        return not self._shapes

    def polygon(self, points, colour):
        self._shapes.append((np.asarray(points, dtype=float), np.clip(colour, 0, 1)))

    def rectangle(self, along, across, long, wide, colour, turn=0.0):
        """A rectangle about (along, across), turned by `turn` radians."""
        a, b = long / 2, wide / 2
        corners = np.array([(-a, -b), (a, -b), (a, b), (-a, b)])
        cosine, sine = np.cos(turn), np.sin(turn)
        self.polygon(corners @ [[cosine, sine], [-sine, cosine]] + [along, across], colour)

    def disc(self, along, across, radius, colour, corners=16):
        self.polygon(np.add(circle(radius, corners), (along, across)), colour)

    def dome(self, along, across, radius, colour, corners=24):
        """A disc that is brighter on the side of the sun, as a dome or a conical roof is."""
        colour, sun = np.asarray(colour), self.sun
        for step in np.linspace(0, 0.75, 5):
            centre = np.array([along, across]) + sun * step * radius * 0.55
            shade = 0.82 + (0.1 + 0.5 * self.light.strength) * step
            self.disc(*centre, radius * (1 - step * 0.9), colour * shade, corners)

    def line(self, points, thickness, colour):
        """Straight pieces through `points` (n, 2), `thickness` metres wide."""
        points = np.asarray(points, dtype=float)
        for start, end in pairwise(points):
            step = end - start
            normal = np.array([-step[1], step[0]]) / max(np.hypot(*step), 1e-9) * thickness / 2
            self.polygon([start + normal, end + normal, end - normal, start - normal], colour)

    def tube(self, profile, colour):
        """A round body along the axis: `profile` (n, 2) lists (along, half its width)."""
        profile, colour = np.asarray(profile, dtype=float), np.asarray(colour)
        edges = np.linspace(-1, 1, TUBE_STRIPS + 1)
        for low, high in pairwise(edges):
            lean = (low + high) / 2
            tone = 0.9 + 0.1 * np.sqrt(1 - lean * lean)
            tone += 0.3 * self.light.strength * lean * self.sun[1]
            near = np.stack([profile[:, 0], profile[:, 1] * low], axis=1)
            far = np.stack([profile[:, 0], profile[:, 1] * high], axis=1)[::-1]
            self.polygon(np.vstack([near, far]), colour * tone)

    def both(self, points, colour):
        """A polygon and its mirror image on the other side of the axis."""
        points = np.asarray(points, dtype=float)
        self.polygon(points, colour)
        self.polygon(points * [1, -1], colour)

    @property
    def sun(self):
        """The direction (2,) to the sun on the ground, in the object's axes."""
        x, y = self.light.toward
        cosine, sine = np.cos(self.frame.angle), np.sin(self.frame.angle)
        return np.array([x * cosine + y * sine, y * cosine - x * sine])

    def tone(self, along, across, pitch):
        """Brightness of a face that leans towards (along, across) by `pitch` radians."""
        lean = np.array([along, across]) / max(np.hypot(along, across), 1e-9)
        return self.light.on_slope(float(lean @ self.sun), pitch)

    def box(self):
        """Corners (4, 2) of the tight box along the object's axes, in the world."""
        points = np.concatenate([points for points, _ in self._shapes])
        (a, b), (c, d) = points.min(axis=0), points.max(axis=0)
        return self.frame.to_world([(a, b), (c, b), (c, d), (a, d)])

    def outlines(self):
        """The outlines (n, 2) of all shapes, in the world."""
        points = [points for points, _ in self._shapes]
        world = self.frame.to_world(np.concatenate(points))
        return np.split(world, np.cumsum([len(part) for part in points])[:-1])

    def silhouettes(self):
        """The outlines of the shapes that are large enough to throw a shadow worth drawing."""
        outlines = self.outlines()
        spans = [float(np.ptp(outline, axis=0).sum()) for outline in outlines]
        return [o for o, span in zip(outlines, spans, strict=True) if span > 0.4 * max(spans)]

    def paint(self, canvas, rng, name=None, grain=0.045):
        """Paint all shapes and, if a name is given, record them as an object."""
        outlines = self.outlines()
        window = canvas.window(np.concatenate(outlines))
        rows, columns = window
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if min(height, width) <= 0:
            return
        fine = next(fine for limit, fine in FINENESS if max(height, width) <= limit)
        colours, share = self._draw(canvas, outlines, window, fine)
        texture = canvas.noise.crop(rng, "pink", height, width)
        part = canvas.image[window]
        part *= 1 - share[..., None]
        part += colours * (1 + grain * texture)[..., None]
        canvas.own(name, self.box(), window, share > 0.5)

    def _draw(self, canvas, outlines, window, fine):
        """Colours times share (h, w, 3), and share (h, w)."""
        rows, columns = window
        size = ((columns.stop - columns.start) * fine, (rows.stop - rows.start) * fine)
        images = Image.new("RGB", size), Image.new("L", size)
        pens = [ImageDraw.Draw(image) for image in images]
        for outline, (_, colour) in zip(outlines, self._shapes, strict=True):
            pixels = canvas.raster(outline, window, fine)
            pens[0].polygon(pixels, fill=tuple(int(c * 255) for c in colour))
            pens[1].polygon(pixels, fill=255)
        return [np.asarray(image.reduce(fine), dtype=np.float32) / 255 for image in images]


def circle(radius, corners=16):
    """Points (corners, 2) of a circle about the origin."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
