"""The command that draws subsets."""

import pytest

from patchprobe.datasets import cityscapes, subsets
from patchprobe.datasets.draw import main
from tests import test_ade20k_subset
from tests.test_ade20k import write_table
from tests.test_ade20k_subset import NAMES
from tests.test_land_use import touch


@pytest.fixture
def cities(tmp_path):
    """Six images of each of two cities, without content."""
    for city in ("aachen", "ulm"):
        for number in range(6):
            path = cityscapes.image_path(tmp_path, "train", f"{city}_{number:06d}_000019")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    (tmp_path / "gtFine").mkdir()
    return tmp_path


labels = test_ade20k_subset.root  # the fixture


@pytest.fixture
def ade(labels):
    """Images 1 to 6 of ADE20K with the classes 3, 3, 3, 150, 0, 1, and the table of classes."""
    write_table(labels)
    return labels


def draw(capsys, *arguments):
    main(list(map(str, arguments)))
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if line[0] == "#"], [line for line in lines if line[0] != "#"]


def test_draws_so_many_of_each_city_with_a_seed(cities, capsys):
    command = ("cityscapes", cities, "--per-group", 2, "--seed")
    header, names = draw(capsys, *command, 5)
    assert header == ["# Cityscapes train, 2 per group, seed 5."]
    assert sorted(name.split("_")[0] for name in names) == ["aachen"] * 2 + ["ulm"] * 2
    assert draw(capsys, *command, 5)[1] == names
    others = [draw(capsys, *command, seed)[1] for seed in range(6, 12)]
    assert any(other != names for other in others)
    assert draw(capsys, *command, 0) == draw(capsys, *command[:-1])


def test_draws_so_many_of_each_class(ade, capsys, tmp_path):
    comments, names = draw(capsys, "ade20k", ade, "--split", "train", "--per-class", 2)
    assert names == [NAMES[i] for i in (0, 1, 3, 5)]
    assert comments[0] == "# ADE20K train, 2 per class, of 6 (sorted names)."
    assert comments[1].startswith("# In fewer than 2: classes 1, 2, 4, 5, ")
    assert comments[1].endswith(", 149, 150.")
    (tmp_path / "list.txt").write_text("\n".join([*comments, *names]))
    assert subsets.read_list(tmp_path / "list.txt") == names


def test_draws_by_class_with_a_seed(ade, capsys):
    command = ("ade20k", ade, "--per-class", 1, "--seed")
    drawn = [draw(capsys, *command, seed) for seed in (0, 0, *range(9))]
    assert drawn[0] == drawn[1]
    assert drawn[0][0][0] == "# ADE20K train, 1 per class, of 6 (names shuffled with seed 0)."
    assert {len(names) for _, names in drawn} == {3}
    assert {name for _, names in drawn for name in names} == set(NAMES[:4]) | {NAMES[5]}


def test_draws_a_part_of_a_split_of_each_land_use(tmp_path, capsys):
    items = [f"{name}/{name}_{i}.jpg" for name in ("River", "Forest") for i in range(1, 6)]
    command = ("eurosat", touch(tmp_path, items), "--split-80-20")
    header, train = draw(capsys, *command, "train")
    assert header == ["# EuroSAT, train of an 80/20 split, seed 0."]
    val = draw(capsys, *command, "val", "--seed", 0)[1]
    assert sorted(train + val) == sorted(items)
    assert [name.split("/")[0] for name in val] == ["Forest", "River"]


def test_lists_all_if_they_are_as_many_as_expected(cities, capsys):
    header, names = draw(capsys, "cityscapes", cities, "--all", 12)
    assert header == ["# Cityscapes train, all 12."]
    assert names == [f"{city}_{n:06d}_000019" for city in ("aachen", "ulm") for n in range(6)]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ade20k", "--per-class", "0"), "--per-class: expected at least 1, found 0"),
        (("ade20k", "--per-group", "-1"), "--per-group: expected at least 1, found -1"),
        (("ade20k", "--per-class", "1", "--threads", "0"), "--threads: expected at least 1"),
        (("ade20k",), "one of the arguments --per-class --per-group --split-80-20 --all is req"),
        (("ade20k", "--all", "0"), "--all: expected at least 1, found 0"),
        (("eurosat", "--split-80-20", "test"), "argument --split-80-20: invalid choice: 'test'"),
        (("ade20k", "--per-class", "1", "--per-group", "1"), "not allowed with argument"),
        (("imagenet", "--per-class", "1"), "invalid choice: 'imagenet'"),
    ],
    ids=str,
)
def test_nonsense_is_refused(ade, capsys, arguments, named):
    with pytest.raises(SystemExit):
        main([arguments[0], str(ade), *arguments[1:]])
    assert named in capsys.readouterr().err


def test_problems_of_the_dataset_are_told_without_a_traceback(ade, cities, tmp_path):
    for arguments, message in (
        (("ade20k", ade, "--split", "val", "--per-class", "1"), "nothing to choose from"),
        (("ade20k", ade, "--split", "test", "--per-class", "1"), "ADE20K has no split 'test'"),
        (("ade20k", tmp_path / "no", "--per-class", "1"), r"config/README\.md#ade20k"),
        (("cityscapes", tmp_path / "no", "--per-group", "1"), r"config/README\.md#cityscapes"),
        (("cityscapes", cities, "--per-class", "1"), "Cityscapes cannot be drawn by class"),
        (("cityscapes", cities, "--split-80-20", "val"), "Cityscapes cannot be split 80/20"),
        (("cityscapes", cities, "--per-group", "7"), "aachen has 6 items, fewer than the 7"),
        (
            ("cityscapes", cities, "--all", "2975"),
            "expected all 2,975 items of Cityscapes train in .*, found 12: unpack the rest",
        ),
        (("cityscapes", cities, "--all", "11"), "expected all 11 items of .*, found 12"),
    ):
        with pytest.raises(SystemExit, match=message):
            main(list(map(str, arguments)))
