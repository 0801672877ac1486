"""Embeddings of whole scenes: area interpolation, positions by scale, margins, the store."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch

from patchprobe import store
from patchprobe.backbones.load import load
from patchprobe.embeddings import scenes
from patchprobe.errors import StoreError

CHECKPOINTS = Path(__file__).parent / "data" / "checkpoints"
SMALL = {"embed_dim": 48, "depth": 3, "num_heads": 4}
VIT16 = "vit_base_patch16_224"
FAMILIES = {"scale_mae": "scalemae_small", "mae": "mae_small", "dino": "dino_small"}


def backbone_at(side_px, loader="scale_mae", position="by_scale", **loader_args):
    arguments = scenes.loader_args_at(loader, loader_args, position, side_px)
    path = CHECKPOINTS / f"{FAMILIES[loader]}.pth"
    return load(loader, VIT16, path, SMALL, arguments, side_px)


class Seen:
    """Stands for a backbone, and keeps the pixels that it is shown."""

    device, depth, pixels = torch.device("cpu"), 7, "rgb"
    mean, std = torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1), torch.tensor([0.2]).view(1, 1, 1)

    def __init__(self, side_px, has_cls=True, value=1.0):
        self.image_size, self.has_cls, self.value = (side_px, side_px), has_cls, value
        self.n_features = 4

    def tokens_of_pixels(self, pixels, layers):
        self.seen, self.layers = pixels, layers
        tokens = self.value * torch.arange(6.0).view(1, 6, 1).expand(len(pixels), 6, 4)
        return [(tokens, tokens[:, 0] - 1 if self.has_cls else None)]


def random_images(n, side_px, seed=0):
    shape = (n, side_px, side_px, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


# ------------------------------------------------------------------------------ pixels


@pytest.mark.parametrize("side_px", [32, 64, 128, 256])
def test_images_are_normalised_then_made_smaller_as_opencv_does_by_area(side_px):
    images, backbone = random_images(2, 256), Seen(side_px)
    scenes.embed(backbone, torch.from_numpy(images))
    normalised = (images / 255 - [0.5, 0.4, 0.3]) / 0.2
    for ours, image in zip(backbone.seen, normalised, strict=True):
        theirs = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA)
        np.testing.assert_allclose(ours.permute(1, 2, 0), theirs, atol=1e-5)
    assert backbone.layers == [7]


def test_raw_pixels_are_neither_normalised_nor_rgb():
    images, backbone = random_images(1, 32), Seen(32)
    backbone.pixels = "raw_bgr"
    scenes.embed(backbone, torch.from_numpy(images))
    np.testing.assert_array_equal(backbone.seen[0].permute(1, 2, 0), images[0, ..., ::-1])


def test_sides_that_do_not_divide_take_whole_pixels_as_torch_does():
    """Bin i of s takes the pixels from floor(i n / s) to ceil((i + 1) n / s)."""
    images, backbone = random_images(1, 64), Seen(19)
    scenes.embed(backbone, torch.from_numpy(images))
    image = (images[0] / 255 - [0.5, 0.4, 0.3]) / 0.2
    bins = [slice(i * 64 // 19, -(-(i + 1) * 64 // 19)) for i in range(19)]
    by_hand = np.array([[image[rows, columns].mean((0, 1)) for columns in bins] for rows in bins])
    np.testing.assert_allclose(backbone.seen[0].permute(1, 2, 0), by_hand, atol=1e-5)


def test_cls_and_the_mean_of_all_patches():
    found = scenes.embed(Seen(32), torch.from_numpy(random_images(3, 32)))
    assert found["mean"].tolist() == [[2.5] * 4] * 3
    assert found["cls"].tolist() == [[-1.0] * 4] * 3
    with pytest.raises(ValueError, match="no class token"):
        scenes.embed(Seen(32, has_cls=False), torch.from_numpy(random_images(1, 32)))


# ------------------------------------------------------------------------------ official code


@pytest.mark.parametrize("gsd", [0.3, 1.0, 2.5])
def test_scenes_made_smaller_to_224_px_give_the_official_tokens(gsd):
    """Every pixel doubled, so that the mean of areas gives the image of the fixture again."""
    expected = np.load(CHECKPOINTS / "scalemae_small.npz")
    images = torch.from_numpy(expected["image"].repeat(2, axis=1).repeat(2, axis=2))
    found = scenes.embed(backbone_at(224, gsd=gsd), images)
    tokens = expected[f"patch_tokens_res{gsd}"]
    np.testing.assert_allclose(found["mean"], tokens.mean(axis=1), rtol=0, atol=5e-5)
    np.testing.assert_allclose(found["cls"], expected[f"cls_tokens_res{gsd}"], rtol=0, atol=5e-5)


def test_position_code_spans_the_same_ground_at_every_scale():
    """Patch j of an image a quarter as wide stands where patch 4 j of the whole one stands."""
    whole = backbone_at(224).model.pos_embed[0, 1:].reshape(14, 14, 48)
    quarter = backbone_at(56).model.pos_embed[0, 1:].reshape(3, 3, 48)
    torch.testing.assert_close(quarter, whole[:12:4, :12:4], rtol=0, atol=1e-6)
    fixed = backbone_at(56, position="fixed").model.pos_embed[0, 1:].reshape(3, 3, 48)
    torch.testing.assert_close(fixed, whole[:3, :3])


def test_resolution_of_the_entry_is_scaled_and_others_have_none():
    assert scenes.loader_args_at("scale_mae", {}, "by_scale", 32) == {"gsd": 7}
    assert scenes.loader_args_at("scale_mae", {"gsd": 2.5}, "by_scale", 256) == {"gsd": 2.1875}
    assert scenes.loader_args_at("scale_mae", {"gsd": 2.5}, "fixed", 32) == {"gsd": 2.5}
    assert scenes.loader_args_at("mae", {}, "by_scale", 32) == {}
    with pytest.raises(ValueError, match="expected position by_scale or fixed, found 'gsd'"):
        scenes.loader_args_at("mae", {}, "gsd", 32)


@pytest.mark.parametrize("loader", FAMILIES)
def test_what_fills_no_patch_is_cut_off_not_resized(loader):
    """56 px are 3 patches of 16 px; the 8 px on the right and below are not seen."""
    images = torch.from_numpy(random_images(2, 56))
    backbone = backbone_at(56, loader)
    assert backbone.grid == (3, 3)
    found = scenes.embed(backbone, images)
    other = images.clone()
    other[:, 48:], other[:, :, 48:] = 0, 255
    for pooling, values in scenes.embed(backbone, other).items():
        torch.testing.assert_close(values, found[pooling], rtol=0, atol=1e-6)
    other[:, 47] = 0
    assert not torch.allclose(scenes.embed(backbone, other)["cls"], found["cls"], atol=1e-4)


# ------------------------------------------------------------------------------ store

ABOUT = {
    "dataset": "uc_merced",
    "images": [["all", f"river/river{i:02}.tif", 0] for i in range(40)],
    "tiles": [[1, 1]] * 40,
    "left_out": [],
    "levels": ["clean"],
    "input_px": [224, 224],
}


@pytest.fixture
def crops(tmp_path):
    images = random_images(40, 32)
    store.create(tmp_path / "crops.zarr", ABOUT)
    array = store.create_array(
        tmp_path / "crops.zarr", "clean/crops", images.shape, "uint8", (1, 32, 32, 3)
    )
    array[:] = images
    store.seal(tmp_path / "crops.zarr")
    return SimpleNamespace(path=tmp_path / "crops.zarr", images=images, out=tmp_path / "out.zarr")


def extract(crops, backbone_at=backbone_at, batch_size=32):
    about = {"names": ["beach", "river"], "labels": [1, 0] * 20}
    sides = [[0.5, 16], [1, 32]]
    scenes.extract(crops.path, crops.out, sides, backbone_at, about, batch_size)
    return scenes.Scenes(crops.out)


def test_every_scale_is_stored(crops):
    found = extract(crops, batch_size=7)
    assert (found.scales, found.names) == ([0.5, 1], ["beach", "river"])
    chosen = found.select([("all", f"river/river{i:02}.tif") for i in (3, 36)])
    assert found.labels(chosen).tolist() == [0, 1]
    for scale, side_px in ((0.5, 16), (1, 32)):
        images = torch.from_numpy(crops.images[[3, 36]])
        expected = scenes.embed(backbone_at(side_px), images)
        for pooling in scenes.POOLINGS:
            rows = found.rows(chosen, scale, pooling)
            assert rows.dtype == np.float32
            np.testing.assert_allclose(rows, expected[pooling], rtol=1e-4, atol=1e-5)
    assert "images" not in found.provenance
    assert found.provenance["sides"] == [16, 32]


def test_images_of_several_tiles_are_no_scenes(crops):
    store.create(crops.path, {**ABOUT, "tiles": [[2, 2]] * 40})
    store.seal(crops.path)
    with pytest.raises(ValueError, match="expected images of one tile each"):
        extract(crops)


def test_embeddings_that_are_not_finite_are_an_error(crops):
    with pytest.raises(StoreError, match="not finite"):
        extract(crops, lambda side_px: Seen(side_px, value=float("inf")))
