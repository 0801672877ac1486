"""Backbones on images of other sizes than 224 px."""

import pytest
import torch
from torch.nn.functional import interpolate
from torch.utils._python_dispatch import TorchDispatchMode

from patchprobe.backbones import weights
from patchprobe.backbones.load import load
from tests.test_backbones import BEIT, CHECKPOINTS, FIXTURES, SMALL, VIT16, device  # noqa: F401


class LargestTensor(TorchDispatchMode):
    """Remembers the largest number of elements that any operation returned."""

    n_elements = 0

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        out = function(*arguments, **(named or {}))
        made = [x for x in (out if isinstance(out, tuple | list) else [out])]
        sizes = [x.numel() for x in made if isinstance(x, torch.Tensor)]
        self.n_elements = max([self.n_elements, *sizes])
        return out


@pytest.mark.parametrize(("file", "loader", "architecture", "official"), FIXTURES)
def test_frames_of_any_shape(file, loader, architecture, official):
    path, patch = CHECKPOINTS / f"{file}.pth", 14 if "14" in architecture else 16
    frame = torch.randint(0, 256, (1, 5 * patch, 20 * patch, 3), dtype=torch.uint8)
    backbone = load(loader, architecture, path, SMALL, image_size=frame.shape[1:3])
    patches, cls = backbone.tokens(frame, [3])[0]
    assert backbone.grid == (5, 20)
    assert patches.shape == (1, 100, 48)
    assert cls.shape == (1, 48)
    assert patches.isfinite().all()


OFFICIAL_RULES = {
    "dino": {"scale_factor": (20.1 / 14, 30.1 / 14)},
    "ibot": {"scale_factor": (20.1 / 14, 30.1 / 14)},
    "mae": {"size": (20, 30)},
    "torchvision": {"size": (20, 30), "align_corners": True},
}


@pytest.mark.parametrize(("loader", "rule"), OFFICIAL_RULES.items(), ids=OFFICIAL_RULES)
def test_each_family_has_its_own_rule(loader, rule):
    """Frames of 320 x 480 px; the rules are those of the official codes."""
    name = "supervised" if loader == "torchvision" else loader
    path = CHECKPOINTS / f"{name}_small.pth"
    square = load(loader, VIT16, path, SMALL).model.pos_embed
    frame = load(loader, VIT16, path, SMALL, image_size=(320, 480)).model.pos_embed
    table = square[:, 1:].reshape(1, 14, 14, 48).permute(0, 3, 1, 2)
    expected = interpolate(table, mode="bicubic", **rule).permute(0, 2, 3, 1).flatten(1, 2)
    torch.testing.assert_close(frame, torch.cat([square[:, :1], expected], 1))


@pytest.mark.parametrize(("file", "with_registers"), [("dinov2", False), ("dinov2_reg", True)])
def test_rules_of_dinov2(file, with_registers):
    path = CHECKPOINTS / f"{file}_small.pth"
    architecture = f"vit_base_patch14_{'reg4_' if with_registers else ''}dinov2"
    model = load("dinov2", architecture, path, SMALL, image_size=(280, 420)).model
    table = torch.load(path, weights_only=True)["pos_embed"]
    table = table[:, 1:].reshape(1, 37, 37, 48).permute(0, 3, 1, 2)
    rule = (
        {"size": (20, 30), "antialias": True}
        if with_registers
        else {"scale_factor": (20.1 / 37, 30.1 / 37)}
    )
    expected = interpolate(table, mode="bicubic", **rule).permute(0, 2, 3, 1).flatten(1, 2)
    torch.testing.assert_close(model.pos_embed[:, -600:], expected)


def test_scale_mae_computes_its_code_for_the_frame():
    path = CHECKPOINTS / "scalemae_small.pth"
    model = load("scale_mae", VIT16, path, SMALL, {"gsd": 2.0}, image_size=(320, 480)).model
    row, column = 3, 25
    first = model.pos_embed[0, 1 + row * 30 + column, [0, 12, 24, 36]]
    angles = torch.tensor([2.0 * column, 2.0 * row])
    expected = torch.stack([angles[0].sin(), angles[0].cos(), angles[1].sin(), angles[1].cos()])
    torch.testing.assert_close(first, expected)


def test_rows_and_columns_are_not_swapped():
    """A table that tells rows from columns, on a frame that is wider than high."""
    backbone = load("dino", VIT16, CHECKPOINTS / "dino_small.pth", SMALL, image_size=(224, 448))
    square = load("dino", VIT16, CHECKPOINTS / "dino_small.pth", SMALL)
    wide = backbone.model.pos_embed[0, 1:].reshape(14, 28, -1)
    table = square.model.pos_embed[0, 1:].reshape(14, 14, -1)
    # 2.007 columns lie where one was; along rows the offset of 0.1 shifts by at most 0.1 rows
    pairs = (wide[:, ::2] + wide[:, 1::2]) / 2
    assert torch.corrcoef(torch.stack([pairs.flatten(), table.flatten()]))[0, 1] > 0.9


def test_small_images_of_scale_mae():
    """56 px hold 3 x 3 patches; the last 8 px are not seen (as in its k-NN protocol)."""
    path = CHECKPOINTS / "scalemae_small.pth"
    backbone = load("scale_mae", VIT16, path, SMALL, {"gsd": 4.0}, image_size=56)
    image = torch.randint(0, 256, (1, 56, 56, 3), dtype=torch.uint8)
    patches, _ = backbone.tokens(image, [3])[0]
    assert patches.shape == (1, 9, 48)
    image[:, 48:] = 0
    image[:, :, 48:] = 0
    torch.testing.assert_close(backbone.tokens(image, [3])[0][0], patches)


@pytest.mark.parametrize(("loader", "architecture"), [("dino", VIT16), ("mae", VIT16)])
def test_attention_of_a_frame_makes_no_square_matrix(tmp_path, loader, architecture, device):  # noqa: F811
    """1024 x 2048 px are 8,193 tokens: attention scores would be 67 million numbers a head."""
    tiny = {"embed_dim": 32, "depth": 1, "num_heads": 2}
    weights.random(tmp_path / "w.pth", loader, architecture, tiny)
    backbone = load(
        loader, architecture, tmp_path / "w.pth", tiny, image_size=(1024, 2048), device=device
    )
    frame = torch.randint(0, 256, (1, 1024, 2048, 3), dtype=torch.uint8)
    with LargestTensor() as largest:
        patches, _ = backbone.tokens(frame, [1])[0]
    assert patches.shape == (1, 64 * 128, 32)
    assert largest.n_elements <= 3 * 1024 * 2048  # the pixels themselves


def test_relative_positions_of_a_frame_are_one_bias_for_all_layers(tmp_path):
    tiny = {"embed_dim": 32, "depth": 3, "num_heads": 2}
    weights.random(tmp_path / "w.pth", "simmim", BEIT, tiny)
    backbone = load("simmim", BEIT, tmp_path / "w.pth", tiny, image_size=(320, 640))
    frames = torch.randint(0, 256, (2, 320, 640, 3), dtype=torch.uint8)
    with LargestTensor() as largest:
        backbone.tokens(frames, [3])
    assert largest.n_elements == 2 * 801**2  # heads x tokens x tokens, for any depth and batch
