"""Grounds and waters: textures of the surfaces that one walks, drives or swims on.

Their s and t are x and z of the world. Each recipe here draws the colours of one ground and
returns its texture; `GROUNDS` has them by class.
"""

import numpy as np

from miniature.world.paint.textures import fraction, joints
from miniature.world.scenes import surfaces
from miniature.world.scenes.surfaces import choose, shaded


def _vary(rng, *colours, amount=0.1):
    """One of some colours, a little changed."""
    colour = np.array(colours[rng.integers(len(colours))]) * rng.uniform(1 - amount, 1 + amount)
    return np.clip(colour + rng.uniform(-0.02, 0.02, 3), 0.01, 1)


def _crisp(px, size):
    """How much (0.1..1) of a detail of `size` metres is left where a pixel is that large."""
    return np.clip(size / np.maximum(px, 1e-4) * 0.6, 0.1, 1)


def _rough(noise, s, t, px, coarse, fine, size=0.05):
    """Tone of natural ground: patches, clods and grains."""
    patch = noise.sample("cloud", s * 6, t * 6)
    clods = noise.sample("pink", s * 8, t * 8) * _crisp(px, size * 8)
    grain = noise.sample("fine", s / size, t / size) * _crisp(px, size)
    return 1 + coarse * patch + coarse * 0.6 * clods + fine * grain


def grass(rng, light):
    """Lawn with drier patches, mown in stripes now and then."""
    lush = _vary(rng, (0.22, 0.38, 0.1), (0.3, 0.42, 0.14), (0.18, 0.33, 0.12))
    dry = lush * (1.5, 1.15, 1.1)
    mown = rng.uniform(1.5, 4) if rng.random() < 0.25 else 0

    def texture(noise, s, t, px):
        share = np.clip(0.35 + 0.3 * noise.sample("cloud", s * 10, t * 10), 0, 1)[:, None]
        blades = noise.sample("fine", s * 18, t * 9) * _crisp(px, 0.06)
        tone = 1 + 0.12 * noise.sample("pink", s * 20, t * 20) + 0.2 * blades
        if mown:
            tone = tone + 0.07 * np.sign(np.sin(np.pi * s / mown))
        return ((1 - share) * lush + share * dry) * tone[:, None]

    return texture


def field(rng, light):
    """Rows of a crop: wheat, maize, lavender, or a ploughed field."""
    crop, soil = [
        ((0.72, 0.6, 0.28), (0.55, 0.44, 0.22)),
        ((0.34, 0.48, 0.14), (0.4, 0.3, 0.18)),
        ((0.45, 0.36, 0.58), (0.42, 0.38, 0.26)),
        ((0.62, 0.62, 0.2), (0.42, 0.45, 0.16)),
        ((0.44, 0.33, 0.22), (0.34, 0.25, 0.17)),
    ][rng.integers(5)]
    crop, soil = np.array(crop) * rng.uniform(0.85, 1.15), np.array(soil)
    row, turn = rng.uniform(0.6, 1.1), rng.uniform(-0.5, 0.5)

    def texture(noise, s, t, px):
        place = s + turn * t + 0.1 * noise.sample("cloud", s * 6, t * 6)
        furrow = joints(place, row, row * 0.38, px)[:, None]
        tone = _rough(noise, s, t, px, 0.06, 0.16)[:, None]
        return (crop * (1 - furrow) + soil * furrow) * tone

    return texture


def earth(rng, light):
    """Bare brown soil with clods."""
    colour = _vary(rng, (0.42, 0.32, 0.22), (0.36, 0.29, 0.22), (0.5, 0.36, 0.25))

    def texture(noise, s, t, px):
        return shaded(colour, _rough(noise, s, t, px, 0.13, 0.12))

    return texture


