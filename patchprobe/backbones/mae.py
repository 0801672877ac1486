"""MAE (He et al., 2022): {"model": timm names}; the encoder alone, or with its decoder.

Facts: github.com/facebookresearch/mae, file mae_pretrain_vit_base.pth.
"""

from patchprobe.backbones import checkpoint


def state_dict(path, model):
    """The encoder's weights under timm's names."""
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    return checkpoint.without(state, "decoder", "mask_token")


def official_layout(model):
    """What the official file would hold for this timm model."""
    return {"model": model.state_dict()}
