"""MOT17 as distributed: the training sequences, whose ground truth is public.

Every sequence comes three times with the same frames and ground truth, once for each detector
whose boxes are in it; one copy is read. Columns and classes are those of TrackEval
(docs/MOTChallenge-Official/Readme.md, trackeval/datasets/mot_challenge_2d_box.py).
"""

import csv
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from patchprobe.datasets import videos
from patchprobe.datasets.base import Classes, Dataset
from patchprobe.datasets.folders import entries
from patchprobe.datasets.mot17_copies import (
    HELP,
    NAME,
    SEE,
    copy_path,
    is_copy,
    read_info,
    sequences,
)
from patchprobe.datasets.videos import one_line
from patchprobe.errors import DatasetError, DatasetNotFoundError

SPLITS = ("train",)
PEDESTRIAN = 1
N_CLASSES = 13  # counted from 1

_COLUMNS = ("frame", "id", "left", "top", "width", "height", "consider", "class", "visibility")


def missing(root):
    """What to tell the user if MOT17 is not at `root`; None if it is.

    Looks at the names in `train`, and into the ground truth of the first sequence, as other years
    of the challenge look alike.
    """
    try:
        return _absence(root)
    except DatasetError as error:  # a folder that cannot be listed
        return str(error)


def _absence(root):
    folder = Path(root) / "train"
    if not folder.is_dir():
        return f"{NAME} not found in {root}: expected {folder}. {HELP}"
    for path in entries(folder, HELP):
        is_sequence = (path / "seqinfo.ini").is_file() or (path / "gt").is_dir()
        if is_sequence and not is_copy(path):
            return (
                f"{path} is no sequence of MOT17: expected names with a detector, like "
                f"MOT17-02-FRCNN. Other years of the challenge are laid out differently. {HELP}"
            )
    found = sequences(root)
    if not found:
        return f"{NAME} not found in {root}: expected {folder / 'MOT17-02-FRCNN'}, .... {HELP}"
    path = copy_path(root, found[0]) / "gt" / "gt.txt"
    try:
        _lines(path)
    except _OtherFormat as error:
        return str(error)
    except DatasetError:
        return None  # `problems` says what is wrong
    return None


def items(root, split):
    """Names of all sequences under `root`, sorted, e.g. `MOT17-02`, each once.

    Of the copies of a sequence the one for FRCNN is read; where it is absent, that for SDP, or else
    that for DPM, or one whose folder lost the detector. Their frames and ground truth are the same.
    """
    if message := missing(root):
        raise DatasetNotFoundError(message)
    _check_split(split)
    return sequences(root)


def problems(root, split, item):
    """Lines about what is wrong with the ground truth or the frames; all are decoded."""
    try:
        video, wrong = _read(root, split, item)
    except DatasetError as error:
        yield str(error)
        return
    yield from wrong
    yield from videos.image_problems(video)


def read_video(root, split, item):
    """Frames and pedestrians (class 1, to be considered) of a sequence.

    The file counts pixels from 1: x1 = left - 1, y1 = top - 1, x2 = x1 + width, y2 = y1 + height.
    Boxes are of whole people and may leave the image. Visibility is a column, not a filter.

    Returns
    -------
    patchprobe.datasets.videos.Video

    Raises
    ------
    DatasetError
        If the ground truth or seqinfo.ini is missing, damaged or of another year; the message names
        the lines. Images are looked at when they are read.
    """
    video, wrong = _read(root, split, item)
    videos.refuse(wrong)
    return video


class _OtherFormat(DatasetError):
    """A file of another year of the challenge."""


def _check_split(split):
    if split != "train":
        raise DatasetError(
            f"{NAME} has no split {split!r} that can be used: its test sequences have no public "
            "ground truth, and there is no validation split. Use train."
        )


def _read(root, split, item):
    """The video as far as its ground truth is good, and the lines about what is not."""
    _check_split(split)
    folder = copy_path(root, item)
    info = read_info(folder / "seqinfo.ini", item)
    path = folder / "gt" / "gt.txt"
    lines = _lines(path)
    is_read = (lines["class"] == PEDESTRIAN) & (lines["consider"] == 1)
    found = _line_problems(lines, is_read, info.n_frames)
    wrong = [f"{path}, line {line}: {problem}; {SEE}" for line, problem in found.items()]
    good = lines[is_read].drop(found.index, errors="ignore")
    if good.empty and not wrong:
        wrong = [f"{path}: no pedestrian (class 1) that is to be considered; {SEE}"]
    numbers = range(1, info.n_frames + 1)
    images = tuple(folder / info.folder / f"{number:06d}{info.suffix}" for number in numbers)
    name = re.compile(rf"[0-9]{{6}}{re.escape(info.suffix)}")
    if line := videos.unlabelled(images, name, f"its seqLength {info.n_frames}"):
        wrong.append(f"{folder / 'seqinfo.ini'}: {line} {HELP}")
    return videos.Video(item, info.size, info.rate, images, _objects(good)), wrong


