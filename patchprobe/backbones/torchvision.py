"""Supervised ViTs of torchvision: flat files under torchvision's names, older ones included.

Facts: github.com/pytorch/vision, models/vision_transformer.py. For other grids its
`interpolate_embeddings` resamples the position table to a size with aligned corners.
"""

from patchprobe.backbones import checkpoint, positions

OFFICIAL_FILE = "vit_b_16-c867db91.pth of download.pytorch.org/models"

# torchvision's part of a name -> timm's; the first of each pair of MLP names is what it saves now
_NAMES = (
    ("conv_proj.", "patch_embed.proj."),
    ("class_token", "cls_token"),
    ("encoder.pos_embedding", "pos_embed"),
    ("encoder.ln.", "norm."),
    ("encoder.layers.encoder_layer_", "blocks."),
    (".ln_1.", ".norm1."),
    (".ln_2.", ".norm2."),
    (".self_attention.in_proj_", ".attn.qkv."),
    (".self_attention.out_proj.", ".attn.proj."),
    (".mlp.0.", ".mlp.fc1."),
    (".mlp.3.", ".mlp.fc2."),
)
_OLD_NAMES = ((".mlp.linear_1.", ".mlp.fc1."), (".mlp.linear_2.", ".mlp.fc2."))


def state_dict(path, model):
    """The weights under timm's names, without the classifier."""
    state = checkpoint.tensors(checkpoint.read(path), path)
    checkpoint.require("conv_proj.weight", state, path)
    state = {
        _renamed(name, (*_NAMES, *_OLD_NAMES)): tensor
        for name, tensor in checkpoint.without(state, "heads.").items()
    }
    if "pos_embed" in state:
        state["pos_embed"] = positions.resample(
            state["pos_embed"], model.patch_embed.grid_size, align_corners=True
        )
    return state


def _renamed(name, pairs):
    for old, new in pairs:
        name = name.replace(old, new)
    return name


def official_layout(model):
    """What the official file would hold for this timm model (without the classifier)."""
    pairs = [(timm, official) for official, timm in _NAMES]
    return {
        _renamed(name, sorted(pairs, key=lambda pair: -len(pair[0]))): tensor
        for name, tensor in model.state_dict().items()
    }
