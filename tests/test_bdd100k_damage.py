"""Damage in label files and images of BDD100K, and what it is called."""

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchprobe.datasets import bdd100k
from patchprobe.errors import DatasetError
from tests import test_bdd100k
from tests.test_bdd100k import (
    BOX,
    FOLDER,
    LABELS,
    OTHER_VIDEO,
    VIDEO,
    frame,
    label,
    problems,
    write_image,
    write_labels,
    write_video,
)

root = test_bdd100k.root  # the fixture

# ------------------------------------------------------------------------------ broken labels


def box(**changes):
    return label("7", box={**BOX, **changes})


def changed(**changes):
    return {**frame(0, [label("a")]), **changes}


NOT_A_NUMBER = float("nan")
BAD_OBJECTS = {
    "NaN": (box(x1=NOT_A_NUMBER), "id 7: box is not four finite numbers"),
    "endless": (box(y2=float("inf")), "id 7: box is not four finite numbers"),
    "too long a number": (box(y2=10**400), "id 7: box is not four finite numbers"),
    "words": (box(x1="640"), "id 7: box is not four finite numbers"),
    "true": (box(x1=True), "id 7: box is not four finite numbers"),
    "null": (label("7", box=None), "id 7: box is not four finite numbers: None"),
    "a list": (label("7", box=[1, 2, 3, 4]), "id 7: box is not four finite numbers"),
    "x2 < x1": (box(x2=600), "id 7: box has a negative width or height"),
    "y2 < y1": (box(y2=89.5), "id 7: box has a negative width or height"),
    "left of the image": (box(x1=-20, x2=-1), "id 7: box lies outside the image"),
    "above the image": (box(y1=-20, y2=-1), "id 7: box lies outside the image"),
    "right of the image": (box(x1=1281, x2=1300), "id 7: box lies outside the image"),
    "below the image": (box(y1=721, y2=730), "id 7: box lies outside the image"),
    "unknown category": (label("7", "tram"), "id 7: unknown category 'tram'"),
    "no category": (label("7", None), "id 7: unknown category None"),
    "list of categories": (label("7", ["car"]), "id 7: unknown category"),
    "null id": (label(None), "expected a label with an id, found id None"),
    "empty id": (label(""), "expected a label with an id, found id ''"),
    "half a letter as id": (label("\ud800"), "expected an id of letters and digits"),
    "id true": (label(True), "expected a label with an id, found id True"),
    "number for a flag": (label("7", crowd=2), "id 7: expected crowd true or false, found 2"),
    "list of flags": ({**label("7"), "attributes": ["crowd"]}, "id 7: expected attributes"),
    "no object": (5, "expected labels that are objects, found 5"),
    "id twice": (label("00122062"), "id 00122062: twice in this frame"),
}


@pytest.mark.parametrize(("bad", "message"), BAD_OBJECTS.values(), ids=BAD_OBJECTS.keys())
def test_bad_object_is_named_with_its_frame(root, bad, message):
    write_labels(root, [frame(0, []), frame(1, [label("00122062"), bad])])
    (line,) = problems(root)
    assert line.startswith(f"{root / LABELS}: {VIDEO}-0000002.jpg, {message}")
    with pytest.raises(DatasetError) as raised:
        bdd100k.read_video(root, "val", VIDEO)
    assert str(raised.value) == line


BAD_FRAMES = {
    "another video": (changed(videoName=OTHER_VIDEO), f"expected videoName {VIDEO}, found '"),
    "index from 1": (
        changed(frameIndex=1),
        f"expected name {VIDEO}-0000002.jpg for frameIndex 1, found '{VIDEO}-0000001.jpg'",
    ),
    "index as text": (changed(frameIndex="0"), "expected a frameIndex counted from 0, found '0'"),
    "index true": (changed(frameIndex=True), "expected a frameIndex counted from 0, found True"),
    "index below 0": (changed(frameIndex=-1), "expected a frameIndex counted from 0, found -1"),
    "no index": (changed(frameIndex=None), "expected a frameIndex counted from 0, found None"),
    "name that leads away": (
        changed(name=f"../{VIDEO}-0000001.jpg"),
        f"found '../{VIDEO}-0000001.jpg'",
    ),
    "no name": (changed(name=None), "for frameIndex 0, found None"),
    "labels are text": (changed(labels="none"), "expected a list of labels, found 'none'"),
}


