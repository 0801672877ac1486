"""Backbones against the official code (fixtures), and files that must be refused."""

from pathlib import Path

import numpy as np
import pytest
import timm
import torch

from patchprobe import weights
from patchprobe.backbones import checkpoint, dinov2
from patchprobe.backbones.load import build, load
from patchprobe.errors import CheckpointError

CHECKPOINTS = Path(__file__).parent / "data" / "checkpoints"
SMALL = {"embed_dim": 48, "depth": 3, "num_heads": 4}
TOLERANCE = 5e-5  # between rounding (4e-6) and the weakest deliberate mistake (3e-4)
VIT16 = "vit_base_patch16_224"
FIXTURES = [
    ("mae_small", "mae", VIT16, "mae_small"),
    ("dino_small", "dino", VIT16, "dino_small"),
    ("dino_small_full", "dino", VIT16, "dino_small"),
    ("dinov2_small", "dinov2", "vit_base_patch14_dinov2", "dinov2_small"),
    ("dinov2_reg_small", "dinov2", "vit_base_patch14_reg4_dinov2", "dinov2_reg_small"),
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


def test_some_layers_equal_all_layers():
    image = torch.from_numpy(np.load(CHECKPOINTS / "mae_small.npz")["image"])
    backbone = load("mae", VIT16, CHECKPOINTS / "mae_small.pth", SMALL)
    every, second = backbone.tokens(image, [1, 2, 3]), backbone.tokens(image, [2])
    torch.testing.assert_close(every[1][0], second[0][0])
    assert (backbone.grid, backbone.depth, backbone.n_features) == (14, 3, 48)


def test_normalisation_is_the_one_of_the_entry():
    image = torch.from_numpy(np.load(CHECKPOINTS / "mae_small.npz")["image"])
    path = CHECKPOINTS / "mae_small.pth"
    scaled = load("mae", VIT16, path, SMALL, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    raw = load("mae", VIT16, path, SMALL, mean=(0, 0, 0), std=(1, 1, 1))
    by_hand = (image.permute(0, 3, 1, 2) / 255 - 0.5) / 0.25
    expected = raw.model.forward_features(by_hand)[:, 1:]
    torch.testing.assert_close(scaled.tokens(image, [3])[0][0], expected, rtol=0, atol=1e-5)


def test_timm_loader_takes_prefix_tokens_off(tmp_path):
    model = build("vit_base_patch14_reg4_dinov2", SMALL, init_values=1.0)
    head = {"head.weight": torch.zeros(10, 48), "head.bias": torch.zeros(10)}  # as files have it
    torch.save(model.state_dict() | head, tmp_path / "model.pth")
    backbone = load("timm", "vit_base_patch14_reg4_dinov2", tmp_path / "model.pth", SMALL)
    crops = torch.randint(0, 256, (2, 224, 224, 3), dtype=torch.uint8)
    patches, cls = backbone.tokens(crops, [3])[0]
    normalised = (crops.permute(0, 3, 1, 2) / 255 - backbone.mean) / backbone.std
    with torch.inference_mode():
        expected = backbone.model.forward_features(normalised)
    assert patches.shape == (2, 256, 48)
    torch.testing.assert_close(patches, expected[:, 5:], rtol=0, atol=1e-5)
    torch.testing.assert_close(cls, expected[:, 0], rtol=0, atol=1e-5)


def test_global_pool_avg_is_overruled():
    """timm's norm is an identity for mean-pooled models; ours never are."""
    assert isinstance(timm.create_model(VIT16, global_pool="avg", **SMALL).norm, torch.nn.Identity)
    assert isinstance(build(VIT16, SMALL).norm, torch.nn.LayerNorm)


def test_model_without_class_token(tmp_path):
    small = {"embed_dim": 48, "depth": 2, "num_heads": 4}
    model = build("vit_base_patch16_siglip_224", small)
    torch.save(model.state_dict(), tmp_path / "model.pth")
    backbone = load("timm", "vit_base_patch16_siglip_224", tmp_path / "model.pth", small)
    patches, cls = backbone.tokens(torch.zeros(1, 224, 224, 3, dtype=torch.uint8), [2])[0]
    assert patches.shape == (1, 196, 48)
    assert cls is None
    assert not backbone.has_cls


def test_position_table_is_kept_at_its_own_size():
    table = torch.randn(1, 16, 8)
    torch.testing.assert_close(dinov2.resample_positions(table, (4, 4), False), table)


class RunsCode:
    """A pickle that would create a file when loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def broken_files(folder):
    torch.save({"model": RunsCode(folder / "code_ran")}, folder / "code.pth")
    (folder / "page.pth").write_text("<!DOCTYPE html><html>404</html>")
    (folder / "empty.pth").write_bytes(b"")
    whole = (CHECKPOINTS / "mae_small.pth").read_bytes()
    (folder / "cut.pth").write_bytes(whole[: len(whole) // 2])
    state = torch.load(CHECKPOINTS / "mae_small.pth", weights_only=True)
    state["model"]["norm.bias"][0] = float("nan")
    torch.save(state, folder / "nan.pth")
    torch.save([1, 2], folder / "list.pth")
    torch.save({"model": {}}, folder / "nothing.pth")
    del state["model"]["norm.bias"]
    torch.save(state, folder / "lacks.pth")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("code.pth", "cannot|can be read safely"),
        ("page.pth", "is a web page"),
        ("empty.pth", "is empty"),
        ("cut.pth", "cut off"),
        ("nan.pth", "NaN or infinite values in norm.bias"),
        ("list.pth", "expected an entry 'model'"),
        ("nothing.pth", "expected a mapping of names to tensors"),
        ("lacks.pth", "not a mae checkpoint(.|\n)*norm.bias"),
        ("absent.pth", "No weights at"),
        (CHECKPOINTS / "dino_small.pth", "expected an entry 'model'"),
    ],
)
def test_wrong_files_are_refused(tmp_path, file, message):
    broken_files(tmp_path)
    with pytest.raises(CheckpointError, match=message):
        load("mae", VIT16, tmp_path / file, SMALL)
    assert not (tmp_path / "code_ran").exists()


def test_another_model_is_refused():
    for loader in ("dino", "timm"):
        with pytest.raises(CheckpointError, match="blocks.0.ls1.gamma"):
            load(loader, VIT16, CHECKPOINTS / "dinov2_small.pth", SMALL)
    with pytest.raises(CheckpointError, match="size mismatch"):
        load("mae", VIT16, CHECKPOINTS / "mae_small.pth", {**SMALL, "embed_dim": 64})


@pytest.mark.parametrize(
    ("loader", "architecture"), [("mae", VIT16), ("dino", VIT16), ("dinov2", FIXTURES[3][2])]
)
def test_stand_ins_are_official_files(tmp_path, loader, architecture):
    paths = [tmp_path / f"{i}.pth" for i in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        weights.random(path, loader, architecture, SMALL, seed)
    first, same, other = (
        load(loader, architecture, path, SMALL).model.state_dict() for path in paths
    )
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["patch_embed.proj.weight"], other["patch_embed.proj.weight"])
    official = checkpoint.read(CHECKPOINTS / f"{loader}_small.pth")
    ours = checkpoint.read(paths[0])
    assert set(ours) == set(official)
    if loader == "mae":
        assert set(ours["model"]) == set(official["model"])


def test_real_dinov2_weights():
    """The one set of real weights that may lie beside the checkout: finite, plausible tokens."""
    path = Path(__file__).parents[2] / "shared" / "weights" / "dinov2_vits14_pretrain_fp16.pth"
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    backbone = load("dinov2", "vit_small_patch14_dinov2", path)
    image = np.load(CHECKPOINTS / "dinov2_small.npz")["image"]
    patches, _ = backbone.tokens(torch.from_numpy(image), [12])[0]
    assert patches.shape == (2, 256, 384)
    assert patches.isfinite().all()
    assert 0.5 < patches.std() < 5
