"""BDD100K MOT 2020 (box tracks) as distributed: `images/track` and `labels/box_track_20`.

The layout and the rate of 5 Hz are those of the official toolkit (bdd100k/bdd100k:
doc/source/download.rst) and of TrackEval's docs/BDD100k-format.txt.
"""

import json
import re
from pathlib import Path

from patchprobe.datasets import videos
from patchprobe.datasets.base import Classes, Dataset
from patchprobe.datasets.bdd100k_labels import (
    CATEGORIES,
    DISTRACTORS,
    IMAGE_SIZE,
    INDEX_KEYS,
    VIDEO_KEYS,
    get_first,
    objects_of,
)
from patchprobe.datasets.folders import entries
from patchprobe.datasets.videos import short
from patchprobe.errors import DatasetError, DatasetNotFoundError

NAME = "BDD100K MOT 2020"
FRAME_RATE = 5  # labels and images, resampled from 30 Hz
SPLITS = ("train", "val")

_IMAGES, _LABELS = Path("images/track"), Path("labels/box_track_20")
_OTHER_LABELS = ("labels/det_20", "labels/seg_track_20", "labels/ins_seg", "labels/100k")
_VIDEO = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_SEE = "see config/README.md#bdd100k"
_HELP = f"Wanted are the MOT 2020 images and labels (box_track_20), {_SEE}."


def image_path(root, split, video, number):
    """Path of a frame; `number` counts from 1."""
    return Path(root) / _IMAGES / split / _checked(video) / f"{video}-{number:07d}.jpg"


def label_path(root, split, video):
    """Path of the labels of all frames of a video."""
    return Path(root) / _LABELS / split / f"{_checked(video)}.json"


def missing(root):
    """What to tell the user if there are no box tracks at `root`; None if there are.

    Looks into the first label file of each split, as other labels of BDD100K look alike.
    """
    absent = [path for path in (_IMAGES, _LABELS) if not (Path(root) / path).is_dir()]
    if absent:
        others = [path for path in _OTHER_LABELS if (Path(root) / path).is_dir()]
        found = "".join(f" Found {path}, which has no box tracks." for path in others)
        folders = " and ".join(str(Path(root) / path) for path in absent)
        return f"{NAME} not found in {root}: expected {folders}.{found} {_HELP}"
    for split in SPLITS:
        if message := _look_alike(Path(root) / _LABELS / split):
            return message
    return None


def items(root, split):
    """Names of all videos of a split of which images or labels lie under `root`, sorted."""
    if message := missing(root):
        raise DatasetNotFoundError(message)
    _check_split(split)
    folders = entries(Path(root) / _IMAGES / split, _HELP)
    names = {path.name for path in folders if path.is_dir() or path.is_symlink()}
    return sorted(names | set(_label_stems(Path(root) / _LABELS / split)))


def problems(root, split, item):
    """Lines about what is wrong with the labels or the images of a video; all are decoded."""
    try:
        video, wrong = _read(root, split, item)
    except DatasetError as error:
        yield str(error)
        return
    yield from wrong
    yield from videos.image_problems(video)


def read_video(root, split, item):
    """Frames and objects of a video, with the distractors and crowds.

    Boxes are (x1, y1, x2, y2) as in the file, taken as edges.

    Returns
    -------
    patchprobe.datasets.videos.Video

    Raises
    ------
    DatasetError
        If the labels are missing, damaged, others than box tracks or of fewer frames than there are
        images; the message names the frames and ids. Images are looked at when they are read.
    """
    video, wrong = _read(root, split, item)
    videos.refuse(wrong)
    return video


def _checked(video):
    if not _VIDEO.fullmatch(video):
        raise DatasetError(
            f"{video!r} is not the name of a BDD100K video: expected letters, digits and hyphens, "
            "e.g. b1c66a42-6f7d68ca, without folder and suffix. Mend the subset list."
        )
    return video


def _check_split(split):
    if split not in SPLITS:
        raise DatasetError(f"{NAME} has labels for {' and '.join(SPLITS)} only, not for {split!r}.")


def _label_stems(folder):
    return [path.stem for path in entries(folder, _HELP) if path.suffix.lower() == ".json"]


