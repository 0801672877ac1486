"""Scale-MAE in miniature: an MAE of images from above that is told their ground sample distance."""

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate
from torchvision.transforms.v2 import functional

from miniature.training import images, mae, network, views
from patchprobe.backbones import positions, scale_mae
from patchprobe.backbones.mae_autoencoder import patchify, random_mask

BASE_GSD = 2.5  # of a whole tile, as in the official training
COARSE = 4  # pixels a side that the low band averages


def codes(gsd, n_features):
    """Position codes (n, 1 + n_patches, n_features) of images with these distances (n,)."""
    each = [positions.sin_cos(mae.GRID, n_features, distance) for distance in gsd.tolist()]
    return torch.cat(each).to(gsd.device)


class Family(network.Family):
    """As MAE; positions grow with the resolution, and two bands of frequencies are predicted.

    The official decoder predicts the bands by a pyramid of convolutions; here a linear layer each.
    """

    sources = images.AERIAL
    n_images = 240_000

    def __init__(self):
        super().__init__()
        self.encoder = network.encoder(positions="sincos")
        self.decoder = mae.decoder()
        n_pixels = mae.PATCH_PX**2 * 3
        del self.decoder.decoder_pos_embed  # computed for each batch
        self.decoder.decoder_pred = nn.Linear(mae.DECODER["n_features"], 2 * n_pixels)

    @staticmethod
    def views(is_final):
        """One part of the tile, and the ground sample distance of that crop."""
        last = views.normalise()

        def view(tile):
            top, left, height, width = views.v2.RandomResizedCrop.get_params(
                tile, (0.2, 1.0), (3 / 4, 4 / 3)
            )
            px = [network.CROP_PX] * 2
            crop = functional.resized_crop(tile, top, left, height, width, px, views.BICUBIC)
            if torch.rand(()) < 0.5:
                crop = functional.horizontal_flip(crop)
            share = (height * width) ** 0.5 / images.TILE_PX
            return [last(crop), torch.tensor(BASE_GSD * share)]

        return view

    def forward(self, views, labels):
        """Squared error of the low band and absolute error of the high one, of hidden patches."""
        pixels, gsd = views
        code = codes(gsd, network.N_FEATURES)
        self.decoder.decoder_pos_embed = codes(gsd, mae.DECODER["n_features"])
        keep, mask, ids_restore = random_mask(
            torch.rand(len(pixels), mae.GRID[0] * mae.GRID[1], device=pixels.device),
            mae.MASK_RATIO,
        )
        vit = self.encoder.vit
        tokens = self.encoder.prepend_prefix_tokens(self.encoder.images_to_tokens(pixels)) + code
        index = mae.with_cls(keep)[..., None].expand(-1, -1, network.N_FEATURES)
        latent = vit.norm(vit.blocks(tokens.gather(1, index)))
        low, high = self.decoder(latent, ids_restore).chunk(2, -1)
        smooth = interpolate(avg_pool2d(pixels, COARSE), scale_factor=COARSE, mode="bilinear")
        of_low = (low - patchify(smooth, mae.PATCH_PX)).square().mean(-1)
        of_high = (high - patchify(pixels - smooth, mae.PATCH_PX)).abs().mean(-1)
        return ((of_low + of_high) * mask).sum() / mask.sum()

    def official_file(self):
        """As the official file, without its decoder."""
        return scale_mae.official_layout(self.encoder.vit)
