"""Sky, grounds and waters, hills and rocks, plants and trees."""

import numpy as np

from miniature.world.scenes import surfaces
from miniature.world.scenes.grounds import GROUNDS
from miniature.world.scenes.palette import STONES, WOODS
from miniature.world.scenes.recipes import recipe

SKY_METRES = 6000.0


def sky_texture(rng, light):
    """Clear sky with clouds; t is the height above the horizon, where the sky stands 6 km off."""
    cover, salt = 1.9 - 1.6 * light.cloudiness, rng.uniform(0, 500)
    stretch = rng.uniform(1.5, 3.5)
    white = 0.5 * light.horizon + 0.5 * np.array((0.97, 0.97, 0.98))

    def texture(noise, s, t, px):
        level = np.clip(t / (0.75 * SKY_METRES), 0, 1)[:, None] ** 0.7
        clear = light.zenith * level + light.horizon * (1 - level)
        x, y = s / SKY_METRES * 150 + salt, t / SKY_METRES * 150 * stretch
        field = noise.sample("cloud", x, y) + 0.35 * noise.sample("pink", x * 2.3, y * 2.3)
        cloud = np.clip((field - cover) * 0.8, 0, 0.92)[:, None]
        shade = 1.06 - 0.12 * np.clip(field - cover, 0, 1.5)[:, None]
        return clear * (1 - cloud) + white * shade * cloud

    return texture


@recipe("sky", (2 * SKY_METRES, SKY_METRES, 1.0), "ground")
def sky(it):
    """The whole sky, as a screen far away."""
    texture = sky_texture(it.rng, it.stage.light)
    it.panel(-it.w / 2, -it.h * 0.02, it.w, it.h * 1.02, texture, glow=True)


def _ground(name, size=(8.0, 0.1, 8.0)):
    """Enter the recipe of a ground: a level piece of it, as wide and deep as the thing."""

    def paint(it):
        texture = GROUNDS[name](it.rng, it.stage.light)
        it.flat(-it.w / 2, -it.d / 2, it.w, it.d, texture)

    recipe(name, size, "ground")(paint)


for _name in sorted(set(GROUNDS) - {"floor", "swimming pool"}):
    _ground(_name)


@recipe("swimming pool", (6.0, 0.1, 4.0), "ground")
def swimming_pool(it):
    """Turquoise water with a stone rim and a ladder."""
    stone = surfaces.tiles((0.84, 0.8, 0.72), (0.6, 0.58, 0.54), 0.4)
    it.flat(-it.w / 2 - 0.4, -it.d / 2 - 0.4, it.w + 0.8, it.d + 0.8, stone, 0.01, "floor")
    water = GROUNDS["swimming pool"](it.rng, it.stage.light)
    it.flat(-it.w / 2, -it.d / 2, it.w, it.d, water, 0.02)
    for x in (-0.25, 0.25):
        at = it.w * 0.3 + x
        bend = [(at, 0, it.d / 2 - 0.2), (at, 0.8, it.d / 2 - 0.1), (at, 0.8, it.d / 2 + 0.3)]
        it.tube([*bend, (at, 0, it.d / 2 + 0.4)], 0.06, (0.7, 0.72, 0.74))


def _ridge(it, rough, steps=48):
    """The outline of a hill or a chain of mountains, as (n, 2) of x and y."""
    x = np.linspace(-1, 1, steps)
    y = np.clip(1 - np.abs(x - it.between(-0.3, 0.3)) ** 1.5, 0, 1) * np.cos(x * np.pi / 2)
    for octave in (2, 4, 8, 16):
        phase = it.rng.uniform(0, 2 * np.pi)
        y = y + rough / octave * np.sin(octave * np.pi * x + phase) * np.cos(x * np.pi / 2)
    return np.column_stack([x * it.w / 2, np.clip(y, 0, None) * it.h])


def _massif(it, outline, texture):
    """A flat backdrop with its foot a little below the ground."""
    foot = -0.02 * it.h
    it.board([*outline, (it.w / 2, foot), (-it.w / 2, foot)], texture)


@recipe("mountain", (1500.0, 420.0, 1.0), "far", away=(1300, 2600))
def mountain(it):
    """Bare slopes with gullies, and snow on the summits."""
    rock = np.array(((0.36, 0.37, 0.42), (0.4, 0.36, 0.34), (0.3, 0.36, 0.38))[it.rng.integers(3)])
    line, h = it.between(0.5, 1.1) * it.h, it.h

    def slopes(noise, s, t, px):
        gully = noise.sample("pink", (s + 0.35 * t) * 0.3, t * 0.12)
        lit = noise.sample("cloud", s * 0.25 + t * 0.2, t * 0.2)
        snow = t + 0.12 * h * gully > line
        forest = t < 0.22 * h + 0.1 * h * gully
        base = surfaces.choose(forest, (0.2, 0.28, 0.22), rock)
        return (
            surfaces.choose(snow, (0.9, 0.92, 0.95), base)
            * (0.95 + 0.16 * lit + 0.12 * gully)[:, None]
        )

    _massif(it, _ridge(it, 0.28), slopes)


