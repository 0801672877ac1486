"""Smooth ways of cars and people through the miniature world.

A path is an array (n_frames, 3) of x, z (metres in the world) and heading (radians; 0 points along
the street, away from where it starts).
"""

import numpy as np

STEPS = 12  # of integration, per frame
STRIDE = 0.85  # metres per step of a person 1 metre tall
PEDAL_METRES = 4.5  # per turn


def frame_times(n_frames, rate):
    """Time of each frame in seconds, (n_frames,)."""
    return np.arange(n_frames) / rate


def standing(x, z, heading, n_frames):
    """The path of what does not move."""
    return np.tile((x, z, heading), (n_frames, 1)).astype(float)


def sway(rng, times, amplitude, period):
    """A slow, smooth wandering about 0, of at most `amplitude`, shape of `times`."""
    first, second = rng.uniform(0, 2 * np.pi, 2)
    wave = np.sin(2 * np.pi * times / period + first)
    return amplitude * (0.65 * wave + 0.35 * np.sin(2 * np.pi * times / period * 2.3 + second))


def progress(rng, times, cruise, stop_at=None):
    """Metres driven since the first frame, at about `cruise` m/s.

    Around `stop_at` (seconds), if given, the traffic slows down to a crawl.
    """
    rate = 1 / (times[1] - times[0]) if len(times) > 1 else 1.0
    fine = np.arange((len(times) - 1) * STEPS + 1) / (rate * STEPS)
    speed = cruise * (1 + sway(rng, fine, 0.25, rng.uniform(6, 14)))
    if stop_at is not None:
        speed = speed * (1 - 0.96 * np.exp(-(((fine - stop_at) / rng.uniform(1.5, 3)) ** 4)))
    steps = (speed[1:] + speed[:-1]) / 2 / (rate * STEPS)
    return np.concatenate([[0.0], np.cumsum(steps)])[::STEPS]


def along_lane(rng, times, lane, start, driven, direction=1, slack=1.0):
    """The path of a vehicle in a lane.

    Parameters
    ----------
    rng : numpy.random.Generator
    times : numpy.ndarray of shape (n_frames,)
    lane : float
        Its x in metres.
    start : float
        Its z at the beginning, metres.
    driven : numpy.ndarray of shape (n_frames,)
        Metres that the traffic in this lane has driven.
    direction : int
        1 along the street, -1 against it.
    slack : float
        Metres by which it falls back and catches up.
    """
    z = start + direction * driven + sway(rng, times, slack, rng.uniform(5, 12))
    x = lane + sway(rng, times, 0.2, rng.uniform(6, 15))
    heading = 0.0 if direction > 0 else np.pi
    return np.stack([x, z, np.full(len(times), heading)], axis=1)


def walk(rng, times, start, heading, speed):
    """The path of someone who walks from `start` (x, z) in about one direction at `speed` m/s."""
    heading = heading + sway(rng, times, 0.12, rng.uniform(4, 9))
    away = speed * times + sway(rng, times, 0.1 * min(speed, 1.0), rng.uniform(4, 8))
    mean = np.mean(heading)
    aside = sway(rng, times, 0.15, rng.uniform(5, 10))
    x = start[0] + away * np.sin(mean) + aside * np.cos(mean)
    z = start[1] + away * np.cos(mean) - aside * np.sin(mean)
    return np.stack([x, z, heading], axis=1)


def cycle_phase(rng, path, metres):
    """Phase (n_frames,) in radians of something that repeats every `metres` of a path."""
    steps = np.nan_to_num(np.hypot(*np.diff(path[:, :2], axis=0).T))
    return rng.uniform(0, 2 * np.pi) + 2 * np.pi / metres * np.concatenate([[0], np.cumsum(steps)])


def between(path, low, high):
    """A path without what lies left of `low` or right of `high` (metres): NaN there."""
    is_there = (path[:, :1] >= low) & (path[:, :1] <= high)
    return np.where(is_there, path, np.nan)


def collide(path, other, long, wide):
    """Whether two paths come nearer than `long` metres in z and `wide` in x at any time."""
    near = np.abs(path[:, :2] - other[:, :2]) < (wide, long)
    return bool(near.all(axis=1).any())
