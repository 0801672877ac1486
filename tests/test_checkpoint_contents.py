"""Checkpoints whose tensors are odd, and files that are none."""

import pytest
import torch

from patchprobe.backbones import checkpoint, mae_autoencoder
from patchprobe.backbones.load import load
from patchprobe.errors import CheckpointError
from tests.test_backbones import BEIT, CHECKPOINTS, SMALL, VIT16

VIT14, REG14 = "vit_base_patch14_dinov2", "vit_base_patch14_reg4_dinov2"
TABLE = "rel_pos_bias.relative_position_bias_table"


def content(file):
    return checkpoint.read(CHECKPOINTS / f"{file}.pth")


def with_changed(path, file, entry, name, change):
    """A copy of a checkpoint in which one tensor is another."""
    whole = content(file)
    state = whole[entry] if entry else whole
    state[name] = change(state[name])
    torch.save(whole, path)
    return path


def quantised(tensor):
    """A tensor of 8 bits, as a file may hold one; PyTorch itself reads some kinds."""
    return torch.quantize_per_tensor(tensor, 0.1, 0, torch.quint8)


# ------------------------------------------------------------------------------ odd tensors


ODD = {
    "sparse": (lambda x: x.to_sparse(), "a sparse tensor, torch.sparse_coo"),
    "meta": (lambda x: x.to("meta"), "a meta tensor, without values"),
    "nested": (lambda x: torch.nested.nested_tensor([x, x[..., :3]]), "a nested tensor"),
    "complex": (lambda x: x.to(torch.complex64), "complex, torch.complex64"),
    "quantised": (quantised, "quantised, torch.quint8"),
    "expanded": (lambda x: x.flatten()[:1].expand(x.shape), "fewer numbers, expanded to the shape"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "norm.bias"),
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("timm", VIT16, "dino_small", None, "blocks.0.attn.qkv.bias"),
        ("dinov2", VIT14, "dinov2_small", None, "pos_embed"),
    ],
)
def test_odd_tensors_are_named(tmp_path, odd, loader, architecture, file, entry, name):
    change, found = ODD[odd]
    path = with_changed(tmp_path / "w.pth", file, entry, name, change)
    with pytest.raises(CheckpointError, match=rf"w.pth: expected plain .*found {name} \({found}"):
        load(loader, architecture, path, SMALL)


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool, torch.float8_e4m3fn])
@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "norm.bias"),
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("simmim", BEIT, "simmim_small", "model", f"encoder.{TABLE}"),
        ("dinov2", VIT14, "dinov2_small", None, "pos_embed"),
        ("dinov2", REG14, "dinov2_reg_small", None, "cls_token"),
        ("timm", VIT16, "dino_small", None, "blocks.0.attn.qkv.bias"),
        ("timm", VIT16, "dino_small", None, "pos_embed"),
    ],
)  # fmt: skip
def test_integers_are_not_taken_for_weights(
    tmp_path, dtype, loader, architecture, file, entry, name
):
    path = with_changed(tmp_path / "w.pth", file, entry, name, lambda x: x.to(dtype))
    with pytest.raises(CheckpointError, match=rf"w.pth: .*floating-point .*{dtype}"):
        load(loader, architecture, path, SMALL)


def test_integers_that_are_no_weights_are_fine(tmp_path):
    """SimMIM's own file holds some, and an expanded dimension of length 1 is none."""
    name = "encoder.norm.bias"
    path = with_changed(
        tmp_path / "w.pth", "simmim_small", "model", name, lambda x: x[:, None].expand(48, 1)[:, 0]
    )
    assert content("simmim_small")["model"]["encoder.rel_pos_bias.relative_position_index"].dtype
    backbone = load("simmim", BEIT, path, SMALL)
    assert torch.equal(backbone.model.norm.bias, content("simmim_small")["model"][name])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_are_used_as_they_are(tmp_path, dtype):
    whole = content("mae_small")
    whole["model"] = {name: tensor.to(dtype) for name, tensor in whole["model"].items()}
    torch.save(whole, tmp_path / "w.pth")
    weight = load("mae", VIT16, tmp_path / "w.pth", SMALL).model.norm.weight
    assert weight.dtype == torch.float32
    assert torch.equal(weight, whole["model"]["norm.weight"].float())


@pytest.mark.parametrize("key", [3, b"bytes", ("a", "b"), None, 1.5])
@pytest.mark.parametrize("entry", ["model", None])
def test_keys_that_are_no_text_are_named(tmp_path, key, entry):
    whole = content("mae_small" if entry else "dino_small")
    (whole[entry] if entry else whole)[key] = torch.zeros(1)
    torch.save(whole, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="w.pth: expected names of tensors, found the key"):
        load("mae" if entry else "dino", VIT16, tmp_path / "w.pth", SMALL)


@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("simmim", BEIT, "simmim_small", "model", f"encoder.{TABLE}"),
        ("dinov2", REG14, "dinov2_reg_small", None, "pos_embed"),
        ("dinov2", REG14, "dinov2_reg_small", None, "cls_token"),
        ("timm", VIT14, "dinov2_small", None, "pos_embed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.flatten(),
        lambda x: x.sum(),
        lambda x: x[..., :0],
        lambda x: x[:0],
        lambda x: x[..., :-1],
        lambda x: x[None],
    ],
)
def test_tables_of_other_shapes_are_named(
    tmp_path, loader, architecture, file, entry, name, change
):
    path = with_changed(tmp_path / "w.pth", file, entry, name, change)
    with pytest.raises(CheckpointError, match=r"w\.pth"):
        load(loader, architecture, path, SMALL)


@pytest.mark.parametrize("loader", ["mae", "dino", "ibot", "dinov2", "timm", "torchvision"])
@pytest.mark.parametrize(
    "whole", [3, None, "teacher", [1], torch.zeros(2), {"teacher": 3}, {"model": 3}, {1: 2}, {}]
)
def test_files_of_something_else_are_named(tmp_path, loader, whole):
    torch.save(whole, tmp_path / "w.pth")
    architecture = VIT14 if loader == "dinov2" else VIT16
    with pytest.raises(CheckpointError, match=r"w\.pth"):
        load(loader, architecture, tmp_path / "w.pth", SMALL)


@pytest.mark.filterwarnings("ignore:Validating sparse tensor")
@pytest.mark.parametrize("name", ["norm.bias", "decoder_norm.bias"])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda x: x.to_sparse(), "plain tensors"),
        (lambda x: x.int(), "floating-point weights"),
        (lambda x: x * torch.inf, "NaN or infinite"),
    ],
)
def test_odd_tensors_of_an_autoencoder(tmp_path, name, change, found):
    path = with_changed(tmp_path / "w.pth", "mae_visualize_small", "model", name, change)
    with pytest.raises(CheckpointError, match=rf"w.pth: .*{found}.*{name}"):
        mae_autoencoder.load(path, VIT16, SMALL, decoder_heads=2)


# ------------------------------------------------------------------------------ no checkpoints


def test_folders_and_pointers(tmp_path):
    with pytest.raises(CheckpointError, match=f"{tmp_path} is a folder: expected a weights file"):
        checkpoint.read(tmp_path)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 343\n"
    (tmp_path / "lfs.pth").write_text(pointer)
    with pytest.raises(CheckpointError, match="is a pointer of Git LFS.*git lfs pull"):
        checkpoint.read(tmp_path / "lfs.pth")
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="file/w.pth cannot be read: .*Not a directory"):
        checkpoint.read(tmp_path / "file/w.pth")