def land(rng, light):
    """Dry open land: pale soil, stones and tufts of dry grass."""
    colour = _vary(rng, (0.66, 0.52, 0.36), (0.7, 0.6, 0.46), (0.62, 0.44, 0.32))
    tuft = np.array((0.5, 0.5, 0.3)) * rng.uniform(0.8, 1.1)

    def texture(noise, s, t, px):
        clump = noise.sample("pink", s * 7 + 200, t * 7) > 1.1
        return choose(clump, tuft, colour) * _rough(noise, s, t, px, 0.07, 0.1)[:, None]

    return texture


def sand(rng, light):
    """Pale sand with ripples and dents."""
    colour = _vary(rng, (0.86, 0.76, 0.58), (0.82, 0.7, 0.5), (0.9, 0.84, 0.72), amount=0.06)

    def texture(noise, s, t, px):
        bend = 0.25 * noise.sample("cloud", s * 8, t * 8)
        ripple = np.sin(2 * np.pi * (t * 3 + bend * 3 + s * 0.4)) * _crisp(px, 0.3)
        dents = noise.sample("pink", s * 20, t * 20) * _crisp(px, 0.3)
        return shaded(colour, 1 + 0.035 * ripple + 0.05 * dents)

    return texture


def path(rng, light):
    """A trodden way of fine gravel."""
    colour = _vary(rng, (0.66, 0.6, 0.5), (0.6, 0.55, 0.48), (0.7, 0.6, 0.46))

    def texture(noise, s, t, px):
        pebbles = noise.sample("fine", s * 45, t * 45) * _crisp(px, 0.03)
        return shaded(colour, 1 + 0.08 * noise.sample("pink", s * 12, t * 12) + 0.16 * pebbles)

    return texture


def dirt_track(rng, light):
    """A brown track with two ruts each 2.4 metres, and grass between them."""
    mud, tuft = _vary(rng, (0.45, 0.33, 0.22), (0.52, 0.38, 0.26)), np.array((0.36, 0.38, 0.17))

    def texture(noise, s, t, px):
        rut = np.abs(np.sin(np.pi * (s + 0.1 * noise.sample("cloud", s, t * 5)) / 1.2))
        tone = _rough(noise, s, t, px, 0.1, 0.14) * (0.82 + 0.3 * rut)
        green = (rut > 0.8) & (noise.sample("pink", s * 12, t * 12) > 0.2)
        return choose(green, tuft, mud) * tone[:, None]

    return texture


def _asphalt(noise, s, t, px, colour):
    wear = 0.05 * noise.sample("cloud", s * 14, t * 5) + 0.04 * noise.sample("pink", s * 12, t * 6)
    grain = 0.09 * noise.sample("fine", s * 50, t * 50) * _crisp(px, 0.03)
    return shaded(colour, 1 + wear + grain)


def road(rng, light):
    """Asphalt, its lanes marked along z and centred on x = 0."""
    colour = _vary(rng, (0.3, 0.3, 0.31), (0.38, 0.37, 0.37), (0.25, 0.26, 0.28))
    paint = np.array([(0.85, 0.85, 0.82), (0.85, 0.68, 0.2)][int(rng.random() < 0.3)])
    lane, dash = rng.uniform(3, 3.6), rng.uniform(4, 8)

    def texture(noise, s, t, px):
        line = joints(s, lane, 0.14, px) * ((fraction(t / dash) < 0.5) | (np.abs(s) < 0.5))
        worn = line * (0.75 + 0.15 * noise.sample("pink", s * 12, t * 12))
        worn = np.clip(worn, 0, 1)[:, None]
        return _asphalt(noise, s, t, px, colour) * (1 - worn) + paint * worn

    return texture


def runway(rng, light):
    """Dark asphalt with a broad dashed line in the middle and bars across its start."""
    colour = _vary(rng, (0.33, 0.33, 0.34), (0.4, 0.4, 0.4))

    def texture(noise, s, t, px):
        middle = (np.abs(s) < 0.45) & (fraction(t / 18) < 0.6)
        bars = (np.abs(t - 16) < 6) & (fraction(s / 2.6) < 0.5) & (np.abs(s) < 11)
        edge = np.abs(np.abs(s) - 13) < 0.4
        base = _asphalt(noise, s, t, px, colour)
        tyres = 1 - 0.25 * np.exp(-((np.abs(s) - 3) ** 2))
        return choose(middle | bars | edge, (0.88, 0.88, 0.86), base * tyres[:, None])

    return texture


