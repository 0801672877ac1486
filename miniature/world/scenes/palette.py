"""Colours of materials, and the colours that the things of one scene have in common."""

from dataclasses import dataclass

import numpy as np

WOODS = (
    (0.36, 0.22, 0.13), (0.5, 0.32, 0.18), (0.62, 0.43, 0.26), (0.72, 0.56, 0.38),
    (0.28, 0.17, 0.12), (0.8, 0.68, 0.5),
)  # fmt: skip
WHITES = ((0.9, 0.89, 0.86), (0.84, 0.84, 0.83), (0.88, 0.85, 0.78))
METALS = ((0.62, 0.63, 0.65), (0.5, 0.51, 0.53), (0.72, 0.73, 0.74))
STONES = ((0.62, 0.6, 0.57), (0.7, 0.66, 0.58), (0.52, 0.51, 0.5), (0.76, 0.73, 0.67))
VIVID = (
    (0.75, 0.12, 0.12), (0.12, 0.3, 0.65), (0.85, 0.65, 0.1), (0.15, 0.45, 0.25), (0.85, 0.4, 0.1),
    (0.45, 0.18, 0.5), (0.1, 0.5, 0.55), (0.85, 0.45, 0.55),
)  # fmt: skip
MUTED = (
    (0.55, 0.5, 0.44), (0.42, 0.45, 0.5), (0.5, 0.36, 0.3), (0.68, 0.63, 0.54), (0.35, 0.42, 0.38),
    (0.3, 0.32, 0.4), (0.58, 0.46, 0.46), (0.76, 0.72, 0.66),
)  # fmt: skip
LEATHERS = ((0.25, 0.15, 0.1), (0.4, 0.22, 0.12), (0.12, 0.11, 0.11), (0.55, 0.2, 0.16))
WALLS = (
    (0.86, 0.83, 0.76), (0.8, 0.82, 0.82), (0.75, 0.68, 0.55), (0.62, 0.7, 0.74),
    (0.7, 0.75, 0.64), (0.82, 0.72, 0.66), (0.9, 0.88, 0.85), (0.6, 0.42, 0.38), (0.78, 0.74, 0.8),
)  # fmt: skip
RENDERS = (
    (0.8, 0.74, 0.62), (0.84, 0.82, 0.78), (0.7, 0.56, 0.46), (0.66, 0.62, 0.58),
    (0.76, 0.62, 0.42), (0.6, 0.64, 0.68), (0.72, 0.5, 0.42),
)  # fmt: skip
BRICKS = ((0.55, 0.27, 0.2), (0.48, 0.26, 0.2), (0.62, 0.38, 0.28), (0.6, 0.48, 0.36))
ROOFS = ((0.5, 0.24, 0.18), (0.32, 0.31, 0.32), (0.4, 0.3, 0.24), (0.25, 0.26, 0.3))
LEAVES = (
    (0.2, 0.34, 0.12), (0.28, 0.42, 0.16), (0.15, 0.28, 0.12), (0.36, 0.46, 0.18),
    (0.24, 0.36, 0.22),
)  # fmt: skip
AUTUMN = ((0.58, 0.44, 0.12), (0.6, 0.3, 0.12), (0.48, 0.2, 0.12), (0.36, 0.4, 0.16))
PETALS = (
    (0.85, 0.15, 0.2), (0.95, 0.8, 0.2), (0.9, 0.5, 0.65), (0.92, 0.9, 0.88), (0.6, 0.35, 0.75),
    (0.95, 0.5, 0.15),
)  # fmt: skip
SKINS = ((0.86, 0.66, 0.53), (0.7, 0.5, 0.38), (0.5, 0.34, 0.25), (0.34, 0.23, 0.17))
HAIRS = ((0.1, 0.08, 0.07), (0.3, 0.2, 0.12), (0.55, 0.42, 0.22), (0.5, 0.48, 0.46))
BLACK = np.array((0.07, 0.07, 0.08))
GLASS = np.array((0.16, 0.2, 0.24))
TYRE = np.array((0.08, 0.08, 0.08))
BRASS = np.array((0.72, 0.56, 0.26))


def pick(rng, colours, spread=0.1):
    """One of the colours, a little changed in brightness and hue: (3,)."""
    colour = np.array(colours[rng.integers(len(colours))]) * rng.uniform(1 - spread, 1 + spread)
    return np.clip(colour + rng.uniform(-0.03, 0.03, 3), 0.02, 0.97)


@dataclass(frozen=True)
class Style:
    """Colours (3,) that a scene's furniture and buildings have in common."""

    wood: np.ndarray
    front: np.ndarray
    cloth: np.ndarray
    accent: np.ndarray
    metal: np.ndarray
    wall: np.ndarray
    autumn: bool

    @property
    def leaves(self):
        """Colours of the leaves: those of autumn or not."""
        return AUTUMN if self.autumn else LEAVES


def random_style(rng):
    """Draw the colours of one scene."""
    wood = pick(rng, WOODS)
    return Style(
        wood=wood,
        front=pick(rng, WHITES) if rng.random() < 0.4 else wood * rng.uniform(0.85, 1.15),
        cloth=pick(rng, MUTED, 0.2),
        accent=pick(rng, VIVID, 0.2),
        metal=pick(rng, METALS),
        wall=pick(rng, WALLS),
        autumn=bool(rng.random() < 0.2),
    )
