"""Extraction: parts, batches and layers do not change tokens; damage is noticed."""

import dataclasses
import itertools
import shutil

import numpy as np
import pytest
import torch

from patchprobe import store
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.embeddings import extraction
from patchprobe.errors import StoreError

N_CROPS = 70
ABOUT = {
    "images": [["val", f"ulm_{number}", 0] for number in range(35)],
    "tiles": [[1, 2]] * 35,
    "levels": ["clean", "blur-3"],
    "left_out": [["val", "jena_1"]],
    "input_px": [224, 224],
}


@pytest.fixture(scope="module")
def backbone():
    torch.manual_seed(0)
    model = build("vit_base_patch16_224", {"embed_dim": 32, "depth": 2, "num_heads": 2})
    channels = [torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD)]
    return Backbone(model, *channels)


@pytest.fixture(scope="module")
def crops(tmp_path_factory):
    path = tmp_path_factory.mktemp("crops") / "clean.zarr"
    images = np.random.default_rng(0).integers(0, 256, (N_CROPS, 224, 224, 3), dtype=np.uint8)
    store.create(path, ABOUT)
    for level, shown in (("clean", images), ("blur-3", images[::-1])):
        name = f"{level}/crops"
        store.create_array(path, name, images.shape, "uint8", (32, 224, 224, 3))[:] = shown
    store.seal(path)
    return path, images


def extract(crops, out, backbone, **arguments):
    extraction.extract(crops[0], out, backbone, [1, 2], {"backbone": "x"}, **arguments)
    return out


@pytest.mark.parametrize("byte", [-1, 40])  # seen when the store is opened, and when it is read
def test_a_damaged_chunk_of_crops_is_named(crops, backbone, tmp_path, byte):
    path = tmp_path / "crops.zarr"
    shutil.copytree(crops[0], path)
    chunk = path / "clean/crops/c/1/0/0/0"
    content = bytearray(chunk.read_bytes())
    content[byte] ^= 1
    chunk.write_bytes(content)
    message = r"A chunk of array 'clean/crops' of store .*crops\.zarr is damaged .*--force"
    with pytest.raises(StoreError, match=message):
        extract((path, None), tmp_path / "a.zarr", backbone)


