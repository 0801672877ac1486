"""Surfaces that show something: fronts of buildings, windows, pictures, screens, books, writing.

Textures as in `surfaces`, for a surface whose lower left corner is s = t = 0; `wide` and `tall`
are its size in metres.
"""

import numpy as np

from miniature.world.paint.textures import fraction
from miniature.world.scenes.surfaces import choose, shaded


def _hash(a, b=0, salt=0):
    """Numbers in 0..1 that look random, one for each pair of whole numbers."""
    a, b = np.asarray(a).astype(np.int64), np.asarray(b).astype(np.int64)
    bits = (a * 73856093) ^ (b * 19349663) ^ (salt * 83492791 + 12345)
    bits = (bits ^ (bits >> 15)) * 2246822519
    bits = (bits ^ (bits >> 13)) * 3266489917
    return ((bits >> 8) & 0xFFFF).astype(np.float32) / 65536


def _grain(noise, s, t, amount=0.04):
    return (1 + amount * noise.sample("pink", s * 50, t * 50))[:, None].astype(np.float32)


def facade(wall, glass, bay, storey, *, share=(0.5, 0.55), frame=None, ledge=0.0):
    """Windows in rows: `bay` metres from one to the next, `storey` metres from row to row.

    `wall` is a texture; `share` says how much of bay and storey the glass takes.
    """

    def texture(noise, s, t, px):
        x, y = fraction(s / bay) - 0.5, fraction(t / storey) - 0.5
        pane = (np.abs(x) < share[0] / 2) & (np.abs(y) < share[1] / 2)
        bright = _hash(np.floor(s / bay), np.floor(t / storey))
        reflex = 0.7 + 0.5 * bright + 0.5 * (y + share[1] / 2)
        colours = choose(pane, shaded(glass, reflex), wall(noise, s, t, px))
        if frame is not None:
            rim = (np.abs(x) < share[0] / 2 + 0.06) & (np.abs(y) < share[1] / 2 + 0.05) & ~pane
            bar = pane & (np.abs(x) < 0.025)
            colours = choose(rim | bar, frame, colours)
        if ledge:
            colours = colours * np.where(fraction(t / storey) < ledge, 0.75, 1)[:, None]
        return colours

    return texture


def curtain_wall(glass, frame, pane):
    """The glass front of a skyscraper: panes that mirror the sky, each a little different."""

    def texture(noise, s, t, px):
        column, row = np.floor(s / pane), np.floor(t / (pane * 1.3))
        tone = 0.75 + 0.35 * _hash(column, row) + 0.2 * noise.sample("cloud", s * 3, t * 3)
        seam = (fraction(s / pane) < 0.12) | (fraction(t / (pane * 1.3)) < 0.2)
        return choose(seam, frame, shaded(glass, tone + t * 0.0015))

    return texture


def outlook(rng, wide, tall, pane, frame, sky, *, dim=1.0):
    """A window seen from inside: bars before sky, a skyline of trees, and lawn."""
    bars = max(1, round(wide / pane)), max(1, round(tall / (pane * 1.3)))
    line, leaf = rng.uniform(0.2, 0.55), np.array((0.3, 0.42, 0.22)) * rng.uniform(0.8, 1.6)
    edge = 0.035

    def texture(noise, s, t, px):
        level = t / tall
        skyline = line + 0.08 * noise.sample("pink", s * 30, 0 * t)
        leaves = shaded(leaf * dim, 0.9 + 0.2 * noise.sample("pink", s * 50, t * 50))
        air = shaded(np.asarray(sky) * dim, 1.0 + 0.12 * level)
        view = choose(level < skyline, leaves, air)
        x, y = fraction(s / wide * bars[0]) * wide / bars[0], fraction(level * bars[1])
        bar = np.minimum(x, wide / bars[0] - x) < edge
        bar |= np.minimum(y, 1 - y) * tall / bars[1] < edge
        return choose(bar, frame, view)

    return texture