def _look_alike(folder):
    """What to tell if the label files in a folder are no box tracks; None if they may be."""
    try:
        names = _label_stems(folder)
    except DatasetError as error:
        return str(error)
    tracks = [name for name in names if _VIDEO.fullmatch(name)]
    if names and not tracks:
        return f"{folder}: expected one <video>.json a video, found {names[0]}.json. {_HELP}"
    if not tracks:
        return None
    path = folder / f"{tracks[0]}.json"
    try:
        reason = _refusal(_frames(path))
    except DatasetError:
        return None  # `problems` says which file and why
    return f"{path}: {reason}. {_HELP}" if reason else None


def _read(root, split, item):
    """The video as far as its labels are good, and the lines about what is not."""
    _check_split(split)
    path = label_path(root, split, item)
    frames = _frames(path)
    if reason := _refusal(frames):
        raise DatasetError(f"{path}: {reason}. {_HELP}")
    numbered, wrong = _in_order(frames, item)
    rows = []
    for frame in numbered.values():
        objects, bad = objects_of(frame)
        rows += objects
        wrong += bad
    if not rows and not wrong:
        wrong.append("no frame has a label")
    images = tuple(image_path(root, split, item, index + 1) for index in numbered)
    name = re.compile(rf"{re.escape(item)}-[0-9]{{7}}\.jpg")
    if not wrong and (line := videos.unlabelled(images, name, "it")):
        wrong.append(line)
    video = videos.Video(item, IMAGE_SIZE, FRAME_RATE, images, videos.objects_table(rows))
    return video, [f"{path}: {line}; {_SEE}" for line in wrong]


def _frames(path):
    """Entries of a label file, in either form: a list, or {"frames": list}."""
    try:
        content = json.loads(videos.read_text(path))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is not JSON ({error}): unpack it again. {_HELP}") from error
    frames = content.get("frames") if isinstance(content, dict) else content
    if not isinstance(frames, list) or not frames:
        raise DatasetError(f"{path}: expected a list of frames, found {short(content)}. {_HELP}")
    return frames


def _refusal(frames):
    """Why frames are no ground truth of box tracks; None if they may be that."""
    frames = [frame for frame in frames if isinstance(frame, dict)]
    listed = [frame["labels"] for frame in frames if isinstance(frame.get("labels"), list)]
    labels = [label for of_frame in listed for label in of_frame if isinstance(label, dict)]
    if all(get_first(frame, VIDEO_KEYS) is None for frame in frames):
        return "frames have no videoName, as in detection labels"
    if any(label.get("poly2d") or label.get("rle") for label in labels):
        return "labels have outlines, as in segmentation tracks"
    if any(label.get("score") is not None for label in labels):
        return "labels have scores, as in the output of a tracker"
    if labels and all(label.get("id") is None for label in labels):
        return "labels have no ids, so that they are no tracks"
    return None


def _in_order(frames, video):
    """Good frames by index, in order, and lines about the others."""
    numbered, wrong = {}, []
    for position, frame in enumerate(frames):
        if problem := _frame_problem(frame, video):
            wrong.append(f"frame {position} of the file: {problem}")
            continue
        index = get_first(frame, INDEX_KEYS)
        if index in numbered:
            wrong.append(f"{frame['name']}: twice in the file")
        numbered[index] = frame
    numbered = dict(sorted(numbered.items()))
    gap = next((i for i, index in enumerate(numbered) if i != index), None)
    if gap is not None and not wrong:
        wrong.append(f"there is no frame with frameIndex {gap}, but there are later ones")
    return numbered, wrong


def _frame_problem(frame, video):
    """Why an entry is no frame of a video; None if it is one."""
    if not isinstance(frame, dict):
        return f"expected an object, found {short(frame)}"
    index = get_first(frame, INDEX_KEYS)
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 9_999_999:
        return f"expected a frameIndex counted from 0, found {short(index)}"
    if get_first(frame, VIDEO_KEYS) != video:
        return f"expected videoName {video}, found {short(get_first(frame, VIDEO_KEYS))}"
    name = f"{video}-{index + 1:07d}.jpg"
    if frame.get("name") != name:
        return f"expected name {name} for frameIndex {index}, found {short(frame.get('name'))}"
    if not isinstance(frame.get("labels"), list | None):
        return f"expected a list of labels, found {short(frame['labels'])}"
    return None


def _files(root, split, item):
    _check_split(split)
    return [label_path(root, split, item), Path(root) / _IMAGES / split / item]


_video = videos.remembering(read_video, _files)
CLASSES = Classes(CATEGORIES + DISTRACTORS, evaluated=tuple(range(len(CATEGORIES))))
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
