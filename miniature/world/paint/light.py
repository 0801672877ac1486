"""Daylight: sky, shading, cast shadows, haze, and what the camera makes of it all."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from miniature.world.paint import labels
from miniature.world.paint.textures import soft_noise

GROUND_LABELS = (
    labels.GROUND,
    labels.ROAD,
    labels.SIDEWALK,
    labels.PARKING,
    labels.RAIL_TRACK,
    labels.TERRAIN,
)

# Per time of day: sky overhead, sky at the horizon, tint of the light, range of sun strength,
# range of haze distance (metres), range of brightness.
MOODS = {
    "noon": (
        (0.30, 0.52, 0.85), (0.75, 0.85, 0.95), (1, 1, 0.98), (0.5, 0.9), (350, 900), (1, 1.2)
    ),
    "overcast": (
        (0.66, 0.70, 0.75), (0.85, 0.87, 0.88), (0.97, 1, 1.03), (0, 0.12), (150, 500), (0.8, 1.05)
    ),
    "evening": (
        (0.40, 0.50, 0.72), (0.98, 0.80, 0.58), (1.1, 1, 0.8), (0.4, 0.8), (150, 500), (0.8, 1.05)
    ),
    "dusk": (
        (0.22, 0.27, 0.45), (0.70, 0.55, 0.55), (0.85, 0.9, 1.1), (0, 0.1), (150, 400), (0.55, 0.75)
    ),
    "mist": ((0.78, 0.80, 0.82), (0.86, 0.87, 0.87), (1, 1, 1), (0, 0.1), (45, 120), (0.85, 1.05)),
    "winter": (
        (0.50, 0.65, 0.85), (0.90, 0.92, 0.93), (0.95, 1, 1.07), (0.3, 0.7), (200, 700), (0.9, 1.1)
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Light:
    """The light of one scene; `sun` (3,) points from the ground to the sun."""

    zenith: np.ndarray
    horizon: np.ndarray
    tint: np.ndarray
    sun: np.ndarray
    sun_strength: float
    haze_metres: float
    exposure: float
    contrast: float
    saturation: float
    cloudiness: float

    def on(self, normal):
        """Brightness factor of a surface whose outward world normal (3,) is given."""
        lit = max(0.0, float(np.dot(normal, self.sun)))
        ambient = 0.92 - 0.32 * self.sun_strength
        return ambient + 0.12 * normal[1] + 0.55 * self.sun_strength * lit


def random_light(rng):
    """Draw the time of day, the weather and the camera's response."""
    mood = list(MOODS)[rng.integers(len(MOODS))]
    zenith, horizon, tint, sun_strength, haze, exposure = MOODS[mood]
    azimuth, elevation = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(18, 60))
    flat = np.cos(elevation)
    return Light(
        zenith=np.clip(np.array(zenith) + rng.uniform(-0.06, 0.06, 3), 0, 1),
        horizon=np.clip(np.array(horizon) + rng.uniform(-0.05, 0.05, 3), 0, 1),
        tint=np.array(tint) * rng.uniform(0.95, 1.05, 3),
        sun=np.array([flat * np.sin(azimuth), np.sin(elevation), flat * np.cos(azimuth)]),
        sun_strength=rng.uniform(*sun_strength),
        haze_metres=rng.uniform(*haze),
        exposure=rng.uniform(*exposure),
        contrast=rng.uniform(0.85, 1.25),
        saturation=rng.uniform(0.6, 1.2),
        cloudiness=rng.uniform(0, 1),
    )


def paint_sky(canvas, light, rng):
    """Fill the canvas down to just below the horizon with sky and clouds."""
    height, width = canvas.shape
    bottom = min(height, int(canvas.camera.horizon) + 3)
    level = np.linspace(0, 1, bottom, dtype=np.float32)[:, None, None]
    clear = light.zenith * (1 - level) + light.horizon * level
    clouds = sum(
        soft_noise(rng, bottom, width, 3 * scale, 5 * scale) / scale for scale in (1, 2, 4, 8)
    )
    clouds += 0.06 * canvas.noise.crop(rng, "cloud", bottom, width)
    cover = np.clip((clouds - 1.45 + 0.8 * light.cloudiness) * 1.6, 0, 0.9)[..., None]
    white = 0.55 * light.horizon + 0.45 * np.array([0.97, 0.97, 0.98])
    sky = clear * (1 - cover) + white * (1.08 - 0.2 * level) * cover
    canvas.put((slice(0, bottom), slice(0, width)), True, sky, labels.SKY, np.inf)


def cast_shadows(canvas, light, solids):
    """Darken the ground where `solids` stand in the sun.

    `solids` is a list of (footprint (n, 2) of x, z; height), all in metres.
    """
    height, width = canvas.shape
    top = max(0, int(canvas.camera.horizon))
    sunlit, under = Image.new("L", (width, height - top)), Image.new("L", (width, height - top))
    for footprint, tall in solids:
        foot = np.asarray(footprint, dtype=float)
        reach = -light.sun[[0, 2]] / light.sun[1] * tall
        for start, end in zip(foot, np.roll(foot, -1, axis=0), strict=True):
            _fill_ground(canvas, sunlit, top, [start, end, end + reach, start + reach])
        _fill_ground(canvas, sunlit, top, foot + reach)
        if tall < 5:
            _fill_ground(canvas, under, top, foot)
    # Shadows have soft edges; blurring the 8 bit masks is cheap.
    soft = width / 1200
    dark = 0.75 * light.sun_strength * _blur(sunlit, soft) + 0.45 * _blur(under, 3 * soft)
    below = canvas.image[top:]
    on_ground = np.isin(canvas.labels[top:], GROUND_LABELS)
    below *= 1 - np.clip(dark, 0, 0.8)[..., None] * on_ground[..., None]


def _fill_ground(canvas, mask, top, corners):
    corners = np.asarray(corners)
    world = np.stack([corners[:, 0], np.zeros(len(corners)), corners[:, 1]], axis=1)
    if world[:, 2].max() > 1.0:
        points = np.clip(canvas.camera.project(world) - [0, top], -1e5, 1e5)
        ImageDraw.Draw(mask).polygon([tuple(p) for p in points], fill=255)


def _blur(mask, sigma):
    box = max(1, int(2 * sigma)) * 2 + 1
    return ndimage.uniform_filter(np.asarray(mask, dtype=np.float32) / 255, box)


def develop(canvas, light, rng):
    """Haze, exposure, vignette, lens blur and sensor noise: the final 8 bit image (H, W, 3)."""
    image, (height, width) = canvas.image, canvas.shape
    haze = np.exp(canvas.depth * np.float32(-1 / light.haze_metres))
    haze[canvas.labels == labels.SKY] = 1
    air = (0.85 * light.horizon).astype(np.float32)
    image = (image - air) * haze[..., None] + air
    image = ndimage.gaussian_filter1d(image, rng.uniform(0.45, 0.75) * width / 2048 + 0.1, 0)
    image = ndimage.gaussian_filter1d(image, rng.uniform(0.45, 0.75) * width / 2048 + 0.1, 1)
    grey = image.mean(axis=2, keepdims=True)
    image = grey + light.saturation * (image - grey)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    vignette = 1 - rng.uniform(0.02, 0.15) * (x * x + y * y)
    gain = (light.exposure * vignette).astype(np.float32)
    image *= gain[..., None] * light.tint.astype(np.float32)
    image = 0.48 + light.contrast * (image - 0.48)
    image += rng.uniform(0.004, 0.016) * rng.standard_normal((height, width, 1), dtype=np.float32)
    return (np.clip(image, 0, 1) * 255).astype(np.uint8)
