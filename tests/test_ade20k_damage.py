"""Damage in images and labels of ADE20K, and what it is called."""

import numpy as np
import pytest
from PIL import Image

from patchprobe.datasets import ade20k, checks
from patchprobe.errors import DatasetError
from tests import test_ade20k
from tests.test_ade20k import (
    IMAGE,
    INFO,
    ITEM,
    LABELS,
    VAL_ITEM,
    cut,
    fill,
    loop,
    noise,
    problems,
    put_folder,
    save,
)

root = test_ade20k.root  # the fixture

# ------------------------------------------------------------------------------ damage

BROKEN = {
    "no image": (lambda root: (root / IMAGE).unlink(), rf"missing: .*{IMAGE}"),
    "no labels": (lambda root: (root / LABELS).unlink(), rf"missing: .*{LABELS}"),
    "image cut short": (
        lambda root: cut(noise(root / IMAGE), 900),
        rf"{IMAGE} cannot be decoded as JPEG \(.*truncated",
    ),
    "image cut in its head": (lambda root: cut(root / IMAGE, 100), rf"{IMAGE} cannot be decoded"),
    "labels cut in their head": (
        lambda root: cut(root / LABELS, 20),
        rf"{LABELS} cannot be decoded as PNG",
    ),
    "no bytes": (lambda root: cut(root / IMAGE, 0), rf"{IMAGE} cannot be decoded as JPEG"),
    "image is a folder": (lambda root: put_folder(root / IMAGE), rf"{IMAGE}.*\(it is not a file"),
    "labels are a folder": (lambda root: put_folder(root / LABELS), rf"{LABELS} cannot be decoded"),
    "image links to itself": (
        lambda root: loop(root / IMAGE),
        rf"{IMAGE} cannot be decoded .*(symbolic|symlink)",
    ),
    "labels link to themselves": (
        lambda root: loop(root / LABELS),
        rf"{LABELS} cannot be decoded .*(symbolic|symlink)",
    ),
    "no JPEG": (
        lambda root: (root / IMAGE).write_text("<html>log in first</html>"),
        rf"{IMAGE} cannot be decoded as JPEG",
    ),
    "PNG for a JPEG": (
        lambda root: noise(root / "images/a.png").rename(root / IMAGE),
        rf"{IMAGE} cannot be decoded as JPEG",
    ),
    "CMYK image": (
        lambda root: save(root / IMAGE, "CMYK", (1, 2, 3, 4)),
        rf"{IMAGE}: expected mode RGB or L, found CMYK",
    ),
    "labels of another size": (
        lambda root: save(root / LABELS, "L", 7, (40, 60)),
        rf"{LABELS}: expected 60x40 px as in the image, found 40x60 px",
    ),
    "colour labels, as in the full dataset": (
        lambda root: save(root / LABELS, "RGB", (120, 3, 4)),
        rf"{LABELS}: expected mode L, found RGB",
    ),
    "palette labels": (lambda root: save(root / LABELS, "P", 7), "expected mode L, found P"),
    "instances": (lambda root: save(root / LABELS, "I;16", 7), "expected mode L, found I;16"),
    "label 151": (
        lambda root: save(root / LABELS, "L", 151),
        rf"{LABELS}: expected labels 0..150, 0 = other; found \[151\]",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_damage_is_named(root, damage, message):
    damage(root)
    (line,) = problems(root)
    assert "\n" not in line
    sample = ade20k.DATASET.read(root, "train", ITEM)
    with pytest.raises(DatasetError, match=message) as raised:
        _ = sample.image, sample.labels
    assert str(raised.value) == line
    assert "config/README.md#ade20k" in line
    assert problems(root, VAL_ITEM, "val") == []


@pytest.mark.parametrize("where", [0.5, 0.9], ids=str)
def test_labels_cut_short_are_named(root, where):
    save(root / IMAGE, "RGB", (1, 2, 3), (400, 300))
    path = noise(root / LABELS, "L", (400, 300))
    cut(path, int(path.stat().st_size * where))
    (line,) = problems(root)
    assert line.startswith(f"{path} cannot be decoded as PNG (")
    with pytest.raises(DatasetError, match="unpack it again"):
        ade20k.read_labels(root, "train", ITEM)


def test_labels_that_do_not_exist_are_listed(root):
    fill(root / LABELS, np.resize([255, 3, 151, 150, 255], (40, 60)))
    with pytest.raises(DatasetError, match=r"found \[151, 255\]. Were they renumbered"):
        ade20k.read_labels(root, "train", ITEM)


def test_an_image_too_large_to_be_true_is_named(root, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for line, path in zip(problems(root), (IMAGE, LABELS), strict=True):
        assert f"{root / path} cannot be decoded" in line
        assert "exceeds limit of 2000 pixels" in line


def test_every_problem_of_a_pair_is_told(root):
    save(root / IMAGE, "CMYK", (1, 2, 3, 4))
    save(root / LABELS, "L", 200, (50, 50))
    lines = problems(root)
    for line, said in zip(lines, ("found CMYK", r"found [200]", "found 50x50 px"), strict=True):
        assert said in line
    (root / IMAGE).unlink()
    lines = problems(root)
    for line, said in zip(lines, (f"missing: {root / IMAGE}", "found [200]"), strict=True):
        assert said in line


def test_check_reports_a_bad_table_and_bad_items(root):
    (root / INFO).unlink()
    (root / LABELS).unlink()
    report = checks.check(ade20k.DATASET, root, {"train": [ITEM], "val": [VAL_ITEM]})
    assert [line.split(". ")[0] for line in report.problems] == [
        f"missing: {root / INFO}",
        f"missing: {root / LABELS}",
    ]
    assert report.bad["val"] == {}
