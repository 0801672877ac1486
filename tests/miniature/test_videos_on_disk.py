"""Videos of the miniature world on disk, laid out as BDD100K and MOT17."""

import configparser
import io
import json
from collections import defaultdict

import numpy as np
import pytest
from PIL import Image

from miniature.world import bdd100k as bdd100k_writer
from miniature.world import mot17 as mot17_writer
from miniature.world.drives.plaza import plaza
from miniature.world.drives.shot import shoot
from miniature.world.drives.world import drive
from miniature.world.folders import MARKER
from patchprobe.datasets import bdd100k, mot17
from patchprobe.errors import DatasetError
from tests.miniature.files import folder_bytes
from tests.miniature.test_videos import OTHER_VIDEO, SEQUENCE, VIDEO, box_of

pytestmark = pytest.mark.painters

# ------------------------------------------------------------------------------ BDD100K on disk


@pytest.fixture(scope="module")
def drives(tmp_path_factory):
    """A folder with one video of two frames, full size."""
    root = tmp_path_factory.mktemp("drives")
    bdd100k_writer.write(root, {"val": [VIDEO]}, seed=3, n=2)
    return root


def test_files_lie_and_are_encoded_as_in_bdd100k(drives):
    frames = [f"images/track/val/{VIDEO}/{VIDEO}-000000{number}.jpg" for number in (1, 2)]
    labels = f"labels/box_track_20/val/{VIDEO}.json"
    assert set(folder_bytes(drives)) == {MARKER, labels, *frames}
    reference = io.BytesIO()
    Image.new("RGB", (8, 8)).save(reference, "JPEG", quality=90)
    for frame in frames:
        with Image.open(drives / frame) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1280, 720))
            assert image.quantization == Image.open(reference).quantization


def test_labels_have_all_keys_of_bdd100k(drives):
    frames = json.loads((drives / f"labels/box_track_20/val/{VIDEO}.json").read_text())
    assert [frame["frameIndex"] for frame in frames] == [0, 1]
    for frame in frames:
        assert set(frame) == {"name", "videoName", "frameIndex", "labels"}
        assert frame["videoName"] == VIDEO
        assert (drives / "images/track/val" / VIDEO / frame["name"]).is_file()
        assert len(frame["labels"]) > 3
        for label in frame["labels"]:
            assert set(label) == {"id", "category", "attributes", "box2d"}
            assert isinstance(label["id"], str)
            assert set(label["attributes"]) == {"occluded", "truncated", "crowd"}
            assert all(isinstance(flag, bool) for flag in label["attributes"].values())
            box = label["box2d"]
            assert 0 <= box["x1"] < box["x2"] <= 1279
            assert 0 <= box["y1"] < box["y2"] <= 719
            assert min(box["x2"] - box["x1"], box["y2"] - box["y1"]) >= 7
        ids = [label["id"] for label in frame["labels"]]
        assert len(set(ids)) == len(ids)


def test_labels_are_what_the_film_shows(drives):
    film = drive(bdd100k_writer.video_seed(3, "val", VIDEO), 2)
    frames = json.loads((drives / f"labels/box_track_20/val/{VIDEO}.json").read_text())
    shot = shoot(film, 1)
    numbers = {f"{part.identity:08d}": number for number, part in enumerate(film.parts, 1)}
    annotated = {label["id"] for label in frames[1]["labels"]}
    for label in frames[1]["labels"]:
        x1, y1, x2, y2 = box_of(shot.owners == numbers[label["id"]])
        assert label["box2d"] == {"x1": x1, "y1": y1, "x2": x2 - 1, "y2": y2 - 1}
    for seen in shot.sightings:
        is_hidden = seen.n_visible < 0.1 * seen.n_inside
        assert not (is_hidden and f"{seen.part.identity:08d}" in annotated)
    with Image.open(drives / f"images/track/val/{VIDEO}/{VIDEO}-0000002.jpg") as image:
        assert np.abs(np.asarray(image).astype(int) - shot.image).mean() < 6


def test_reader_takes_the_drives(drives):
    assert bdd100k.missing(drives) is None
    assert bdd100k.items(drives, "val") == [VIDEO]
    assert list(bdd100k.problems(drives, "val", VIDEO)) == []
    video = bdd100k.read_video(drives, "val", VIDEO)
    np.testing.assert_allclose(video.times, [0, 0.2])


