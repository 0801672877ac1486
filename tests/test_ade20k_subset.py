"""Subsets of ADE20K: the published list, and the classes that an image shows."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from patchprobe.datasets import ade20k, subsets
from patchprobe.errors import DatasetError

PUBLISHED = Path(__file__).parent.parent / "config" / "subsets" / "ade20k" / "val_300.txt"
NAMES = [f"ADE_train_{i:08d}" for i in range(1, 41)]

# ------------------------------------------------------------------------------ published list


def test_published_list_is_whole():
    names = subsets.read_list(PUBLISHED)
    assert len(names) == len(set(names)) == 300
    assert names == sorted(names)
    numbers = [int(re.fullmatch(r"ADE_val_([0-9]{8})", name)[1]) for name in names]
    assert min(numbers) >= 1
    assert max(numbers) <= 2000  # images of the split
    assert {ade20k.split_of(name) for name in names} == {"val"}


def test_published_list_names_its_source():
    assert re.match("# ADE20K.*Source: .*draft.*2023", PUBLISHED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------ presence


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 700), st.integers(1, 900), st.integers(0, 99))
def test_classes_are_those_that_opencv_samples(height, width, seed):
    labels = np.random.default_rng(seed).integers(0, 151, (height, width), dtype=np.uint8)
    nearest = cv2.INTER_NEAREST_EXACT
    frame = cv2.resize(labels, (672, 448), interpolation=nearest)
    expected = set(cv2.resize(frame, (42, 28), interpolation=nearest).ravel().tolist()) - {0}
    assert ade20k.classes_in(labels) == expected


def test_a_class_between_the_patch_centres_is_not_seen():
    labels = np.zeros((448, 672), np.uint8)
    labels[9:24, :] = 5  # patch centres are rows 8, 24, ...
    assert ade20k.classes_in(labels) == frozenset()
    labels[24, 671] = 6  # patch centres are columns 8, 24, ..., 664
    labels[440, 664] = 150
    assert ade20k.classes_in(labels) == {150}


# ------------------------------------------------------------------------------ from disk


def write(root, item, label, size=(84, 56)):
    for path in (ade20k.image_path, ade20k.label_path):
        mode, colour = ("RGB", 0) if path is ade20k.image_path else ("L", label)
        target = path(root, ade20k.split_of(item), item)
        Image.new(mode, size, colour).save(target)


@pytest.fixture
def root(tmp_path):
    """Images 1 to 6 of the training split with the classes 3, 3, 3, 150, 0, 1."""
    for kind in ("images", "annotations"):
        for part in ("training", "validation"):
            (tmp_path / kind / part).mkdir(parents=True)
    for item, label in zip(NAMES, (3, 3, 3, 150, 0, 1), strict=False):
        write(tmp_path, item, label)
    return tmp_path


def test_presence_is_read_from_the_labels(root):
    items = NAMES[5:2:-1]
    expected = {NAMES[5]: {1}, NAMES[4]: set(), NAMES[3]: {150}}
    for threads in (1, 3):
        assert ade20k.DATASET.presence(root, "train", items, threads) == expected


def test_bad_labels_stop_the_draw(root):
    path = ade20k.label_path(root, "train", NAMES[1])
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match=f"{path} cannot be decoded"):
        ade20k.DATASET.presence(root, "train", NAMES[:6], threads=2)
