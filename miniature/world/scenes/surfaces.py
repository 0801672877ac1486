"""What surfaces look like: textures that give a colour to every point of a surface.

A texture is called with the noise, s and t (n,), metres along and up, and the metres per pixel
(n,); it returns colours (n, 3) or (n, 1), about 0..1. Colours given are triples in 0..1.
"""

import numpy as np

from miniature.world.paint.textures import cobbles, fraction, joints, masonry, slabs


def shaded(colour, tone):
    """A colour (3,) in brightnesses (n,): (n, 3)."""
    return np.asarray(tone, dtype=np.float32)[:, None] * np.asarray(colour, dtype=np.float32)


def choose(mask, first, second):
    """Colours of `first` where `mask` (n,) holds, of `second` elsewhere; triples or (n, 3)."""
    first, second = np.asarray(first, np.float32), np.asarray(second, np.float32)
    return np.where(mask[:, None], first, second)


def plain(colour, grain=0.04, texel=0.02):
    """One colour with a little noise."""

    def texture(noise, s, t, px):
        return shaded(colour, 1 + grain * noise.sample("pink", s / texel, t / texel))

    return texture


def mottled(colour, other, scale=0.5, sharp=1.5, name="cloud", grain=0.05):
    """Two colours in patches of about `scale` metres, as in stone, soil, rust or marble."""

    def texture(noise, s, t, px):
        patch = noise.sample(name, s / scale * 24, t / scale * 24)
        share = np.clip(0.5 + 0.5 * sharp * patch, 0, 1)[:, None]
        fine = 1 + grain * noise.sample("fine", s * 40, t * 40)[:, None]
        return (share * np.float32(colour) + (1 - share) * np.float32(other)) * fine

    return texture


def wood(colour, *, upright=False, plank=None, contrast=0.16):
    """Grain along s (or t, if `upright`), in planks of so many metres; painted white if pale."""
    contrast = contrast * (0.2 if min(colour) > 0.7 else 1.0)

    def texture(noise, s, t, px):
        along, across = (t, s) if upright else (s, t)
        board = np.floor(across / plank) if plank else 0
        vein = noise.sample("pink", along * 14 + board * 61, across * 170 + board * 37)
        fibre = noise.sample("fine", along * 30, across * 400)
        tone = 1 + contrast * 0.6 * vein + contrast * 0.15 * fibre
        if plank:
            tone = tone * (1 + 0.07 * noise.sample("fine", board * 13, board * 7))
            ends = joints(along + board * 0.77, plank * 9, 0.006, px)
            tone = tone * (1 - 0.45 * np.maximum(joints(across, plank, 0.007, px), ends))
        return shaded(colour, tone)

    return texture


def tiles(colour, joint, size, gap=0.008, mottle=0.04):
    """Square tiles of `size` metres, each a little different, with joints of another colour."""

    def texture(noise, s, t, px):
        seam = np.maximum(joints(s, size, gap, px), joints(t, size, gap, px))[:, None]
        tile = noise.sample("fine", np.floor(s / size) * 5, np.floor(t / size) * 11)
        tone = 1 + mottle * tile + 0.03 * noise.sample("pink", s * 60, t * 60)
        return shaded(colour, tone) * (1 - seam) + np.float32(joint) * seam

    return texture


def checks(first, second, size):
    """A chessboard of squares of `size` metres."""

    def texture(noise, s, t, px):
        odd = (np.floor(s / size) + np.floor(t / size)) % 2 == 1
        grain = 1 + 0.04 * noise.sample("pink", s * 50, t * 50)[:, None]
        return choose(odd, first, second) * grain

    return texture


def stripes(first, second, width, *, upright=True, share=0.5):
    """Stripes, `width` metres from one to the next; the first colour takes `share` of that."""

    def texture(noise, s, t, px):
        position = fraction((s if upright else t) / width)
        grain = 1 + 0.05 * noise.sample("pink", s * 50, t * 50)[:, None]
        return choose(position < share, first, second) * grain

    return texture


