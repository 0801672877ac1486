"""Names of FAIR1M: categories in all spellings, tiles."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.datasets import fair1m
from patchprobe.datasets.fair1m_names import (
    CLASS_NAMES,
    N_CLASSES,
    SUPER_NAMES,
    SUPER_OF,
    Tile,
    category_of,
    parse_tile,
)
from patchprobe.datasets.subsets import read_list
from patchprobe.errors import DatasetError

PUBLISHED = Path(__file__).parents[1] / "config/subsets/fair1m/tiles_295.txt"

# as in the annotations
XML_NAMES = (
    *("Passenger Ship", "Motorboat", "Fishing Boat", "Tugboat", "other-ship"),
    *("Engineering Ship", "Liquid Cargo Ship", "Dry Cargo Ship", "Warship", "Small Car"),
    *("Bus", "Cargo Truck", "Dump Truck", "other-vehicle", "Van"),
    *("Trailer", "Tractor", "Excavator", "Truck Tractor", "Boeing737"),
    *("Boeing747", "Boeing777", "Boeing787", "ARJ21", "C919"),
    *("A220", "A321", "A330", "A350", "other-airplane"),
    *("Baseball Field", "Basketball Court", "Football Field", "Tennis Court", "Roundabout"),
    *("Intersection", "Bridge"),
)


# ------------------------------------------------------------------------------ categories


def test_all_names_of_the_annotations_are_known():
    assert len(XML_NAMES) == 37
    categories = [category_of(name) for name in XML_NAMES]
    named = [name.lower() for name in XML_NAMES]
    assert [CLASS_NAMES[category] for category in categories] == named
    assert sorted({*categories, CLASS_NAMES.index("a320")}) == list(range(1, N_CLASSES))


def test_numbers_of_the_categories_are_those_of_the_authors():
    firsts = {1: "boeing737", 13: "passenger ship", 22: "small car", 32: "baseball field"}
    lasts = {12: "other-airplane", 21: "other-ship", 31: "other-vehicle", 35: "tennis court"}
    others = {0: "background", 5: "a320", 29: "truck tractor", 36: "roundabout", 38: "bridge"}
    for number, name in (firsts | lasts | others).items():
        assert CLASS_NAMES[number] == name
    assert N_CLASSES == 39


def test_supercategories():
    assert SUPER_NAMES == ("background", "airplane", "ship", "car", "court", "road")
    assert len(SUPER_OF) == N_CLASSES
    assert np.bincount(SUPER_OF).tolist() == [1, 12, 9, 10, 4, 3]
    assert list(SUPER_OF) == sorted(SUPER_OF)


@pytest.mark.parametrize("name", ["Small Car", "small-car", "Small_Car", "SMALLCAR", " small  car"])
def test_spelling_of_a_name_does_not_matter(name):
    assert CLASS_NAMES[category_of(name)] == "small car"


@pytest.mark.parametrize("name", ["", "background", "Boeing", "A32", "ship", "Small Cars"])
def test_unknown_names(name):
    assert category_of(name) is None


# ------------------------------------------------------------------------------ tiles


def test_names_are_those_of_the_published_list():
    tile = Tile("1001", 0, 3200, 1, 2)
    assert tile.name == "1001__1__0___3200.224_1_2"
    assert parse_tile("1001__1__0___3200.224_1_2") == tile
    assert parse_tile("1001__1__0___3200.224_1_2.png") == tile
    assert tile.box == (448, 3424, 672, 3648)
    part = Tile("part1/123", 0, 0, 1, 0)
    assert part.name == "part1-123__1__0___0.224_1_0"
    assert parse_tile(part.name) == part


items = st.from_regex(r"(part[0-9]{1,2}/)?[0-9]{1,5}", fullmatch=True)
edges = st.integers(0, 20_000)
places = st.integers(0, 3)


@given(st.builds(Tile, items, edges, edges, places, places))
def test_names_and_tiles_are_the_same_thing(tile):
    assert parse_tile(tile.name) == tile
    assert parse_tile(tile.name).name == tile.name
    assert Path(tile.name).name == tile.name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "7",
        "7__1__0___0",
        "7__1__0___0.224_4_0",
        "7__1__0___0.224_0",
        "7__1__-1___0.224_0_0",
        "7__1__00___0.224_0_0",
        "7__1__0__0.224_0_0",
        "7__0.5__0___0.224_0_0",
        "7__1__0___0.256_0_0",
        "7__1__0___0.224_0_0.jpg",
        "part1/7__1__0___0.224_0_0",
        "../7__1__0___0.224_0_0",
        "7__1__0___0.224_0_0\n",
        f"7__1__{'9' * 5000}___0.224_0_0",
        "٧__1__0___0.224_0_0",
    ],
)
def test_bad_name_is_refused(tmp_path, name):
    message = "is not the name of a FAIR1M tile: expected <id>__1__<x>.*Mend the subset list"
    with pytest.raises(DatasetError, match=message):
        parse_tile(name)
    with pytest.raises(DatasetError, match=message):
        fair1m.DATASET.read(tmp_path, "val", name)


def test_published_list():
    names = read_list(PUBLISHED)
    tiles = [parse_tile(name) for name in names]
    assert [tile.name for tile in tiles] == names
    assert len(set(names)) == 295
    numbers = {int(tile.item) for tile in tiles}
    assert (len(numbers), min(numbers), max(numbers)) == (259, 96, 8262)
    assert len({(tile.item, tile.x, tile.y) for tile in tiles}) == 266
    assert Counter((tile.x, tile.y) for tile in tiles)[0, 0] == 276
    assert len(fair1m.items_of(names)) == 259
    for tile in tiles:  # windows are a stride apart, but for the last
        assert tile.x % 800 == 0 or tile.x > 800
        assert tile.y % 800 == 0 or tile.y > 800