@recipe("hill", (420.0, 60.0, 1.0), "far", away=(220, 480))
def hill(it):
    """A rounded green or heath-brown back with woods and hedges."""
    green = it.any_of(((0.34, 0.44, 0.2), (0.4, 0.44, 0.24), (0.46, 0.42, 0.26), (0.28, 0.38, 0.2)))

    def slopes(noise, s, t, px):
        wood = noise.sample("pink", s * 0.9, t * 2.6) > 0.85
        tone = (
            1 + 0.1 * noise.sample("cloud", s * 0.8, t * 2) + 0.06 * noise.sample("fine", s, t * 2)
        )
        return surfaces.choose(wood, green * 0.55, green) * tone[:, None]

    _massif(it, _ridge(it, 0.05), slopes)


@recipe("rock", (1.6, 1.0, 1.3), "floor", away=(3.5, 12))
def rock(it):
    """Boulders with cracks and moss."""
    colour = it.any_of((*STONES, (0.42, 0.38, 0.34)))
    stone = surfaces.mottled(colour, colour * 0.62, 0.35, sharp=2.0, name="pink", grain=0.12)
    for x, size in ((0.0, 1.0), (it.between(0.35, 0.5), 0.55), (-it.between(0.35, 0.5), 0.45)):
        w, h, d = it.w / 2 * size, it.h * size, it.d / 2 * size
        angle = np.linspace(0, 2 * np.pi, 9)[:-1] + it.between(0, 1)
        base = np.column_stack([np.cos(angle) * w, 0 * angle, np.sin(angle) * d])
        crown = base * it.rng.uniform(0.45, 0.75, (8, 1)) + (0, h, 0)
        crown[:, 1] *= it.rng.uniform(0.75, 1.0, 8)
        waist = base * it.rng.uniform(0.95, 1.15, (8, 1)) + (0, h * it.between(0.4, 0.55), 0)
        peak = np.array((crown[:, 0].mean(), crown[:, 1].max() * 1.04, crown[:, 2].mean()))
        shift = (x * it.w, 0, it.between(-0.1, 0.1))
        for lower, upper in ((base, waist), (waist, crown)):
            for i in range(8):
                j = (i + 1) % 8
                it.face(np.array((lower[i], lower[j], upper[j], upper[i])) + shift, stone)
        for i in range(8):
            it.face(np.array((crown[i], crown[(i + 1) % 8], peak)) + shift, stone)


@recipe("waterfall", (7.0, 11.0, 3.0), "far", away=(14, 26))
def waterfall(it):
    """White water that falls over a cliff of dark rock into spray."""
    cliff = np.array((0.34, 0.32, 0.29)) * it.between(0.8, 1.2)
    w, h = it.w / 2, it.h
    rough = it.rng.uniform(0.9, 1.12, 9)
    top = [(x, h * r) for x, r in zip(np.linspace(w * 3, -w * 3, 9), rough, strict=True)]
    stone = surfaces.mottled(cliff, cliff * 0.55, 3.0, sharp=1.6, name="pink", grain=0.1)
    it.board([(-w * 3.2, -0.5), (w * 3.2, -0.5), *top], stone, name="rock")

    def falling(noise, s, t, px):
        strand = noise.sample("pink", s * 30, t * 2.5) + 0.5 * noise.sample("fine", s * 40, t * 4)
        return surfaces.shaded((0.86, 0.91, 0.94), 0.94 + 0.09 * strand)

    sides = [(-w * 0.55, 0), (w * 0.6, 0), (w * 0.42, h * 0.5), (w * 0.45, h * 0.98)]
    it.board([*sides, (-w * 0.38, h), (-w * 0.45, h * 0.45)], falling, -0.6)
    for _ in range(9):
        x, size = it.between(-0.75, 0.75) * w, it.between(0.5, 1.1)
        spray = surfaces.plain((0.88, 0.92, 0.94), 0.08)
        it.ball((x, 0.2, -0.9 - size * 0.3), size, spray, tall=size * 0.5)