def test_store_holds_the_tokens_of_the_model(crops, backbone, tmp_path):
    out = extract(crops, tmp_path / "a.zarr", backbone)
    about = store.attributes(out)
    assert about["backbone"] == "x"
    assert (about["crops"], about["layers"]) == ([0, N_CROPS, N_CROPS], [1, 2])
    assert (about["grid"], about["precision"], about["depth"]) == ([14, 14], "float32", 2)
    for key in ("images", "tiles", "levels", "left_out"):
        assert about[key] == ABOUT[key]
    expected = backbone.tokens(torch.from_numpy(crops[1]), [1, 2])
    for layer, (patches, cls) in zip((1, 2), expected, strict=True):
        stored = store.read(out, extraction.patches_name("clean", layer))
        assert stored.dtype == np.float16
        np.testing.assert_allclose(stored, patches.numpy(), rtol=1e-3, atol=1e-3)
        stored = store.read(out, extraction.cls_name("clean", layer))
        np.testing.assert_allclose(stored, cls.numpy(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("n_parts", "batch_size"), [(2, 32), (3, 5), (1, 7)])
def test_parts_and_batches_change_nothing(crops, backbone, tmp_path, n_parts, batch_size):
    whole = store.read(extract(crops, tmp_path / "w.zarr", backbone), "clean/layer_2/patches")
    parts = [
        extract(
            crops, tmp_path / f"{part}.zarr", backbone,
            part=part, n_parts=n_parts, batch_size=batch_size,
        )
        for part in range(n_parts, 0, -1)
    ]  # fmt: skip
    joined = store.load_parts(parts, "clean/layer_2/patches").compute()
    assert joined.shape == whole.shape
    np.testing.assert_allclose(joined, whole, rtol=2e-3, atol=2e-3)
    assert [store.attributes(part)["images"] for part in parts] == [ABOUT["images"]] * n_parts


@pytest.mark.parametrize("n_parts", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("n_crops", [0, 1, 31, 32, 33, 100, 256])
def test_part_bounds_tile_the_crops(n_crops, n_parts):
    bounds = [extraction.part_bounds(n_crops, part, n_parts) for part in range(1, n_parts + 1)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == n_crops
    assert all(a[1] == b[0] for a, b in itertools.pairwise(bounds))
    assert all(start % extraction.CROPS_PER_CHUNK == 0 or start == n_crops for start, _ in bounds)


def test_more_parts_than_chunks_join_as_well(crops, backbone, tmp_path):
    parts = [
        extract(crops, tmp_path / f"{part}.zarr", backbone, part=part, n_parts=5)
        for part in range(1, 6)
    ]
    assert store.load_parts(parts, "clean/layer_1/cls").shape == (N_CROPS, 32)


def test_precision_is_recorded(crops, backbone, tmp_path):
    rough = dataclasses.replace(backbone, precision="bfloat16")
    out = extract(crops, tmp_path / "a.zarr", rough)
    assert store.attributes(out)["precision"] == "bfloat16"
    exact = backbone.tokens(torch.from_numpy(crops[1]), [2])[0][0].numpy()
    error = store.read(out, "clean/layer_2/patches").astype(np.float32) - exact
    assert 1e-3 < error.std() / exact.std() < 0.03  # float16 alone: 3e-4


def test_every_level_has_its_tokens(crops, backbone, tmp_path):
    out = extract(crops, tmp_path / "a.zarr", backbone)
    clean, blurred = (
        store.read(out, extraction.patches_name(level, 2)) for level in ABOUT["levels"]
    )
    assert not np.allclose(clean, blurred, atol=1e-2)
    np.testing.assert_allclose(blurred[::-1], clean, rtol=2e-3, atol=2e-3)


def test_layers_are_kept_in_ascending_order(crops, backbone, tmp_path):
    out = tmp_path / "a.zarr"
    extraction.extract(crops[0], out, backbone, [2, 1], {})
    assert store.attributes(out)["layers"] == [1, 2]
    expected = backbone.tokens(torch.from_numpy(crops[1]), [1])[0][0].numpy()
    stored = store.read(out, extraction.patches_name("clean", 1))
    np.testing.assert_allclose(stored, expected, rtol=1e-3, atol=1e-3)


def test_parts_are_counted_from_one():
    with pytest.raises(ValueError, match=r"expected a part in 1\.\.3"):
        extraction.part_bounds(10, 4, 3)
    with pytest.raises(ValueError, match=r"expected a part in 1\.\.3, found 0"):
        extraction.part_bounds(10, 0, 3)


def test_features_that_do_not_fit_float16_are_an_error(crops, backbone, tmp_path):
    with torch.no_grad():
        backbone.model.norm.weight.mul_(1e6)
    try:
        with pytest.raises(StoreError, match="do not fit float16"):
            extract(crops, tmp_path / "a.zarr", backbone)
    finally:
        with torch.no_grad():
            backbone.model.norm.weight.div_(1e6)


@pytest.mark.parametrize(
    ("size", "n"),
    [
        ((224, 224), 32),
        ((64, 64), 32),
        ((448, 448), 8),
        ((672, 1120), 2),
        ((1024, 2048), 1),
        ((1022, 2044), 1),
    ],
)
def test_chunks_hold_as_many_pixels_of_larger_crops(size, n):
    assert extraction.crops_per_chunk(size) == n


def test_large_crops_are_embedded_and_stored_few_at_a_time(tmp_path):
    torch.manual_seed(0)
    small = {"embed_dim": 32, "depth": 1, "num_heads": 2}
    channels = [torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD)]
    large = Backbone(build("vit_base_patch16_224", small, img_size=(512, 1024)), *channels)
    frames = np.random.default_rng(0).integers(0, 256, (7, 512, 1024, 3), dtype=np.uint8)
    of_frames = {"images": [["val", f"ulm_{i}", 0] for i in range(7)], "tiles": [[1, 1]] * 7}
    store.create(tmp_path / "c.zarr", {**ABOUT, **of_frames, "levels": ["clean"]})
    array = store.create_array(
        tmp_path / "c.zarr", "clean/crops", frames.shape, "uint8", (1, 512, 1024, 3)
    )
    array[:] = frames
    store.seal(tmp_path / "c.zarr")
    batches = []
    hook = large.model.patch_embed.register_forward_pre_hook(lambda _, x: batches.append(len(x[0])))
    parts = [tmp_path / f"{part}.zarr" for part in (1, 2)]
    for part, path in enumerate(parts, 1):
        extraction.extract(tmp_path / "c.zarr", path, large, [1], {}, part, 2)
    hook.remove()
    assert batches == [3, 3, 1]  # 3 of 512 x 1024 px have the pixels of 31 of 224 px
    assert store.open_array(parts[1], "clean/layer_1/patches").chunks == (3, 2048, 32)
    stored = store.load_parts(parts, "clean/layer_1/patches").compute()
    for frame, tokens in zip(frames, stored, strict=True):
        expected = large.tokens(torch.from_numpy(frame[None]), [1])[0][0][0]
        np.testing.assert_allclose(tokens, expected, rtol=2e-3, atol=2e-3)
