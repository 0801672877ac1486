"""Scale-MAE (Reed et al., 2023): MAE whose position code depends on ground sample distance.

Facts: github.com/bair-climate-initiative/scale-mae. The stored position table is not used by the
official code, which computes MAE's sin-cos code at positions multiplied by the resolution.
"""

import torch

from patchprobe.backbones import checkpoint, positions

OFFICIAL_FILE = "scalemae-vitlarge-800.pth of github.com/bair-climate-initiative/scale-mae"
_DECODER = ("decoder", "mask_token", "fpn.", "fcn_high.", "fcn_low.")


def state_dict(path, model, gsd=1.0):
    """The encoder's weights under timm's names, with the position code of `gsd`.

    Parameters
    ----------
    path : path
    model : timm.models.VisionTransformer
    gsd : float
        Resolution of the input relative to the model's base ("input_res" in the official code).
    """
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    checkpoint.require("mask_token_decoder", state, path)  # the only entry that MAE's files lack
    state = checkpoint.without(state, *_DECODER)
    state["pos_embed"] = positions.sin_cos(model.patch_embed.grid_size, model.num_features, gsd)
    return state


def official_layout(model):
    """What the official file would hold of the encoder, and the entry that MAE's file lacks."""
    return {"model": {**model.state_dict(), "mask_token_decoder": torch.zeros(1, 1, 1)}}
