"""Videos with boxes of objects: what the readers of tracking datasets share.

A frame is resized to multiples of 224 px, so that `patchprobe.crops.tiles.tile` cuts it into whole
crops.
"""

from dataclasses import dataclass
from functools import lru_cache
from os.path import isdir
from pathlib import Path
from reprlib import Repr

import cv2
import numpy as np
import pandas as pd

from patchprobe.datasets import pictures
from patchprobe.datasets.base import Layout, Sample
from patchprobe.datasets.caching import stamps
from patchprobe.datasets.folders import entries
from patchprobe.errors import DatasetError, DatasetNotFoundError

TILE_PX = 224
BOX = ("x1", "y1", "x2", "y2")

_COLUMNS = {
    "frame": "int64",
    "id": str,
    "category": str,
    **dict.fromkeys(BOX, "float64"),
    **dict.fromkeys(("crowd", "occluded", "truncated"), "boolean"),
    "visibility": "float64",
}
_SHOWN = 5
_REPR = Repr()
_REPR.maxstring = 60
_HELP = "See config/README.md#datasets."


@dataclass(frozen=True, eq=False)
class Video:
    """The labelled frames of a video and the objects in them.

    Attributes
    ----------
    name : str
    size : tuple of int
        Height and width of every frame as distributed, px.
    rate : float
        Frames per second.
    images : tuple of pathlib.Path
        The image of each frame; frames without objects are frames, too.
    objects : pandas.DataFrame
        One row per object and frame, sorted by frame, an id at most once a frame. Columns: frame
        (position in `images`), id (str, the same object throughout the video), category; x1, y1,
        x2, y2 (edges of the box, native px from the top left corner of the image, which boxes may
        leave); crowd, occluded, truncated (boolean, NA where the dataset does not tell);
        visibility (share that is visible, NaN where the dataset does not tell).
    """

    name: str
    size: tuple
    rate: float
    images: tuple
    objects: pd.DataFrame

    @property
    def times(self):
        """Time of each frame since the first, in seconds, float64 of shape (n_frames,)."""
        return np.arange(len(self.images)) / self.rate