def _lines(path):
    """Lines of gt.txt, float64, by line number; what is no number is NaN."""
    try:
        cells = pd.read_csv(
            StringIO(videos.read_text(path).rstrip()),
            header=None,
            dtype=str,
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError as error:
        raise DatasetError(f"{path} is empty. {HELP}") from error
    except pd.errors.ParserError as error:
        raise DatasetError(
            f"{path}: lines differ in their columns ({one_line(error)}). {HELP}"
        ) from error
    n_columns = cells.shape[1]
    if n_columns != len(_COLUMNS):
        year = " (as in MOT15, in det.txt and in the output of trackers)" if n_columns == 10 else ""
        raise _OtherFormat(
            f"{path}: expected the {len(_COLUMNS)} columns of MOT17's ground truth, "
            f"{', '.join(_COLUMNS)}; found {n_columns}{year}. {HELP}"
        )
    cells.columns, cells.index = _COLUMNS, cells.index + 1
    return cells.apply(pd.to_numeric, errors="coerce").astype("float64")


def _line_problems(lines, is_read, n_frames):
    """What is wrong with each bad line; values are looked at where the line is read.

    Parameters
    ----------
    lines : pandas.DataFrame
    is_read : pandas.Series of bool
    n_frames : int

    Returns
    -------
    pandas.Series of str, by line number
    """
    twice = lines[is_read].duplicated(["frame", "id"]).reindex(lines.index, fill_value=False)
    broken = {
        f"expected {len(_COLUMNS)} finite numbers": ~np.isfinite(lines).all(axis=1),
        f"expected a frame in 1..{n_frames}": ~_is_whole(lines["frame"], 1, n_frames),
        "expected a whole id above 0": ~_is_whole(lines["id"], 1, np.inf),
        "expected 0 or 1 in column 7": ~_is_whole(lines["consider"], 0, 1),
        f"expected a class in 1..{N_CLASSES}": ~_is_whole(lines["class"], 1, N_CLASSES),
        "box of negative size": is_read & (lines[["width", "height"]] < 0).any(axis=1),
        "expected a visibility in 0..1": is_read & ~lines["visibility"].between(0, 1),
        "twice in this frame": twice,
    }
    problems = pd.Series(np.select(list(broken.values()), list(broken), ""), lines.index)
    problems = problems[problems != ""]
    named = lines.loc[problems.index, ["frame", "id"]].itertuples(index=False)
    who = [f"frame {frame:g}, id {identity:g}: " for frame, identity in named]
    return pd.Series(who, problems.index, dtype=str) + problems


def _is_whole(values, low, high):
    return (values % 1 == 0) & values.between(low, high)


def _objects(lines):
    """Good lines as `Video.objects`."""
    x1, y1 = lines["left"] - 1, lines["top"] - 1
    return videos.objects_table(
        {
            "frame": lines["frame"] - 1,
            "id": lines["id"].astype("int64"),
            "category": "pedestrian",
            "x1": x1,
            "y1": y1,
            "x2": x1 + lines["width"],
            "y2": y1 + lines["height"],
            "visibility": lines["visibility"],
        }
    )


def _files(root, split, item):
    """Label files and the folder of frames; seqinfo.ini names the folder, if it can be read."""
    _check_split(split)
    info, labels = (copy_path(root, item) / path for path in ("seqinfo.ini", "gt/gt.txt"))
    try:
        folder = read_info(info, item).folder
    except DatasetError:
        folder = "img1"
    return [info, labels, info.parent / folder]


_video = videos.remembering(read_video, _files)
CLASSES = Classes(("pedestrian",), evaluated=(0,))
DATASET = Dataset(
    name=NAME,
    splits=SPLITS,
    classes=lambda root: CLASSES,
    missing=missing,
    items=items,
    files=_files,
    problems=problems,
    layout=lambda root, split, item: videos.layout(_video(root, split, item)),
    read=lambda root, split, item, frame=0: videos.sample(_video(root, split, item), frame),
)
