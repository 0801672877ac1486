"""Miniature UC Merced, RESISC45 and EuroSAT: what is painted, and how it lies on disk."""

import numpy as np
import pytest
from PIL import Image

from miniature.world.aerial.land_classes import (
    UC_MERCED,
)
from miniature.world.eurosat import write as write_eurosat
from miniature.world.folders import MARKER
from miniature.world.land_use import paint_place
from miniature.world.resisc45 import write as write_resisc45
from miniature.world.uc_merced import write as write_uc_merced
from patchprobe.datasets import eurosat, resisc45, uc_merced
from patchprobe.errors import DatasetError
from tests.miniature.files import folder_bytes

pytestmark = pytest.mark.painters

# writer, reader, two classes, their first two files, format, side in pixels
DATASETS = {
    "uc_merced": (
        *(write_uc_merced, uc_merced, ("beach", "parkinglot")),
        ("beach/beach00.tif", "beach/beach01.tif"),
        *("TIFF", 256),
    ),
    "resisc45": (
        *(write_resisc45, resisc45, ("sea_ice", "roundabout")),
        ("sea_ice/sea_ice_001.jpg", "sea_ice/sea_ice_002.jpg"),
        *("JPEG", 256),
    ),
    "eurosat": (
        *(write_eurosat, eurosat, ("SeaLake", "Highway")),
        ("SeaLake/SeaLake_1.jpg", "SeaLake/SeaLake_2.jpg"),
        *("JPEG", 64),
    ),
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Each dataset with one photograph of every class."""
    roots = {dataset: tmp_path_factory.mktemp(dataset) for dataset in DATASETS}
    for dataset, root in roots.items():
        DATASETS[dataset][0](root, {}, 0, 1)
    return roots


def paint(place, seed):
    return paint_place(np.random.default_rng(seed), place)


@pytest.mark.parametrize("dataset", DATASETS)
def test_files_lie_and_are_encoded_as_in_the_dataset(tmp_path, dataset):
    write, _, classes, files, kind, side = DATASETS[dataset]
    write(tmp_path, {}, 0, 2, classes)
    expected = {file.replace(classes[0], name) for file in files for name in classes}
    assert set(folder_bytes(tmp_path)) == expected | {MARKER}
    for file in expected:
        with Image.open(tmp_path / file) as image:
            assert (image.format, image.mode, image.size) == (kind, "RGB", (side, side))
            assert np.asarray(image).std() > 2


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_reader_finds_nothing_wrong(worlds, dataset):
    root, reader = worlds[dataset], DATASETS[dataset][1]
    assert reader.DATASET.missing(root) is None
    assert list(reader.DATASET.layout_problems(root, is_miniature=True)) == []
    items = reader.DATASET.items(root, "all")
    assert {reader.LAND_USE.class_of(item) for item in items} == set(reader.LAND_USE.n_images)
    for item in items[:3]:
        assert list(reader.DATASET.problems(root, "all", item)) == []


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_class_is_a_textured_picture(worlds, dataset):
    files = [path for path in worlds[dataset].rglob("*") if path.suffix in (".tif", ".jpg")]
    assert len(files) == len(DATASETS[dataset][1].LAND_USE.n_images)
    for path in files:
        image = np.asarray(Image.open(path)).astype(int)
        assert np.abs(np.diff(image, axis=1)).mean() > 0.8, path
        assert (image.max(axis=2) > 8).mean() > 0.95, path


def describe(image):
    """Colour and roughness at two scales: a poor man's embedding (16,)."""
    pixels = image.astype(float) / 255
    small = pixels.reshape(32, 8, 32, 8, 3).mean(axis=(1, 3))
    parts = []
    for picture in (pixels, small):
        parts += [picture.mean(axis=(0, 1)), picture.std(axis=(0, 1))]
        parts += [[np.abs(np.diff(picture, axis=axis)).mean()] for axis in (0, 1)]
    return np.concatenate(parts)


def test_classes_can_be_told_apart_by_colour_and_texture():
    """Leave-one-out 1-NN on plain statistics is far better than chance, 1 in 21."""
    n = 3
    features = [describe(paint(place, [k, i])) for k, place in enumerate(UC_MERCED.values())
                for i in range(n)]  # fmt: skip
    features = np.array(features)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    distances = np.linalg.norm(features[:, None] - features[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    labels = np.repeat(np.arange(len(UC_MERCED)), n)
    hits = np.mean(labels[distances.argmin(axis=1)] == labels)
    assert 0.25 < hits < 0.95


def test_writing_again_gives_the_same_bytes(tmp_path):
    write_eurosat(tmp_path, {}, 3, 2, ["SeaLake", "Pasture"])
    before = folder_bytes(tmp_path)
    write_eurosat(tmp_path, {}, 3, 2, ["SeaLake", "Pasture"])
    assert folder_bytes(tmp_path) == before


def test_a_photograph_does_not_depend_on_the_others(tmp_path):
    write_uc_merced(tmp_path / "one", {}, 3, 1, ["river"])
    write_uc_merced(tmp_path / "many", {}, 3, 3, ["runway", "river"])
    one, many = folder_bytes(tmp_path / "one"), folder_bytes(tmp_path / "many")
    assert len(one) == 2 and len(many) == 7
    assert all(many[path] == content for path, content in one.items())


def test_seed_class_and_number_each_change_the_photograph(tmp_path):
    write_uc_merced(tmp_path / "a", {}, 0, 2, ["forest", "river"])
    write_uc_merced(tmp_path / "b", {}, 1, 2, ["forest", "river"])
    contents = {c for root in "ab" for c in folder_bytes(tmp_path / root).values()}
    assert len(contents) == 2 * 4 + 1  # the marker is the same


def test_a_real_dataset_is_never_written_into(tmp_path):
    (tmp_path / "Forest").mkdir()
    with pytest.raises(DatasetError, match="not a miniature world: nothing was written"):
        write_eurosat(tmp_path, {}, 0, 1)
    assert folder_bytes(tmp_path) == {}


def test_bad_arguments_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="expected classes among .* found \\['wood'\\]"):
        write_uc_merced(tmp_path, {}, 0, 1, ["forest", "wood"])
    with pytest.raises(ValueError, match="expected 1 to 100 photographs a class, found 101"):
        write_uc_merced(tmp_path, {}, 0, 101)
    with pytest.raises(ValueError, match="expected 1 to 700 photographs a class, found 0"):
        write_resisc45(tmp_path, {}, 0, 0)
    with pytest.raises(ValueError, match="expected a seed"):
        write_eurosat(tmp_path, {}, -1, 1)
    assert list(tmp_path.iterdir()) == []
