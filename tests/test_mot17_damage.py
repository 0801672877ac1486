"""Damage in ground truth, seqinfo.ini and images of MOT17, and what it is called."""

import pytest
from PIL import Image

from patchprobe.datasets import mot17
from patchprobe.errors import DatasetError
from tests import test_mot17
from tests.test_mot17 import FOLDER, INFO, LINES, SEQUENCE, TRUTH, problems, replace

root = test_mot17.root  # the fixture

# ------------------------------------------------------------------------------ broken ground truth

BAD_LINES = {
    "NaN": ("1,3,nan,51,40,80,1,1,1", "frame 1, id 3: expected 9 finite numbers"),
    "endless": ("1,3,inf,51,40,80,1,1,1", "frame 1, id 3: expected 9 finite numbers"),
    "word": ("1,3,left,51,40,80,1,1,1", "frame 1, id 3: expected 9 finite numbers"),
    "nothing": ("1,3,,51,40,80,1,1,1", "frame 1, id 3: expected 9 finite numbers"),
    "a column less": ("1,3,101,51,40,80,1,1", "frame 1, id 3: expected 9 finite numbers"),
    "blank": ("", "frame nan, id nan: expected 9 finite numbers"),
    "negative width": ("1,3,101,51,-40,80,1,1,1", "frame 1, id 3: box of negative size"),
    "negative height": ("1,3,101,51,40,-1,1,1,1", "frame 1, id 3: box of negative size"),
    "id twice": ("1,2,101,51,40,80,1,1,1", "frame 1, id 2: twice in this frame"),
    "frame 0": ("0,3,101,51,40,80,1,1,1", "frame 0, id 3: expected a frame in 1..3"),
    "frame 4": ("4,3,101,51,40,80,1,1,1", "frame 4, id 3: expected a frame in 1..3"),
    "half a frame": ("1.5,3,101,51,40,80,1,1,1", "frame 1.5, id 3: expected a frame in 1..3"),
    "no identity": ("1,-1,101,51,40,80,1,1,1", "frame 1, id -1: expected a whole id above 0"),
    "consider 2": ("1,3,101,51,40,80,2,1,1", "frame 1, id 3: expected 0 or 1 in column 7"),
    "class -1": ("1,3,101,51,40,80,1,-1,1", "frame 1, id 3: expected a class in 1..13"),
    "class 14": ("1,3,101,51,40,80,1,14,1", "frame 1, id 3: expected a class in 1..13"),
    "visibility": ("1,3,101,51,40,80,1,1,1.2", "frame 1, id 3: expected a visibility in 0..1"),
}


