"""Where the folder of ADE20K is looked for, and what only looks like it."""

import pytest

from patchprobe.datasets import ade20k, checks
from patchprobe.errors import DatasetNotFoundError
from tests import test_ade20k
from tests.test_ade20k import PARTS

root = test_ade20k.root  # the fixture

# ------------------------------------------------------------------------------ root


def test_the_dataset_is_not_missing(root):
    assert ade20k.missing(root) is None
    assert ade20k.missing(str(root)) is None
    report = checks.check(ade20k.DATASET, root, {})
    assert (report.problems, report.n_items) == ([], {"train": 1, "val": 1})


@pytest.mark.parametrize("absent", [PARTS, PARTS[:1], PARTS[2:], PARTS[3:]])
def test_absent_folders_are_named(tmp_path, absent):
    root = tmp_path / "ade20k"
    for part in set(PARTS) - set(absent):
        (root / part).mkdir(parents=True)
    message = ade20k.missing(root)
    assert message.startswith(f"ADE20K not found in {root}: expected {root / absent[0]}")
    assert [part for part in PARTS if str(root / part) in message] == absent
    assert "ADEChallengeData2016.zip, see config/README.md#ade20k" in message
    with pytest.raises(DatasetNotFoundError, match="ADE20K not found"):
        ade20k.items(root, "train")


def test_a_file_or_a_looping_link_in_place_of_the_root_is_no_dataset(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("link")
    for name in ("file", "link"):
        assert "ADE20K not found" in ade20k.missing(tmp_path / name)


@pytest.mark.parametrize("given", ["..", "images", "annotations", "images/training"])
def test_a_root_too_high_or_too_low_is_told(root, given):
    found = (root / given).resolve()
    assert ade20k.missing(found) == (
        f"{found} is not the root of ADE20K, {root} is: give that as `root`, "
        "see config/README.md#ade20k."
    )


def test_a_relative_root_too_low_is_told(root, monkeypatch):
    monkeypatch.chdir(root / "images")
    assert f"{root} is: give that" in ade20k.missing(".")


FULL = {
    "2016": "images/training/a/abbey/ADE_train_00000970_seg.png",
    "2021": "images/ADE/training/cultural/apse__indoor/ADE_train_00001472_seg.png",
    "index only": "index_ade20k.pkl",
    "unpacked in it": "ADE20K_2021_17_01/index_ade20k.pkl",
    "in images of 2021": "ADE/training/cultural/apse__indoor/ADE_train_00001472.jpg",
    "flat": "images/training/ADE_train_00000970_seg.png",
}


@pytest.mark.parametrize("path", FULL.values(), ids=FULL.keys())
def test_the_full_dataset_is_refused(tmp_path, path):
    root = tmp_path / "ade20k"
    (root / path).parent.mkdir(parents=True)
    (root / path).touch()
    message = ade20k.missing(root)
    assert message.startswith(f"{root} is the full ADE20K, with thousands of classes in colour")
    assert "Wanted is ADEChallengeData2016.zip, see config/README.md#ade20k" in message


def test_annotations_of_the_full_dataset_in_the_right_folders_are_refused(root):
    sign = root / "annotations/validation/ADE_val_00000001_seg.png"
    sign.touch()
    assert f"is the full ADE20K, with thousands of classes in colour: found {sign}" in (
        ade20k.missing(root)
    )


def test_the_full_dataset_beside_the_wanted_one_does_no_harm(root):
    (root / "ADE20K_2021_17_01/images/ADE").mkdir(parents=True)
    assert ade20k.missing(root) is None
