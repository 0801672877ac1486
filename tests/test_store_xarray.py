"""xarray opens the stores, with the names of their dimensions."""

import numpy as np
import pytest
import torch
import xarray

from patchprobe import store
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import build
from patchprobe.crops import labels, tiles
from patchprobe.datasets.base import Layout
from patchprobe.embeddings import extraction
from tests import fakes


def opened(path, group=None):
    return xarray.open_zarr(path, group=group, consolidated=False)


@pytest.fixture(scope="module")
def crops(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "crops.zarr"
    layouts = {"ulm_1": Layout((32, 64), 1, 2, 32)}
    tiles.write(path, fakes.dataset(layouts), "root", fakes.items(layouts), "clean", {"made": "x"})
    labels.write(path.with_name("labels.zarr"), path, fakes.dataset(layouts), "root", (2, 3), {})
    return path


def test_crops(crops):
    array = opened(crops, "clean")["crops"]
    assert dict(array.sizes) == {"crop": 2, "y": 32, "x": 32, "channel": 3}
    np.testing.assert_array_equal(array, store.read(crops, "clean/crops"))
    assert opened(crops).attrs["made"] == "x"


def test_labels(crops):
    found = opened(crops.with_name("labels.zarr"))
    assert found["centre"].dims == found["majority"].dims == ("crop", "patch")
    assert found["pixels"].dims == ("crop", "patch", "class")
    # one set of names: arrays of one size along each
    assert dict(found.sizes) == {"crop": 2, "patch": 6, "class": 6}
    assert int(found["pixels"].sum()) == 2 * 32 * 32


def test_tokens(crops, tmp_path):
    model = build("vit_base_patch16_224", {"embed_dim": 32, "depth": 1, "num_heads": 2})
    half = torch.full((3, 1, 1), 0.5)
    extraction.extract(crops, tmp_path / "t.zarr", Backbone(model, half, half), [1], {})
    found = opened(tmp_path / "t.zarr", "clean/layer_1")
    assert dict(found["patches"].sizes) == {"crop": 2, "patch": 196, "feature": 32}
    assert found["cls"].dims == ("crop", "feature")
    expected = store.read(tmp_path / "t.zarr", "clean/layer_1/patches")
    np.testing.assert_array_equal(found["patches"], expected)
