"""BEiT v2 (Peng et al., 2022), self-supervised: {"model": timm names}, heads beside the encoder.

Facts: github.com/microsoft/unilm, beit2. As in SimMIM, one table of relative positions is shared by
all layers, and resampled for other grids from positions in geometric progression. timm knows
fine-tuned files only, which have a table for every layer.
"""

import torch

from patchprobe.backbones import checkpoint, simmim

OFFICIAL_FILE = "beitv2_base_patch16_224_pt1k.pth of github.com/microsoft/unilm (beit2)"
MODEL_ARGS = simmim.MODEL_ARGS
prepare = simmim.prepare
_TABLE = "rel_pos_bias.relative_position_bias_table"
_INDEX = "rel_pos_bias.relative_position_index"


def state_dict(path, model):
    """The encoder's weights under timm's names.

    The head that predicts visual tokens and the layers that train the class token are dropped.
    """
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    state = checkpoint.without(state, "mask_token", "lm_head.", "cls_pt_", _INDEX)
    if _TABLE in state:
        state[_TABLE] = simmim.resample_relative(state[_TABLE], model.patch_embed.grid_size)
    return state


def official_layout(model):
    """What the official file would hold of the encoder."""
    state = model.state_dict()
    mask = torch.zeros_like(state["cls_token"])
    return {
        "model": {**state, "mask_token": mask, _INDEX: model.rel_pos_bias.relative_position_index}
    }
