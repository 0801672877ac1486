"""The frames of videos that hold objects, from the table of objects."""

from dataclasses import dataclass

import numpy as np

from patchprobe.errors import DatasetError


@dataclass(frozen=True, eq=False)
class VideoObjects:
    """The frames of a video that hold objects.

    Attributes
    ----------
    split, item : str
    rate : float
        Frames per second.
    frames : numpy.ndarray of shape (n_frames,)
        Their numbers, ascending.
    rows : list of numpy.ndarray
        Rows of each frame's objects in the table.
    identities, categories : numpy.ndarray
        Of all rows of the table, as numbers.
    """

    split: str
    item: str
    rate: float
    frames: np.ndarray
    rows: list
    identities: np.ndarray
    categories: np.ndarray


def videos(objects, items=None, min_visibility=0):
    """The videos of a table of objects.

    Parameters
    ----------
    objects : pandas.DataFrame
        See `patchprobe.crops.objects.table`.
    items : list of (split, item), optional
        Those that are taken; default: all.
    min_visibility : float
        Objects of which a smaller share is visible are left out; unknown is visible.

    Returns
    -------
    list of VideoObjects
    """
    keys = ["split", "item", "frame"]
    if objects.duplicated([*keys, "id"]).any():
        twice = objects[objects.duplicated([*keys, "id"])].iloc[0]
        raise ValueError(
            f"{twice['item']}: expected every id once a frame, found {twice['id']} more often in "
            f"frame {twice['frame']}"
        )
    codes = [np.unique(objects[key], return_inverse=True)[1] for key in ("id", "category")]
    kept = objects[~(objects["visibility"] < min_visibility)]
    found = []
    for (split, item), of_video in kept.groupby(keys[:2], sort=False):
        if items is not None and (split, item) not in items:
            continue
        rows = {frame: of_frame.index.to_numpy() for frame, of_frame in of_video.groupby("frame")}
        numbers = np.array(list(rows), dtype=np.int64)
        rate = float(of_video["rate"].iloc[0])
        found.append(VideoObjects(split, item, rate, numbers, list(rows.values()), *codes))
    return found


def find(videos, item):
    """The video of a name.

    Raises
    ------
    DatasetError
        If there is none.
    """
    for video in videos:
        if video.item == item:
            return video
    known = ", ".join(video.item for video in videos)
    raise DatasetError(f"no objects of a video {item!r}: expected one of {known}")
