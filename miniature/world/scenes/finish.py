"""From a painted stage to a photograph: shadows, lamps, haze, lens and sensor."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from miniature.world.scenes.view import before_camera

SUPERSAMPLING = 2


def photograph(stage, rng, *, indoors):
    """The finished image, at 1 / SUPERSAMPLING of the stage's size, and its labels.

    Returns
    -------
    image : numpy.ndarray of uint8, shape (height, width, 3)
    labels : numpy.ndarray of uint8, shape (height, width)
    """
    bright = _crevices(stage) * _shadows(stage, indoors=indoors)
    bright = bright[..., None]
    if indoors:
        bright = bright * _lamplight(stage)
    bright = np.where(stage.glows[..., None], 1, bright)
    image = stage.image * bright.astype(np.float32)
    if not indoors:
        image = _haze(stage, image)
    image = _reduced(image)
    return _sensor(image, stage.light, rng), stage.labels[::SUPERSAMPLING, ::SUPERSAMPLING].copy()


def _crevices(stage):
    """Brightness (height, width), lower where something near stands before what is behind."""
    # After Luft, Colditz and Deussen, "Image enhancement by unsharp masking the depth buffer"
    # (2006): a blurred depth minus the depth tells where surfaces meet and overlap.
    small = np.log(np.clip(stage.depth[::4, ::4], 0.1, 500))
    dark = np.zeros_like(small)
    for size in (0.02, 0.08):
        box = max(3, int(size * small.shape[1]))
        behind = small - ndimage.uniform_filter(small, box, mode="nearest")
        dark += np.clip(behind, 0, 0.5) * 0.45
    enlarged = Image.fromarray(dark.astype(np.float32)).resize(
        stage.shape[::-1], Image.Resampling.BILINEAR
    )
    return np.exp(-np.asarray(enlarged))


def _shadows(stage, *, indoors):
    """Brightness (height, width) of the ground around and behind what stands on it."""
    height, width = stage.shape
    cast, under = Image.new("L", (width, height)), Image.new("L", (width, height))
    sun, strength = stage.light.sun, stage.light.sun_strength
    for foot, tall in stage.shadows:
        _fill(stage, under, foot + 0.08 * (foot - foot.mean(axis=0)))
        if not indoors:
            reach = -sun[[0, 2]] / max(sun[1], 0.35) * min(tall, 12)
            for start, end in zip(foot, np.roll(foot, -1, axis=0), strict=True):
                _fill(stage, cast, np.array((start, end, end + reach, start + reach)))
            _fill(stage, cast, foot + reach)
    rows = np.arange(height, dtype=np.float32)[:, None]
    level = stage.view.eye[1] + (stage.view.horizon - rows) / stage.view.focal * stage.depth
    on_ground = np.abs(level) < 0.04 + 0.002 * np.minimum(stage.depth, 100)
    soft = width / 1200
    dark = 0.55 * _blurred(under, 6 * soft) + 0.75 * strength * _blurred(cast, 2 * soft)
    return 1 - np.clip(dark, 0, 0.7) * on_ground


def _fill(stage, mask, foot):
    corners = np.column_stack([foot[:, 0], np.zeros(len(foot)), foot[:, 1]])
    clipped = before_camera(stage.view.to_eye(corners))
    if len(clipped) >= 3:
        pixels = np.clip(stage.view.project(clipped), -3e4, 3e4)
        ImageDraw.Draw(mask).polygon([tuple(p) for p in pixels.tolist()], fill=255)


def _blurred(mask, sigma):
    box = max(1, int(sigma)) * 2 + 1
    blurred = ndimage.uniform_filter(np.asarray(mask, dtype=np.float32) / 255, box)
    return ndimage.uniform_filter(blurred, box)


def _lamplight(stage):
    """Light of the lamps (height, width, 3) as a factor; computed coarsely."""
    points = stage.points(step=4)
    total = np.full(points.shape, 0.72, dtype=np.float32)
    for place, colour, strength in stage.lamps:
        squared = ((points - place.astype(np.float32)) ** 2).sum(axis=-1, keepdims=True)
        total += np.float32(0.62 * strength * colour) / (1 + squared / 1.6)
    total = 1.25 * total / (0.25 + total)
    channels = [
        np.asarray(
            Image.fromarray(total[..., k]).resize(stage.shape[::-1], Image.Resampling.BILINEAR)
        )
        for k in range(3)
    ]
    return np.stack(channels, axis=-1)


def _haze(stage, image):
    """Distance fades into the colour of the air; the sky does not."""
    clear = np.exp(-np.minimum(stage.depth, 1e5) / np.float32(stage.light.haze_metres * 2.5))
    clear = np.maximum(clear, 0.15)
    clear[stage.depth > 5000] = 1
    air = (0.92 * stage.light.horizon).astype(np.float32)
    return (image - air) * clear[..., None] + air


def _reduced(image):
    height, width, _ = image.shape
    step = SUPERSAMPLING
    return image.reshape(height // step, step, width // step, step, 3).mean(axis=(1, 3))


def _sensor(image, light, rng):
    """Lens blur, vignette, colour cast, contrast and noise: 8 bits."""
    height, width, _ = image.shape
    blur = rng.uniform(0.25, 0.6)
    for axis in (0, 1):
        image = ndimage.gaussian_filter1d(image, blur, axis)
    grey = image.mean(axis=2, keepdims=True)
    image = grey + light.saturation * (image - grey)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    vignette = 1 - rng.uniform(0.02, 0.14) * (x * x + y * y)
    gain = (light.exposure * vignette).astype(np.float32)[..., None]
    image = image * gain * light.tint.astype(np.float32)
    image = 0.48 + light.contrast * (image - 0.48)
    image += rng.uniform(0.004, 0.016) * rng.standard_normal((height, width, 1), dtype=np.float32)
    return (np.clip(image, 0, 1) * 255).astype(np.uint8)