def painted(rng, wide, tall, frame):
    """A framed picture: a landscape, a portrait, or blocks of colour."""
    colours = rng.uniform(0.1, 0.9, (6, 3)) * np.array((1, 0.9, 0.8))
    kind, rim, mat = rng.integers(3), rng.uniform(0.03, 0.06), rng.random() < 0.4
    line, middle = rng.uniform(0.35, 0.6), rng.uniform(0.35, 0.65)
    cells, salt = rng.integers(2, 5), int(rng.integers(10_000))

    def texture(noise, s, t, px):
        x, y = s / wide, t / tall
        brush = noise.sample("pink", s * 120, t * 120)
        if kind == 0:
            hills = line + 0.1 * noise.sample("cloud", s * 120 / wide, 0 * t)
            inner = choose(y > hills, colours[0] + 0.3 * y[:, None], colours[1])
            inner = choose(y < hills - 0.2 - 0.1 * x, colours[2], inner)
        elif kind == 1:
            head = np.hypot((x - middle) * wide / tall, y - 0.62) < 0.17
            body = np.hypot((x - middle) * 0.8, (y - 0.05) * 0.9) < 0.33
            inner = choose(body, colours[1], shaded(colours[0] * 0.6, 1 - 0.4 * x))
            inner = choose(head, (0.8, 0.6, 0.48), inner)
        else:
            pick = _hash(np.floor(x * cells), np.floor(y * cells + 0.5 * np.floor(x * 3)), salt)
            inner = np.float32(colours)[(pick * 5.99).astype(int)]
        inner = inner * (1 + 0.12 * brush)[:, None]
        near = np.minimum(np.minimum(s, wide - s), np.minimum(t, tall - t))
        if mat:
            inner = choose(near < rim * 2.5, (0.92, 0.9, 0.86), inner)
        return choose(near < rim, frame, inner)

    return texture


def reflecting(wide, tall, frame, wall, rim=0.04):
    """A mirror: the room's colours, blurred, with slanting reflexes."""

    def texture(noise, s, t, px):
        slant = (s / wide + t / tall * 0.6) * 2.2
        streak = np.clip(np.sin(2 * np.pi * slant), 0, 1) ** 6 * 0.2
        tone = 0.6 + 0.35 * t / tall + 0.08 * noise.sample("cloud", s * 40, t * 40) + streak
        near = np.minimum(np.minimum(s, wide - s), np.minimum(t, tall - t))
        glass = shaded(np.asarray(wall) * (0.86, 0.95, 1.02), tone)
        return choose(near < rim, frame, glass)

    return texture


def screen_picture(rng, wide, tall, rim=0.03, case=(0.05, 0.05, 0.06), *, on=True):
    """A lit screen in a dark case: windows and text, or a broadcast."""
    back = rng.uniform(0.15, 0.75, 3) if on else np.array((0.06, 0.07, 0.08))
    blocks = [(*rng.uniform(0.05, 0.6, 2), *rng.uniform(0.2, 0.4, 2)) for _ in range(4)]
    paints = rng.uniform(0.1, 1, (4, 3)) if on else np.full((4, 3), 0.09)

    def texture(noise, s, t, px):
        x, y = s / wide, t / tall
        inner = shaded(back, 0.8 + 0.4 * y)
        for (left, low, across, up), paint in zip(blocks, paints, strict=True):
            inside = (x > left) & (x < left + across) & (y > low) & (y < low + up)
            lined = inside & (fraction(y * 22) < 0.4) & (fraction(x * 9 + np.floor(y * 22)) < 0.8)
            inner = choose(inside, paint, inner)
            inner = choose(lined, paint * 0.6, inner)
        near = np.minimum(np.minimum(s, wide - s), np.minimum(t, tall - t))
        return choose(near < rim, case, inner)

    return texture


def books(rng, tall, filled=0.92):
    """Backs of books on a board, `tall` metres high, in many colours."""
    salt = int(rng.integers(10_000))
    thick = rng.uniform(0.028, 0.045)

    def texture(noise, s, t, px):
        one = np.floor((s + 0.012 * np.sin(s * 37)) / thick)
        colour = np.stack([_hash(one, k, salt) for k in range(3)], axis=-1)
        colour = 0.12 + 0.6 * colour * (0.5 + 0.5 * _hash(one, 9, salt))[:, None]
        top = tall * (0.66 + 0.28 * _hash(one, 5, salt))
        band = (np.abs(t - top * 0.75) < tall * 0.04) & (_hash(one, 7, salt) < 0.6)
        colour = choose(band, (0.85, 0.75, 0.45), colour)
        edge = fraction((s + 0.012 * np.sin(s * 37)) / thick)
        tone = 0.75 + 0.35 * np.sin(np.pi * np.clip(edge, 0, 1))
        empty = (t > top) | (_hash(np.floor(one / 4), 3, salt) > filled)
        return choose(empty, (0.08, 0.06, 0.05), colour * tone[:, None])

    return texture


