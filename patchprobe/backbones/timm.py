"""Any Vision Transformer of timm: a file of its hub, or what timm can convert to its own names.

Tables and kernels of other sizes are resampled by timm's own conversion (bicubic, antialiased).
"""

import sys
from collections.abc import Mapping

from patchprobe.backbones import checkpoint, recognise
from patchprobe.errors import CheckpointError

OFFICIAL_FILE = "a file of this architecture from timm's hub (huggingface.co/timm)"
_NOT_OF_TIMM = (KeyError, RuntimeError, AttributeError, AssertionError, ValueError, TypeError)


def state_dict(path, model):
    """The weights under the names of `model`, without heads and poolers (the model has none).

    A model that timm normalises after pooling applies that norm to its tokens here.
    """
    content = checkpoint.read(path)
    if not isinstance(content, Mapping):
        checkpoint.tensors(content, path)
    state = _converted(content, model, path)
    if "norm.weight" not in state:
        state = {name.replace("fc_norm.", "norm."): tensor for name, tensor in state.items()}
    return checkpoint.without(state, "head", "fc_norm", "attn_pool")


def _converted(content, model, path):
    """What timm makes of a file for this model."""
    _refuse_dinov2_at_another_size(content, model, path)
    convert = getattr(sys.modules[type(model).__module__], "checkpoint_filter_fn", None)
    if convert is None:
        return checkpoint.tensors(content, path)
    try:
        return checkpoint.tensors(convert(dict(content), model), path)
    except _NOT_OF_TIMM as error:
        raise CheckpointError(
            f"{path}: timm cannot read it as {model.default_cfg.get('architecture')} "
            f"({type(error).__name__}: {error}). It holds {recognise.content(content)}."
        ) from error


def _refuse_dinov2_at_another_size(content, model, path):
    """timm resamples these tables with antialiasing, the official code without."""
    table, registers = content.get("pos_embed"), {"register_tokens", "reg_token"} & set(content)
    if "dinov2" not in str(model.default_cfg.get("architecture")) or registers or table is None:
        return
    if table.shape[1] != model.pos_embed.shape[1]:
        raise CheckpointError(
            f"{path}: timm would resample the position table of DINOv2 otherwise than the official "
            "code (15 % of nearest neighbours change). Set `loader: dinov2`, which also takes the "
            "files of timm's hub."
        )


def official_layout(model):
    """What a file of this model holds."""
    return model.state_dict()
