"""Labels of a frame of BDD100K's box tracks: categories, boxes and flags of its objects.

The categories and their old names are those of the official toolkit (bdd100k/bdd100k:
bdd100k/configs/box_track.toml); older names of keys are those of TrackEval's
docs/BDD100k-format.txt.
"""

from patchprobe.datasets import videos
from patchprobe.datasets.videos import short
from patchprobe.errors import DatasetError

IMAGE_SIZE = (720, 1280)  # height, width
CATEGORIES = ("pedestrian", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle")
DISTRACTORS = ("other person", "trailer", "other vehicle")  # annotated, not evaluated officially
VIDEO_KEYS, INDEX_KEYS = ("videoName", "video_name"), ("frameIndex", "index")

_OLD_NAMES = {
    "bike": "bicycle",
    "motor": "motorcycle",
    "person": "pedestrian",
    "van": "car",
    "caravan": "car",
}
_FLAGS = ("crowd", "occluded", "truncated")


def get_first(entry, keys):
    """Value under the first key that is there and not null; None if none is."""
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def objects_of(frame):
    """Rows of the good labels of a frame, and lines about the others."""
    rows, wrong, seen = [], [], set()
    for label in frame.get("labels") or ():
        try:
            row = _object(label)
            if row["id"] in seen:
                raise DatasetError(f"id {row['id']}: twice in this frame")
        except DatasetError as error:
            wrong.append(f"{frame['name']}, {error}")
            continue
        seen.add(row["id"])
        rows.append({"frame": get_first(frame, INDEX_KEYS), **row})
    return rows, wrong


def _object(label):
    """One label as a row of the table, without its frame."""
    if not isinstance(label, dict):
        raise DatasetError(f"expected labels that are objects, found {short(label)}")
    identity = label.get("id")
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        raise DatasetError(f"expected a label with an id, found id {short(identity)}")
    identity = str(identity)
    if not identity.isprintable():
        raise DatasetError(f"expected an id of letters and digits, found {short(identity)}")
    who = f"id {identity}"
    category = label.get("category")
    category = _OLD_NAMES.get(category, category) if isinstance(category, str) else category
    if category not in CATEGORIES + DISTRACTORS:
        raise DatasetError(f"{who}: unknown category {short(category)}")
    return {
        "id": identity,
        "category": category,
        **_box(label.get("box2d"), who),
        **_flags(label.get("attributes"), who),
    }


def _box(box2d, who):
    """Edges of a box: finite, in order, and not entirely outside the image."""
    corners = box2d if isinstance(box2d, dict) else {}
    box = [_number(corners.get(key)) for key in videos.BOX]
    height, width = IMAGE_SIZE
    problem = videos.box_problem(box)
    if not problem and (box[2] < 0 or box[3] < 0 or box[0] > width or box[1] > height):
        problem = "box lies outside the image"
    if problem:
        raise DatasetError(f"{who}: {problem}: {short(box2d)}")
    return dict(zip(videos.BOX, box, strict=True))


def _number(value):
    """A JSON number as float; NaN if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _flags(attributes, who):
    """Crowd, occluded and truncated, with a small or a capital letter; None if not told."""
    if not isinstance(attributes, dict | None):
        raise DatasetError(f"{who}: expected attributes, found {short(attributes)}")
    flags = {flag: get_first(attributes or {}, (flag, flag.capitalize())) for flag in _FLAGS}
    for flag, value in flags.items():
        if not isinstance(value, bool | None):
            raise DatasetError(f"{who}: expected {flag} true or false, found {short(value)}")
    return flags
