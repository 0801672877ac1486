"""iBOT (Zhou et al., 2022): the teacher under "state_dict", or a full training checkpoint.

Facts: github.com/bytedance/ibot. Position tables are resampled as DINO's.
"""

from patchprobe.backbones import checkpoint, dino

OFFICIAL_FILE = "checkpoint_teacher.pth of github.com/bytedance/ibot"


def state_dict(path, model):
    """The teacher's weights under timm's names; heads and the student's mask token are dropped."""
    content = checkpoint.read(path)
    if checkpoint.has(content, "teacher"):
        state = dino.teacher(content, path)
    else:
        state = checkpoint.entry(content, "state_dict", path)
    return dino.at_grid(checkpoint.without(state, "masked_embed"), model)


def official_layout(model):
    """What the official file would hold for this timm model."""
    return {"state_dict": model.state_dict()}
