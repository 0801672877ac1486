"""DINO (Caron et al., 2021): a flat file of the teacher, or a full training checkpoint.

Facts: github.com/facebookresearch/dino, files dino_vitbase16_pretrain.pth and
dino_vitbase16_pretrain_full_checkpoint.pth.
"""

from patchprobe.backbones import checkpoint


def state_dict(path, model):
    """The teacher's weights under timm's names; of a full checkpoint the heads are dropped."""
    content = checkpoint.read(path)
    if "teacher" not in content:
        return checkpoint.tensors(content, path)
    teacher = checkpoint.entry(content, "teacher", path)
    bare = {name.removeprefix("module."): tensor for name, tensor in teacher.items()}
    return {
        name.removeprefix("backbone."): tensor
        for name, tensor in bare.items()
        if name.startswith("backbone.")
    }


def official_layout(model):
    """What the official file would hold for this timm model."""
    return model.state_dict()
