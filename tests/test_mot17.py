"""MOT17 on disk: what is read, and what each kind of damage is called."""

import numpy as np
import pytest
from PIL import Image

from patchprobe.crops.objects import resize_boxes
from patchprobe.datasets import mot17, videos
from patchprobe.errors import DatasetError, DatasetNotFoundError

SEQUENCE = "MOT17-02"
FOLDER = f"train/{SEQUENCE}-FRCNN"
TRUTH = f"{FOLDER}/gt/gt.txt"
INFO = f"{FOLDER}/seqinfo.ini"
LINES = (
    "1,2,101,51,40,80,1,1,0.86014",
    "3,2,111,51,40,80,1,1,1",
    "1,10,-9,1,20,60,1,1,0",
    "1,4,7,8,9,10,0,1,1",  # pedestrian not to be considered
    "1,5,7,8,9,10,0,7,0.5",  # static person
    "2,6,7,8,9,10,1,3,1",  # car
)


def write_sequence(
    root, name=f"{SEQUENCE}-FRCNN", lines=LINES, length=3, rate=14, size=(64, 48), folder=None
):
    """A sequence of images of one colour; `size` is width, height."""
    folder = root / "train" / (folder or name)
    for part in ("img1", "gt", "det"):
        (folder / part).mkdir(parents=True)
    for number in range(1, length + 1):
        Image.new("RGB", size, (number, 90, 90)).save(folder / "img1" / f"{number:06d}.jpg")
    (folder / "gt/gt.txt").write_text("".join(f"{line}\n" for line in lines))
    (folder / "det/det.txt").write_text("1,-1,1359.1,413.27,120.26,362.77,2.3092,-1,-1,-1\n")
    (folder / "seqinfo.ini").write_text(
        f"[Sequence]\nname={name}\nimDir=img1\nframeRate={rate}\nseqLength={length}\n"
        f"imWidth={size[0]}\nimHeight={size[1]}\nimExt=.jpg\n\n"
    )


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def root(tmp_path):
    write_sequence(tmp_path)
    return tmp_path


def problems(root, sequence=SEQUENCE):
    return list(mot17.problems(root, "train", sequence))


# ------------------------------------------------------------------------------ reading


def test_sequence_is_read_as_annotated(root):
    video = mot17.read_video(root, "train", SEQUENCE)
    assert (video.name, video.size, video.rate) == (SEQUENCE, (48, 64), 14)
    np.testing.assert_allclose(video.times, [0, 1 / 14, 2 / 14])
    names = ("000001.jpg", "000002.jpg", "000003.jpg")
    assert list(video.images) == [root / FOLDER / "img1" / name for name in names]
    assert problems(root) == []


def test_pedestrians_to_be_considered_are_kept_and_counted_from_0(root):
    objects = mot17.read_video(root, "train", SEQUENCE).objects
    assert objects[["frame", "id", "category"]].to_numpy().tolist() == [
        [0, "2", "pedestrian"],
        [0, "10", "pedestrian"],
        [2, "2", "pedestrian"],
    ]
    assert objects[list(videos.BOX)].to_numpy().tolist() == [
        [100, 50, 140, 130],
        [-10, 0, 10, 60],
        [110, 50, 150, 130],
    ]
    assert objects["visibility"].tolist() == [0.86014, 0, 1]
    assert objects[["crowd", "occluded", "truncated"]].isna().all(axis=None)


def test_layout_tells_rate_and_native_size(tmp_path):
    write_sequence(tmp_path, "MOT17-05-FRCNN", LINES[:1], length=1, rate=14, size=(640, 480))
    layout = mot17.DATASET.layout(tmp_path, "train", "MOT17-05")
    assert (layout.rate, layout.native_size, layout.size) == (14, (480, 640), (448, 448))


def test_rate_length_and_size_are_those_of_the_sequence(tmp_path):
    write_sequence(tmp_path, "MOT17-05-FRCNN", LINES[:1], length=1, rate=29.97, size=(640, 480))
    video = mot17.read_video(tmp_path, "train", "MOT17-05")
    assert (video.rate, len(video.images), video.size) == (29.97, 1, (480, 640))
    resized = videos.frame_size(*video.size)
    boxes = resize_boxes(video.objects[list(videos.BOX)], video.size, resized)
    np.testing.assert_allclose(boxes, [[70, 50 * 14 / 15, 98, 130 * 14 / 15]])
    assert videos.read_frame(video.images[0], video.size, resized).shape == (448, 448, 3)


