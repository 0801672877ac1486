"""How many features the tokens of a backbone have, before a file of weights is read."""

import importlib

import torch

from patchprobe.backbones.load import arguments_of, build


def n_features(loader, architecture, model_args=None):
    """Features of a token of an architecture; no memory is taken for its weights.

    Raises
    ------
    ValueError
        If no plain Vision Transformer can be built from these arguments.
    """
    family = importlib.import_module(f"patchprobe.backbones.{loader}")
    with torch.device("meta"):
        return build(architecture, arguments_of(family, model_args)).num_features
