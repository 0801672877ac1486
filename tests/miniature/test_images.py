"""The images that miniature backbones are trained on: none of them is an evaluation scene."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from miniature.training import images
from miniature.world.seeds import scene_generator
from miniature.world.streets.street import paint_street

ROOT = Path(__file__).parents[2]


def test_no_configuration_evaluates_on_the_training_world():
    seeds = set()
    for path in (ROOT / "config").glob("*.yaml"):
        for dataset in yaml.safe_load(path.read_text()).get("datasets", {}).values():
            seeds.add(dataset.get("miniature", {}).get("seed"))
    assert len(seeds) > 1  # the demo's, and None
    assert images.SEED not in seeds


def test_training_scenes_differ_from_evaluation_scenes_of_the_same_name():
    stem = "ahausen_000008_000019"
    trained, evaluated = (scene_generator(seed, "train", stem) for seed in (images.SEED, 0))
    assert not np.array_equal(
        paint_street(trained, 128, 256)[0], paint_street(evaluated, 128, 256)[0]
    )


@pytest.mark.painters
@pytest.mark.parametrize("source", images.SOURCES)
def test_every_source_paints_labelled_tiles(source):
    tiles, labels = images.paint(source, 1)
    assert tiles.shape[1:] == (images.TILE_PX, images.TILE_PX, 3)
    assert tiles.dtype == np.uint8
    assert len(labels) == len(tiles) > 0
    assert all(tile.std() > 1 for tile in tiles if tile.any())


def test_a_scene_depends_on_its_number_alone():
    tiles, labels = images.paint("land_use", 4)
    again, _ = images.paint("land_use", 4)
    other, other_labels = images.paint("land_use", 5)
    np.testing.assert_array_equal(tiles, again)
    assert labels != other_labels
    assert not np.array_equal(tiles, other)


def test_label_of_a_street_tile_is_what_covers_most_of_it_void_apart():
    ids = np.zeros((256, 256), np.uint8)
    ids[:10], ids[10:13] = 7, 26  # road, a little car, void
    assert images._most(ids) == "road"
    assert images._most(np.zeros((256, 256), np.uint8)) == "void"


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """Two scenes of two sources on disk; one process, as each imports all painters."""
    folder = tmp_path_factory.mktemp("painted")
    names = ("land_use", "ade20k")
    sources = {name: images.Source(2, images.SOURCES[name].paint) for name in names}
    images.paint_all(folder, sources, n_processes=1)
    return folder, sources


def test_tiles_of_several_sources_follow_each_other(painted):
    folder, sources = painted
    tiles = images.Tiles(tuple(sources), folder)
    first = [images.paint("land_use", number) for number in range(2)]
    rooms = [images.paint("ade20k", number) for number in range(2)]
    assert len(tiles) == 2 + sum(len(labels) for _, labels in rooms)
    np.testing.assert_array_equal(tiles[1], first[1][0][0])
    np.testing.assert_array_equal(tiles[2], rooms[0][0][0])
    np.testing.assert_array_equal(tiles[len(tiles) - 1], rooms[1][0][-1])
    assert tiles.label_names[tiles.labels[1]] == first[1][1][0]
    assert tiles.label_names[tiles.labels[2]] == rooms[0][1][0]


def test_what_is_painted_is_kept(painted, tmp_path):
    folder, sources = tmp_path / "copy", painted[1]
    shutil.copytree(painted[0], folder)
    (folder / "land_use.json").write_text(json.dumps(["kept"]))
    images.paint_all(folder, sources, n_processes=1)
    assert json.loads((folder / "land_use.json").read_text()) == ["kept"]