def lettering(rng, wide, tall, paper, ink, lines=1, margin=0.12, rim=None):
    """Writing: rows of blocky letters in words, of one ink on one ground."""
    salt, row = int(rng.integers(10_000)), tall * (1 - 2 * margin) / lines

    def texture(noise, s, t, px):
        y = (t - margin * tall) / row
        line, inside = np.floor(y), (fraction(y) - 0.15) / 0.7
        x = (s - margin * wide) / (row * 0.6)
        letter, across = np.floor(x), fraction(x)
        stem = (across < 0.3) | ((across < 0.75) & (np.abs(fraction(inside * 2.2) - 0.3) < 0.22))
        skip = _hash(letter, line, salt)
        stem &= (skip > 0.16) & (across + 0.35 * skip < 0.85)
        stem &= (inside > 0) & (inside < 1) & (line >= 0) & (line < lines)
        stem &= (s > margin * wide) & (s < wide * (1 - margin * (1 + _hash(line, 2, salt))))
        colours = choose(stem, ink, paper) * _grain(noise, s, t, 0.03)
        if rim is not None:
            near = np.minimum(np.minimum(s, wide - s), np.minimum(t, tall - t))
            colours = choose(near < 0.06 * tall, rim, colours)
        return colours

    return texture


def placard(rng, wide, tall):
    """A poster: a bold picture over some lines of writing."""
    paper, bold, other = rng.uniform(0.2, 1, (3, 3))
    words = lettering(rng, wide, tall * 0.35, paper, bold * 0.5, lines=3)
    where = rng.uniform(0.3, 0.7)

    def texture(noise, s, t, px):
        x, y = s / wide - where, (t / tall - 0.65) * tall / wide
        inner = choose(np.hypot(x, y) < 0.3, bold, paper)
        inner = choose(np.abs(x + 0.5 * y) < 0.07, other, inner)
        return choose(t < tall * 0.35, words(noise, s, t, px), inner)

    return texture


def pinned(rng, wide, tall, sheets=9):
    """A cork board with papers of many colours pinned to it."""
    corners = rng.uniform((0.04, 0.05), (0.8, 0.65), (sheets, 2))
    sizes = rng.uniform((0.1, 0.18), (0.2, 0.32), (sheets, 2))
    paints = 0.6 + 0.4 * rng.random((sheets, 3))

    def texture(noise, s, t, px):
        x, y = s / wide, t / tall
        cork = shaded((0.68, 0.5, 0.32), 1 + 0.14 * noise.sample("fine", s * 150, t * 150))
        for (left, low), (across, up), paint in zip(corners, sizes, paints, strict=True):
            inside = (x > left) & (x < left + across) & (y > low) & (y < low + up)
            lined = inside & (fraction((y - low) / up * 7) < 0.3) & (x > left + across * 0.15)
            cork = choose(inside, paint, cork)
            cork = choose(lined, paint * 0.55, cork)
        near = np.minimum(np.minimum(s, wide - s), np.minimum(t, tall - t))
        return choose(near < 0.035, (0.5, 0.36, 0.22), cork)

    return texture


def crowd(rng, seat, filled):
    """Rows of seats, some with people on them: coloured tops and heads."""
    salt = int(rng.integers(10_000))

    def texture(noise, s, t, px):
        column, row = np.floor(s / 0.55), np.floor(t / 0.8)
        x, y = fraction(s / 0.55) - 0.5, fraction(t / 0.8)
        taken = _hash(column, row, salt) < filled
        top = np.stack([_hash(column, row + k * 31, salt) for k in (1, 2, 3)], axis=-1)
        person = choose(y > 0.62, (0.75, 0.56, 0.45), 0.15 + 0.75 * top)
        person = choose(np.abs(x) > np.where(y > 0.62, 0.17, 0.36), np.array(seat) * 0.6, person)
        empty = choose((np.abs(x) < 0.4) & (y < 0.6), seat, np.array(seat) * 0.45)
        return choose(taken, person, empty) * _grain(noise, s, t, 0.05)

    return texture
