"""DINOv2 (Oquab et al., 2023), with or without registers: flat files at 518 px.

Facts: github.com/facebookresearch/dinov2, files dinov2_vit*14_pretrain.pth and
dinov2_vit*14_reg4_pretrain.pth. The position table is resampled as the official code does: to a
scale factor with an offset of 0.1 and without antialiasing (models without registers), or to a size
with antialiasing (models with registers). timm always does the latter, which changes the tokens of
the former (15 % of nearest neighbours, measured on real weights).
"""

import torch
from torch.nn.functional import interpolate

from patchprobe.backbones import checkpoint

_OFFSET = 0.1
STAND_IN_ARGS = {"img_size": 518, "init_values": 1.0}  # official size; layers that do something


def state_dict(path, model):
    """The weights under timm's names, positions resampled to the grid of `model`."""
    state = checkpoint.without(checkpoint.tensors(checkpoint.read(path), path), "mask_token")
    positions = state["pos_embed"].float()
    class_position, patch_positions = positions[:, :1], positions[:, 1:]
    has_registers = "register_tokens" in state
    resampled = resample_positions(patch_positions, model.patch_embed.grid_size, has_registers)
    if has_registers:  # timm gives positions to patches only and adds the class token's to it
        state["reg_token"] = state.pop("register_tokens")
        state["cls_token"] = state["cls_token"].float() + class_position
        state["pos_embed"] = resampled
    else:
        state["pos_embed"] = torch.cat([class_position, resampled], 1)
    return state


def resample_positions(positions, grid, antialias):
    """Resample a square position table (1, n * n, dim) to (1, rows * columns, dim)."""
    side = round(positions.shape[1] ** 0.5)
    if (side, side) == tuple(grid):
        return positions
    table = positions.unflatten(1, (side, side)).permute(0, 3, 1, 2)
    if antialias:
        table = interpolate(table, size=tuple(grid), mode="bicubic", antialias=True)
    else:
        scale = [(length + _OFFSET) / side for length in grid]
        table = interpolate(table, scale_factor=scale, mode="bicubic")
    return table.permute(0, 2, 3, 1).flatten(1, 2)


def official_layout(model):
    """What the official file would hold for this timm model (built at 518 px, no registers)."""
    state = model.state_dict()
    return {**state, "mask_token": torch.zeros(1, state["cls_token"].shape[-1])}
