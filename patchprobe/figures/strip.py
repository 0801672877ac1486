"""Frames of a video with its objects, each joined to what is nearest to it after a gap."""

import textwrap
from itertools import pairwise

import numpy as np
from matplotlib import animation
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from patchprobe import store
from patchprobe.crops.objects import BOX
from patchprobe.crops.patch_labels import stitch
from patchprobe.files import replacing

RIGHT, WRONG, NEITHER = "#009e73", "#d55e00", "#cccccc"
N_FRAMES = 3  # of the strip
_PAIRS = 20  # of the animation, at most
_SPACE_PX = 24
_TALLEST_INCHES = 10


def start(links, frame_gap):
    """First frame of the strip with the most links; the earliest one of several.

    Parameters
    ----------
    links : dict of int to (rows, rows)
        See `patchprobe.evaluation.association.links`; of at least one frame.
    frame_gap : int
    """

    def n_links(frame):
        frames = range(frame, frame + (N_FRAMES - 1) * frame_gap, frame_gap)
        return sum(len(links[number][0]) for number in frames if number in links)

    return max(sorted(links), key=n_links)


def draw(frames, objects, links, read, title):
    """Frames below each other; a box and its link are green if the nearest is the same object.

    They are red if it is another, and grey where there is no query: the object is not in the next
    frame, or there is none.

    Parameters
    ----------
    frames : list of int
        A gap apart.
    objects : pandas.DataFrame
        Of the video, see `patchprobe.crops.objects.table`.
    links : dict of int to (rows, rows)
    read : callable, frame -> numpy.ndarray of shape (height, width, 3), uint8
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    pixels = {frame: read(frame) for frame in frames}
    height, width = pixels[frames[0]].shape[:2]
    total = len(frames) * height + (len(frames) - 1) * _SPACE_PX
    inches = min(5.6, _TALLEST_INCHES * width / total)
    figure, axes = plt.subplots(figsize=(5.6, inches * total / width + 0.7))
    _paint(axes, frames, objects, links, pixels)
    axes.set_title(title, fontsize=8)
    handles = [
        Line2D([], [], color=RIGHT, label="nearest is the same object"),
        Line2D([], [], color=WRONG, label="nearest is another"),
        Line2D([], [], color=NEITHER, label="not in the next frame"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=7)
    return figure


def animate(path, frames, frame_gap, objects, links, read, title, rate, note=""):
    """Write the links of one frame after the other as an animated GIF.

    Parameters
    ----------
    path : path
    frames : list of int
        Those that have links; so many first ones are shown that the animation stays short.
    frame_gap : int
    objects, links, read, title
        As in `draw`.
    rate : float
        Frames per second of the video; the animation shows at most five.
    note : str
        Small print.
    """
    frames = frames[:_PAIRS]
    pixels = {frame: read(frame) for first in frames for frame in (first, first + frame_gap)}
    height, width = pixels[frames[0]].shape[:2]
    figure, axes = plt.subplots(
        figsize=(4.8, 4.8 * (2 * height + _SPACE_PX) / width + 0.5), dpi=100, layout="constrained"
    )

    def update(frame):
        axes.clear()
        _paint(axes, [frame, frame + frame_gap], objects, links, pixels)
        axes.set_title(title, fontsize=7)
        axes.text(
            0.5, -0.01, textwrap.fill(note, 90), fontsize=5.5, color="0.4", ha="center", va="top",
            transform=axes.transAxes,
        )  # fmt: skip

    moving = animation.FuncAnimation(figure, update, frames, cache_frame_data=False)
    with replacing(path) as unfinished:
        moving.save(unfinished, animation.PillowWriter(fps=min(rate, 5)), dpi=100)
    plt.close(figure)


def reader(crops_path, item):
    """A function that reads frames of a video from a store of clean crops."""
    about = store.attributes(crops_path)
    ends = np.cumsum([rows * columns for rows, columns in about["tiles"]])
    number_of = {
        frame: number for number, (_, name, frame) in enumerate(about["images"]) if name == item
    }

    def read(frame):
        number = number_of[frame]
        tiles = about["tiles"][number]
        crops = slice(int(ends[number]) - tiles[0] * tiles[1], int(ends[number]))
        pixels = store.read(crops_path, "clean/crops", crops)
        return stitch(pixels.reshape(len(pixels), -1, 3), tiles, pixels.shape[1:3])

    return read


def _paint(axes, frames, objects, links, pixels):
    height, width = pixels[frames[0]].shape[:2]
    tops = {frame: i * (height + _SPACE_PX) for i, frame in enumerate(frames)}
    canvas = np.full((max(tops.values()) + height, width, 3), 255, np.uint8)
    for frame, top in tops.items():
        canvas[top : top + height] = pixels[frame]
        axes.text(
            6, top + 6, f"frame {frame}", fontsize=6, va="top", color="black",
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1},
        )  # fmt: skip
    axes.imshow(canvas, interpolation="antialiased")
    axes.set_axis_off()
    boxes, names = objects[list(BOX)], objects["id"]
    for frame, top in tops.items():
        for x1, y1, x2, y2 in boxes[objects["frame"] == frame].to_numpy():
            _box(axes, x1, y1, x2, y2, top, NEITHER, 0.6)
    for first, second in pairwise(frames):
        lines, colours = [], []
        for query, nearest in zip(*links.get(first, ((), ())), strict=True):
            colours.append(RIGHT if names[query] == names[nearest] else WRONG)
            _box(axes, *boxes.loc[query], tops[first], colours[-1], 1.2)
            lines.append(
                [_centre(boxes.loc[query], tops[first]), _centre(boxes.loc[nearest], tops[second])]
            )
        axes.add_collection(LineCollection(lines, colors=colours, linewidths=0.8, alpha=0.9))
    axes.set(xlim=(0, width), ylim=(canvas.shape[0], 0))


def _centre(box, top):
    x1, y1, x2, y2 = box
    return (x1 + x2) / 2, (y1 + y2) / 2 + top


def _box(axes, x1, y1, x2, y2, top, colour, width):
    axes.add_patch(
        Rectangle((x1, y1 + top), x2 - x1, y2 - y1, fill=False, ec=colour, lw=width, clip_on=True)
    )
