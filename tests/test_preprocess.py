"""Pixels that a model sees, against OpenCV on the normalised float image."""

import dataclasses

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.backbones import preprocess
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build, load
from tests.test_backbones import CHECKPOINTS, SMALL, VIT16

MEAN, STD = (np.array(values, np.float32) for values in (IMAGENET_MEAN, IMAGENET_STD))
PATCH14 = "vit_base_patch14_dinov2"


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU")
    return request.param


def noise(height, width, n=2):
    """Crops whose neighbouring pixels differ as much as can be: the hardest to resize."""
    return np.random.default_rng(0).integers(0, 256, (n, height, width, 3), dtype=np.uint8)


def by_opencv(crops, size):
    """Normalise, then resize with `cv2.INTER_CUBIC`: (n, 3, *size) float32."""
    normalised = (crops.astype(np.float32) / 255 - MEAN) / STD
    resized = [cv2.resize(x, size[::-1], interpolation=cv2.INTER_CUBIC) for x in normalised]
    return np.stack(resized).transpose(0, 3, 1, 2)


def on(device):
    return [torch.tensor(values, device=device).view(3, 1, 1) for values in (MEAN, STD)]


def seen(backbone, crops):
    """What the patch embedding of a backbone gets."""
    got = []
    hook = backbone.model.patch_embed.register_forward_pre_hook(lambda _, x: got.append(x[0]))
    backbone.tokens(torch.from_numpy(crops), [1])
    hook.remove()
    return got[0]


@pytest.mark.parametrize("architecture", [VIT16, PATCH14])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("crop", "size"),
    [
        ((256, 256), (224, 224)),
        ((64, 64), (224, 224)),
        ((256, 512), (224, 448)),
        ((600, 800), (224, 224)),
        ((300, 224), (224, 224)),
    ],
)
def test_models_see_what_opencv_makes(architecture, precision, crop, size, device):
    torch.manual_seed(0)
    model = build(architecture, SMALL, img_size=size).to(device)
    backbone = Backbone(model, *on(device), precision)
    crops = noise(*crop)
    pixels = seen(backbone, crops)
    assert backbone.image_size == size
    assert pixels.dtype == torch.float32
    np.testing.assert_allclose(pixels.cpu(), by_opencv(crops, size), rtol=0, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(*[st.integers(1, 70)] * 4, st.integers(1, 20))
def test_any_size_and_number_of_crops(height, width, rows, columns, n):
    crops = noise(height, width, n)
    pixels = preprocess.pixels(torch.from_numpy(crops), *on("cpu"), (rows, columns))
    expected = by_opencv(crops, (rows, columns))
    # both round: of 3,000 sizes, each was up to 2.2e-5 from float64
    np.testing.assert_allclose(pixels, expected, rtol=0, atol=5e-5)


def test_crops_of_the_right_size_are_only_normalised():
    crops = noise(32, 48)
    pixels = preprocess.pixels(torch.from_numpy(crops), *on("cpu"), (32, 48))
    expected = ((crops.astype(np.float32) / 255 - MEAN) / STD).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(pixels, expected)


def test_overshoots_are_kept():
    """Beside a white edge on black, cubic weights leave the range of the pixels."""
    crops = np.zeros((1, 64, 64, 3), np.uint8)
    crops[:, :, 32:] = 255
    pixels = preprocess.pixels(torch.from_numpy(crops), *on("cpu"), (224, 224))
    restored = pixels * torch.tensor(STD)[:, None, None] + torch.tensor(MEAN)[:, None, None]
    assert restored.min() < -0.05
    assert restored.max() > 1.05


def test_batches_and_precision_leave_pixels_alone():
    model = build(VIT16, SMALL)
    backbone, crops = Backbone(model, *on("cpu")), noise(256, 256, 19)
    whole = seen(backbone, crops)
    assert torch.equal(whole[:5], seen(backbone, crops[:5]))
    assert torch.equal(whole, seen(dataclasses.replace(backbone, precision="bfloat16"), crops))


def test_images_need_a_patch_at_least():
    path = CHECKPOINTS / "mae_small.pth"
    assert load("mae", VIT16, path, SMALL, image_size=(64, 96)).grid == (4, 6)
    assert load("mae", VIT16, path, SMALL, image_size=(70, 96)).grid == (4, 6)
    with pytest.raises(ValueError, match="patches of 16x16 px: expected .*at least one patch"):
        load("mae", VIT16, path, SMALL, image_size=(8, 224))


# ------------------------------------------------------------------------------ raw BGR


def test_raw_bgr_by_hand():
    crops = torch.tensor([[[[10, 20, 30], [40, 50, 255]]]], dtype=torch.uint8)
    pixels = preprocess.pixels(crops, *on("cpu"), (1, 2), "raw_bgr")
    assert pixels.dtype == torch.float32
    assert pixels.tolist() == [[[[30, 255]], [[20, 50]], [[10, 40]]]]


def test_raw_bgr_is_resized_as_opencv_resizes_it():
    crops = noise(64, 96)
    pixels = preprocess.pixels(torch.from_numpy(crops), *on("cpu"), (48, 80), "raw_bgr")
    for image, found in zip(crops[..., ::-1].astype(np.float32), pixels.numpy(), strict=True):
        expected = cv2.resize(image, (80, 48), interpolation=cv2.INTER_CUBIC)
        np.testing.assert_allclose(found, expected.transpose(2, 0, 1), rtol=0, atol=2e-3)


def test_a_backbone_of_raw_bgr_sees_it_whatever_its_normalisation():
    path, crops = CHECKPOINTS / "mae_small.pth", noise(32, 48)
    raw = load("mae", VIT16, path, SMALL, image_size=(32, 48), pixels="raw_bgr")
    np.testing.assert_array_equal(seen(raw, crops), crops[..., ::-1].transpose(0, 3, 1, 2))
    as_is = {"mean": (0, 0, 0), "std": (1 / 255,) * 3}
    other = load("mae", VIT16, path, SMALL, image_size=(32, 48), **as_is)
    flipped = torch.from_numpy(crops[..., ::-1].copy())
    found, expected = raw.tokens(torch.from_numpy(crops), [3]), other.tokens(flipped, [3])
    torch.testing.assert_close(found, expected)
    rgb = load("mae", VIT16, path, SMALL, image_size=(32, 48))
    assert not torch.allclose(rgb.tokens(torch.from_numpy(crops), [3])[0][0], found[0][0], atol=0.1)


def test_other_pixels_are_refused():
    with pytest.raises(ValueError, match=r"expected pixels of \['rgb', 'raw_bgr'\], found 'bgr'"):
        Backbone(build(VIT16, SMALL), *on("cpu"), pixels="bgr")
