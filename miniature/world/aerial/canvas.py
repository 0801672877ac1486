"""A photograph from above in the making: where things lie, what covers what, and who owns it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from miniature.world.aerial.trees import TreeBank
from miniature.world.paint.textures import NoiseBank

SHADOW_FINE = 2
LEAST_VISIBLE = 0.35
MOST_CUT = 0.25


@dataclass(frozen=True)
class Frame:
    """A place and a direction on the ground: its own axes are (along, across), in metres.

    `x` (to the right) and `y` (down) are metres from the upper left corner of the photograph;
    `angle` is the direction of "along" in radians, 0 to the right and pi / 2 down.
    """

    x: float
    y: float
    angle: float = 0.0

    def to_world(self, points):
        """Points (n, 2) of (along, across) to (x, y)."""
        along, across = np.asarray(points, dtype=float).reshape(-1, 2).T
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        return np.stack(
            [self.x + along * cosine - across * sine, self.y + along * sine + across * cosine],
            axis=1,
        )

    def to_local(self, x, y):
        """World coordinates (arrays that broadcast) to (along, across)."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        dx, dy = x - self.x, y - self.y
        return dx * cosine + dy * sine, dy * cosine - dx * sine

    def at(self, along, across, turn=0.0):
        """The frame at (along, across), turned by `turn` radians more."""
        (x, y) = self.to_world([(along, across)])[0]
        return Frame(x, y, self.angle + turn)


@dataclass(frozen=True)
class Thing:
    """Something that stands on the ground: its sketch, its name if it is an object, its height.

    `low` and `high` are the metres above ground between which it stops the sun.
    """

    sketch: object
    name: str | None
    low: float
    high: float


@dataclass(frozen=True)
class AerialObject:
    """A named object and its rotated box: corners (4, 2) of x, y in pixels."""

    name: str
    corners: np.ndarray


