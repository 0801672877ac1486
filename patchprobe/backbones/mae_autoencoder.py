"""MAE with its decoder (He et al., 2022): masking, encoding, decoding, pictures (Table 4).

The file with a decoder that predicts pixels is mae_visualize_vit_base.pth (trained with
norm_pix_loss=False). mae_pretrain_vit_base_full.pth has a decoder too, which predicts pixels
normalised patch by patch. Facts: github.com/facebookresearch/mae.
"""

from dataclasses import dataclass

import torch
from timm.layers import LayerNorm
from timm.models.vision_transformer import Block
from torch import nn

from patchprobe.backbones import checkpoint, describe_checkpoint, preprocess
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.errors import CheckpointError

OFFICIAL_FILE = "https://dl.fbaipublicfiles.com/mae/visualize/mae_visualize_vit_base.pth"


class Decoder(nn.Module):
    """MAE's decoder under the names of the official file.

    Parameters
    ----------
    n_encoder_features, n_features, depth, n_heads : int
    n_patches, patch_px : int
    """

    def __init__(self, n_encoder_features, n_features, depth, n_heads, n_patches, patch_px):
        super().__init__()
        self.decoder_embed = nn.Linear(n_encoder_features, n_features)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, n_features))
        self.decoder_pos_embed = nn.Parameter(torch.zeros(1, 1 + n_patches, n_features))
        self.decoder_blocks = nn.ModuleList(
            Block(n_features, n_heads, qkv_bias=True, norm_layer=LayerNorm) for _ in range(depth)
        )
        self.decoder_norm = LayerNorm(n_features)
        self.decoder_pred = nn.Linear(n_features, patch_px**2 * 3)

    def forward(self, latent, ids_restore):
        """Patches (n, n_patches, patch_px ** 2 * 3) from the latent of visible ones."""
        x = self.decoder_embed(latent)
        n, n_patches = ids_restore.shape
        hidden = self.mask_token.expand(n, n_patches + 1 - x.shape[1], -1)
        shuffled = torch.cat([x[:, 1:], hidden], 1)
        patches = shuffled.gather(1, ids_restore[..., None].expand(-1, -1, x.shape[-1]))
        x = torch.cat([x[:, :1], patches], 1) + self.decoder_pos_embed
        for block in self.decoder_blocks:
            x = block(x)
        return self.decoder_pred(self.decoder_norm(x))[:, 1:]


@dataclass(frozen=True)
class Autoencoder:
    """MAE's encoder and decoder with their preprocessing.

    Attributes
    ----------
    encoder : timm.models.VisionTransformer
    decoder : Decoder
    mean, std : torch.Tensor of shape (3, 1, 1)
    """

    encoder: nn.Module
    decoder: nn.Module
    mean: torch.Tensor
    std: torch.Tensor

    @property
    def patch_px(self):
        """Pixels a side of a patch."""
        return self.encoder.patch_embed.patch_size[0]

    def pixels(self, crops):
        """What the encoder sees of uint8 crops of any size: see `preprocess.pixels`."""
        return preprocess.pixels(crops, self.mean, self.std, self.encoder.patch_embed.img_size)

    @torch.inference_mode()
    def encode(self, crops, keep):
        """Latent of the visible patches, after the final norm.

        Parameters
        ----------
        crops : torch.Tensor of shape (n, height, width, 3), uint8
        keep : torch.Tensor of shape (n, n_kept), int64
            Visible patches, in the order in which their tokens come out (see `random_mask`).

        Returns
        -------
        torch.Tensor of shape (n, 1 + n_kept, n_features)
            The class token first.
        """
        model, keep = self.encoder, keep.to(self.mean.device)
        x = model.patch_embed(self.pixels(crops)) + model.pos_embed[:, 1:]
        x = x.gather(1, keep[..., None].expand(-1, -1, x.shape[-1]))
        cls = (model.cls_token + model.pos_embed[:, :1]).expand(len(x), -1, -1)
        x = torch.cat([cls, x], 1)
        for block in model.blocks:
            x = block(x)
        return model.norm(x)

    @torch.inference_mode()
    def decode(self, latent, ids_restore):
        """Predicted patches (n, n_patches, patch_px ** 2 * 3), in normalised pixels."""
        return self.decoder(latent, ids_restore.to(latent.device))

    def picture(self, patches):
        """RGB in [0, 1] (n, height, width, 3) of square images, from predicted patches; clipped."""
        pixels = unpatchify(patches, self.patch_px) * self.std + self.mean
        return pixels.clamp(0, 1).permute(0, 2, 3, 1)


