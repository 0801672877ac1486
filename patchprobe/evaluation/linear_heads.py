"""Linear heads that share their input, and the files that keep them.

A head without the first m features is a head whose weights for them are held at zero.
"""

import json

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from patchprobe.errors import StoreError
from patchprobe.files import replacing

_DAMAGED = (OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError)
BATCH_NORM_EPS = 1e-6  # MAE's linear-probing head


class Heads(nn.Module):
    """Linear heads that share their input, each blind to its removed features.

    Parameters
    ----------
    n_features, n_classes : int
    removed : list of arrays of int
        Features that each head does not see.
    batch_norm : bool
        Standardise features first (BatchNorm1d without scale and shift), as MAE recommends.
    seed : int
        Initial weights: those that torch.nn.Linear of the shortened size would draw.
    """

    def __init__(self, n_features, n_classes, removed, batch_norm=False, seed=0):
        super().__init__()
        self.n_heads, self.n_classes = len(removed), n_classes
        self.norm = (
            nn.BatchNorm1d(n_features, eps=BATCH_NORM_EPS, affine=False)
            if batch_norm
            else nn.Identity()
        )
        weight = torch.zeros(self.n_heads, n_classes, n_features)
        bias = torch.zeros(self.n_heads, n_classes)
        mask = torch.ones(self.n_heads, 1, n_features)
        for head, features in enumerate(removed):
            mask[head, :, torch.tensor(np.asarray(features, dtype=np.int64))] = 0
            kept = mask[head, 0] > 0
            if not kept.any():
                raise ValueError(f"head {head} removes all {n_features} features")
            weight[head][:, kept], bias[head] = _linear_init(int(kept.sum()), n_classes, seed)
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.register_buffer("mask", mask)

    def forward(self, x):
        """Logits (batch, n_heads, n_classes) of embeddings (batch, n_features)."""
        logits = self.norm(x) @ (self.weight * self.mask).flatten(0, 1).T
        return logits.unflatten(1, (self.n_heads, self.n_classes)) + self.bias


def _linear_init(n_features, n_classes, seed):
    """Uniform in +-1/sqrt(n_features), the default of torch.nn.Linear, from a seed of its own."""
    generator = torch.Generator().manual_seed(seed)
    bound = n_features**-0.5
    draw = [
        torch.rand(shape, generator=generator) for shape in ((n_classes, n_features), n_classes)
    ]
    return ((2 * uniform - 1) * bound for uniform in draw)


def save(heads, path, **about):
    """Write trained heads as safetensors.

    Parameters
    ----------
    heads : dict of str to Heads
        By training subset; each with an attribute `about` (dict, JSON-able).
    path : path
        Whole or not at all.
    **about
        What they were trained on: `dataset`, `backbone`.

    Raises
    ------
    DiskError
        If the disk is too full.
    """
    tensors = {
        f"{name}/{key}": tensor.contiguous().cpu()
        for name, trained in heads.items()
        for key, tensor in trained.state_dict().items()
    }
    about["heads"] = {name: trained.about for name, trained in heads.items()}
    # one entry: safetensors does not keep the order of several
    with replacing(path) as unfinished:
        safetensors.torch.save_file(tensors, unfinished, metadata={"about": json.dumps(about)})


def read(path, **expected):
    """Heads of `save`, by training subset, in evaluation mode.

    Raises
    ------
    StoreError
        If the file is missing or damaged, or its heads were trained on something else than
        `expected`.
    """
    try:
        heads, about = _read(path)
    except _DAMAGED as error:
        raise StoreError(
            f"{path} is not a whole file of linear heads: expected what `linear_heads.save` "
            f"writes, found {type(error).__name__} ({error}). Delete it and run again."
        ) from error
    for key, value in expected.items():
        if about.get(key) != value:
            raise StoreError(
                f"{path} holds heads of {key} {about.get(key)!r}, expected {value!r}: it was put "
                f"in another's place; remake it with `snakemake --force {path}`"
            )
    return heads


def _read(path):
    """Heads by training subset, and what is told about all of them."""
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["about"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
    heads = {}
    for name, of_heads in about["heads"].items():
        state = {
            key.removeprefix(f"{name}/"): tensor
            for key, tensor in tensors.items()
            if key.startswith(f"{name}/")
        }
        n_heads, n_classes, n_features = state["weight"].shape
        has_norm = "norm.running_mean" in state
        heads[name] = Heads(n_features, n_classes, [[]] * n_heads, has_norm)
        heads[name].load_state_dict(state)
        heads[name].about = of_heads
        heads[name].eval()
    return heads, about
