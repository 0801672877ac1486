"""MAE with its decoder against the official code; masks, patches and pictures by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.backbones import mae_autoencoder as mae
from patchprobe.errors import CheckpointError
from tests.test_backbones import CHECKPOINTS, SMALL, TOLERANCE, VIT16

FILE = CHECKPOINTS / "mae_visualize_small.pth"
RATIOS = {"full": 0.0, "m75": 0.75}


@pytest.fixture(scope="module")
def official():
    """What the official code computes; of predicted patches every seventh number ([..., ::7]).

    The rest is whole, float32; tokens of the layers (patch_tokens, cls_tokens) are left out.
    """
    return np.load(CHECKPOINTS / "mae_visualize_small.npz")


@pytest.fixture(scope="module")
def model():
    return mae.load(FILE, VIT16, SMALL, decoder_heads=4)


def reconstruct(model, official, kind, features=None):
    noise, image = (torch.from_numpy(official[name]) for name in ("noise", "image"))
    keep, mask, ids_restore = mae.random_mask(noise, RATIOS[kind])
    latent = model.encode(image, keep)
    filled = latent if features is None else mae.fill(latent, features)
    return mask, ids_restore, latent, model.decode(filled, ids_restore)


@pytest.mark.parametrize("kind", RATIOS)
def test_reconstruction_of_the_official_code(model, official, kind):
    mask, ids_restore, latent, patches = reconstruct(model, official, kind)
    np.testing.assert_array_equal(mask, official[f"mask_{kind}"])
    np.testing.assert_array_equal(ids_restore, official[f"ids_restore_{kind}"])
    near = {"rtol": 0, "atol": TOLERANCE}
    np.testing.assert_allclose(latent, official[f"latent_{kind}"], **near)
    np.testing.assert_allclose(patches[..., ::7], official[f"pred_{kind}"], **near)


@pytest.mark.parametrize("kind", RATIOS)
def test_reconstruction_with_zeroed_features(model, official, kind):
    patches = reconstruct(model, official, kind, official["zeroed"])[-1]
    theirs = official[f"pred_{kind}_zeroed"]
    np.testing.assert_allclose(patches[..., ::7], theirs, rtol=0, atol=TOLERANCE)
    assert np.abs(theirs - official[f"pred_{kind}"]).max() > 0.1


def test_loss_of_the_official_code(model, official):
    mask, _, _, patches = reconstruct(model, official, "m75")
    target = mae.patchify(model.pixels(torch.from_numpy(official["image"])), 16)
    error = ((patches - target) ** 2).mean(-1)
    loss = (error * mask).sum() / mask.sum()
    np.testing.assert_allclose(loss, official["loss_m75"], rtol=1e-6)


def test_mask_by_hand():
    noise = torch.tensor([[0.9, 0.1, 0.5, 0.1]])
    keep, mask, ids_restore = mae.random_mask(noise, 0.5)
    assert keep.tolist() == [[1, 3]]  # equal noise: the first patch first
    assert mask.tolist() == [[1, 0, 1, 0]]
    assert ids_restore.tolist() == [[3, 0, 2, 1]]
    assert mae.random_mask(noise.double().numpy(), 0.5)[0].tolist() == [[1, 3]]


def test_nothing_hidden_is_shuffled_and_put_back(model, official):
    image = torch.from_numpy(official["image"])
    noise = torch.rand(2, 196)
    shuffled, mask, ids_restore = mae.random_mask(noise, 0)
    assert not mask.any()
    plain = torch.arange(196).expand(2, -1)
    ours = model.decode(model.encode(image, shuffled), ids_restore)
    torch.testing.assert_close(
        ours, model.decode(model.encode(image, plain), plain), rtol=0, atol=TOLERANCE
    )


def test_patches_by_hand():
    """Two patches of 2 x 2 px beside each other: rows, columns, channels."""
    pixels = torch.arange(3 * 2 * 4).view(1, 3, 2, 4)
    first = [0, 8, 16, 1, 9, 17, 4, 12, 20, 5, 13, 21]
    assert mae.patchify(pixels, 2).tolist() == [[first, [value + 2 for value in first]]]


@given(side=st.integers(1, 4), patch_px=st.integers(1, 4), n=st.integers(1, 3))
def test_unpatchify_undoes_patchify(side, patch_px, n):
    pixels = torch.rand(n, 3, side * patch_px, side * patch_px)
    assert torch.equal(mae.unpatchify(mae.patchify(pixels, patch_px), patch_px), pixels)


def test_picture_is_the_crop_again(model, official):
    image = torch.from_numpy(official["image"])
    patches = mae.patchify(model.pixels(image), 16)
    torch.testing.assert_close(model.picture(patches), image / 255)
    assert model.picture(patches * 100).max() == 1
    with pytest.raises(ValueError, match="patches of a square, found 195"):
        model.picture(patches[:, 1:])


def test_paste_and_fill():
    ones, mask = torch.ones(1, 2, 3), torch.tensor([[1.0, 0.0]])
    assert mae.paste(ones, ones * 2, mask).tolist() == [[[2, 2, 2], [1, 1, 1]]]
    elsewhere = ones.to("meta")  # predictions on a device, the mask where the noise was drawn
    assert mae.paste(elsewhere, elsewhere, mask).shape == (1, 2, 3)
    assert mae.fill(ones, [0, 2], [5.0, 7.0]).tolist() == [[[5, 1, 7], [5, 1, 7]]]
    assert ones.eq(1).all()


def test_wrong_files(tmp_path):
    with pytest.raises(CheckpointError, match="has no decoder(.|\n)*mae_visualize_vit_base.pth"):
        mae.load(CHECKPOINTS / "mae_small.pth", VIT16, SMALL)
    with pytest.raises(CheckpointError, match="not an MAE with decoder(.|\n)*size mismatch"):
        mae.load(FILE, VIT16, {**SMALL, "embed_dim": 64})
    with pytest.raises(CheckpointError, match="5 heads do not divide 32"):
        mae.load(FILE, VIT16, SMALL, decoder_heads=5)


@pytest.mark.parametrize(
    ("dropped", "changed", "message"),
    [
        ("decoder_blocks.0.norm1.weight", {}, "Missing key.*decoder_blocks.0.norm1.weight"),
        ("decoder_blocks.0.", {}, "Missing key.*decoder_blocks.0.norm1.weight"),
        ("decoder_blocks.", {}, "Missing key.*decoder_blocks.0.norm1.weight"),
        ("mask_token", {}, "Missing key.*mask_token"),
        ("blocks.0.", {}, "Missing key.*blocks.0.norm1.weight"),
        ((), {"head.weight": torch.zeros(1)}, "Unexpected key.*head.weight"),
        ((), {"decoder_embed.weight": torch.zeros(32, 40)}, "size mismatch for decoder_embed"),
        ((), {"decoder_norm.bias": torch.full((32,), torch.nan)}, "NaN .*in decoder_norm.bias"),
    ],
)
def test_damaged_files(tmp_path, dropped, changed, message):
    state = torch.load(FILE, weights_only=True)["model"]
    kept = {name: tensor for name, tensor in state.items() if not name.startswith(dropped)}
    torch.save({"model": {**kept, **changed}}, tmp_path / "damaged.pth")
    with pytest.raises(CheckpointError, match=f"(?s){message}"):
        mae.load(tmp_path / "damaged.pth", VIT16, SMALL, decoder_heads=4)
