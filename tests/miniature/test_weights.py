"""The shipped miniature backbones: small, in float16, loaded as the configurations say."""

import csv
import json
from pathlib import Path

import pytest
import torch
import yaml

from patchprobe import download
from patchprobe.backbones import checkpoint
from patchprobe.backbones.load import load

ROOT = Path(__file__).parents[2]
CONFIGURATIONS = [ROOT / "config" / name for name in ("demo.yaml", "miniature_backbones.yaml")]
ENTRIES = {
    name: entry
    for path in CONFIGURATIONS
    for name, entry in yaml.safe_load(path.read_text())["backbones"].items()
    if entry.get("miniature")
}


def test_configurations_agree_on_them():
    for path in CONFIGURATIONS:
        backbones = yaml.safe_load(path.read_text())["backbones"]
        for name, entry in backbones.items():
            if entry.get("miniature"):
                for key in ("loader", "architecture", "model_args", "weights", "checksum"):
                    assert entry[key] == ENTRIES[name][key]


def test_all_together_are_small():
    files = list((ROOT / "miniature/weights").glob("*"))
    assert {file.stem for file in files} == set(ENTRIES)
    assert sum(file.stat().st_size for file in files) < 25e6


@pytest.mark.parametrize("name", ENTRIES)
def test_file_is_the_one_that_was_measured(name):
    entry = ENTRIES[name]
    assert len(download.parse_checksum(entry["checksum"])[1]) == 64
    download.check(ROOT / entry["weights"], entry["checksum"])


@pytest.mark.parametrize("name", ENTRIES)
def test_file_goes_through_the_loader_of_its_family(name):
    entry = ENTRIES[name]
    path = ROOT / entry["weights"]
    assert torch.float32 not in set(dtypes(checkpoint.read(path)))
    backbone = load(entry["loader"], entry["architecture"], path, entry["model_args"])
    crops = torch.randint(0, 256, (2, 224, 224, 3), generator=torch.Generator().manual_seed(0))
    for patches, cls in backbone.tokens(crops.byte(), range(1, 13)):
        assert patches.shape == (2, backbone.grid[0] * backbone.grid[1], 128)
        assert patches.isfinite().all()
        assert cls.isfinite().all()
        assert patches.std(1).mean() > 1e-3  # patches differ: it has not collapsed


def dtypes(content):
    """Types of all tensors of a checkpoint."""
    if isinstance(content, dict):
        return [dtype for value in content.values() for dtype in dtypes(value)]
    return [content.dtype]


@pytest.mark.parametrize("name", ENTRIES)
def test_its_training_is_on_record(name):
    about = json.loads((ROOT / f"miniature/logs/{name}.json").read_text())
    with open(ROOT / f"miniature/logs/{name}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert int(rows[-1]["images"]) == about["images"]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
