"""Vision Transformers of timm beyond the paper's: one entry each, nothing of timm's defaults."""

import math

import pytest
import timm
import torch
from timm.layers import resample_abs_pos_embed

from patchprobe.backbones import weights
from patchprobe.backbones.load import build, check_entry, load
from patchprobe.errors import CheckpointError
from tests.test_backbones import CHECKPOINTS, SMALL, VIT16


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


@pytest.mark.parametrize(
    ("architecture", "grid", "has_cls", "n_registers"),
    [
        ("vit_small_patch16_dinov3", (14, 14), True, 4),
        ("vit_base_patch16_siglip_224", (14, 14), False, 0),
        ("vit_large_patch16_224", (14, 14), True, 0),
        ("vit_small_patch8_224", (28, 28), True, 0),
        ("vit_small_patch32_224", (7, 7), True, 0),
        ("vit_base_patch16_clip_224", (14, 14), True, 0),
        ("eva02_tiny_patch14_224", (16, 16), True, 0),
        ("vit_medium_patch16_reg4_gap_256", (14, 14), False, 4),
        ("vit_base_patch16_rope_reg1_gap_256", (14, 14), False, 1),
        ("beitv2_base_patch16_224", (14, 14), True, 0),
    ],
)
def test_tokens_are_those_of_timm(tmp_path, architecture, grid, has_cls, n_registers):
    small = {"embed_dim": 96, "depth": 2, "num_heads": 4}
    weights.random(tmp_path / "w.pth", "timm", architecture, small)
    backbone = load("timm", architecture, tmp_path / "w.pth", small)
    assert (backbone.grid, backbone.has_cls) == (grid, has_cls)
    crops = torch.randint(0, 256, (2, 224, 224, 3), dtype=torch.uint8)
    normalised = (crops.permute(0, 3, 1, 2) / 255 - backbone.mean) / backbone.std
    with torch.inference_mode():
        every = backbone.model.forward_features(normalised)
    n_prefix = has_cls + n_registers
    assert every.shape[1] == n_prefix + math.prod(grid)
    patches, cls = backbone.tokens(crops, [2])[0]
    torch.testing.assert_close(patches, every[:, n_prefix:], rtol=0, atol=1e-5)
    assert (cls is None) == (not has_cls)
    if has_cls:
        torch.testing.assert_close(cls, every[:, 0], rtol=0, atol=1e-5)


def test_norm_after_pooling_is_applied_to_tokens(tmp_path):
    """BEiT's fine-tuned files have the final norm as fc_norm."""
    small = {"embed_dim": 48, "depth": 2, "num_heads": 4}
    tuned = timm.create_model("beit_base_patch16_224", **small, num_classes=10)
    torch.nn.init.normal_(tuned.fc_norm.weight)
    torch.save(tuned.state_dict(), tmp_path / "w.pth")
    backbone = load("timm", "beit_base_patch16_224", tmp_path / "w.pth", small)
    torch.testing.assert_close(backbone.model.norm.weight, tuned.fc_norm.weight)


def test_files_of_another_size_are_resampled_as_timm_does(tmp_path):
    weights.random(tmp_path / "w.pth", "timm", VIT16, {**SMALL, "img_size": 384})
    table = torch.load(tmp_path / "w.pth")["pos_embed"]
    backbone = load("timm", VIT16, tmp_path / "w.pth", SMALL)
    expected = resample_abs_pos_embed(table, [14, 14])
    torch.testing.assert_close(backbone.model.pos_embed, expected)


def test_official_dinov3_names_are_converted(tmp_path):
    """Meta's files call the registers storage_tokens and keep a mask token and rope periods."""
    small = {"embed_dim": 96, "depth": 2, "num_heads": 4}
    model = build("vit_small_patch16_dinov3", small)
    torch.nn.init.normal_(model.reg_token)
    state = model.state_dict()
    renamed = {
        name.replace("reg_token", "storage_tokens")
        .replace("gamma_1", "ls1.gamma")
        .replace("gamma_2", "ls2.gamma"): tensor
        for name, tensor in state.items()
    }
    official = renamed | {"mask_token": torch.zeros(1, 96), "rope_embed.periods": torch.ones(6)}
    torch.save(official, tmp_path / "w.pth")
    backbone = load("timm", "vit_small_patch16_dinov3", tmp_path / "w.pth", small)
    loaded = backbone.model.state_dict()
    assert all(torch.equal(loaded[name], state[name]) for name in state)