@pytest.fixture
def small_drives(monkeypatch):
    """Let the writer film small frames, where only the bytes matter."""

    def film(seed, n_frames, size, rate):
        return drive(seed, n_frames, (90, 160), rate)

    monkeypatch.setattr(bdd100k_writer, "drive", film)


@pytest.mark.usefixtures("small_drives")
def test_a_video_depends_on_seed_split_and_name_alone(tmp_path):
    def written(folder, videos, seed):
        bdd100k_writer.write(tmp_path / folder, videos, seed, n=1)
        return folder_bytes(tmp_path / folder)

    one = written("one", {"val": [VIDEO]}, 3)
    many = written("many", {"train": [VIDEO], "val": [OTHER_VIDEO, VIDEO]}, 3)
    assert written("one", {"val": [VIDEO]}, 3) == one
    assert len(one) == 3 and len(many) == 7
    assert all(many[path] == content for path, content in one.items())
    others = written("seed", {"val": [VIDEO]}, 4)
    images = [c for of in (many, others) for path, c in of.items() if path.endswith(".jpg")]
    assert len(set(images)) == len(images) == 4


def test_a_real_dataset_is_never_written_into(tmp_path):
    (tmp_path / "images").mkdir()
    for writer, used in ((bdd100k_writer, {"val": [VIDEO]}), (mot17_writer, {})):
        with pytest.raises(DatasetError, match="not a miniature world: nothing was written"):
            writer.write(tmp_path, used, seed=0, n=1)
    assert folder_bytes(tmp_path) == {}


@pytest.mark.parametrize(
    ("videos", "options", "message"),
    [
        ({"test": [VIDEO]}, {}, "expected the splits"),
        ({"val": [VIDEO]}, {"seed": -1}, "expected a seed"),
        ({"val": [VIDEO]}, {"n": 0}, "at least one frame"),
        ({"val": [VIDEO, "../x"]}, {}, "is not the name of a BDD100K video"),
    ],
)
def test_bad_arguments_for_drives_are_refused_first(tmp_path, videos, options, message):
    with pytest.raises((ValueError, DatasetError), match=message):
        bdd100k_writer.write(tmp_path, videos, **{"seed": 0, **options})
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------ MOT17 on disk


@pytest.fixture(scope="module")
def crowds(tmp_path_factory):
    """A folder with one sequence of three frames, in all three copies."""
    root = tmp_path_factory.mktemp("crowds")
    mot17_writer.write(root, {"train": [SEQUENCE]}, seed=3, n=3, detectors=("FRCNN", "DPM", "SDP"))
    return root


def rows(path):
    return [line.split(",") for line in path.read_text().splitlines()]


def test_files_lie_and_are_encoded_as_in_mot17(crowds):
    files = ["gt/gt.txt", "det/det.txt", "seqinfo.ini"]
    files += [f"img1/00000{number}.jpg" for number in (1, 2, 3)]
    copies = [f"train/{SEQUENCE}-{detector}" for detector in ("FRCNN", "DPM", "SDP")]
    contents = folder_bytes(crowds)
    assert set(contents) == {MARKER, *(f"{copy}/{file}" for copy in copies for file in files)}
    for file in files:
        n_different = 3 if file in ("det/det.txt", "seqinfo.ini") else 1
        assert len({contents[f"{copy}/{file}"] for copy in copies}) == n_different
    with Image.open(crowds / copies[0] / "img1/000001.jpg") as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 480))


def test_seqinfo_is_as_in_mot17(crowds):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read(crowds / f"train/{SEQUENCE}-DPM/seqinfo.ini")
    assert dict(parser["Sequence"]) == {
        "name": f"{SEQUENCE}-DPM", "imDir": "img1", "frameRate": "14", "seqLength": "3",
        "imWidth": "640", "imHeight": "480", "imExt": ".jpg",
    }  # fmt: skip