@pytest.mark.parametrize(("bad", "message"), BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
def test_bad_frame_is_named(root, bad, message):
    write_labels(root, [bad, frame(1, [label("b")])])
    line = problems(root)[0]
    assert line.startswith(f"{root / LABELS}: frame 0 of the file: ")
    assert message in line
    with pytest.raises(DatasetError, match="frame 0 of the file"):
        bdd100k.read_video(root, "val", VIDEO)


def test_frame_that_is_twice_is_named(root):
    write_labels(root, [frame(0, [label("a")]), frame(0, [label("b")])])
    assert f"{VIDEO}-0000001.jpg: twice in the file" in problems(root)[0]


def test_gap_between_frames_is_named(root):
    write_labels(root, [frame(0, [label("a")]), frame(2, [label("b")])])
    (line,) = problems(root)
    assert "there is no frame with frameIndex 1, but there are later ones" in line


def test_video_without_any_label_is_named(root):
    write_labels(root, [frame(0, None), frame(1, [])])
    (line,) = problems(root)
    assert "no frame has a label" in line


def test_all_problems_are_told_at_once(root):
    write_labels(root, [frame(0, [box(x1=NOT_A_NUMBER), label("8", "tram")]), frame(1, [])])
    (root / FOLDER / f"{VIDEO}-0000002.jpg").unlink()
    lines = problems(root)
    assert len(lines) == 3
    for line, part in zip(lines, ("id 7: box", "id 8: unknown", "missing: "), strict=True):
        assert part in line
        assert "\n" not in line
        assert "config/README.md#" in line


BAD_FILES = {
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-30]), "is not JSON"),
    "no bytes": (lambda path: path.write_bytes(b""), "is not JSON"),
    "web page": (lambda path: path.write_text("<html>log in first</html>"), "is not JSON"),
    "deep": (lambda path: path.write_text("[" * 100_000), "is not JSON"),
    "another encoding": (lambda path: path.write_bytes(b"\xff\xfe[\x00]\x00"), "cannot be read"),
    "empty list": (lambda path: path.write_text("[]"), "expected a list of frames, found"),
    "number": (lambda path: path.write_text("5"), "expected a list of frames, found 5"),
    "list of numbers": (lambda path: path.write_text("[5]"), "no videoName"),
    "null": (lambda path: path.write_text('{"frames": null}'), "expected a list of frames"),
    "missing": (lambda path: path.unlink(), "missing: "),
    "folder": (lambda path: (path.unlink(), path.mkdir()), "missing: "),
    "link to itself": (lambda path: (path.unlink(), path.symlink_to(path)), "missing: "),
}


