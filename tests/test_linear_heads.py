"""Files of linear heads: whole, or named."""

import random

import pytest
import safetensors
import safetensors.torch
import torch

from patchprobe.errors import DiskError, StoreError
from patchprobe.evaluation import linear_heads


@pytest.fixture
def heads():
    trained = linear_heads.Heads(4, 2, [[], [1]], batch_norm=True)
    trained.about = {"layer": 12, "n_removed": [0, 1]}
    return {"train_72": trained}


def test_files_of_something_else_are_named(heads, tmp_path):
    path = tmp_path / "heads.safetensors"
    linear_heads.save(heads, path)
    whole = path.read_bytes()
    parts = {"cut": whole[:-8], "head": whole[:40], "empty": b"", "page": b"<html>"}
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    tensors = safetensors.torch.load_file(path)
    weight = {"train_72/weight": tensors["train_72/weight"]}
    for name, kept, about in (
        ("no note", tensors, None),
        ("no text", tensors, {"about": "{"}),
        ("no names", tensors, {"about": "[3]"}),
        ("of another", tensors, {"about": '{"train_36": {}}'}),
        ("no bias", weight, {"about": '{"train_72": {}}'}),
        ("flat", {"train_72/weight": torch.zeros(3)}, {"about": '{"train_72": {}}'}),
    ):
        safetensors.torch.save_file(kept, tmp_path / name, metadata=about)
    (tmp_path / "folder").mkdir()
    others = {found.name for found in tmp_path.iterdir()} - {path.name}
    for name in ("absent", *others):
        with pytest.raises(StoreError, match=f"{name} is not a whole file of linear heads"):
            linear_heads.read(tmp_path / name)


def test_damage_of_the_head_is_named(heads, tmp_path):
    path, draw = tmp_path / "heads.safetensors", random.Random(0)
    linear_heads.save(heads, path)
    whole = path.read_bytes()
    for _ in range(300):
        at = draw.randrange(8 + int.from_bytes(whole[:8], "little"))
        path.write_bytes(whole[:at] + bytes([draw.randrange(256)]) + whole[at + 1 :])
        try:
            linear_heads.read(path)
        except StoreError as error:
            assert "Delete it and run again" in str(error)


def test_a_full_disk_leaves_the_file_that_was_there(heads, tmp_path, monkeypatch):
    path = tmp_path / "heads.safetensors"
    linear_heads.save(heads, path)
    whole = path.read_bytes()

    def full(tensors, path, metadata):
        path.write_bytes(b"half")
        raise safetensors.SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(DiskError, match=f"The disk of {tmp_path} is full"):
        linear_heads.save(heads, path)
    assert path.read_bytes() == whole
    assert [found.name for found in tmp_path.iterdir()] == ["heads.safetensors"]
