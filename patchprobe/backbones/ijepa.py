"""I-JEPA (Assran et al., 2023): a training checkpoint, of which the target encoder is taken.

Facts: github.com/facebookresearch/ijepa. The paper evaluates the target encoder (Sec. A.1); timm
would take the context encoder, which saw parts of images alone. There is no class token. The
official code resamples positions by a factor, bicubically without antialiasing, for square images.
"""

from patchprobe.backbones import checkpoint, positions

OFFICIAL_FILE = "IN1K-vit.h.14-300e.pth.tar of github.com/facebookresearch/ijepa"


def state_dict(path, model):
    """The target encoder's weights under timm's names."""
    state = checkpoint.entry(checkpoint.read(path), "target_encoder", path)
    state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    if "pos_embed" in state:
        grid = model.patch_embed.grid_size
        state["pos_embed"] = positions.resample(state["pos_embed"], grid, n_prefix=0)
    return state


def official_layout(model):
    """What the official file would hold of the target encoder."""
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    return {"target_encoder": state}