def layout(video):
    """How the frames of a video are cut, as `patchprobe.datasets.base.Layout`."""
    size = frame_size(*video.size)
    rows, columns = (side // TILE_PX for side in size)
    return Layout(
        size,
        rows,
        columns,
        TILE_PX,
        n_frames=len(video.images),
        rate=video.rate,
        native_size=video.size,
    )


def sample(video, frame):
    """A frame of a video, resized; objects are rows of `Video.objects`, in native px.

    Parameters
    ----------
    video : Video
    frame : int
        Counted from 0.

    Returns
    -------
    patchprobe.datasets.base.Sample
    """
    if not 0 <= frame < len(video.images):
        raise DatasetError(
            f"{video.name}: expected a frame in 0..{len(video.images) - 1}, found {frame}"
        )
    objects = video.objects
    return Sample(
        video.name,
        lambda: read_frame(video.images[frame], video.size, frame_size(*video.size)),
        read_objects=lambda: objects[objects["frame"] == frame].reset_index(drop=True),
    )


def remembering(read_video, files, maxsize=4):
    """`read_video` that parses labels again only if their files or the folder of images changed.

    Parameters
    ----------
    read_video : callable, (root, split, item) -> Video
    files : callable, (root, split, item) -> list of path
        Label files, and the folder of images.
    maxsize : int
        Videos that are remembered.

    Returns
    -------
    callable, (root, split, item) -> Video
    """

    @lru_cache(maxsize)
    def parse(root, split, item, _):
        return read_video(root, split, item)

    def read(root, split, item):
        return parse(root, split, item, stamps(files(root, split, item)))

    return read


def objects_table(rows):
    """The table `Video.objects` of rows (or of columns); what is not given is unknown."""
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    return table.sort_values("frame", kind="stable", ignore_index=True)


def box_problem(box):
    """What is wrong with a box (x1, y1, x2, y2) wherever it lies; None if nothing."""
    if not np.isfinite(box).all():
        return "box is not four finite numbers"
    x1, y1, x2, y2 = box
    return "box has a negative width or height" if x2 < x1 or y2 < y1 else None


def short(value):
    """A value for a message: its representation, cut where it is long."""
    return _REPR.repr(value)


def one_line(error):
    """The message of an error of another library, in one line."""
    return " ".join(str(error).split())


def refuse(problems, n_shown=20):
    """Raise a DatasetError that lists problems, if there are any."""
    if problems:
        more = [f"and {len(problems) - n_shown} more"] if len(problems) > n_shown else []
        raise DatasetError("\n  ".join([*problems[:n_shown], *more]))


def unlabelled(images, name, text):
    """Line about images of a video that are none of its frames, though named like them.

    Parameters
    ----------
    images : tuple of path
        The frames, all in one folder, which need not be there.
    name : re.Pattern
        Of file names of frames; other files are left alone.
    text : str
        What the frames are told by, for the line.

    Returns
    -------
    str or None
    """
    folder = Path(images[0]).parent
    if not isdir(folder):
        return None  # no image can be read, which is told
    known = {Path(path).name for path in images}
    names = [path.name for path in entries(folder, _HELP) if name.fullmatch(path.name)]
    extra = [name for name in names if name not in known]
    if not extra:
        return None
    shown = ", ".join(extra[:_SHOWN]) + (", ..." if len(extra) > _SHOWN else "")
    count = "1 image has" if len(extra) == 1 else f"{len(extra)} images have"
    return f"{count} no frame in {text}: {shown}. Is the file cut off, or of another copy?"


def image_problems(video):
    """Lines about frames that are missing, cannot be decoded or are of another size or mode."""
    for path in video.images:
        try:
            _decode(path, video.size)
        except DatasetError as error:
            yield str(error)


def frame_size(height, width):
    """Height and width of a frame as it is embedded: each down to a multiple of 224 px."""
    if min(height, width) < TILE_PX:
        raise DatasetError(f"expected frames of at least {TILE_PX} px, found {height}x{width}")
    return height // TILE_PX * TILE_PX, width // TILE_PX * TILE_PX


def read_frame(path, native, resized):
    """Read and resize a frame: cubic (cv2.INTER_CUBIC) on uint8, as the paper's authors did.

    Parameters
    ----------
    path : path
    native : tuple of int
        Height and width that the image must have.
    resized : tuple of int
        Height and width to resize to; see `frame_size`.

    Returns
    -------
    numpy.ndarray of shape (height, width, 3), uint8, RGB

    Raises
    ------
    DatasetError
        If the image is missing, cannot be decoded, or is of another size or mode.
    """
    return cv2.resize(_decode(path, native), resized[::-1], interpolation=cv2.INTER_CUBIC)


def read_text(path):
    """Text of a UTF-8 file without its byte order mark.

    Raises
    ------
    DatasetNotFoundError
        If there is no such file.
    DatasetError
        If it cannot be read or is no UTF-8.
    """
    try:
        if not Path(path).is_file():
            raise DatasetNotFoundError(f"missing: {path}. {_HELP}")
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{path} cannot be read as UTF-8 text ({one_line(error)}). {_HELP}"
        ) from error


def _decode(path, size):
    """Pixels of a JPEG or PNG file, uint8 of shape (*size, 3), RGB."""
    with pictures.opened(path, ("JPEG", "PNG"), _HELP) as image:
        if image.size != tuple(size)[::-1] or image.mode != "RGB":
            raise DatasetError(
                f"{path}: expected {size[1]}x{size[0]} px, mode RGB; "
                f"found {image.size[0]}x{image.size[1]} px, mode {image.mode}. {_HELP}"
            )
        return np.array(image)
