"""Backbones on images of other sizes than 224 px."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from patchprobe import weights
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
    backbone = load("scalemae", VIT16, path, SMALL, {"gsd": 4.0}, image_size=56)
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
    frame = torch.randint(0, 256, (1, 320, 640, 3), dtype=torch.uint8)
    with LargestTensor() as largest:
        backbone.tokens(frame, [3])
    assert largest.n_elements == 2 * 801**2  # heads x tokens x tokens, whatever the depth
