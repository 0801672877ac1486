"""DINOv2 (Oquab et al., 2023), with or without registers: flat files at 518 px.

Facts: github.com/facebookresearch/dinov2. The position table is resampled as the official code
does: by a factor with an offset of 0.1 and without antialiasing (models without registers), or to a
size with antialiasing (models with registers). timm always does the latter, which changes the
tokens of the former (15 % of nearest neighbours, measured on real weights). The files on timm's hub
hold the same tables and can be read too.
"""

import torch

from patchprobe.backbones import checkpoint, positions
from patchprobe.errors import CheckpointError

OFFICIAL_FILE = (
    "dinov2_vitb14_pretrain.pth (or dinov2_vitb14_reg4_pretrain.pth) of "
    "github.com/facebookresearch/dinov2"
)
RANDOM_INIT_ARGS = {"img_size": 518, "init_values": 1.0}  # layer scales of 1: every block counts
_OFFSET = 0.1


def state_dict(path, model):
    """The weights under timm's names, positions resampled to the grid of `model`."""
    state = checkpoint.without(checkpoint.tensors(checkpoint.read(path), path), "mask_token")
    checkpoint.require("blocks.0.ls1.gamma", state, path)
    state = {  # of ViT-g
        name.replace(".mlp.w12.", ".mlp.fc1.").replace(".mlp.w3.", ".mlp.fc2."): tensor
        for name, tensor in state.items()
    }
    grid = model.patch_embed.grid_size
    if "register_tokens" in state:  # timm adds the class token's position to it
        for name in ("pos_embed", "cls_token"):
            checkpoint.require(name, state, path)
        positions.check(state["pos_embed"], 1)
        if state["cls_token"].shape != (1, 1, state["pos_embed"].shape[2]):
            raise CheckpointError(
                f"{path}: the class token has the shape {tuple(state['cls_token'].shape)}, the "
                f"position table {tuple(state['pos_embed'].shape)}: expected the same width."
            )
        table = state["pos_embed"].float()
        state["reg_token"] = state.pop("register_tokens")
        state["cls_token"] = state["cls_token"].float() + table[:, :1]
        state["pos_embed"] = table[:, 1:]
    if "reg_token" in state:
        checkpoint.require("pos_embed", state, path)
        state["pos_embed"] = positions.resample(
            state["pos_embed"], grid, n_prefix=0, antialias=True
        )
    elif "pos_embed" in state:
        state["pos_embed"] = positions.resample(state["pos_embed"], grid, offset=_OFFSET)
    return state


def official_layout(model):
    """What the official file would hold for this timm model (built at 518 px, no registers)."""
    state = model.state_dict()
    return {**state, "mask_token": torch.zeros(1, state["cls_token"].shape[-1])}
