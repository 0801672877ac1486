"""Layouts, samples and example images of the contract of readers."""

import dataclasses

import numpy as np

from patchprobe.datasets import base
from tests import fakes

LAYOUTS = {name: base.Layout((8, 8), 1, 1, 8) for name in ("ulm_1", "ulm_2", "jena_1", "bonn_1")}


def test_boxes_by_hand():
    layout = base.Layout((41, 70), 2, 3, 20, origin=(1, 5))
    assert layout.boxes == [
        (1, 5, 20, 20), (1, 25, 20, 20), (1, 45, 20, 20),
        (21, 5, 20, 20), (21, 25, 20, 20), (21, 45, 20, 20),
    ]  # fmt: skip


def test_what_a_sample_holds_is_read_once_when_it_is_asked_for():
    asked = []

    def read():
        asked.append(1)
        return np.zeros((2, 2, 3), np.uint8)

    sample = base.Sample("ulm", read)
    assert not asked
    assert sample.image is sample.image
    assert len(asked) == 1
    assert sample.labels is None
    assert sample.objects is None


def test_examples_are_the_first_of_each_of_the_first_groups():
    asked = fakes.items(["ulm_2", "ulm_1", "jena_1", "bonn_1"])
    found = base.examples(fakes.dataset(LAYOUTS), "root", asked)
    assert found["images"].tolist() == [["val", "ulm_2", "0"], ["val", "jena_1", "0"]]
    for number, item in enumerate(("ulm_2", "jena_1")):
        np.testing.assert_array_equal(found[f"image_{number}"], fakes.image_of(item, (8, 8)))
        np.testing.assert_array_equal(found[f"labels_{number}"], fakes.labels_of(item, (8, 8)))
    assert found["names"].tolist() == list(fakes.NAMES)
    assert found["colours"].tolist() == [[40 * i] * 3 for i in range(6)]
    assert "image_2" not in found


def test_there_may_be_fewer_groups_than_examples_asked_for():
    found = base.examples(fakes.dataset(LAYOUTS), "root", fakes.items(["ulm_1", "ulm_2"]), n=3)
    assert found["images"].tolist() == [["val", "ulm_1", "0"]]


def test_only_the_examples_are_decoded():
    decoded = []

    def read(item, frame):
        decoded.append(item)
        return fakes.image_of(item, (8, 8))

    base.examples(fakes.dataset(LAYOUTS, read=read), "root", fakes.items(sorted(LAYOUTS)))
    assert decoded == ["bonn_1", "jena_1"]


def test_examples_survive_the_disk(tmp_path):
    """As the workflow keeps them: an archive without pickled objects."""
    found = base.examples(fakes.dataset(LAYOUTS), "root", fakes.items(["ulm_1", "jena_1"]))
    np.savez_compressed(tmp_path / "a.npz", **found)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        for name, values in found.items():
            np.testing.assert_array_equal(archive[name], values)


def test_all_items_are_those_of_every_split():
    dataset = dataclasses.replace(
        fakes.dataset(fakes.IMAGES),
        splits=("train", "val"),
        items=lambda root, split: [f"{root}_{split}_{i}" for i in range(2)],
    )
    assert dataset.all_items("r") == [
        ("train", "r_train_0"), ("train", "r_train_1"), ("val", "r_val_0"), ("val", "r_val_1")
    ]  # fmt: skip