class Canvas:
    """Colours (H, W, 3) in 0..1 and, for each pixel, which object is seen there (0: none).

    Ground is painted at once; what stands on it is collected and painted by `finish`, low things
    before tall ones, each layer after the shadows that it casts.
    """

    def __init__(self, height, width, pixel_metres, light, rng):
        self.image = np.zeros((height, width, 3), dtype=np.float32)
        self.owners = np.zeros((height, width), dtype=np.int32)
        self.is_treeless = np.zeros((height, width), dtype=bool)
        self.objects = []
        self.pixel_metres = pixel_metres
        self.light = light
        self.noise = NoiseBank(rng, 512 if min(height, width) > 400 else 256)
        self.woods = TreeBank(self, rng)
        self.low, self.tall = [], []
        self._painted = []

    @property
    def shape(self):
        return self.owners.shape

    @property
    def size(self):
        """Metres from left to right and from top to bottom."""
        height, width = self.shape
        return width * self.pixel_metres, height * self.pixel_metres

    @property
    def centre(self):
        return Frame(self.size[0] / 2, self.size[1] / 2)

    def window(self, points):
        """The rows and columns (slices) around world points (n, 2), cut off at the edges."""
        pixels = np.asarray(points) / self.pixel_metres
        low, high = np.floor(pixels.min(axis=0)) - 1, np.ceil(pixels.max(axis=0)) + 1
        height, width = self.shape
        left, right = np.clip([low[0], high[0]], 0, width).astype(int)
        top, bottom = np.clip([low[1], high[1]], 0, height).astype(int)
        return slice(top, bottom), slice(left, right)

    def whole(self):
        """The window of the whole photograph."""
        return slice(0, self.shape[0]), slice(0, self.shape[1])

    def coordinates(self, window):
        """World x (1, w) and y (h, 1) of the pixel centres of a window, in metres."""
        rows, columns = window
        x = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5) * self.pixel_metres
        y = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) * self.pixel_metres
        return x[None, :], y[:, None]

    def coverage(self, polygons, fine=2):
        """How much of each pixel the polygons (world, metres) cover: window and share (h, w).

        Both are None where there is no polygon in sight.
        """
        if not len(polygons):
            return None, None
        window = self.window(np.concatenate(polygons))
        rows, columns = window
        size = ((columns.stop - columns.start) * fine, (rows.stop - rows.start) * fine)
        if min(size) <= 0:
            return None, None
        mask = Image.new("L", size)
        draw = ImageDraw.Draw(mask)
        for polygon in polygons:
            draw.polygon(self.raster(polygon, window, fine), fill=255)
        share = np.asarray(mask.reduce(fine), dtype=np.float32) / 255
        return window, share

    def raster(self, points, window, fine):
        """World points as pixel tuples for drawing into a window enlarged `fine` times."""
        rows, columns = window
        pixels = (np.asarray(points) / self.pixel_metres - [columns.start, rows.start]) * fine
        return [tuple(p) for p in pixels - 0.5]

    def stamp(self, polygons, colour, strength=1.0):
        """Paint the polygons (world, metres) in one flat colour (3,), shining through or not."""
        window, share = self.coverage(polygons)
        if window is not None:
            self.put(window, share * np.float32(strength), np.float32(colour))

    def put(self, window, share, colours):
        """Blend colours (broadcast to (h, w, 3)) into a window where `share` (h, w) says so."""
        part = self.image[window]
        part += np.asarray(share, dtype=np.float32)[..., None] * (colours - part)

    def own(self, name, corners, window, mask):
        """Note what is seen where `mask` (h, w) holds: a named object, or none.

        An object has box `corners` (4, 2) in the world; one whose centre lies outside the
        photograph does not count.
        """
        corners = np.asarray(corners) / self.pixel_metres
        height, width = self.shape
        x, y = corners.mean(axis=0)
        number = 0
        if name and 0 <= x < width and 0 <= y < height and mask.any():
            self.objects.append(AerialObject(str(name), corners))
            self._painted.append(int(mask.sum()))
            number = len(self.objects)
        self.owners[window][mask] = number

    def add(self, sketch, name=None, low=0.0, high=2.0, tall=False):
        """Let a sketch stand on the ground; returns whether it does.

        What cannot be seen is left out, and so is an object that the edge would cut up.
        """
        box = sketch.box()
        is_in_reach = self.sees(np.vstack([box, box + self.light.reach * high]))
        if not is_in_reach or (name and self.is_cut_up(box)):
            return False
        (self.tall if tall else self.low).append(Thing(sketch, name, low, high))
        return True

    def fell(self, polygons):
        """Let no tree stand within the polygons (world, metres)."""
        window, share = self.coverage(polygons, fine=1)
        if window is not None:
            self.is_treeless[window] |= share > 0.5

    def clear(self, polygons):
        """Remove what stands in the polygons (world, metres): it makes room for something else."""
        self.fell(polygons)
        window, share = self.coverage(polygons, fine=1)
        is_taken = np.zeros(self.shape, dtype=bool)
        if window is not None:
            is_taken[window] = share > 0
        for layer in (self.low, self.tall):
            layer[:] = [thing for thing in layer if not self._touches(is_taken, thing)]

    def _touches(self, mask, thing):
        corners = thing.sketch.box()
        points = np.vstack([corners, corners.mean(axis=0, keepdims=True)]) / self.pixel_metres
        columns, rows = np.clip(points.astype(int), 0, np.array(self.shape)[::-1] - 1).T
        return bool(mask[rows, columns].any())

    def is_cut_up(self, corners):
        width, height = self.size
        outside = np.maximum(-corners, corners - [width, height]).max()
        sides = np.linalg.norm(corners[1:3] - corners[:2], axis=1)
        return outside > MOST_CUT * sides.max()

    def sees(self, points):
        """Whether the box around world points (n, 2) touches the photograph."""
        window = self.window(points)
        return all(part.start < part.stop for part in window)

    def cast(self, shadows):
        """Darken the ground: `shadows` is a list of (outline (n, 2) in the world, low, high)."""
        height, width = self.shape
        mask = Image.new("L", (width * SHADOW_FINE, height * SHADOW_FINE))
        draw = ImageDraw.Draw(mask)
        scale, reach = SHADOW_FINE / self.pixel_metres, self.light.reach
        for outline, low, high in shadows:
            near, far = (outline + low * reach) * scale, (outline + high * reach) * scale
            if far.max() < 0 or np.any(np.minimum(near, far).min(axis=0) > mask.size):
                continue
            for i in range(len(near)) if high - low > 1 else ():
                quad = [near[i - 1], near[i], far[i], far[i - 1]]
                draw.polygon([tuple(p) for p in quad], fill=255)
            for end in (near, far):
                draw.polygon([tuple(p) for p in end], fill=255)
        self.darken(mask.reduce(SHADOW_FINE))

    def darken(self, mask):
        """Shade the photograph where a grey picture of its size is bright."""
        soft = mask.filter(ImageFilter.BoxBlur(0.6))
        dark = np.asarray(soft, dtype=np.float32) / 255 * self.light.shadow
        self.image *= 1 - dark[..., None] * np.array([1.0, 0.95, 0.86], dtype=np.float32)

    def finish(self, rng):
        """Paint everything that stands on the ground; returns the objects that can be seen."""
        for thing in self.tall:
            self.fell([thing.sketch.box()])
        for layer in (self.low, self.tall):
            self.cast(
                [(outline, t.low, t.high) for t in layer for outline in t.sketch.silhouettes()]
            )
            for thing in layer:
                thing.sketch.paint(self, rng, thing.name)
        self.woods.paint(rng, self.is_treeless)
        return self._seen()

    def _seen(self):
        """Drop objects that are mostly hidden, and number the others anew."""
        counts = np.bincount(self.owners.ravel(), minlength=len(self.objects) + 1)[1:]
        is_seen = counts >= LEAST_VISIBLE * np.array(self._painted)
        numbers = np.concatenate([[0], np.where(is_seen, np.cumsum(is_seen), 0)])
        self.owners = numbers[self.owners].astype(np.int32)
        return [thing for thing, seen in zip(self.objects, is_seen, strict=True) if seen]
