"""What rounding crops to uint8 changes, against the authors' normalised float images.

The paper's authors divide by 255, normalise, and resize the float image; crops are stored as uint8.
"""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from miniature.world.streets.street import paint_street
from patchprobe.backbones.load import load
from patchprobe.crops import tiles as tiling
from tests.test_backbones import CHECKPOINTS, SMALL, VIT16, real_dinov2_weights

N_BANK = 12  # of the tiles; the others ask


@pytest.fixture(scope="module")
def tiles():
    """16 tiles of 256 px, out of the middle of two generated streets."""
    streets = [paint_street(np.random.default_rng(seed), 512, 1024)[0] for seed in (1, 2)]
    return np.concatenate([tiling.tile(street, 256) for street in streets])


def authors_tokens(backbone, tiles):
    """Tokens of the last layer, from pixels that are resized after their normalisation."""
    pixels = (torch.from_numpy(tiles).permute(0, 3, 1, 2) / 255 - backbone.mean) / backbone.std
    resized = interpolate(pixels, size=(224, 224), mode="bicubic", align_corners=False)
    with torch.inference_mode():
        features = backbone.model.forward_features(resized)
    return features[:, backbone.model.num_prefix_tokens :]


def nearest(tokens):
    """Nearest neighbour (L2) of every patch of the asking tiles among those of the bank."""
    bank, queries = tokens[:N_BANK].flatten(0, 1), tokens[N_BANK:].flatten(0, 1)
    return torch.cdist(queries.double(), bank.double()).argmin(1)


def agreement(backbone, tiles):
    ours = backbone.tokens(torch.from_numpy(tiling.resize(tiles)), [backbone.depth])[0][0]
    theirs = authors_tokens(backbone, tiles)
    error = ((ours - theirs) ** 2).mean().sqrt() / (theirs**2).mean().sqrt()
    return float(error), float((nearest(ours) == nearest(theirs)).double().mean())


def test_pixels_differ_by_half_a_level(tiles):
    exact = interpolate(
        torch.from_numpy(tiles).permute(0, 3, 1, 2).float(), (224, 224), mode="bicubic"
    )
    stored = torch.from_numpy(tiling.resize(tiles)).permute(0, 3, 1, 2)
    assert (stored - exact.clamp(0, 255)).abs().max() <= 0.5 + 1e-4


@pytest.mark.parametrize(
    ("file", "loader", "architecture"),
    [("mae_small", "mae", VIT16), ("dinov2_small", "dinov2", "vit_base_patch14_dinov2")],
)
def test_few_neighbours_change_with_random_weights(tiles, file, loader, architecture):
    backbone = load(loader, architecture, CHECKPOINTS / f"{file}.pth", SMALL)
    error, same = agreement(backbone, tiles)
    print(f"{file}: relative error {error:.4f}, same neighbour {same:.1%}")
    assert error < 0.02
    assert same > 0.93


def test_few_neighbours_change_with_real_weights(tiles):
    backbone = load("dinov2", "vit_small_patch14_dinov2", real_dinov2_weights())
    error, same = agreement(backbone, tiles)
    print(f"DINOv2 ViT-S/14: relative error {error:.4f}, same neighbour {same:.1%}")
    assert error < 0.01
    assert same > 0.97
