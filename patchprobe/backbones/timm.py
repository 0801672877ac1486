"""Any Vision Transformer of timm: the state dict of the architecture, as timm saves it."""

from patchprobe.backbones import checkpoint


def state_dict(path, model):
    """The weights as they are."""
    return checkpoint.tensors(checkpoint.read(path), path)


def official_layout(model):
    """What a file of this model holds."""
    return model.state_dict()
