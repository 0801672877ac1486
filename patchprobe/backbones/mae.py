"""MAE (He et al., 2022): {"model": timm names}; the encoder alone, or with its decoder.

Facts: github.com/facebookresearch/mae. For other grids its fine-tuning code resamples the stored
position table to a size, bicubically without antialiasing.
"""

from patchprobe.backbones import checkpoint, positions

OFFICIAL_FILE = "mae_pretrain_vit_base.pth of github.com/facebookresearch/mae"


def state_dict(path, model):
    """The encoder's weights under timm's names."""
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    state = checkpoint.without(state, "decoder", "mask_token")
    if "pos_embed" in state:
        state["pos_embed"] = positions.resample(state["pos_embed"], model.patch_embed.grid_size)
    return state


def official_layout(model):
    """What the official file would hold for this timm model."""
    return {"model": model.state_dict()}
