"""Extraction on a GPU has the tokens of the CPU; these tests are skipped where there is none."""

import dataclasses

import numpy as np
import pytest
import torch

from patchprobe import devices, store
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.embeddings import extraction, scenes
from patchprobe.errors import StoreError

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
GPU = "cuda"
ERRORS = {"float32": 1e-3, "tf32": 5e-3, "bfloat16": 3e-2}  # relative, root of mean squares


@pytest.fixture(autouse=True)
def back_to_the_cpu():
    yield
    devices.choose("cpu", 2)


def write_crops(path, n, height, width, per_chunk):
    images = np.random.default_rng(0).integers(0, 256, (n, height, width, 3), dtype=np.uint8)
    names = {"images": [["all", str(i), 0] for i in range(n)], "tiles": [[1, 1]] * n}
    store.create(path, {"levels": ["clean"], "dataset": "x", "left_out": [], **names})
    chunk = (per_chunk, height, width, 3)
    codecs = store.IMAGE_CODECS
    store.create_array(path, "clean/crops", images.shape, "uint8", chunk, codecs)[:] = images
    store.seal(path)
    return path


def backbone_on(device, precision="float32", img_size=224):
    """The same random model on either device; the CPU has no other precision than float32."""
    devices.choose(device, 4, tf32=precision == "tf32")
    torch.manual_seed(0)
    model = build(
        "vit_base_patch16_224", {"embed_dim": 64, "depth": 2, "num_heads": 2}, img_size=img_size
    )
    channels = [
        torch.tensor(values, device=device).view(3, 1, 1)
        for values in (IMAGENET_MEAN, IMAGENET_STD)
    ]
    backbone = Backbone(model.to(device), *channels)
    return dataclasses.replace(backbone, precision="float32" if device == "cpu" else precision)


def tokens_of(crops, device, backbone, **arguments):
    """All that extraction stores, by name."""
    out = crops.parent / f"{device}.zarr"
    extraction.extract(crops, out, backbone, [1, 2], {}, **arguments)
    names = [f"clean/layer_{layer}/{kind}" for layer in (1, 2) for kind in ("patches", "cls")]
    return {name: store.read(out, name).astype(np.float32) for name in names}


def assert_close(there, here, most):
    assert there.keys() == here.keys()
    for name, expected in here.items():
        error = np.sqrt(((there[name] - expected) ** 2).mean() / (expected**2).mean())
        assert error < most, name


@pytest.mark.parametrize("precision", ERRORS)
@pytest.mark.parametrize("batch_size", [20, 32, 64, None])
@pytest.mark.parametrize("px", [224, 256])
def test_extraction(tmp_path, precision, batch_size, px):
    """Parts of a chunk at once, a chunk, two, four; crops as they are, and resized."""
    crops = write_crops(tmp_path / "crops.zarr", 300, px, px, 10)
    here = tokens_of(crops, "cpu", backbone_on("cpu"))
    there = tokens_of(crops, GPU, backbone_on(GPU, precision), batch_size=batch_size)
    assert_close(there, here, ERRORS[precision])


@pytest.mark.parametrize(("height", "width", "n"), [(512, 1024, 16), (1024, 2048, 5)])
def test_whole_frames(tmp_path, height, width, n):
    """Chunks of three frames, four at once; frames that fill a chunk."""
    crops = write_crops(tmp_path / "frames.zarr", n, height, width, 1)
    here = tokens_of(crops, "cpu", backbone_on("cpu", img_size=(height, width)))
    there = tokens_of(crops, GPU, backbone_on(GPU, img_size=(height, width)))
    assert_close(there, here, 1e-3)


@pytest.mark.parametrize("part", [1, 2])
def test_parts(tmp_path, part):
    crops = write_crops(tmp_path / "crops.zarr", 150, 224, 224, 10)
    here = tokens_of(crops, "cpu", backbone_on("cpu"), part=part, n_parts=2)
    there = tokens_of(crops, GPU, backbone_on(GPU), part=part, n_parts=2)
    assert_close(there, here, 1e-3)


def test_scenes(tmp_path):
    crops = write_crops(tmp_path / "crops.zarr", 150, 256, 256, 1)
    stored = {}
    for device in ("cpu", GPU):
        out = tmp_path / f"{device}.zarr"
        backbone = backbone_on(device)
        scenes.extract(crops, out, [(1, 224)], lambda _, found=backbone: found, {})
        stored[device] = {name: store.read(out, f"1/{name}") for name in scenes.POOLINGS}
    assert_close(stored[GPU], stored["cpu"], 1e-3)


def test_tokens_that_do_not_fit_float16(tmp_path):
    crops = write_crops(tmp_path / "crops.zarr", 150, 224, 224, 10)
    backbone = backbone_on(GPU)
    with torch.no_grad():
        backbone.model.norm.weight.mul_(1e6)
    with pytest.raises(StoreError, match="do not fit float16"):
        tokens_of(crops, GPU, backbone)
    with pytest.raises(StoreError, match="was never finished"):
        store.attributes(tmp_path / f"{GPU}.zarr")


def test_nobody_waits_for_the_gpu_but_the_writers(tmp_path):
    """Torch raises where it would wait; waiting for an event, as writers do, is not meant."""
    crops = write_crops(tmp_path / "crops.zarr", 300, 256, 256, 10)
    backbone = backbone_on(GPU, "bfloat16")
    tokens_of(crops, GPU, backbone)  # libraries start
    torch.cuda.set_sync_debug_mode("error")
    try:
        tokens_of(crops, GPU, backbone)
    finally:
        torch.cuda.set_sync_debug_mode("default")