def dots(ground, colour, spacing, radius):
    """Dots in rows on a ground."""

    def texture(noise, s, t, px):
        x, y = fraction(s / spacing) - 0.5, fraction(t / spacing) - 0.5
        grain = 1 + 0.04 * noise.sample("pink", s * 50, t * 50)[:, None]
        return choose(np.hypot(x, y) * spacing < radius, colour, ground) * grain

    return texture


def cloth(colour, *, weave=0.07, soft=0.12):
    """Woven cloth with soft creases."""

    def texture(noise, s, t, px):
        crease = noise.sample("cloud", s * 90, t * 90)
        return shaded(colour, 1 + weave * noise.sample("fine", s * 300, t * 300) + soft * crease)

    return texture


def folds(colour, width, depth=0.28, other=None):
    """Cloth that hangs in folds, `width` metres from one to the next."""

    def texture(noise, s, t, px):
        bend = 0.35 * noise.sample("cloud", s * 30, t * 12)
        wave = np.sin(2 * np.pi * s / width + bend * 3)
        tone = 1 - depth / 2 + depth * wave + 0.03 * noise.sample("fine", s * 300, t * 300)
        if other is None:
            return shaded(colour, tone)
        banded = fraction(t / 0.35) < 0.3
        return choose(banded, other, colour) * tone[:, None].astype(np.float32)

    return texture


def wicker(colour, size=0.03):
    """Basketwork: strands that go over and under."""

    def texture(noise, s, t, px):
        row = np.floor(t / size)
        over = np.sin(2 * np.pi * (s / (2 * size) + row / 2))
        fade = np.clip(1.5 - px / size * 2, 0.2, 1)
        tone = 0.85 + 0.25 * over * fade - 0.35 * joints(t, size, size * 0.25, px)
        return shaded(colour, tone + 0.06 * noise.sample("fine", s * 100, t * 100))

    return texture


def bricks(colour, mortar=(0.7, 0.68, 0.64), size=(0.24, 0.075)):
    """Bricks in running bond; larger sizes make blocks of stone."""

    def texture(noise, s, t, px):
        tone = masonry(noise, s, t, *size, px, contrast=0.0)
        course = np.floor(t / size[1])
        seam = np.maximum(
            joints(t, size[1], size[1] * 0.16, px),
            joints(s + course % 2 * size[0] / 2, size[0], size[1] * 0.16, px),
        )[:, None]
        tone = tone + 0.08 * noise.sample("pink", s * 60, t * 60)
        return shaded(colour, tone) * (1 - seam) + np.float32(mortar) * seam

    return texture


def paving(colour, size=0.5, *, small=False):
    """Slabs or, if `small`, cobbles."""
    pattern = cobbles if small else slabs

    def texture(noise, s, t, px):
        dirt = 0.08 * noise.sample("pink", s * 12, t * 12)
        return shaded(colour, pattern(noise, s, t, size, px) + dirt)

    return texture


def ribs(colour, width, contrast=0.3, *, upright=True):
    """Corrugated metal, slats or a radiator: a wave of light and dark."""

    def texture(noise, s, t, px):
        place = s if upright else t
        fade = np.clip(1.4 - px / width * 2, 0, 1)
        wave = np.sin(2 * np.pi * place / width) * fade
        return shaded(colour, 1 + contrast * wave + 0.05 * noise.sample("pink", s * 20, t * 20))

    return texture


def brushed(colour, *, upright=False):
    """Brushed metal with a soft reflex."""

    def texture(noise, s, t, px):
        along, across = (t, s) if upright else (s, t)
        streak = noise.sample("fine", along * 6, across * 500)
        sheen = noise.sample("cloud", s * 40, t * 40)
        return shaded(colour, 1 + 0.05 * streak + 0.12 * sheen)

    return texture


def fade(bottom, top, height, grain=0.02):
    """From one colour at the bottom to another at the top, over `height` metres."""

    def texture(noise, s, t, px):
        share = np.clip(t / height, 0, 1)[:, None]
        tone = 1 + grain * noise.sample("pink", s * 40, t * 40)[:, None]
        return ((1 - share) * np.float32(bottom) + share * np.float32(top)) * tone

    return texture
