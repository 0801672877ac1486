"""MAE in miniature: three quarters of the patches are hidden and predicted as pixels."""

import torch
from torch import nn

from miniature.training import network, views
from patchprobe.backbones import positions
from patchprobe.backbones.mae import official_layout
from patchprobe.backbones.mae_autoencoder import Decoder, patchify, random_mask

MASK_RATIO = 0.75
PATCH_PX = 16
GRID = (network.CROP_PX // PATCH_PX,) * 2
DECODER = {"n_features": 64, "depth": 2, "n_heads": 4}


def decoder():
    """MAE's decoder, with fixed positions."""
    made = Decoder(
        network.N_FEATURES, **DECODER, n_patches=GRID[0] * GRID[1], patch_px=PATCH_PX
    ).train()
    made.decoder_pos_embed.data = positions.sin_cos(GRID, DECODER["n_features"])
    made.decoder_pos_embed.requires_grad = False
    nn.init.normal_(made.mask_token, std=0.02)
    for module in made.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    return made


def with_cls(keep):
    """Positions of the class token and of visible patches, among all tokens."""
    return torch.cat([keep.new_zeros(len(keep), 1), keep + 1], 1)


class Family(network.Family):
    """Encoder of visible patches, decoder of all; squared error of hidden pixels."""

    n_images = 240_000

    def __init__(self):
        super().__init__()
        self.encoder = network.encoder(positions="sincos")
        self.decoder = decoder()

    @staticmethod
    def views(is_final):
        """One part of the tile, at the crop's size."""
        view = views.v2.Compose([views.resized_crop(network.CROP_PX), views.normalise()])
        return lambda tile: [view(tile)]

    def forward(self, views, labels):
        """Mean squared error of the hidden patches, in normalised pixels."""
        (pixels,) = views
        keep, mask, ids_restore = random_mask(
            torch.rand(len(pixels), GRID[0] * GRID[1], device=pixels.device), MASK_RATIO
        )
        latent = self.encoder.encode(pixels, idx_keep=with_cls(keep))
        error = (self.decoder(latent, ids_restore) - patchify(pixels, PATCH_PX)) ** 2
        return (error.mean(-1) * mask).sum() / mask.sum()

    def official_file(self):
        """As mae_visualize_vit_base.pth: encoder and decoder."""
        content = official_layout(self.encoder.vit)
        return {"model": {**content["model"], **self.decoder.state_dict()}}
