"""Describe a weights file in words, for the message about a wrong one."""

from collections.abc import Mapping

import torch

# the first marker among the names of tensors decides
_FAMILIES = (
    ("encoder.rel_pos_bias.relative_position_bias_table", "SimMIM"),
    ("conv_proj.weight", "torchvision"),
    ("fcn_high.proj.weight", "Scale-MAE, with its decoder"),
    ("storage_tokens", "DINOv3"),
    ("register_tokens", "DINOv2 with registers"),
    ("blocks.0.ls1.gamma", "DINOv2 or another ViT with layer scale"),
    ("blocks.0.gamma_1", "BEiT or another ViT with layer scale"),
    ("decoder_embed.weight", "MAE, with its decoder"),
    ("blocks.0.attn.qkv.weight", "plain ViT (MAE, DINO, iBOT or timm)"),
)
_EMBEDDERS = ("patch_embed.proj.weight", "encoder.patch_embed.proj.weight", "conv_proj.weight")


def content(checkpoint):
    """Describe a checkpoint in one line: its entries, its family, its size."""
    if not isinstance(checkpoint, Mapping):
        return f"a {type(checkpoint).__name__}, not a mapping of names to tensors"
    where, state = _tensors(checkpoint)
    if not state:
        return f"a mapping without tensors, with the entries {_few(checkpoint) or 'none'}"
    found = [text for text in (_family(state), *_sizes(state)) if text]
    entry = f" in its entry {where!r}" if where else ""
    return f"{', '.join(found) or 'names ' + _few(state)}{entry}"


def _tensors(checkpoint):
    """The weights and where they are: a flat file, or the entry of a training checkpoint."""
    for where in ("model", "state_dict", "teacher"):
        if isinstance(checkpoint.get(where), Mapping):
            tensors = checkpoint[where]
            break
    else:
        where, tensors = "", checkpoint
    bare = {str(name).removeprefix("module.").removeprefix("backbone."): name for name in tensors}
    kept = {name: tensors[full] for name, full in bare.items()}
    return where, {k: v for k, v in kept.items() if isinstance(v, torch.Tensor)}


def _family(state):
    has_embedder = any(name in state for name in _EMBEDDERS)
    if not has_embedder and any(name.startswith("decoder") for name in state):
        return "a decoder alone"
    return next((family for marker, family in _FAMILIES if marker in state), "")


def _sizes(state):
    """Features, layers and patch of a ViT, as far as they can be seen."""
    kernels = [state[name] for name in _EMBEDDERS if name in state and state[name].ndim == 4]
    features = [f"{kernels[0].shape[0]} features"] if kernels else []
    patch = [f"patch {kernels[0].shape[-1]}"] if kernels else []
    blocks = {name for name in state if name.endswith(("attn.proj.weight", "out_proj.weight"))}
    n_layers = sum(not name.startswith("decoder") for name in blocks)
    return [*features, *([f"{n_layers} layers"] if n_layers else []), *patch]


def oddity(tensor):
    """What keeps a tensor from being plain numbers that are all in the file, or None."""
    if tensor.is_meta:
        return "a meta tensor, without values"
    if tensor.is_nested or tensor.layout != torch.strided:
        return f"a {'nested' if tensor.is_nested else 'sparse'} tensor, {tensor.layout}"
    if tensor.is_quantized:
        return f"quantised, {tensor.dtype}"
    if tensor.is_complex():
        return f"complex, {tensor.dtype}"
    axes = zip(tensor.shape, tensor.stride(), strict=True)
    if tensor.numel() and any(length > 1 and step == 0 for length, step in axes):
        return f"fewer numbers, expanded to the shape {tuple(tensor.shape)}"
    return None


def _few(names):
    shown = [str(name) for name in list(names)[:5]]
    return ", ".join(shown) + (", ..." if len(names) > 5 else "")


def unreadable(path):
    """Describe in one line a file that could not be read as a checkpoint."""
    with open(path, "rb") as file:
        head = file.read(512)
    if not head:
        return "is empty"
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        return "is a web page (a download that ended on an error or log-in page)"
    if head.startswith(b"version https://git-lfs"):
        return "is a pointer of Git LFS, not the file itself (`git lfs pull` fetches that)"
    if head.startswith(b"PK"):
        return "is a PyTorch archive, but damaged, cut off, or of something other than tensors"
    return f"starts with {head[:16]!r}"
