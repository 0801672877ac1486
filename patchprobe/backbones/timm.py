"""Any Vision Transformer of timm: the state dict of the architecture, as timm saves it."""

from patchprobe.backbones import checkpoint


def state_dict(path, model):
    """The weights as they are, without heads and poolers (the model has none)."""
    state = checkpoint.tensors(checkpoint.read(path), path)
    return checkpoint.without(state, "head", "fc_norm", "attn_pool")


def official_layout(model):
    """What a file of this model holds."""
    return model.state_dict()