@pytest.mark.parametrize(
    ("file", "with_registers"), [("dinov2_small", False), ("dinov2_reg_small", True)]
)
def test_dinov2_of_the_hub_equals_the_official_file(tmp_path, file, with_registers):
    """timm's hub has the official tables at 518 px; the loader of DINOv2 resamples them."""
    architecture = f"vit_base_patch14_{'reg4_' if with_registers else ''}dinov2"
    whole = load("dinov2", architecture, CHECKPOINTS / f"{file}.pth", SMALL, image_size=518)
    torch.save(whole.model.state_dict(), tmp_path / "hub.pth")
    ours = load("dinov2", architecture, tmp_path / "hub.pth", SMALL).model.state_dict()
    theirs = load("dinov2", architecture, CHECKPOINTS / f"{file}.pth", SMALL).model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize(
    ("architecture", "model_args", "message"),
    [
        ("vit_base_patch16_244", {}, "no architecture(.|\n)*Did you mean"),
        ("swin_tiny_patch4_window7_224", {}, "not a plain Vision Transformer"),
        ("cait_xxs24_224", {}, "not a plain Vision Transformer"),
        ("convnext_tiny", {}, "timm cannot build convnext_tiny"),
        (VIT16, {"global_pool": "avg"}, "not a plain Vision Transformer(.|\n)*final norm"),
        (VIT16, {"widht": 3}, "timm cannot build .*widht"),
    ],
)
def test_what_is_no_plain_vision_transformer(architecture, model_args, message):
    with pytest.raises(ValueError, match=message):
        build(architecture, model_args)


def test_what_timm_would_change_without_a_word_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="patches of 16 px, vit_base_patch8_224 has patches"):
        load("timm", "vit_base_patch8_224", CHECKPOINTS / "dino_small.pth", SMALL)
    state = torch.load(CHECKPOINTS / "dinov2_small.pth", weights_only=True)
    torch.save({"model": state}, tmp_path / "wrapped.pth")
    with pytest.raises(CheckpointError, match="Set `loader: dinov2`"):
        load("timm", "vit_base_patch14_dinov2", tmp_path / "wrapped.pth", SMALL)


@pytest.mark.parametrize("has_biases", [False, True])
def test_biases_of_dinov3_need_their_architecture(tmp_path, has_biases):
    small = {"embed_dim": 96, "depth": 2, "num_heads": 4}
    weights.random(tmp_path / "w.pth", "timm", "vit_small_patch16_dinov3", small)
    state = torch.load(tmp_path / "w.pth", weights_only=True)
    state["storage_tokens"] = state.pop("reg_token")
    for i in range(2):
        state[f"blocks.{i}.attn.qkv.bias"] = torch.full((288,), float(has_biases))
    torch.save(state, tmp_path / "w.pth")
    if not has_biases:
        load("timm", "vit_small_patch16_dinov3", tmp_path / "w.pth", small)
        return
    with pytest.raises(CheckpointError, match="biases(.|\n)*`_qkvb` in its name"):
        load("timm", "vit_small_patch16_dinov3", tmp_path / "w.pth", small)
    load("timm", "vit_small_patch16_dinov3_qkvb", tmp_path / "w.pth", small)


def test_an_entry_is_checked_before_a_file_is_fetched():
    check_entry("dino", VIT16, SMALL, 3)
    with pytest.raises(ValueError, match="has 12 layers, its entry says 24: set `depth: 12`"):
        check_entry("dino", VIT16, depth=24)
    with pytest.raises(ValueError, match="timm cannot build vit_base_patch16_224"):
        check_entry("simmim", VIT16)


def test_a_file_that_timm_cannot_convert(tmp_path):
    torch.save({"pos_embed": torch.zeros(1, 30)}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="timm cannot read it as vit_base_patch16_224"):
        load("timm", VIT16, tmp_path / "w.pth", SMALL)