def test_suffix_and_folder_of_images_are_those_of_the_file(root):
    (root / FOLDER / "img1").rename(root / FOLDER / "frames")
    for path in (root / FOLDER / "frames").iterdir():
        Image.open(path).save(path.with_suffix(".png"))
        path.unlink()
    replace(root / INFO, "img1", "frames")
    replace(root / INFO, ".jpg", ".png")
    assert problems(root) == []
    assert mot17.read_video(root, "train", SEQUENCE).images[0].name == "000001.png"


def test_windows_lines_blank_ends_and_byte_order_marks_do_no_harm(root):
    expected = mot17.read_video(root, "train", SEQUENCE).objects
    for path in (root / TRUTH, root / INFO):
        windows = path.read_text().replace("\n", "\r\n") + "\r\n\r\n"
        path.write_bytes(b"\xef\xbb\xbf" + windows.encode())
    assert mot17.read_video(root, "train", SEQUENCE).objects.equals(expected)


def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path):
    root = tmp_path / "Straßen in Köln" / "街 景"
    write_sequence(root)
    assert mot17.items(str(root), "train") == [SEQUENCE]
    assert problems(str(root)) == []


# ------------------------------------------------------------------------------ items


def test_three_copies_are_one_sequence(tmp_path):
    for detector in ("DPM", "FRCNN", "SDP"):
        write_sequence(tmp_path, f"MOT17-02-{detector}")
        write_sequence(tmp_path, f"MOT17-13-{detector}")
    assert mot17.items(tmp_path, "train") == ["MOT17-02", "MOT17-13"]
    read = [mot17.read_video(tmp_path, "train", item) for item in mot17.items(tmp_path, "train")]
    assert sum(len(video.objects) for video in read) == 6
    assert {video.images[0].parts[-3] for video in read} == {"MOT17-02-FRCNN", "MOT17-13-FRCNN"}


@pytest.mark.parametrize(("present", "read"), [(["DPM", "SDP"], "SDP"), (["DPM"], "DPM")])
def test_another_copy_is_read_where_the_first_is_absent(tmp_path, present, read):
    for detector in present:
        write_sequence(tmp_path, f"MOT17-02-{detector}")
    assert mot17.items(tmp_path, "train") == ["MOT17-02"]
    assert mot17.copy_path(tmp_path, "MOT17-02") == tmp_path / f"train/MOT17-02-{read}"
    assert problems(tmp_path) == []


def test_damaged_copy_is_not_replaced_by_another(root):
    write_sequence(root, "MOT17-02-SDP")
    (root / TRUTH).unlink()
    (line,) = problems(root)
    assert line.startswith(f"missing: {root / TRUTH}")


@pytest.mark.parametrize("split", ["val", "test", "../train"])
def test_only_the_training_split_has_ground_truth(root, split):
    message = "no split .* no public ground truth.* Use train"
    with pytest.raises(DatasetError, match=message):
        mot17.items(root, split)
    with pytest.raises(DatasetError, match=message):
        mot17.read_video(root, split, SEQUENCE)
    assert len(list(mot17.problems(root, split, SEQUENCE))) == 1


@pytest.mark.parametrize(
    "name",
    ["", "../MOT17-02", "MOT17-2", "MOT17-02-FRCNN", "MOT17-02/..", "MOT15-02", "MOT17-02\n"],
)
def test_bad_name_is_refused(root, name):
    with pytest.raises(DatasetError, match="is not the name of a MOT17 sequence.*Mend the subset"):
        mot17.read_video(root, "train", name)
    assert len(problems(root, name)) == 1


