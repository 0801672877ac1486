"""Daylight from above: the sun, slopes, shadows, and what air and camera make of it all."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class Light:
    """The light of one photograph and the response of its camera.

    `azimuth` is the direction to the sun on the ground (radians, 0 right, pi / 2 down);
    `strength` is 0 under a grey sky and 1 in full sun.
    """

    azimuth: float
    elevation: float
    strength: float
    tint: np.ndarray
    haze: float
    exposure: float
    contrast: float
    saturation: float
    blur_pixels: float
    noise: float

    @property
    def toward(self):
        """Unit vector (2,) on the ground to the sun."""
        return np.array([np.cos(self.azimuth), np.sin(self.azimuth)])

    @property
    def reach(self):
        """The shadow (2,) of one metre of height, in metres."""
        return -self.toward / np.tan(self.elevation)

    @property
    def shadow(self):
        """The share of the light that a shadow takes away."""
        return 0.15 + 0.5 * self.strength

    def on_slope(self, facing, pitch):
        """Brightness, against level ground, of a slope of `pitch` radians.

        `facing` is the cosine between its downhill direction and the sun's, on the ground.
        """
        level = np.sin(self.elevation)
        lit = np.cos(pitch) * level + np.sin(pitch) * np.cos(self.elevation) * facing
        return 1 + 0.75 * self.strength * (max(lit, 0.0) - level)


def random_light(rng):
    """Draw the time of day, the weather and the camera."""
    is_grey = rng.random() < 0.2
    warmth = rng.uniform(-0.06, 0.08)
    return Light(
        azimuth=rng.uniform(0, 2 * np.pi),
        elevation=np.deg2rad(rng.uniform(30, 68)),
        strength=rng.uniform(0.05, 0.3) if is_grey else rng.uniform(0.6, 1.0),
        tint=np.array([1 + warmth, 1.0, 1 - warmth]) * rng.uniform(0.97, 1.03, 3),
        haze=rng.uniform(0.02, 0.22),
        exposure=rng.uniform(0.85, 1.2),
        contrast=rng.uniform(0.9, 1.25),
        saturation=rng.uniform(0.65, 1.05),
        blur_pixels=rng.uniform(0.35, 0.65),
        noise=rng.uniform(0.006, 0.02),
    )


def develop(image, light, rng):
    """Haze, colours, blur and sensor noise: the final 8 bit image (H, W, 3)."""
    height, width = image.shape[:2]
    for axis in (0, 1):
        image = ndimage.gaussian_filter1d(image, light.blur_pixels, axis, truncate=3)
    grey = image.mean(axis=2, keepdims=True)
    image = grey + np.float32(light.saturation) * (image - grey)
    image *= (light.exposure * light.tint).astype(np.float32)
    image = np.float32(0.4) + np.float32(light.contrast) * (image - np.float32(0.4))
    air = np.array([0.62, 0.68, 0.75], dtype=np.float32)
    image += np.float32(light.haze) * (air - image)
    noise = rng.standard_normal((height, width, 1), dtype=np.float32)
    image += np.float32(light.noise) * noise
    return (np.clip(image, 0, 1) * 255).astype(np.uint8)
