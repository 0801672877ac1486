"""Backbones against the official code (fixtures)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from patchprobe.backbones import checkpoint, weights
from patchprobe.backbones.load import load

CHECKPOINTS = Path(__file__).parent / "data" / "checkpoints"
SMALL = {"embed_dim": 48, "depth": 3, "num_heads": 4}
TOLERANCE = 5e-5  # between rounding (4e-6) and the weakest deliberate mistake (3e-4)
VIT16 = "vit_base_patch16_224"
BEIT = "beit_base_patch16_224"
FIXTURES = [
    ("mae_small", "mae", VIT16, "mae_small"),
    ("dino_small", "dino", VIT16, "dino_small"),
    ("dino_small_full", "dino", VIT16, "dino_small"),
    ("dinov2_small", "dinov2", "vit_base_patch14_dinov2", "dinov2_small"),
    ("dinov2_reg_small", "dinov2", "vit_base_patch14_reg4_dinov2", "dinov2_reg_small"),
    ("simmim_small", "simmim", BEIT, "simmim_small"),
    ("ibot_small", "ibot", VIT16, "ibot_small"),
    ("ibot_small_full", "ibot", VIT16, "ibot_small"),
    ("supervised_small", "torchvision", VIT16, "supervised_small"),
    ("supervised_legacy_small", "torchvision", VIT16, "supervised_small"),
    ("scalemae_small", "scale_mae", VIT16, "scalemae_small"),
]


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU")
    return request.param


@pytest.mark.parametrize(("file", "loader", "architecture", "official"), FIXTURES)
def test_tokens_of_the_official_code(file, loader, architecture, official, device):
    expected = np.load(CHECKPOINTS / f"{official}.npz")
    backbone = load(loader, architecture, CHECKPOINTS / f"{file}.pth", SMALL, device=device)
    tokens = backbone.tokens(torch.from_numpy(expected["image"]), [1, 2, 3])
    for layer, (patches, cls) in enumerate(tokens):
        ours = [tensor.cpu().numpy() for tensor in (patches, cls)]
        theirs = [expected["patch_tokens"][layer], expected["cls_tokens"][layer]]
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("gsd", [0.3, 1.0, 2.5])
def test_ground_sample_distance_of_the_official_code(gsd):
    expected = np.load(CHECKPOINTS / "scalemae_small.npz")
    path = CHECKPOINTS / "scalemae_small.pth"
    backbone = load("scale_mae", VIT16, path, SMALL, {"gsd": gsd})
    patches, cls = backbone.tokens(torch.from_numpy(expected["image"]), [3])[0]
    np.testing.assert_allclose(patches, expected[f"patch_tokens_res{gsd}"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(cls, expected[f"cls_tokens_res{gsd}"], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("file", "loader", "architecture", "official"), FIXTURES)
def test_bfloat16_is_near(file, loader, architecture, official, device):
    expected = np.load(CHECKPOINTS / f"{official}.npz")
    backbone = load(
        loader, architecture, CHECKPOINTS / f"{file}.pth", SMALL, device=device,
        precision="bfloat16",
    )  # fmt: skip
    patches, _ = backbone.tokens(torch.from_numpy(expected["image"]), [3])[0]
    assert patches.dtype == torch.float32
    error = patches.cpu().numpy() - expected["patch_tokens"][2]
    assert 1e-4 < np.sqrt((error**2).mean() / (expected["patch_tokens"][2] ** 2).mean()) < 0.03


def test_arguments_that_nobody_takes():
    path = CHECKPOINTS / "scalemae_small.pth"
    with pytest.raises(ValueError, match="the loader scale_mae takes gsd, found gds"):
        load("scale_mae", VIT16, path, SMALL, {"gds": 1.0})
    with pytest.raises(ValueError, match="the loader mae takes no arguments, found gsd"):
        load("mae", VIT16, CHECKPOINTS / "mae_small.pth", SMALL, {"gsd": 1.0})
    with pytest.raises(ValueError, match="expected a precision of .*'half'"):
        load("mae", VIT16, CHECKPOINTS / "mae_small.pth", SMALL, precision="half")


def test_some_layers_equal_all_layers():
    image = torch.from_numpy(np.load(CHECKPOINTS / "mae_small.npz")["image"])
    backbone = load("mae", VIT16, CHECKPOINTS / "mae_small.pth", SMALL)
    every, second = backbone.tokens(image, [1, 2, 3]), backbone.tokens(image, [2])
    torch.testing.assert_close(every[1][0], second[0][0])
    assert (backbone.grid, backbone.depth, backbone.n_features) == ((14, 14), 3, 48)


def test_normalisation_is_the_one_of_the_entry():
    image = torch.from_numpy(np.load(CHECKPOINTS / "mae_small.npz")["image"])
    path = CHECKPOINTS / "mae_small.pth"
    scaled = load("mae", VIT16, path, SMALL, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    raw = load("mae", VIT16, path, SMALL, mean=(0, 0, 0), std=(1, 1, 1))
    by_hand = (image.permute(0, 3, 1, 2) / 255 - 0.5) / 0.25
    expected = raw.model.forward_features(by_hand)[:, 1:]
    torch.testing.assert_close(scaled.tokens(image, [3])[0][0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("loader", "architecture"),
    [
        ("mae", VIT16),
        ("simmim", BEIT),
        ("dino", VIT16),
        ("dinov2", FIXTURES[3][2]),
        ("ibot", VIT16),
        ("torchvision", VIT16),
        ("scale_mae", VIT16),
    ],
)
def test_random_weights_have_the_official_layout(tmp_path, loader, architecture):
    paths = [tmp_path / f"{i}.pth" for i in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        weights.random(path, loader, architecture, SMALL, seed)
    first, same, other = (
        load(loader, architecture, path, SMALL).model.state_dict() for path in paths
    )
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["patch_embed.proj.weight"], other["patch_embed.proj.weight"])
    file = next(file for file, of, *_ in FIXTURES if of == loader)
    official, ours = checkpoint.read(CHECKPOINTS / f"{file}.pth"), checkpoint.read(paths[0])
    if set(ours) <= {"model", "state_dict"}:
        (entry,) = ours
        official, ours = official[entry], ours[entry]
    not_ours = ("decoder", "encoder.mask_token", "mask_token", "fpn.", "fcn_", "heads.")
    assert set(ours) <= set(official)
    assert all(name.startswith(not_ours) for name in set(official) - set(ours))


def real_dinov2_weights():
    """The one set of real weights that may lie beside the checkout; the test skips without."""
    path = Path(__file__).parents[2] / "shared" / "weights" / "dinov2_vits14_pretrain_fp16.pth"
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    return path


def test_real_dinov2_weights():
    """Finite, plausible tokens."""
    backbone = load("dinov2", "vit_small_patch14_dinov2", real_dinov2_weights())
    image = np.load(CHECKPOINTS / "dinov2_small.npz")["image"]
    patches, _ = backbone.tokens(torch.from_numpy(image), [12])[0]
    assert patches.shape == (2, 256, 384)
    assert patches.isfinite().all()
    assert 0.5 < patches.std() < 5
