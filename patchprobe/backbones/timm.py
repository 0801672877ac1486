"""Any Vision Transformer of timm: a file of its hub, or what timm can convert to its own names.

Tables and kernels of other sizes are resampled by timm's own conversion (bicubic, antialiased).
"""

import sys
from collections.abc import Mapping

import torch

from patchprobe.backbones import checkpoint, describe_checkpoint
from patchprobe.errors import CheckpointError

OFFICIAL_FILE = "a file of this architecture from timm's hub (huggingface.co/timm)"
_NOT_OF_TIMM = (LookupError, RuntimeError, AttributeError, AssertionError, ValueError, TypeError)


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
    return checkpoint.without(state, "head.", "head_dist.", "fc_norm.", "attn_pool.")


def _converted(content, model, path):
    """What timm makes of a file for this model."""
    _refuse_what_timm_would_change(_unwrapped(content), model, path)
    convert = getattr(sys.modules[type(model).__module__], "checkpoint_filter_fn", None)
    if convert is None:
        return checkpoint.tensors(content, path)
    try:
        return checkpoint.tensors(convert(dict(content), model), path)
    except _NOT_OF_TIMM as error:
        raise CheckpointError(
            f"{path}: timm cannot read it as {model.default_cfg.get('architecture')} "
            f"({type(error).__name__}: {error}). It holds {describe_checkpoint.content(content)}."
        ) from error


def _unwrapped(content):
    """The entry of a file that timm reads; these two may be nested."""
    for key in ("model", "state_dict"):
        inside = content.get(key)
        content = inside if isinstance(inside, Mapping) else content
    return content


def _refuse_what_timm_would_change(state, model, path):
    """Stop if timm would silently resample or drop weights that change the model."""
    architecture = model.default_cfg.get("architecture")
    state = {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
    checkpoint.check_plain(state, path)
    kernel, own = state.get("patch_embed.proj.weight"), model.patch_embed.proj.weight
    if kernel is not None and kernel.ndim == 4 and kernel.shape[-2:] != own.shape[-2:]:
        raise CheckpointError(
            f"{path}: patches of {kernel.shape[-1]} px, {architecture} has patches of "
            f"{own.shape[-1]} px. It holds: {describe_checkpoint.content(state)}."
        )
    table, registers = state.get("pos_embed"), {"register_tokens", "reg_token"} & set(state)
    is_dinov2 = "dinov2" in str(architecture) and not registers and table is not None
    if is_dinov2 and table.ndim == 3 and table.shape[1] != model.pos_embed.shape[1]:
        raise CheckpointError(
            f"{path}: timm would not resample the position table of DINOv2 as the official code "
            "does (15 % of nearest neighbours change). Set `loader: dinov2`, which also takes the "
            "files of timm's hub."
        )
    bias = state.get("blocks.0.attn.qkv.bias")
    takes_bias = any(
        "bias" in name
        for name, _ in model.blocks[0].attn.named_parameters()
        if name.startswith(("q", "v"))
    )
    if bias is not None and bias.any() and not takes_bias:
        raise CheckpointError(
            f"{path}: its queries and values have biases, but those of {architecture} do not (timm "
            "would drop them). Is there an architecture with `_qkvb` in its name?"
        )


def official_layout(model):
    """What a file of this model holds."""
    return model.state_dict()
