"""Lists of items: how they are read, what is published, and how groups are drawn from."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.datasets import subsets
from patchprobe.datasets.land_use_splits import land_use, read_split_list
from patchprobe.errors import DatasetError

PUBLISHED = Path(__file__).parent.parent / "config" / "subsets" / "cityscapes"
TRAIN_CITIES = [
    *("aachen", "bochum", "bremen", "cologne", "darmstadt", "dusseldorf"),
    *("erfurt", "hamburg", "hanover", "jena", "krefeld", "monchengladbach"),
    *("strasbourg", "stuttgart", "tubingen", "ulm", "weimar", "zurich"),
]
VAL_CITIES = ["frankfurt", "lindau", "munster"]
NAMES = [f"{city}_{i}" for city in ("ulm", "jena", "bremen") for i in range(9)]


def city(name):
    return name.split("_")[0]


def published(name):
    return subsets.read_list(PUBLISHED / f"{name}.txt")


# ------------------------------------------------------------------------------ lists


@pytest.mark.parametrize(
    "content",
    [
        b"b\na\nc\n",
        b"b\na\nc",
        b"\xef\xbb\xbfb\na\nc\n",
        b"b\r\na\r\nc\r\n",
        b"\xef\xbb\xbf# list\r\nb\r\na\r\nc",
        b"# three\nb # first\n\n  \n\ta  \n#d\nc#\n",
    ],
    ids=["plain", "no last newline", "BOM", "CRLF", "BOM, comment and CRLF", "comments and space"],
)
def test_names_are_read_in_their_order(tmp_path, content):
    (tmp_path / "list.txt").write_bytes(content)
    assert subsets.read_list(tmp_path / "list.txt") == ["b", "a", "c"]
    assert subsets.read_list(str(tmp_path / "list.txt")) == ["b", "a", "c"]


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing yet\n", "\ufeff", "  # a\r\n"])
def test_empty_list_is_refused(tmp_path, content):
    (tmp_path / "list.txt").write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"list\.txt is empty: expected one name a line"):
        subsets.read_list(tmp_path / "list.txt")


def test_names_listed_twice_are_named(tmp_path):
    (tmp_path / "list.txt").write_text("b\na\nb # again\nc\na\na\n")
    with pytest.raises(DatasetError, match=r"list.txt names a, b more than once"):
        subsets.read_list(tmp_path / "list.txt")


def test_missing_list_is_named(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(DatasetError, match=f"{path.name} not found: correct `subsets`"):
            subsets.read_list(path)


@pytest.mark.parametrize("name", ["a" * 300, "loop.txt", "nul\0.txt", "file/list.txt"])
def test_a_path_that_no_list_can_have(tmp_path, name):
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "file").touch()
    for read in (subsets.read_list, lambda path: read_split_list(land_use("eurosat"), None, path)):
        with pytest.raises(DatasetError, match=r"(?s)ist .*(not found|cannot be read)"):
            read(tmp_path / name)


# ------------------------------------------------------------------------------ published lists


@pytest.mark.parametrize(
    ("name", "n_images"),
    [
        ("train_36", 36),
        ("train_72", 72),
        ("train_72_prime", 72),
        ("train_144", 142),
        ("val_30", 30),
    ],
)
def test_published_list_is_whole(name, n_images):
    stems = published(name)
    assert len(stems) == n_images
    assert [s for s in stems if not re.fullmatch(r"[a-z]+_[0-9]{6}_[0-9]{6}", s)] == []


@pytest.mark.parametrize(
    ("name", "cities", "n_each"),
    [
        ("train_36", TRAIN_CITIES, 2),
        ("train_72", TRAIN_CITIES, 4),
        ("train_72_prime", TRAIN_CITIES, 4),
        ("val_30", VAL_CITIES, 10),
    ],
)
def test_published_list_has_equally_many_images_of_each_city(name, cities, n_each):
    assert Counter(map(city, published(name))) == dict.fromkeys(cities, n_each)


def test_published_lists_are_nested():
    assert set(published("train_36")) < set(published("train_72"))
    both = set(published("train_72")) | set(published("train_72_prime"))
    assert set(published("train_144")) == both
    assert len(set(published("train_72")) & set(published("train_72_prime"))) == 2


# ------------------------------------------------------------------------------ drawing


def test_draw_takes_as_many_of_each_group():
    drawn = subsets.draw_per_group(NAMES, city, 4, np.random.default_rng(0))
    assert Counter(map(city, drawn)) == {"ulm": 4, "jena": 4, "bremen": 4}
    assert set(drawn) <= set(NAMES)
    assert drawn == sorted(set(drawn))


def test_draw_is_set_by_the_seed():
    draws = [subsets.draw_per_group(NAMES, city, 4, np.random.default_rng(s)) for s in (1, 1, 2)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


@settings(deadline=None)
@given(st.permutations(NAMES))
def test_draw_does_not_depend_on_the_order_of_names(names):
    expected = subsets.draw_per_group(NAMES, city, 4, np.random.default_rng(5))
    assert subsets.draw_per_group(names, city, 4, np.random.default_rng(5)) == expected


def test_every_member_may_be_drawn_and_repeats_do_not_count():
    rng = np.random.default_rng(0)
    seen = Counter(n for _ in range(300) for n in subsets.draw_per_group(NAMES * 2, city, 3, rng))
    assert set(seen) == set(NAMES)
    # 300 draws of 3 of 9: 100 of each, standard deviation sqrt(300 * 1/3 * 2/3) = 8.2
    assert max(abs(count - 100) for count in seen.values()) < 4.5 * 8.2


def test_all_members_are_drawn_if_no_more_are_there():
    drawn = subsets.draw_per_group(["b_1", "a_1", "a_2", "b_2"], city, 2, np.random.default_rng(0))
    assert drawn == ["a_1", "a_2", "b_1", "b_2"]


def test_too_few_members_are_an_error():
    names = ["ulm_1", "ulm_2", "jena_1", "ulm_2"]
    with pytest.raises(DatasetError, match="jena has 1 items, fewer than the 2 to be drawn"):
        subsets.draw_per_group(names, city, 2, np.random.default_rng(0))
    with pytest.raises(DatasetError, match="ulm has 2 items, fewer than the 3"):
        subsets.draw_per_group(names[:2] * 2, city, 3, np.random.default_rng(0))


def test_a_list_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes("aachen_000000_000019".encode("utf-16"))
    with pytest.raises(DatasetError, match=r"list\.txt is not UTF-8"):
        subsets.read_list(path)


def test_nothing_to_draw_from():
    with pytest.raises(DatasetError, match="nothing to choose from"):
        subsets.draw_per_group([], str, 1, np.random.default_rng(0))


# ------------------------------------------------------------------------------ resolving


def test_subsets_are_items_of_their_split(tmp_path):
    (tmp_path / "drawn_3.txt").write_text("c\na\n")
    (tmp_path / "other.txt").write_text("x\n")
    asked = [["listed", "val", ["b", "a"]], ["drawn_3", "train", None]]
    expected = {
        "listed": [("val", "b"), ("val", "a")],
        "drawn_3": [("train", "c"), ("train", "a")],
    }
    files = [str(tmp_path / "other.txt"), str(tmp_path / "drawn_3.txt")]
    assert subsets.resolve(asked, files) == expected
    assert subsets.resolve(asked, files[1]) == expected
    assert subsets.resolve(asked[:1]) == {"listed": expected["listed"]}


def test_an_empty_drawn_subset_is_refused(tmp_path):
    (tmp_path / "drawn_3.txt").write_text("")
    with pytest.raises(DatasetError, match=r"drawn_3\.txt is empty"):
        subsets.resolve([["drawn_3", "train", None]], str(tmp_path / "drawn_3.txt"))


def test_joined_subsets_hold_every_item_once():
    named = {"a": [("val", "2"), ("train", "1")], "b": [("val", "1"), ("val", "2")]}
    assert subsets.join(named) == [("train", "1"), ("val", "1"), ("val", "2")]
    assert subsets.join({}) == []


def test_a_list_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "list.txt").write_text("a")

    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(DatasetError, match="list.txt cannot be read .*Permission denied"):
        subsets.read_list(tmp_path / "list.txt")
