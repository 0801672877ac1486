"""Tree crowns from above: drawn once per photograph in some sizes, then set down many times."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

LEAVES = ((0.20, 0.29, 0.13), (0.26, 0.34, 0.15), (0.17, 0.25, 0.15), (0.30, 0.33, 0.17))
AUTUMN = ((0.45, 0.33, 0.14), (0.50, 0.40, 0.16), (0.36, 0.24, 0.14), (0.26, 0.30, 0.15))
DIAMETERS = np.array([2.0, 3.0, 4.2, 5.5, 7.0, 9.0, 11.5])  # metres
FOREST_DIAMETERS = (4.2, 5.5, 7.0, 9.0)
SHAPES_EACH = 4
TILE_PIXELS = 300
COARSE_METRES = 1.0


@dataclass(frozen=True)
class Tree:
    """A tree at (x, y) of the world, by the number of its size."""

    x: float
    y: float
    size: int
    tone: np.ndarray


class TreeBank:
    """Crowns (h, w) of brightness and cover, lit from the side of the sun."""

    def __init__(self, canvas, rng):
        self.canvas = canvas
        self.leaves = np.array(AUTUMN if rng.random() < 0.15 else LEAVES)
        self.greening = rng.uniform(0.85, 1.2)
        self._crowns = [
            [_crown(canvas, rng, diameter) for _ in range(SHAPES_EACH)] for diameter in DIAMETERS
        ]
        self._tile = None
        self.trees = []

    def plant(self, rng, x, y, diameter):
        """Let a tree stand at (x, y) of the world, its crown about `diameter` metres wide."""
        size = int(np.argmin(np.abs(DIAMETERS - diameter)))
        tone = self.leaves[rng.integers(len(self.leaves))] * self.greening
        self.trees.append(Tree(x, y, size, tone * rng.uniform(0.85, 1.2)))

    def paint(self, rng, is_treeless):
        """Paint the trees that were planted, but for those where none may stand, with shadows."""
        canvas = self.canvas
        self.trees = [tree for tree in self.trees if not self._is_at(tree, is_treeless)]
        self._cast()
        for tree in self.trees:
            shade, share = self._crowns[tree.size][rng.integers(SHAPES_EACH)]
            height, width = share.shape
            top = round(tree.y / canvas.pixel_metres - height / 2)
            left = round(tree.x / canvas.pixel_metres - width / 2)
            rows = slice(max(0, top), min(canvas.shape[0], top + height))
            columns = slice(max(0, left), min(canvas.shape[1], left + width))
            if rows.start >= rows.stop or columns.start >= columns.stop:
                continue
            part = np.s_[
                rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
            ]
            cover = share[part]
            canvas.put(
                (rows, columns), cover, shade[part][..., None] * tree.tone.astype(np.float32)
            )
            canvas.owners[rows, columns][cover > 0.5] = 0

    def _is_at(self, tree, mask):
        row, column = int(tree.y / self.canvas.pixel_metres), int(tree.x / self.canvas.pixel_metres)
        height, width = mask.shape
        return bool(mask[min(max(row, 0), height - 1), min(max(column, 0), width - 1)])

    def _cast(self):
        canvas = self.canvas
        mask = Image.new("L", canvas.shape[::-1])
        draw = ImageDraw.Draw(mask)
        for tree in self.trees:
            diameter = DIAMETERS[tree.size]
            radius = 0.42 * diameter / canvas.pixel_metres
            centre = np.array([tree.x, tree.y]) / canvas.pixel_metres
            far = centre + canvas.light.reach * (0.25 + 0.75 * diameter) / canvas.pixel_metres
            draw.line([tuple(centre), tuple(far)], fill=255, width=max(1, round(2 * radius)))
            draw.ellipse([tuple(far - radius), tuple(far + radius)], fill=255)
        canvas.darken(mask)

    def forest(self, rng, window):
        """Colours (h, w, 3) of a closed forest for a window of the canvas."""
        if self._tile is None:
            self._tile = self._grow(rng)
        rows, columns = window
        side = len(self._tile)
        top, left = rng.integers(0, side, 2)
        return self._tile[(np.arange(rows.start, rows.stop) + top) % side][
            :, (np.arange(columns.start, columns.stop) + left) % side
        ]

    def _grow(self, rng):
        """A tile of crowns that wraps around, tall ones last; coarse pixels need a smaller one."""
        pixel = self.canvas.pixel_metres
        side = TILE_PIXELS if pixel < COARSE_METRES else TILE_PIXELS // 2
        tile = np.empty((side, side, 3), dtype=np.float32)
        tile[:] = self.leaves[0] * 0.35
        for diameter in FOREST_DIAMETERS:
            size = int(np.argmin(np.abs(DIAMETERS - diameter)))
            for _ in range(int(0.55 * (side * pixel / max(diameter, 3 * pixel)) ** 2)):
                shade, share = self._crowns[size][rng.integers(SHAPES_EACH)]
                tone = self.leaves[rng.integers(len(self.leaves))] * self.greening
                top, left = rng.integers(0, side, 2)
                index = np.ix_(
                    (np.arange(share.shape[0]) + top) % side,
                    (np.arange(share.shape[1]) + left) % side,
                )
                part = tile[index]
                colours = shade[..., None] * (tone * rng.uniform(0.75, 1.2)).astype(np.float32)
                tile[index] = part + share[..., None] * (colours - part)
        return tile


def _crown(canvas, rng, diameter):
    """Brightness and cover (h, w) of one crown: a heap of leafy balls."""
    light = canvas.light
    side = max(3, int(np.ceil(diameter * 1.15 / canvas.pixel_metres)))
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    x, y = [(axis + 0.5 - side / 2) * canvas.pixel_metres / (diameter / 2) for axis in (x, y)]
    height = np.full((side, side), -1.0, dtype=np.float32)
    shade = np.ones((side, side), dtype=np.float32)
    for _ in range(9):
        angle, away = rng.uniform(0, 2 * np.pi), 0.6 * np.sqrt(rng.random())
        radius = rng.uniform(0.3, 0.55)
        dx, dy = x - away * np.cos(angle), y - away * np.sin(angle)
        ball = 1 - (dx * dx + dy * dy) / radius**2
        lit = (dx * light.toward[0] + dy * light.toward[1]) / radius
        whole = x * light.toward[0] + y * light.toward[1]
        tone = 1 + (0.2 + 0.5 * light.strength) * (0.45 * lit + 0.5 * whole)
        shade = np.where(ball > height, tone, shade)
        height = np.maximum(height, ball)
    grain = canvas.noise.crop(rng, "fine", side, side)
    share = np.clip((height + 0.15 * grain) * 2.5, 0, 1)
    return np.clip(shade + 0.1 * grain, 0.35, 1.8), share