@recipe("tree", (5.0, 7.5, 5.0), "floor", away=(10, 45))
def tree(it):
    """A broad crown on a trunk with boughs, or a fir."""
    bark = it.any_of(WOODS[:2]) * 0.8 + 0.06
    wood = surfaces.wood(bark, upright=True, contrast=0.4)
    h, leaf = it.h, it.any_of(it.style.leaves)
    if it.chance(0.25):
        it.lathe([(0, 0.02 * h), (h * 0.25, 0.018 * h)], wood)
        fir = np.array((0.13, 0.24, 0.16)) * it.between(0.85, 1.3)
        for i in range(7):
            y, half = h * (0.2 + 0.115 * i), it.w * 0.36 * (1 - i / 8)
            it.leaves((0, y, -0.01 * i), half, h * 0.24, fir, blobs=9, raggedness=0.25)
        return
    fork = h * it.between(0.28, 0.4)
    it.lathe([(0, 0.035 * h), (0.05 * h, 0.026 * h), (fork * 1.2, 0.02 * h)], wood)
    for _ in range(4):
        tip = (it.between(-0.25, 0.25) * it.w, h * it.between(0.55, 0.8), it.between(-0.1, 0.1))
        it.spindle((0, fork, 0), tip, [(0, 0.013 * h), (1, 0.006 * h)], wood)
    low = fork * 0.85
    it.leaves((0, (low + h) / 2, -0.3), it.w / 2, h - low, leaf, blobs=14, raggedness=0.22)


@recipe("palm", (3.6, 5.5, 3.6), "floor", away=(7, 20))
def palm(it):
    """A ringed, leaning trunk with a tuft of feathered fronds."""
    h, lean = it.h, it.between(-0.12, 0.12)
    bark = np.array((0.5, 0.42, 0.32)) * it.between(0.8, 1.15)
    rings = surfaces.stripes(bark, bark * 0.75, 0.22, upright=False, share=0.7)
    top = np.array((lean * h, h * 0.8, 0))
    it.spindle((0, 0, 0), top, [(0, 0.2), (0.1, 0.14), (1, 0.1)], rings)
    green = it.any_of(((0.26, 0.4, 0.14), (0.34, 0.44, 0.18)))
    for angle in np.arange(13) * 2 * np.pi / 13 + it.between(0, 1):
        reach, rise = it.w / 2 * it.between(0.8, 1.1), it.between(0.1, 0.5)
        ahead = np.array((np.cos(angle), 0, np.sin(angle)))
        aside = np.array((-np.sin(angle), 0, np.cos(angle)))
        steps = np.linspace(0, 1, 6)[:, None]
        spine = top + steps * reach * ahead + (rise * steps - 1.5 * steps**2) * (0, 1, 0)
        for i in range(5):
            wide = 0.24 * np.sin(np.pi * (0.15 + 0.8 * (i + 0.5) / 5))
            a, b = spine[i], spine[i + 1]
            for side in (-1, 1):
                hang = side * wide * aside - (0, wide * 0.8, 0)
                leaf = surfaces.stripes(green, green * 0.75, 0.1)
                it.face([a, b, b + hang, a + hang], leaf)
    it.ball(top, 0.2, green * 0.8)


@recipe("plant", (0.8, 1.2, 0.8), "floor", away=(3, 8))
def plant(it):
    """A pot plant indoors, a shrub where the scene lies outdoors."""
    leaf, kind = (
        it.any_of(((0.2, 0.42, 0.16), (0.26, 0.48, 0.2), (0.16, 0.36, 0.2))),
        it.rng.integers(2),
    )
    low = it.h * 0.3
    clay = it.any_of(((0.6, 0.32, 0.2), (0.85, 0.84, 0.8), (0.3, 0.3, 0.32)))
    it.lathe([(0, it.w * 0.2), (low, it.w * 0.28)], surfaces.plain(clay, 0.05), name="pot")
    if kind == 0:
        it.leaves(
            (0, low + it.h * 0.36, 0), it.w * 0.55, it.h * 0.75, leaf, blobs=11, raggedness=0.3
        )
        return
    for angle in np.arange(14) * 2.4:
        rise, out = it.between(0.5, 1.0) * (it.h - low), it.between(0.25, 0.6) * it.w
        ahead = np.array((np.cos(angle), 0, np.sin(angle)))
        aside = np.array((-np.sin(angle), 0, np.cos(angle))) * 0.06 * it.h
        root = np.array((0, low, 0))
        middle = root + 0.4 * out * ahead + (0, rise * 0.7, 0)
        tip = root + out * ahead + (0, rise, 0)
        blade = surfaces.fade(leaf * 0.7, leaf * 1.2, 0.5, 0.06)
        it.face([root, middle - aside, tip, middle + aside], blade)