@pytest.mark.parametrize(("damage", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_label_file_is_named(root, damage, message):
    damage(root / LABELS)
    (line,) = problems(root)
    assert message in line and LABELS in line
    with pytest.raises(DatasetError, match=message):
        bdd100k.read_video(root, "val", VIDEO)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ANYTHING = st.recursive(VALUES, lambda inside: st.lists(inside, max_size=3), max_leaves=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([frame(0, []), label("a"), BOX, label("a")["attributes"]]), st.data())
def test_whatever_a_label_file_holds_is_told_not_raised(root, entry, data):
    key = data.draw(st.sampled_from(sorted(entry)))
    changed_entry = {**entry, key: data.draw(ANYTHING)}
    content = {
        "name": lambda: [changed_entry, frame(1, [label("b")])],
        "id": lambda: [frame(0, [changed_entry, label("b")]), frame(1, [])],
        "x1": lambda: [frame(0, [label("a", box=changed_entry)]), frame(1, [])],
        "crowd": lambda: [frame(0, [{**label("a"), "attributes": changed_entry}]), frame(1, [])],
    }
    make = next(make for name, make in content.items() if name in entry)
    write_labels(root, make())
    lines = problems(root)
    assert not any("\n" in line for line in lines)
    if lines:
        with pytest.raises(DatasetError):
            bdd100k.read_video(root, "val", VIDEO)
    else:
        assert len(bdd100k.read_video(root, "val", VIDEO).objects)


# ------------------------------------------------------------------------------ labels and images


def test_labels_that_stop_before_the_images_are_named(root):
    write_video(root, [frame(i, [label("a")]) for i in range(6)])
    (root / LABELS).write_text(json.dumps([frame(i, [label("a")]) for i in range(2)]))
    (line,) = problems(root)
    assert line.startswith(
        f"{root / LABELS}: 4 images have no frame in it: {VIDEO}-0000003.jpg, "
        f"{VIDEO}-0000004.jpg, {VIDEO}-0000005.jpg, {VIDEO}-0000006.jpg. Is the file cut off"
    )
    with pytest.raises(DatasetError) as raised:
        bdd100k.read_video(root, "val", VIDEO)
    assert str(raised.value) == line
    with pytest.raises(DatasetError, match="4 images have no frame"):
        bdd100k.DATASET.layout(root, "val", VIDEO)


def test_images_that_come_later_are_noticed(root):
    assert bdd100k.DATASET.layout(root, "val", VIDEO).n_frames == 3
    write_image(root / FOLDER / f"{VIDEO}-0000004.jpg")
    with pytest.raises(DatasetError, match="1 image has no frame in it"):
        bdd100k.DATASET.layout(root, "val", VIDEO)


def test_labels_of_frames_without_an_image_are_named(root):
    write_labels(root, [frame(i, [label("a")]) for i in range(5)])
    lines = problems(root)
    assert [line.split(". ")[0] for line in lines] == [
        f"missing: {root / FOLDER / f'{VIDEO}-000000{number}.jpg'}" for number in (4, 5)
    ]


def test_a_video_as_long_as_the_real_ones_is_good(root):
    write_labels(root, [frame(i, [label("a")] if i % 3 else []) for i in range(200)])
    for number in range(4, 201):
        shutil.copy(root / FIRST, root / FOLDER / f"{VIDEO}-{number:07d}.jpg")
    for name in ("._x.jpg", f"._{VIDEO}-0000201.jpg", "Thumbs.db", f"{VIDEO}-0000001 (1).jpg"):
        (root / FOLDER / name).touch()
    assert bdd100k.read_video(root, "val", VIDEO).objects["frame"].nunique() == 133


# ------------------------------------------------------------------------------ broken images

FIRST = f"{FOLDER}/{VIDEO}-0000001.jpg"
BAD_IMAGES = {
    "missing": (lambda path: path.unlink(), "missing: "),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-900]), "cannot be decoded"),
    "another size": (lambda path: write_image(path, (640, 360)), "found 640x360 px, mode RGB"),
    "grey": (lambda path: write_image(path, mode="L"), "found 1280x720 px, mode L"),
}


@pytest.mark.parametrize(("damage", "message"), BAD_IMAGES.values(), ids=BAD_IMAGES.keys())
def test_bad_image_is_named(root, damage, message):
    damage(root / FIRST)
    (line,) = problems(root)
    assert message in line and FIRST in line


def test_folder_of_images_that_links_to_itself(root):
    for path in (root / FOLDER).iterdir():
        path.unlink()
    (root / FOLDER).rmdir()
    (root / FOLDER).symlink_to(root / FOLDER)
    assert bdd100k.items(root, "val") == [VIDEO]
    lines = problems(root)
    assert len(lines) == 3
    assert all("cannot be decoded" in line and "symbolic" in line for line in lines)
