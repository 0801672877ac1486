"""Any Vision Transformer of timm: the state dict of the architecture, as timm saves it."""

import safetensors.torch

from patchprobe.backbones import checkpoint


def state_dict(path, model):
    """The weights as they are; .safetensors or a PyTorch file."""
    if str(path).endswith(".safetensors"):
        return safetensors.torch.load_file(path)
    return checkpoint.tensors(checkpoint.read(path), path)


def official_layout(model):
    """What a file of this model holds."""
    return model.state_dict()
