"""Miniature scenes on disk, laid out as ADE20K SceneParsing."""

import numpy as np
import pytest
from PIL import Image

from miniature.world import ade20k
from miniature.world.folders import MARKER
from miniature.world.scenes.classes import CLASS_NAMES
from miniature.world.scenes.scene import paint_scene
from patchprobe.datasets import ade20k as reader
from patchprobe.errors import DatasetError
from tests.miniature.files import folder_bytes
from tests.miniature.test_ade20k import TRAIN, VAL

pytestmark = pytest.mark.painters


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with two training images and one of validation, full size."""
    root = tmp_path_factory.mktemp("world")
    ade20k.write(root, {"train": TRAIN, "val": VAL}, seed=3)
    return root


def test_files_lie_and_are_encoded_as_in_the_release(written):
    names = [("training", name) for name in TRAIN] + [("validation", name) for name in VAL]
    files = {f"images/{folder}/{name}.jpg" for folder, name in names}
    files |= {f"annotations/{folder}/{name}.png" for folder, name in names}
    tables = {"objectInfo150.txt", "sceneCategories.txt", MARKER}
    assert set(folder_bytes(written)) == files | tables
    for folder, name in names:
        with Image.open(written / f"images/{folder}/{name}.jpg") as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
            size = image.size
        with Image.open(written / f"annotations/{folder}/{name}.png") as labels:
            assert (labels.format, labels.mode, labels.size) == ("PNG", "L", size)
            found = np.unique(labels)
            assert len(found) > 3 and found.max() <= 150


def test_tables_tell_of_the_scenes(written):
    lines = (written / "objectInfo150.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Idx\tRatio\tTrain\tVal\tName"
    rows = [line.split("\t") for line in lines[1:]]
    assert [row[0] for row in rows] == [str(i) for i in range(1, 151)]
    assert [row[4].split(",")[0] for row in rows] == list(CLASS_NAMES)
    labels = [np.array(Image.open(path)) for path in written.glob("annotations/training/*.png")]
    counts = [sum(label in found for found in labels) for label in range(1, 151)]
    assert [int(row[2]) for row in rows] == counts
    assert sum(float(row[1]) for row in rows) == pytest.approx(1, abs=0.1)
    categories = (written / "sceneCategories.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ")[0] for line in categories] == [*TRAIN, *VAL]
    assert all(line.split(" ")[1].isidentifier() for line in categories)


def test_the_reader_has_no_complaints(written):
    assert reader.missing(written) is None
    assert (reader.items(written, "train"), reader.items(written, "val")) == (TRAIN, VAL)
    assert list(reader.layout_problems(written)) == []
    assert [line for name in TRAIN for line in reader.problems(written, "train", name)] == []
    assert reader.class_names(written) == ("other", *CLASS_NAMES)


@pytest.fixture
def small_scenes(monkeypatch):
    """Let the writer paint small scenes, where only the bytes matter."""

    def paint(rng, number):
        return paint_scene(rng, number, (48, 64))

    monkeypatch.setattr("miniature.world.ade20k.paint_scene", paint)


@pytest.mark.usefixtures("small_scenes")
def test_writing_again_gives_the_same_bytes(tmp_path):
    ade20k.write(tmp_path, {"train": TRAIN}, seed=3)
    before = folder_bytes(tmp_path)
    ade20k.write(tmp_path, {"train": TRAIN}, seed=3)
    assert folder_bytes(tmp_path) == before


@pytest.mark.usefixtures("small_scenes")
def test_a_scene_does_not_depend_on_the_others(tmp_path):
    ade20k.write(tmp_path / "one", {"train": TRAIN[:1]}, seed=3)
    ade20k.write(tmp_path / "many", {"val": VAL, "train": TRAIN[::-1]}, seed=3)
    one, many = folder_bytes(tmp_path / "one"), folder_bytes(tmp_path / "many")
    pictures = [path for path in one if path.endswith(("jpg", "png"))]
    assert len(pictures) == 2
    assert all(many[path] == one[path] for path in pictures)
    ade20k.write(tmp_path / "one", {"train": TRAIN[1:], "val": VAL}, seed=3)
    assert folder_bytes(tmp_path / "one") == many


@pytest.mark.usefixtures("small_scenes")
def test_the_first_training_images_are_painted_besides(tmp_path):
    ade20k.write(tmp_path, {"train": [TRAIN[1]], "val": VAL}, 3, n=4)
    numbers = {path.stem[-1] for path in (tmp_path / "images/training").iterdir()}
    assert numbers == {"1", "2", "3", "4", "7"}
    assert [path.stem for path in (tmp_path / "images/validation").iterdir()] == VAL


@pytest.mark.usefixtures("small_scenes")
def test_seed_split_and_name_each_change_the_scene(tmp_path):
    variants = [("train", TRAIN[0], 3), ("train", TRAIN[0], 4), ("train", TRAIN[1], 3)]
    variants.append(("val", TRAIN[0].replace("train", "val"), 3))
    contents = set()
    for i, (split, name, seed) in enumerate(variants):
        ade20k.write(tmp_path / str(i), {split: [name]}, seed)
        contents |= {path.read_bytes() for path in (tmp_path / str(i)).glob("*/*/ADE*")}
    assert len(contents) == 2 * len(variants)


@pytest.mark.usefixtures("small_scenes")
def test_a_real_dataset_is_never_written_into(tmp_path):
    (tmp_path / "images").mkdir()
    with pytest.raises(DatasetError, match="not a miniature world: nothing was written"):
        ade20k.write(tmp_path, {"train": TRAIN}, seed=0)
    assert folder_bytes(tmp_path) == {}


@pytest.mark.parametrize("name", ["ADE_train_1", "ADE_val_00000001", "../ADE_train_00000001", ""])
def test_bad_name_is_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(DatasetError, match="expected"):
        ade20k.write(tmp_path, {"train": [TRAIN[0], name]}, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_bad_split_and_seed_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected the splits"):
        ade20k.write(tmp_path, {"test": TRAIN}, seed=0)
    with pytest.raises(ValueError, match="expected a seed"):
        ade20k.write(tmp_path, {"train": TRAIN}, seed=-1)
