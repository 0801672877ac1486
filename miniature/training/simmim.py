"""SimMIM in miniature: hidden squares of the image, predicted as pixels by one linear layer."""

import torch
from torch import nn
from torch.nn.functional import l1_loss

from miniature.training import network, views
from patchprobe.backbones import simmim
from patchprobe.backbones.load import build
from patchprobe.backbones.mae_autoencoder import patchify

MASK_RATIO = 0.6
MASK_PATCHES = 2  # patches a side of a hidden square: 32 px, as in the paper
PATCH_PX = 16


def random_squares(n, side, device=None):
    """Masks (n, side * side) of patches, bool: `MASK_RATIO` of the squares is hidden."""
    cells = -(-side // MASK_PATCHES)
    noise = torch.rand(n, cells * cells, device=device)
    hidden = noise.argsort(1).argsort(1) < round(MASK_RATIO * cells * cells)
    squares = hidden.view(n, cells, cells).repeat_interleave(MASK_PATCHES, 1)
    return squares.repeat_interleave(MASK_PATCHES, 2)[:, :side, :side].flatten(1)


class Family(network.Family):
    """Encoder of all patches, hidden ones replaced by a token; absolute error of hidden pixels."""

    n_images = 150_000
    betas = (0.9, 0.999)

    def __init__(self):
        super().__init__()
        arguments = {**simmim.MODEL_ARGS, **network.MODEL_ARGS}
        self.vit = simmim.prepare(build("beit_base_patch16_224", arguments)).train()
        nn.init.trunc_normal_(self.vit.rel_pos_bias.relative_position_bias_table, std=0.02)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, network.N_FEATURES))
        nn.init.trunc_normal_(self.mask_token, std=0.02)
        self.decoder = nn.Conv2d(network.N_FEATURES, PATCH_PX**2 * 3, 1)

    @staticmethod
    def views(is_final):
        """One part of the tile at its own scale; half the crop's size until the last phase."""
        px, area = (network.CROP_PX, 1.0) if is_final else (network.CROP_PX // 2, 0.25)
        crop = views.resized_crop(px, (0.67 * area, area))
        view = views.v2.Compose([crop, views.normalise()])
        return lambda tile: [view(tile)]

    def forward(self, views, labels):
        """Mean absolute error of the hidden patches, in normalised pixels."""
        (pixels,) = views
        side = pixels.shape[-1] // PATCH_PX
        mask = random_squares(len(pixels), side, pixels.device)
        seen = self.vit.patch_embed.proj(pixels).flatten(2).transpose(1, 2)
        patches = torch.where(mask[..., None], self.mask_token, seen)
        x = torch.cat([self.vit.cls_token.expand(len(pixels), -1, -1), patches], 1)
        bias = self.bias(side)
        for block in self.vit.blocks:
            x = block(x, shared_rel_pos_bias=bias)
        grid = self.vit.norm(x)[:, 1:].transpose(1, 2).unflatten(2, (side, side))
        predicted = nn.functional.pixel_shuffle(self.decoder(grid), PATCH_PX)
        return l1_loss(patchify(predicted, PATCH_PX)[mask], patchify(pixels, PATCH_PX)[mask])

    def bias(self, side):
        """Bias of a square of patches: that of the first rows and columns of the full grid."""
        rows, columns = self.vit.patch_embed.grid_size
        full = torch.arange(rows * columns, device=self.mask_token.device).view(rows, columns)
        places = torch.cat([full.new_zeros(1), full[:side, :side].flatten() + 1])
        return self.vit.rel_pos_bias()[..., places[:, None], places]

    def official_file(self):
        """As the official file, but for the index of relative positions, which is no weight."""
        content = simmim.official_layout(self.vit)
        del content["model"]["encoder.rel_pos_bias.relative_position_index"]
        others = {f"decoder.0.{name}": x for name, x in self.decoder.state_dict().items()}
        return {"model": {**content["model"], "encoder.mask_token": self.mask_token, **others}}