def sidewalk(rng, light):
    """Slabs or cobbles."""
    colour = _vary(rng, (0.62, 0.6, 0.57), (0.56, 0.55, 0.53), (0.66, 0.55, 0.48))
    return surfaces.paving(colour, rng.uniform(0.5, 0.9), small=bool(rng.random() < 0.2))


def floor(rng, light):
    """Boards, tiles, a chessboard, fitted carpet or stone."""
    kind = rng.integers(6)
    board = _vary(rng, (0.55, 0.37, 0.22), (0.68, 0.5, 0.32), (0.4, 0.26, 0.16), (0.74, 0.62, 0.46))
    stone = _vary(rng, (0.78, 0.74, 0.68), (0.6, 0.58, 0.55), (0.72, 0.6, 0.48))
    if kind <= 2:
        return surfaces.wood(board, upright=bool(kind), plank=rng.uniform(0.09, 0.2))
    if kind == 3:
        return surfaces.tiles(stone, stone * 0.65, rng.uniform(0.3, 0.6))
    if kind == 4:
        return surfaces.checks(stone, stone * rng.uniform(0.3, 0.75), rng.uniform(0.3, 0.5))
    return surfaces.mottled(stone * 0.85, stone * 0.75, 0.3, grain=0.08)


def _water(deep, shallow, wave, strength):
    """Waves `wave` metres long; flat sight shows the colour of the sky."""

    def make(rng, light):
        colour = np.array(deep) * rng.uniform(0.8, 1.15, 3)
        sky = 0.6 * light.horizon + 0.2 * light.zenith
        glance = np.array(shallow)

        def texture(noise, s, t, px):
            swell = noise.sample("pink", s * 9 / wave, t * 22 / wave) * _crisp(px, wave)
            ripple = noise.sample("fine", s * 26 / wave, t * 60 / wave) * _crisp(px, wave / 3)
            mirror = np.clip(px * 6 + 0.12 * swell, 0, 0.6)[:, None]
            near = np.clip(1 - px * 40, 0, 0.5)[:, None]
            body = colour * (1 - near) + glance * colour.mean() * 1.5 * near
            tone = (1 + strength * swell + strength * 0.5 * ripple)[:, None]
            return (body * (1 - mirror) + sky * mirror) * tone

        return texture

    return make


def swimming_pool(rng, light):
    """Clear turquoise water over tiles, with a net of light."""
    colour = _vary(rng, (0.25, 0.68, 0.78), (0.3, 0.75, 0.8), (0.2, 0.58, 0.78))

    def texture(noise, s, t, px):
        net = np.abs(noise.sample("cloud", s * 60, t * 60))
        glitter = np.clip(1 - 4 * net, 0, 1) * _crisp(px, 0.1)
        tile = joints(s, 0.5, 0.04, px) + joints(t, 0.5, 0.04, px)
        return shaded(colour, 0.92 + 0.35 * glitter - 0.12 * tile)

    return texture


GROUNDS = {
    "floor": floor,
    "road": road,
    "grass": grass,
    "sidewalk": sidewalk,
    "earth": earth,
    "field": field,
    "sand": sand,
    "path": path,
    "runway": runway,
    "dirt track": dirt_track,
    "land": land,
    "water": _water((0.3, 0.38, 0.4), (0.8, 1.0, 0.95), 0.5, 0.14),
    "sea": _water((0.12, 0.33, 0.48), (0.6, 1.2, 1.2), 2.2, 0.13),
    "river": _water((0.28, 0.32, 0.2), (1.1, 1.1, 0.7), 0.8, 0.1),
    "lake": _water((0.16, 0.28, 0.36), (0.8, 1.0, 1.0), 1.2, 0.05),
    "swimming pool": swimming_pool,
}
WATERS = ("water", "sea", "river", "lake", "swimming pool")
WAYS = ("road", "runway", "dirt track")
