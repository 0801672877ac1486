"""Lists and splits of the land-use datasets."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.datasets import eurosat, land_use_splits, uc_merced
from patchprobe.errors import DatasetError, DatasetNotFoundError
from tests import test_land_use
from tests.test_land_use import READERS, TWO_ITEMS, each_reader, touch, write_two

merced = test_land_use.merced  # the fixture

# ------------------------------------------------------------------------------ lists


@each_reader
@pytest.mark.parametrize(
    "form",
    [
        "./{0}\n./{1}\n",
        "{0}\n{1}",
        "\ufeff./{0}\r\n./{1}\r\n",
        "{2}\n{3}\n",
        "\ufeff{2}\r\n\r\n  {3}\t\r\n",
    ],
    ids=["Scale-MAE", "no last newline", "BOM and CRLF", "torchgeo", "torchgeo, BOM, blanks"],
)
def test_lists_are_read_in_their_order(tmp_path, name, form):
    second, first = TWO_ITEMS[name]
    path = write_two(tmp_path, name) / "train.txt"
    bare = [item.split("/")[1] for item in (first, second)]
    path.write_bytes(form.format(first, second, *bare).encode())
    assert land_use_splits.read_split_list(READERS[name].LAND_USE, tmp_path, path) == [
        first,
        second,
    ]


BAD_LINES = {
    "out of the folder": ("../x", "line 2: '../x' is not the name of an image"),
    "out by way of a class": ("./river/../../x.tif", "line 2: .* is not the name"),
    "absolute": ("/etc/passwd", "line 2: '/etc/passwd' is not the name"),
    "not there": ("./river/river98.tif", "line 2: .*river/river98.tif does not exist"),
    "not there, bare": ("river98.tif", "line 2: .*river/river98.tif does not exist"),
    "twice": ("beach/beach07.tif", "line 2: beach/beach07.tif is in line 1, too"),
    "twice, bare": ("beach07.tif", "line 2: beach/beach07.tif is in line 1, too"),
    "wrong class": ("./river/beach07.tif", "line 2: 'river/beach07.tif' is not the name"),
    "unknown class": ("./lake/lake00.tif", "line 2: 'lake/lake00.tif' is not the name"),
    "list of another dataset": ("./river/river_001.jpg", "expected one like agricultural/"),
    "two names": ("river99.tif beach07.tif", "line 2: .* is not the name"),
    "no text": ("\0\0", "line 2: .* is not the name"),
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_lines_of_a_list_are_named(merced, line, message):
    path = merced / "list.txt"
    path.write_text(f"./beach/beach07.tif\n{line}\nriver99.tif\n")
    with pytest.raises(DatasetError, match=message) as raised:
        land_use_splits.read_split_list(uc_merced.LAND_USE, merced, path)
    assert str(raised.value).startswith(f"1 problems in {path}, a list of images of UC Merced")


def test_many_bad_lines_are_cut(merced):
    (merced / "list.txt").write_text("\n".join(f"x{i}" for i in range(30)))
    with pytest.raises(DatasetError, match=r"^30 problems(.|\n)*line 20: (.|\n)*\.\.\.") as raised:
        land_use_splits.read_split_list(uc_merced.LAND_USE, merced, merced / "list.txt")
    assert "line 21" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "list.txt cannot be read .*No such file"),
        (b"", "list.txt is empty: expected one image name a line"),
        (b"\xef\xbb\xbf\r\n \r\n", "list.txt is empty"),
        ("straße.tif".encode("latin-1"), "list.txt cannot be read as UTF-8"),
        ("beach07.tif".encode("utf-16"), "list.txt cannot be read as UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(merced, content, message):
    if content is not None:
        (merced / "list.txt").write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        land_use_splits.read_split_list(uc_merced.LAND_USE, merced, merced / "list.txt")


def test_a_list_of_a_dataset_that_is_not_there(tmp_path):
    with pytest.raises(DatasetNotFoundError, match="EuroSAT not found"):
        land_use_splits.read_split_list(eurosat.LAND_USE, tmp_path, tmp_path / "list.txt")


# ------------------------------------------------------------------------------ splits

CLASSES = st.dictionaries(
    st.text(min_size=1, max_size=4), st.integers(2, 60), min_size=1, max_size=6
).map(lambda sizes: {group: [f"{group}/{i}" for i in range(n)] for group, n in sizes.items()})
SEEDS = st.integers(0, 2**40)


@given(CLASSES, SEEDS)
def test_splits_are_disjoint_complete_and_stratified(names, seed):
    splits = land_use_splits.splits_80_20(names, seed)
    train, val = splits["train"], splits["val"]
    assert sorted(train + val) == sorted(name for members in names.values() for name in members)
    assert not set(train) & set(val)
    for members in names.values():
        n_val = len(set(members) & set(val))
        assert abs(n_val - len(members) / 5) < 1
        assert 0 < n_val < len(members)


@given(CLASSES, SEEDS, st.randoms())
def test_splits_depend_on_neither_order_nor_other_classes(names, seed, random):
    splits = land_use_splits.splits_80_20(names, seed)
    groups = random.sample(list(names), len(names))
    shuffled = {group: random.sample(names[group], len(names[group])) for group in groups}
    assert land_use_splits.splits_80_20(shuffled, seed) == splits
    alone = land_use_splits.splits_80_20({groups[0]: names[groups[0]]}, seed)
    assert set(alone["val"]) == set(names[groups[0]]) & set(splits["val"])


def test_seeds_and_classes_differ_in_their_draw():
    names = {group: [f"{group}{i:02}" for i in range(100)] for group in ("river", "beach")}
    val = [land_use_splits.splits_80_20(names, seed)["val"] for seed in range(20)]
    assert len(set(map(tuple, val))) == 20
    drawn = [{name[-2:] for name in val[0] if name.startswith(group)} for group in names]
    assert drawn[0] != drawn[1]


def test_every_image_gets_its_turn_in_val():
    names = {"river": [f"river{i:02}" for i in range(100)]}
    counts = Counter(
        n for seed in range(500) for n in land_use_splits.splits_80_20(names, seed)["val"]
    )
    assert len(counts) == 100
    assert 60 < min(counts.values()) < max(counts.values()) < 140  # 100 expected, deviation 9


@each_reader
def test_sizes_are_those_of_the_published_splits(name):
    counts = READERS[name].LAND_USE.n_images
    names = {group: [f"{group}/{i}" for i in range(n)] for group, n in counts.items()}
    sizes = {split: len(drawn) for split, drawn in land_use_splits.splits_80_20(names).items()}
    published = {
        "uc_merced": {"train": 1680, "val": 420},
        "resisc45": {"train": 25_200, "val": 6300},
        "eurosat": {"train": 21_600, "val": 5400},
    }
    assert sizes == published[name]


def test_splits_of_a_folder(tmp_path):
    items = [f"{name}/{name}{i:02}.tif" for name in ("beach", "river") for i in range(10)]
    splits = land_use_splits.split(uc_merced.LAND_USE, touch(tmp_path, items), seed=3)
    assert sorted(splits["train"] + splits["val"]) == items
    assert [item.split("/")[0] for item in splits["val"]] == ["beach", "beach", "river", "river"]
    assert land_use_splits.split(uc_merced.LAND_USE, tmp_path, seed=3) == splits


def test_drawn_parts_are_the_split_and_make_good_lists(tmp_path):
    items = [f"{name}/{name}{i:02}.tif" for name in ("beach", "river") for i in range(10)]
    touch(tmp_path / "images", items)
    parts = {}
    for part in ("train", "val"):
        text = land_use_splits.draw(uc_merced.LAND_USE, tmp_path / "images", part, seed=3)
        assert text.startswith(f"# UC Merced, {part} of an 80/20 split, seed 3.\n")
        (tmp_path / "list.txt").write_text(text)
        parts[part] = land_use_splits.read_split_list(
            uc_merced.LAND_USE, None, tmp_path / "list.txt"
        )
    assert parts == land_use_splits.split(uc_merced.LAND_USE, tmp_path / "images", seed=3)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "no images to split"),
        ({"a": ["a1", "a2"], "b": []}, "Class b cannot be split: .*found 0"),
        ({"a": ["a1", "a2"], "b": ["b1"]}, "Class b cannot be split: .*found 1"),
        ({"a": ["a1", "a2", "a1"]}, "Class a cannot be split: .*found 3, 2 of them different"),
    ],
)
def test_what_cannot_be_split_is_refused(names, message):
    with pytest.raises(DatasetError, match=message):
        land_use_splits.splits_80_20(names)
