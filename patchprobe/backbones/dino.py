"""DINO (Caron et al., 2021): a flat file of the teacher, or a full training checkpoint.

Facts: github.com/facebookresearch/dino. For other grids the position table is resampled by a
factor with an offset of 0.1, bicubically without antialiasing.
"""

from patchprobe.backbones import checkpoint, positions

OFFICIAL_FILE = (
    "dino_vitbase16_pretrain.pth (or dino_vitbase16_pretrain_full_checkpoint.pth) of "
    "github.com/facebookresearch/dino"
)
OFFSET = 0.1


def state_dict(path, model):
    """The teacher's weights under timm's names; of a full checkpoint the heads are dropped."""
    content = checkpoint.read(path)
    state = (
        teacher(content, path)
        if checkpoint.has(content, "teacher")
        else checkpoint.tensors(content, path)
    )
    return at_grid(state, model)


def teacher(content, path):
    """The teacher's backbone of a full training checkpoint (the student's is another network)."""
    state = checkpoint.entry(content, "teacher", path)
    bare = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    return {
        name.removeprefix("backbone."): tensor
        for name, tensor in bare.items()
        if name.startswith("backbone.")
    }


def at_grid(state, model):
    """The state with its position table at the grid of the model."""
    if "pos_embed" not in state:
        return state
    grid = model.patch_embed.grid_size
    return {**state, "pos_embed": positions.resample(state["pos_embed"], grid, offset=OFFSET)}


def official_layout(model):
    """What the official file would hold for this timm model."""
    return model.state_dict()
