"""BDD100K box tracks on disk: what is read, and what each kind of damage is called."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from patchprobe.crops.objects import resize_boxes
from patchprobe.datasets import bdd100k, videos
from patchprobe.datasets.subsets import read_list
from patchprobe.errors import DatasetError, DatasetNotFoundError

VIDEO = "b1c66a42-6f7d68ca"
OTHER_VIDEO = "b1c81faa-3df17267"
FOLDER = f"images/track/val/{VIDEO}"
LABELS = f"labels/box_track_20/val/{VIDEO}.json"
BOX = {"x1": 640.0, "y1": 90, "x2": 648.0, "y2": 105}


def label(identity, category="car", box=BOX, **flags):
    attributes = {"occluded": False, "truncated": False, "crowd": False, **flags}
    return {"id": identity, "category": category, "attributes": attributes, "box2d": box}


def frame(index, labels, video=VIDEO):
    name = f"{video}-{index + 1:07d}.jpg"
    return {"name": name, "videoName": video, "frameIndex": index, "labels": labels}


def write_labels(root, frames, video=VIDEO):
    """Write a label file; images of frames that a list does not have are removed."""
    path = root / f"labels/box_track_20/val/{video}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(frames), encoding="utf-8")
    if isinstance(frames, list):
        indices = [one.get("frameIndex") for one in frames if isinstance(one, dict)]
        n_frames = max([len(frames), *(i + 1 for i in indices if isinstance(i, int))])
        for image in (root / f"images/track/val/{video}").glob("*.jpg"):
            if int(image.stem[-7:]) > n_frames:
                image.unlink()


def write_image(path, size=(1280, 720), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, 90).save(path)


def write_video(root, frames, video=VIDEO):
    write_labels(root, frames, video)
    for number in range(1, len(frames) + 1):
        write_image(root / f"images/track/val/{video}/{video}-{number:07d}.jpg")


@pytest.fixture
def root(tmp_path):
    """One video of three frames; the second has no objects."""
    two = [label("00122062"), label("00122063", "rider", crowd=True)]
    write_video(tmp_path, [frame(0, two), frame(1, []), frame(2, [label("00122062")])])
    return tmp_path


def problems(root, video=VIDEO):
    return list(bdd100k.problems(root, "val", video))


# ------------------------------------------------------------------------------ reading


def test_video_is_read_as_labelled(root):
    video = bdd100k.read_video(root, "val", VIDEO)
    assert (video.name, video.size, video.rate) == (VIDEO, (720, 1280), 5)
    np.testing.assert_allclose(video.times, [0, 0.2, 0.4])
    names = [f"{VIDEO}-000000{number}.jpg" for number in (1, 2, 3)]
    assert list(video.images) == [root / FOLDER / name for name in names]
    objects = video.objects
    assert objects["frame"].tolist() == [0, 0, 2]
    assert objects["id"].tolist() == ["00122062", "00122063", "00122062"]
    assert objects["category"].tolist() == ["car", "rider", "car"]
    assert objects["crowd"].tolist() == [False, True, False]
    assert objects[list(videos.BOX)].to_numpy().tolist() == [[640, 90, 648, 105]] * 3
    assert objects["visibility"].isna().all()
    assert problems(root) == []


def test_boxes_and_frames_are_resized_together(root):
    video = bdd100k.read_video(root, "val", VIDEO)
    resized = videos.frame_size(*video.size)
    boxes = resize_boxes(video.objects[list(videos.BOX)], video.size, resized)
    np.testing.assert_allclose(boxes[0], [560, 84, 567, 98])
    assert videos.read_frame(video.images[0], video.size, resized).shape == (672, 1120, 3)


def test_dictionary_form_is_read_the_same(root):
    expected = bdd100k.read_video(root, "val", VIDEO).objects
    frames = json.loads((root / LABELS).read_text())
    write_labels(root, {"frames": frames, "groups": None, "config": None})
    assert bdd100k.read_video(root, "val", VIDEO).objects.equals(expected)


@pytest.mark.parametrize("form", ["null", "missing", "empty"])
def test_frames_without_labels_are_frames(root, form):
    frames = [frame(0, [label("a")]), frame(1, None if form == "null" else [])]
    if form == "missing":
        del frames[1]["labels"]
    write_labels(root, frames)
    video = bdd100k.read_video(root, "val", VIDEO)
    assert len(video.images) == 2
    assert video.objects["frame"].tolist() == [0]


def test_frames_are_put_in_the_order_of_their_index(root):
    write_labels(root, [frame(1, [label("b")]), frame(2, []), frame(0, [label("a")])])
    video = bdd100k.read_video(root, "val", VIDEO)
    assert video.objects[["frame", "id"]].to_numpy().tolist() == [[0, "a"], [1, "b"]]
    assert [path.stem[-1] for path in video.images] == ["1", "2", "3"]


def test_older_names_of_keys_are_read(root):
    old = label("a")
    old["attributes"] = {"Occluded": True, "Truncated": False, "Crowd": True}
    first = frame(0, [old])
    first["index"], first["video_name"] = first.pop("frameIndex"), first.pop("videoName")
    write_labels(root, [first])
    row = bdd100k.read_video(root, "val", VIDEO).objects.iloc[0]
    assert [bool(row[flag]) for flag in ("occluded", "truncated", "crowd")] == [True, False, True]


def test_flags_that_are_not_told_are_unknown(root):
    untold = label("a")
    untold["attributes"] = None
    write_labels(root, [frame(0, [untold])])
    row = bdd100k.read_video(root, "val", VIDEO).objects[["crowd", "occluded", "truncated"]]
    assert row.isna().all(axis=None)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("bike", "bicycle"),
        ("motor", "motorcycle"),
        ("person", "pedestrian"),
        ("van", "car"),
        ("caravan", "car"),
        ("other person", "other person"),
        ("trailer", "trailer"),
        ("other vehicle", "other vehicle"),
        ("train", "train"),
    ],
)
def test_categories(root, given, read):
    write_labels(root, [frame(0, [label("a", given)])])
    assert bdd100k.read_video(root, "val", VIDEO).objects["category"].tolist() == [read]


def test_ids_may_be_numbers(root):
    write_labels(root, [frame(0, [label(0), label(12)])])
    assert bdd100k.read_video(root, "val", VIDEO).objects["id"].tolist() == ["0", "12"]


def test_boxes_may_leave_the_image_a_little(root):
    box = {"x1": -3.5, "y1": 700, "x2": 40, "y2": 731.25}
    write_labels(root, [frame(0, [label("a", box=box)])])
    read = bdd100k.read_video(root, "val", VIDEO).objects[list(videos.BOX)]
    assert read.to_numpy().tolist() == [[-3.5, 700, 40, 731.25]]
    assert problems(root) == []


def test_byte_order_mark_and_windows_lines_do_no_harm(root):
    text = json.dumps(json.loads((root / LABELS).read_text()), indent=1)
    (root / LABELS).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert len(bdd100k.read_video(root, "val", VIDEO).objects) == 3


def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path):
    root = tmp_path / "Straßen in Köln" / "街 景"
    write_video(root, [frame(0, [label("a")])])
    assert bdd100k.items(str(root), "val") == [VIDEO]
    assert problems(str(root)) == []


@pytest.mark.parametrize(
    ("first", "second"), [("frameIndex", "index"), ("videoName", "video_name")]
)
def test_a_null_beside_the_other_name_of_a_key_does_no_harm(root, first, second):
    both = frame(0, [label("a")])
    both[second], both[first] = both[first], None
    write_labels(root, [both, frame(1, [])])
    assert problems(root) == []
    assert bdd100k.read_video(root, "val", VIDEO).objects["frame"].tolist() == [0]


# ------------------------------------------------------------------------------ items


def test_items_are_videos_with_images_or_labels(root):
    write_labels(root, [frame(0, [label("a")], OTHER_VIDEO)], OTHER_VIDEO)
    (root / "images/track/val/b0000000-00000000").mkdir()
    (root / "images/track/val/._x").mkdir()
    (root / f"labels/box_track_20/val/._{VIDEO}.json").write_text("")
    (root / "images/track/val/notes.txt").write_text("")
    assert bdd100k.items(root, "val") == ["b0000000-00000000", VIDEO, OTHER_VIDEO]
    assert bdd100k.items(root, "train") == []


def test_half_a_video_is_a_problem(root):
    write_labels(root, [frame(0, [label("a")], OTHER_VIDEO)], OTHER_VIDEO)
    (root / "images/track/val/b0000000-00000000").mkdir()
    (no_image,) = problems(root, OTHER_VIDEO)
    assert no_image.startswith("missing: ") and f"{OTHER_VIDEO}-0000001.jpg" in no_image
    (no_labels,) = problems(root, "b0000000-00000000")
    assert no_labels.startswith("missing: ") and "b0000000-00000000.json" in no_labels


def test_folder_that_is_no_video_is_named(root):
    (root / "images/track/val" / f"{VIDEO} (copy)").mkdir()
    assert bdd100k.items(root, "val") == [VIDEO, f"{VIDEO} (copy)"]
    (line,) = problems(root, f"{VIDEO} (copy)")
    assert "is not the name of a BDD100K video" in line


def test_list_of_the_published_videos():
    lists = Path(__file__).parents[1] / "config/subsets/bdd100k"
    names = read_list(lists / "videos_4.txt")
    assert names == sorted(names) and len(names) == 4
    for name in names:
        assert bdd100k.image_path("/d", "val", name, 1).as_posix() == (
            f"/d/images/track/val/{name}/{name}-0000001.jpg"
        )


@pytest.mark.parametrize(
    "name", ["", "../b1c66a42-6f7d68ca", "a/b", "a..b", ".", "a\\b", "a b", f"{VIDEO}.json", "a\n"]
)
def test_bad_name_is_refused(root, name):
    message = "is not the name of a BDD100K video.*Mend the subset list"
    with pytest.raises(DatasetError, match=message):
        bdd100k.read_video(root, "val", name)
    with pytest.raises(DatasetError, match=message):
        bdd100k.image_path(root, "val", name, 1)
    assert len(problems(root, name)) == 1


@pytest.mark.parametrize("split", ["test", "vall", "../val"])
def test_other_splits_are_refused(root, split):
    with pytest.raises(DatasetError, match="labels for train and val only"):
        bdd100k.items(root, split)
    with pytest.raises(DatasetError, match="labels for train and val only"):
        bdd100k.read_video(root, split, VIDEO)
    assert len(list(bdd100k.problems(root, split, VIDEO))) == 1


# ------------------------------------------------------------------------------ look-alikes


def test_complete_dataset_is_not_missing(root):
    assert bdd100k.missing(root) is None


@pytest.mark.parametrize("present", [[], ["images/track"], ["labels/box_track_20"]])
def test_missing_folders_are_named_with_where_to_get_them(tmp_path, present):
    for folder in present:
        (tmp_path / folder).mkdir(parents=True)
    message = bdd100k.missing(tmp_path)
    assert message.startswith(f"BDD100K MOT 2020 not found in {tmp_path}: expected ")
    assert "config/README.md#bdd100k" in message
    for folder in ("images/track", "labels/box_track_20"):
        assert (str(tmp_path / folder) in message) == (folder not in present)
    with pytest.raises(DatasetNotFoundError, match="not found"):
        bdd100k.items(tmp_path, "val")


def test_other_labels_are_named_where_box_tracks_are_missing(tmp_path):
    (tmp_path / "labels/det_20").mkdir(parents=True)
    assert "Found labels/det_20, which has no box tracks." in bdd100k.missing(tmp_path)


def without_ids():
    frames = [frame(0, [label("a"), label("b")])]
    for one in frames[0]["labels"]:
        del one["id"]
    return frames


def detection():
    names = ("b1c66a42-6f7d68ca.jpg", "b1c81faa-3df17267.jpg")
    return [{"name": name, "timestamp": 10000, "labels": [label("0")]} for name in names]


def segmentation():
    outlined = {**label("a"), "poly2d": [{"vertices": [[0, 0], [1, 0], [1, 1]], "types": "LLL"}]}
    return {"frames": [frame(0, [outlined])]}


LOOK_ALIKES = {
    "output of a tracker": (
        [frame(0, [label("a")]), frame(1, [{**label("a"), "score": 0.98}])],
        "labels have scores, as in the output of a tracker",
    ),
    "detection": (detection(), "no videoName, as in detection labels"),
    "one image each": (
        {"name": VIDEO, "frames": [{"timestamp": 10000, "objects": []}]},
        "no videoName, as in detection labels",
    ),
    "no ids": (without_ids(), "labels have no ids, so that they are no tracks"),
    "segmentation": (segmentation(), "outlines, as in segmentation tracks"),
    "masks": (
        [frame(0, [{**label("a"), "rle": {"counts": "x", "size": [720, 1280]}}])],
        "outlines, as in segmentation tracks",
    ),
}


@pytest.mark.parametrize(("content", "message"), LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_look_alike_is_refused(root, content, message):
    write_labels(root, content)
    assert message in bdd100k.missing(root)
    assert "Wanted are the MOT 2020 images and labels" in bdd100k.missing(root)
    with pytest.raises(DatasetError, match=message):
        bdd100k.read_video(root, "val", VIDEO)
    (line,) = problems(root)
    assert message in line and LABELS in line


def test_detection_file_in_place_of_tracks_is_refused(root):
    (root / LABELS).rename((root / LABELS).with_name("det_val.json"))
    assert "expected one <video>.json a video, found det_val.json" in bdd100k.missing(root)


def test_unused_keys_of_the_dictionary_form_are_no_outlines(root):
    empty = {**label("a"), "poly2d": None, "rle": None, "box3d": None, "score": None}
    write_labels(root, [frame(0, [empty])])
    assert problems(root) == []