@pytest.mark.parametrize("name", ["MOT17-02-FRCNN", "MOT17-02-DPM", "mot17-02-sdp"])
def test_a_folder_renamed_to_its_sequence_is_read(tmp_path, name):
    write_sequence(tmp_path, name, folder=SEQUENCE)
    assert mot17.missing(tmp_path) is None
    assert mot17.items(tmp_path, "train") == [SEQUENCE]
    assert mot17.copy_path(tmp_path, SEQUENCE) == tmp_path / "train" / SEQUENCE
    assert problems(tmp_path) == []
    write_sequence(tmp_path, "MOT17-02-DPM")
    assert mot17.items(tmp_path, "train") == [SEQUENCE]
    assert mot17.copy_path(tmp_path, SEQUENCE) == tmp_path / "train/MOT17-02-DPM"


@pytest.mark.parametrize("name", ["MOT17-02-DPM", "MOT17-02", " MOT17-02-SDP ", ""])
def test_a_harmless_name_of_a_sequence(root, name):
    replace(root / INFO, "name=MOT17-02-FRCNN", f"name={name}")
    assert problems(root) == []


def test_info_without_a_name_is_read(root):
    replace(root / INFO, "name=MOT17-02-FRCNN\n", "")
    assert problems(root) == []


# ------------------------------------------------------------------------------ look-alikes


def test_complete_dataset_is_not_missing(root):
    assert mot17.missing(root) is None


@pytest.mark.parametrize("folder", ["", "test/MOT17-01-FRCNN", "train"])
def test_missing_dataset_is_told_with_where_to_get_it(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    message = mot17.missing(tmp_path)
    assert message.startswith(f"MOT17 not found in {tmp_path}: expected {tmp_path / 'train'}")
    assert "config/README.md#mot17" in message
    with pytest.raises(DatasetNotFoundError, match="MOT17 not found"):
        mot17.items(tmp_path, "train")


@pytest.mark.parametrize("name", ["ADL-Rundle-6", "MOT16-02", "MOT20-01", "MOT17-02"])
@pytest.mark.parametrize("is_alone", [True, False])
def test_folders_of_other_years_are_refused(tmp_path, name, is_alone):
    write_sequence(tmp_path, name)
    if not is_alone:
        write_sequence(tmp_path)
    message = mot17.missing(tmp_path)
    assert message.startswith(f"{tmp_path / 'train' / name} is no sequence of MOT17")


def test_folders_that_are_no_sequences_do_no_harm(root):
    (root / "train/__MACOSX").mkdir()
    (root / "train/MOT17-02-FRCNN.zip").write_text("")
    assert mot17.missing(root) is None
    assert mot17.items(root, "train") == [SEQUENCE]


RESULTS = {
    "detections": "1,-1,1359.1,413.27,120.26,362.77,2.3092,-1,-1,-1",
    "a tracker": "1,3,912.3,484.2,97.0,109.0,0.91,-1,-1,-1",
}


@pytest.mark.parametrize("line", RESULTS.values(), ids=RESULTS.keys())
def test_results_in_place_of_the_ground_truth_are_refused(root, line):
    (root / TRUTH).write_text(f"{line}\n" * 3)
    message = "found 10 .as in MOT15, in det.txt and in the output of trackers"
    with pytest.raises(DatasetError, match=message):
        mot17.read_video(root, "train", SEQUENCE)
    assert "output of trackers" in mot17.missing(root)


@pytest.mark.parametrize("confidence", ["0.91", "-1", "2.3092"])
def test_results_of_as_many_columns_are_refused(root, confidence):
    (root / TRUTH).write_text(f"1,3,912.3,484.2,97.0,109.0,{confidence},1,1\n")
    (line,) = problems(root)
    assert "expected 0 or 1 in column 7" in line


def test_ground_truth_of_mot15_is_refused(root):
    (root / TRUTH).write_text("1,1,1691.4,381.1,152.2,352.6,1,-1,-1,-1\n" * 2)
    message = "expected the 9 columns of MOT17's ground truth, .*; found 10 .as in MOT15"
    with pytest.raises(DatasetError, match=message):
        mot17.read_video(root, "train", SEQUENCE)
    with pytest.raises(DatasetNotFoundError, match=message):
        mot17.items(root, "train")
    (line,) = problems(root)
    assert "MOT15" in line and TRUTH in line
