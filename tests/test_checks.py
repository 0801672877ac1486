"""Reports about datasets."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from patchprobe.datasets import cityscapes
from patchprobe.datasets.checks import absent, check, require
from patchprobe.datasets.reports import Acceptance
from patchprobe.errors import DatasetError, DatasetNotFoundError


def toy(bad=(), missing=None, layout=(), acceptance=None, files=None, problems=None):
    return replace(
        cityscapes.DATASET,
        name="Toy",
        missing=lambda root: missing,
        files=files or (lambda root, split, item: [Path(root) / split / item]),
        problems=problems
        or (lambda root, split, item: [f"{root}/{split}/{item} is bad"] if item in bad else []),
        layout_problems=lambda root, is_miniature: layout,
        acceptance=acceptance,
    )


USED = {"train": ["a", "b", "c"], "val": ["d"]}


def test_a_good_dataset():
    report = check(toy(), "data/toy", USED, threads=2)
    require(report)
    assert report.text().splitlines() == [
        "Toy in data/toy: good",
        "  train         3 used       3 good     0 bad",
        "  val           1 used       1 good     0 bad",
    ]
    assert json.loads(json.dumps(report.as_dict()))["is_good"]


def test_every_bad_item_is_named():
    report = check(toy(bad={"b", "d"}), "data/toy", USED)
    assert report.bad == {
        "train": {"b": ["data/toy/train/b is bad"]},
        "val": {"d": ["data/toy/val/d is bad"]},
    }
    with pytest.raises(DatasetError, match=r"2 problems in Toy(.|\n)*2 good     1 bad") as raised:
        require(report)
    assert "train/b is bad" in str(raised.value)
    assert "quarantine" in str(raised.value)
    assert not report.as_dict()["is_good"]


def test_what_is_not_there_is_not_looked_at():
    report = check(toy(missing="Toy not found"), "data/toy", USED)
    assert report.n_items == {}
    with pytest.raises(DatasetNotFoundError, match="^Toy not found$"):
        require(report)


def test_layout_and_empty_splits():
    report = check(toy(layout=["no class river"]), "data/toy", {"train": []})
    assert report.problems == ["no class river", "no item of the split train is listed"]


@pytest.mark.parametrize(("found", "is_good"), [("5", True), ("6", False)])
def test_published_numbers(found, is_good):
    def compare(root, what, expected):
        yield Acceptance(what, expected, found)

    report = check(toy(acceptance=compare), "toy", USED, published=[("pixels of sky", "5")])
    assert report.as_dict()["is_good"] == is_good
    line = "  as published: pixels of sky (5)" if is_good else "pixels of sky: expected 5, found 6"
    assert line in report.text()


def test_published_numbers_are_not_compared_with_broken_files():
    report = check(toy(bad={"a"}), "toy", USED, published=[("never", "asked")])
    assert report.acceptance == []


def test_long_lists_are_cut():
    items = [str(i) for i in range(30)]
    report = check(toy(bad=set(items)), "toy", {"train": items})
    assert report.text().count("is bad") == 20
    assert "and 10 more" in report.text()


def test_items_of_the_same_files_are_checked_one_after_the_other():
    running, most = set(), []

    def problems(root, split, item):
        running.add(item)
        most.append(len({other for other in running if other[0] == item[0]}))
        time.sleep(0.001)
        running.remove(item)
        return [f"{item} is bad"] if item == "b1" else []

    items = [f"{image}{tile}" for tile in range(4) for image in "abc"]
    dataset = toy(files=lambda root, split, item: [Path(item[0])], problems=problems)
    report = check(dataset, "toy", {"train": items}, threads=3)
    assert report.bad == {"train": {"b1": ["b1 is bad"]}}
    assert (len(most), max(most)) == (12, 1)


def test_a_problem_of_several_items_is_told_once():
    dataset = toy(problems=lambda root, split, item: ["the image is bad"])
    report = check(dataset, "toy", USED)
    assert report.problems == ["the image is bad"]
    assert {split: len(bad) for split, bad in report.bad.items()} == {"train": 3, "val": 1}


# ------------------------------------------------------------------------------ quick look


@pytest.fixture
def root(tmp_path):
    """The files of USED, empty."""
    for split, items in USED.items():
        for item in items:
            (tmp_path / split).mkdir(exist_ok=True)
            (tmp_path / split / item).touch()
    return tmp_path


def unread(root, split, item):
    raise AssertionError("nothing is decoded")


def test_nothing_is_absent(root):
    assert absent(toy(problems=unread), root, USED) == []
    assert absent(toy(problems=unread), root, {}) == []


def test_a_missing_dataset_is_absent(root):
    assert absent(toy(missing="Toy not found"), root, USED) == ["Toy not found"]


def test_absent_files_are_named_with_what_to_do(root):
    (root / "train/b").unlink()
    lines = absent(toy(problems=unread), root, USED)
    assert lines[0] == f"missing: {root / 'train/b'}"
    assert "Correct the subset lists, or unpack or fetch these files again" in lines[1]
    assert len(lines) == 2


def test_files_that_cannot_be_named_are_absent(root):
    def files(root, split, item):
        raise DatasetError("not a name; mend the subset list")

    lines = absent(toy(files=files), root, USED)
    assert lines[:-1] == ["not a name; mend the subset list"]


def test_many_absent_files_are_cut_short(root):
    lines = absent(toy(), root, {"train": [f"x{i}" for i in range(23)]})
    assert [line.startswith("missing: ") for line in lines] == [True] * 20 + [False] * 2
    assert lines[20] == "and 3 more"
