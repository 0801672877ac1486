"""Reports about datasets."""

import json
from types import SimpleNamespace

import pytest

from patchprobe.datasets.checks import Acceptance, check, require
from patchprobe.errors import DatasetError, DatasetNotFoundError


def reader(bad=(), missing=None, layout=(), compare=None):
    return SimpleNamespace(
        NAME="Toy",
        missing=lambda root: missing,
        problems=lambda root, split, item: [f"{root}/{split}/{item} is bad"] if item in bad else [],
        layout_problems=lambda root, is_miniature: layout,
        compare=compare,
    )


USED = {"train": ["a", "b", "c"], "val": ["d"]}


def test_a_good_dataset():
    report = check(reader(), "data/toy", USED, threads=2)
    require(report)
    assert report.text().splitlines() == [
        "Toy in data/toy: good",
        "  train         3 used       3 good     0 bad",
        "  val           1 used       1 good     0 bad",
    ]
    assert json.loads(json.dumps(report.as_dict()))["is_good"]


def test_every_bad_item_is_named():
    report = check(reader(bad={"b", "d"}), "data/toy", USED)
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
    report = check(reader(missing="Toy not found"), "data/toy", USED)
    assert report.n_items == {}
    with pytest.raises(DatasetNotFoundError, match="^Toy not found$"):
        require(report)


def test_layout_and_empty_splits():
    report = check(reader(layout=["no class river"]), "data/toy", {"train": []})
    assert report.problems == ["no class river", "no item of the split train is listed"]


@pytest.mark.parametrize(("found", "is_good"), [("5", True), ("6", False)])
def test_published_numbers(found, is_good):
    def compare(root, what, expected):
        yield Acceptance(what, expected, found)

    report = check(reader(compare=compare), "toy", USED, published=[("pixels of sky", "5")])
    assert report.as_dict()["is_good"] == is_good
    line = "  as published: pixels of sky (5)" if is_good else "pixels of sky: expected 5, found 6"
    assert line in report.text()


def test_published_numbers_are_not_compared_with_broken_files():
    report = check(reader(bad={"a"}), "toy", USED, published=[("never", "asked")])
    assert report.acceptance == []


def test_long_lists_are_cut():
    items = [str(i) for i in range(30)]
    report = check(reader(bad=set(items)), "toy", {"train": items})
    assert report.text().count("is bad") == 20
    assert "and 10 more" in report.text()