def random_mask(noise, ratio):
    """Hide the patches with the highest noise.

    Parameters
    ----------
    noise : torch.Tensor or numpy.ndarray of shape (n, n_patches)
        One generator per image makes masks independent of batches.
    ratio : float
        Share of hidden patches; 0 hides none (and still shuffles, as the official code does).

    Returns
    -------
    keep : torch.Tensor of shape (n, n_kept), int64
        Visible patches by rising noise.
    mask : torch.Tensor of shape (n, n_patches)
        1 where a patch is hidden.
    ids_restore : torch.Tensor of shape (n, n_patches), int64
        Where each patch stands in the shuffled order.
    """
    shuffled = torch.as_tensor(noise).argsort(dim=1, stable=True)
    ids_restore = shuffled.argsort(dim=1, stable=True)
    n_kept = int(shuffled.shape[1] * (1 - ratio))
    return shuffled[:, :n_kept], (ids_restore >= n_kept).float(), ids_restore


def fill(latent, features, value=0.0):
    """The latent with these features of every token, class token too, set to `value`.

    `value` is a number, or one for each of `features` (e.g. their means).
    """
    filled = latent.clone()
    filled[..., features] = torch.as_tensor(value, dtype=latent.dtype, device=latent.device)
    return filled


def patchify(pixels, patch_px):
    """Patches (n, n_patches, patch_px ** 2 * 3) of pixels (n, 3, height, width).

    Patches row by row; inside each, row, column, channel.
    """
    tiles = pixels.unflatten(2, (-1, patch_px)).unflatten(4, (-1, patch_px))
    return tiles.permute(0, 2, 4, 3, 5, 1).flatten(3).flatten(1, 2)


def unpatchify(patches, patch_px):
    """Pixels (n, 3, side, side) of the patches of square images; undoes `patchify`."""
    side = round(patches.shape[1] ** 0.5)
    if side * side != patches.shape[1]:
        raise ValueError(f"expected the patches of a square, found {patches.shape[1]}")
    tiles = patches.unflatten(1, (side, side)).unflatten(3, (patch_px, patch_px, 3))
    return tiles.permute(0, 5, 1, 3, 2, 4).flatten(4, 5).flatten(2, 3)


def paste(original, predicted, mask):
    """Patches of `predicted` where hidden (mask 1), of `original` where visible."""
    return torch.where(mask[..., None].bool().to(predicted.device), predicted, original)


def load(
    path,
    architecture,
    model_args=None,
    decoder_heads=16,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    device="cpu",
):
    """Load encoder and decoder of an official file; every tensor of it is placed.

    The depth of the decoder is the number of its blocks in the file, so a file that lacks only
    the last block goes unnoticed.

    Parameters
    ----------
    path : path
    architecture, model_args
        Of the encoder, see `patchprobe.backbones.load.load`.
    decoder_heads : int
        Not recoverable from the checkpoint; 16 in the official models. A wrong number is noticed
        only if it does not divide the width.
    mean, std : sequences of 3 floats
    device : str

    Returns
    -------
    Autoencoder

    Raises
    ------
    CheckpointError
        If there is no decoder, names or shapes differ, or values are not finite floating-point
        numbers.
    """
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    if "decoder_embed.weight" not in state:
        raise CheckpointError(
            f"{path} has no decoder (mae_pretrain_vit_base.pth has none). "
            f"It holds: {describe_checkpoint.content(state)}. Wanted: {OFFICIAL_FILE}"
        )
    checkpoint.check_floating(state, path)
    encoder = build(architecture, model_args)
    n_features = len(state["decoder_embed.weight"])
    if decoder_heads < 1 or n_features % decoder_heads:
        raise CheckpointError(
            f"{path}: {decoder_heads} heads do not divide {n_features} features of the decoder"
        )
    depth = sum(name.endswith("attn.proj.weight") and "decoder" in name for name in state)
    decoder = Decoder(
        encoder.num_features,
        n_features,
        max(depth, 1),  # if there are none, strict loading names what is missing
        decoder_heads,
        encoder.patch_embed.num_patches,
        encoder.patch_embed.patch_size[0],
    ).eval()
    own = {name: x for name, x in state.items() if name.startswith(("decoder", "mask_token"))}
    others = checkpoint.without(state, "decoder", "mask_token")
    try:
        decoder.load_state_dict(own, strict=True)
        encoder.load_state_dict(others, strict=True)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} is not an MAE with decoder of {architecture} {model_args or ''}. It holds: "
            f"{describe_checkpoint.content(state)}. Wanted: {OFFICIAL_FILE}\n{str(error)[:500]}"
        ) from error
    checkpoint.check_finite(state, path)
    channels = [torch.tensor(values, device=device).view(3, 1, 1) for values in (mean, std)]
    return Autoencoder(encoder.to(device), decoder.to(device), *channels)