@pytest.mark.parametrize(("bad", "message"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_line_is_named(root, bad, message):
    lines = [*LINES[:2], bad, *LINES[2:]]
    (root / TRUTH).write_text("\n".join(lines))
    (line,) = problems(root)
    assert line.startswith(f"{root / TRUTH}, line 3: {message}")
    with pytest.raises(DatasetError) as raised:
        mot17.read_video(root, "train", SEQUENCE)
    assert str(raised.value) == line


def test_lines_that_are_not_read_may_be_twice_or_odd(root):
    with (root / TRUTH).open("a") as file:
        file.write("1,5,7,8,9,10,0,7,0.5\n1,2,101,51,-40,80,0,1,-1\n")
    assert problems(root) == []
    assert len(mot17.read_video(root, "train", SEQUENCE).objects) == 3


def test_all_problems_are_told_at_once(root):
    with (root / TRUTH).open("a") as file:
        file.write("9,3,101,51,40,80,1,1,1\n1,3,nan,51,40,80,1,1,1\n")
    (root / FOLDER / "img1/000002.jpg").unlink()
    parts = ("line 7: frame 9", "line 8: frame 1", "missing: ")
    for line, part in zip(problems(root), parts, strict=True):
        assert part in line
        assert "config/README.md#" in line


def test_ground_truth_without_pedestrians_is_named(root):
    (root / TRUTH).write_text("\n".join(LINES[3:]))
    (line,) = problems(root)
    assert "no pedestrian (class 1) that is to be considered" in line


BAD_TRUTHS = {
    "empty": (lambda path: path.write_text(""), "is empty"),
    "blank": (lambda path: path.write_text("\r\n \n"), "is empty"),
    "a column more": (lambda path: path.write_text(f"{LINES[0]}\n{LINES[0]},1"), "line 2, saw 10"),
    "eight columns": (lambda path: path.write_text("1,2,3,4,5,6,1,1"), r"9 columns.* found 8\."),
    "web page": (lambda path: path.write_text("<html>"), "9 columns .* found 1"),
    "quotation mark": (lambda path: path.write_text(f'"{LINES[0]}'), "expected 9 finite numbers"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe1\x00"), "cannot be read as UTF-8"),
    "missing": (lambda path: path.unlink(), "missing: "),
    "folder": (lambda path: (path.unlink(), path.mkdir()), "missing: "),
    "link to itself": (lambda path: (path.unlink(), path.symlink_to(path)), "missing: "),
}


@pytest.mark.parametrize(("damage", "message"), BAD_TRUTHS.values(), ids=BAD_TRUTHS.keys())
def test_bad_ground_truth_is_named(root, damage, message):
    damage(root / TRUTH)
    (line,) = problems(root)
    assert TRUTH in line and "\n" not in line
    with pytest.raises(DatasetError, match=message):
        mot17.read_video(root, "train", SEQUENCE)


# ------------------------------------------------------------------------------ broken seqinfo.ini

BAD_INFOS = {
    "no frame rate": ("frameRate=14\n", "", "there is no frameRate in it"),
    "no length": ("seqLength=3\n", "", "there is no seqLength in it"),
    "no section": ("[Sequence]", "[Other]", "there is no Sequence in it"),
    "no heading": ("[Sequence]", "", "is not as distributed"),
    "twice": ("frameRate=14", "frameRate=14\nframeRate=30", "is not as distributed"),
    "rate 0": ("frameRate=14", "frameRate=0", "frameRate 0.0 cannot be"),
    "rate NaN": ("frameRate=14", "frameRate=nan", "frameRate nan cannot be"),
    "rate in words": ("frameRate=14", "frameRate=fast", "is not as distributed"),
    "no frames": ("seqLength=3", "seqLength=0", "seqLength 0 cannot be"),
    "endless": ("seqLength=3", "seqLength=9999999999", "seqLength 9999999999 cannot be"),
    "half a frame": ("seqLength=3", "seqLength=3.5", "is not as distributed"),
    "another sequence": (
        "name=MOT17-02-FRCNN",
        "name=MOT17-04-FRCNN",
        "expected name MOT17-02, found 'MOT17-04-FRCNN': it is of another sequence",
    ),
    "another year": (
        "name=MOT17-02-FRCNN",
        "name=MOT16-02",
        "expected name MOT17-02, found 'MOT16-02': it is of another sequence",
    ),
    "no width": ("imWidth=64", "imWidth=-64", "imHeight, imWidth .* cannot be"),
    "folder elsewhere": ("imDir=img1", "imDir=../MOT17-04-FRCNN/img1", "imDir '../.* cannot be"),
    "absolute folder": ("imDir=img1", "imDir=/tmp", "imDir '/tmp' cannot be"),
    "suffix elsewhere": ("imExt=.jpg", "imExt=/../a.jpg", "imExt '/../a.jpg' cannot be"),
    "interpolation": ("imDir=img1", "imDir=%(name)s", "imDir '%.name.s' cannot be"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD_INFOS.values(), ids=BAD_INFOS.keys())
def test_bad_info_is_named(root, old, new, message):
    replace(root / INFO, old, new)
    with pytest.raises(DatasetError, match=message):
        mot17.read_video(root, "train", SEQUENCE)
    (line,) = problems(root)
    assert INFO in line and "config/README.md#mot17" in line and "\n" not in line


def test_a_length_below_the_number_of_images_is_named(root):
    for number in (4, 5):
        Image.new("RGB", (64, 48)).save(root / FOLDER / f"img1/{number:06d}.jpg")
    (root / FOLDER / "img1/._000006.jpg").touch()
    (line,) = problems(root)
    assert line.startswith(
        f"{root / INFO}: 2 images have no frame in its seqLength 3: 000004.jpg, 000005.jpg. Is"
    )
    with pytest.raises(DatasetError, match="2 images have no frame"):
        mot17.read_video(root, "train", SEQUENCE)


def test_missing_info_is_named(root):
    (root / INFO).unlink()
    (line,) = problems(root)
    assert line.startswith(f"missing: {root / INFO}")


# ------------------------------------------------------------------------------ broken images

SECOND = f"{FOLDER}/img1/000002.jpg"
BAD_IMAGES = {
    "missing": (lambda path: path.unlink(), "missing: "),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-20]), "cannot be decoded"),
    "no image": (lambda path: path.write_text("<html>"), "cannot be decoded"),
    "another size": (
        lambda path: Image.new("RGB", (48, 64)).save(path),
        "expected 64x48 px, mode RGB; found 48x64 px",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BAD_IMAGES.values(), ids=BAD_IMAGES.keys())
def test_bad_image_is_named(root, damage, message):
    damage(root / SECOND)
    (line,) = problems(root)
    assert message in line and SECOND in line


def test_sequence_that_links_to_itself_is_named(root):
    loop = root / "train/MOT17-04-FRCNN"
    loop.symlink_to(loop)
    assert mot17.items(root, "train") == [SEQUENCE, "MOT17-04"]
    (line,) = problems(root, "MOT17-04")
    assert line.startswith(f"missing: {loop / 'seqinfo.ini'}")