def test_ground_truth_has_the_columns_of_mot17(crowds):
    lines = rows(crowds / f"train/{SEQUENCE}-FRCNN/gt/gt.txt")
    assert {len(line) for line in lines} == {9}
    numbers = np.array(lines, dtype=float)
    assert set(numbers[:, 0]) == {1, 2, 3}
    assert (numbers[:, 4:6] >= 8).all()
    np.testing.assert_array_equal(numbers[:, 6] == 1, numbers[:, 7] == 1)
    assert {1, 7, 8} <= set(numbers[:, 7])
    assert ((numbers[:, 8] >= 0) & (numbers[:, 8] <= 1)).all()
    assert len(set(map(tuple, numbers[:, :2]))) == len(numbers)
    assert sorted(map(tuple, numbers[:, [1, 0]])) == list(map(tuple, numbers[:, [1, 0]]))
    classes = defaultdict(set)
    for identity, kind in numbers[:, [1, 7]]:
        classes[identity].add(kind)
    assert all(len(kinds) == 1 for kinds in classes.values())
    detections = rows(crowds / f"train/{SEQUENCE}-FRCNN/det/det.txt")
    assert {len(line) for line in detections} == {10}
    assert {line[1] for line in detections} == {"-1"}


def test_ground_truth_is_what_the_film_shows(crowds):
    film = plaza(mot17_writer.sequence_seed(3, SEQUENCE), 3, (480, 640), 14, "walking")
    shot = shoot(film, 2)
    seen = {sighting.number: sighting for sighting in shot.sightings}
    lines = rows(crowds / f"train/{SEQUENCE}-FRCNN/gt/gt.txt")
    lines = [[float(cell) for cell in line] for line in lines if line[0] == "3"]
    assert len(lines) > 10
    for _, number, left, top, width, height, _, kind, visibility in lines:
        sighting = seen[int(number)]
        assert sighting.n_visible > 0
        assert sighting.whole == (left - 1, top - 1, left - 1 + width, top - 1 + height)
        assert sighting.part.category == mot17_writer.CLASSES[int(kind) - 1]
        assert visibility == pytest.approx(sighting.n_visible / sighting.n_whole, abs=1e-4)


def test_reader_takes_the_crowds(crowds):
    assert mot17.missing(crowds) is None
    assert mot17.items(crowds, "train") == [SEQUENCE]
    assert list(mot17.problems(crowds, "train", SEQUENCE)) == []
    video = mot17.read_video(crowds, "train", SEQUENCE)
    assert (video.size, video.rate, len(video.images)) == ((480, 640), 14, 3)


def test_sequences_differ_in_rate(tmp_path):
    mot17_writer.write(tmp_path, {"train": ["MOT17-02", "MOT17-13"]}, seed=0, n=1)
    videos = [mot17.read_video(tmp_path, "train", name) for name in ("MOT17-02", "MOT17-13")]
    assert [(video.size, video.rate) for video in videos] == [((540, 960), 30), ((540, 960), 25)]


def test_a_sequence_depends_on_seed_and_name_alone(tmp_path, monkeypatch):
    def film(seed, n_frames, size, rate, camera):
        return plaza(seed, n_frames, (90, 120), rate, camera)

    monkeypatch.setattr(mot17_writer, "plaza", film)

    def written(folder, sequences, seed):
        mot17_writer.write(tmp_path / folder, {"train": sequences}, seed, n=1)
        return folder_bytes(tmp_path / folder)

    one = written("one", ["MOT17-04"], 3)
    many = written("many", ["MOT17-02", "MOT17-04"], 3)
    assert written("one", ["MOT17-04"], 3) == one
    assert len(one) == 5 and len(many) == 9
    assert all(many[path] == content for path, content in one.items())
    frame = "train/MOT17-04-FRCNN/img1/000001.jpg"
    assert written("seed", ["MOT17-04"], 4)[frame] != one[frame]


@pytest.mark.parametrize(
    ("used", "options", "message"),
    [
        ({"train": [SEQUENCE, "MOT17-02-FRCNN"]}, {}, "is not the name of a MOT17 sequence"),
        ({"val": [SEQUENCE]}, {}, "expected the split train"),
        ({}, {"seed": 1.5}, "expected a seed"),
        ({}, {"n": 0}, "at least one frame"),
        ({}, {"detectors": ["YOLO"]}, "expected detectors of"),
        ({}, {"detectors": []}, "expected detectors of"),
    ],
)
def test_bad_arguments_for_crowds_are_refused_first(tmp_path, used, options, message):
    with pytest.raises((ValueError, DatasetError), match=message):
        mot17_writer.write(tmp_path, used, **{"seed": 0, **options})
    assert list(tmp_path.iterdir()) == []
