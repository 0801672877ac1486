"""Read checkpoint files without running code from them."""

import argparse
import pathlib
import pickle
import zipfile
from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError

from patchprobe.backbones import recognise, restricted_pickle
from patchprobe.errors import CheckpointError

_UNREADABLE = (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, TypeError)

# plain data that official training checkpoints carry beside their tensors
_HARMLESS = [argparse.Namespace, pathlib.PosixPath, pathlib.PurePosixPath]


def read(path):
    """The object in a PyTorch checkpoint or a safetensors file; no code of the file is run.

    PyTorch's `weights_only` reader comes first, then the restricted one.

    Raises
    ------
    CheckpointError
        If the file is missing, is no checkpoint, or asks for more than tensors and plain data.
    """
    try:
        if _is_safetensors(path):
            return safetensors.torch.load_file(path)
        return _read_pickled(path)
    except FileNotFoundError as error:
        raise CheckpointError(f"No weights at {path}: see `snakemake weights`.") from error
    except (*_UNREADABLE, SafetensorError) as error:
        raise CheckpointError(
            f"{path} is not a checkpoint that can be read safely; it {recognise.raw(path)}. "
            f"Get the official file again. ({type(error).__name__}: {str(error)[:200]})"
        ) from error


def _read_pickled(path):
    try:
        with torch.serialization.safe_globals(_HARMLESS):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        # Other formats of torch.load unpack archives; TorchScript ends above, with another error.
        if not zipfile.is_zipfile(path):
            raise
        return torch.load(
            path, map_location="cpu", weights_only=False, pickle_module=restricted_pickle
        )


def _is_safetensors(path):
    """By content, since the workflow gives every file the same suffix: a length, then JSON."""
    with open(path, "rb") as file:
        head = file.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 2**27


def tensors(state, path):
    """Check that `state` maps names to tensors; returned as a new dict."""
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        found = recognise.content(state)
        raise CheckpointError(f"{path}: expected a mapping of names to tensors, found {found}.")
    return dict(state)


def entry(checkpoint, key, path):
    """Entry `key` of a checkpoint, as names and tensors."""
    if not isinstance(checkpoint, Mapping) or key not in checkpoint:
        found = recognise.content(checkpoint)
        raise CheckpointError(f"{path}: expected an entry {key!r}, found {found}.")
    return tensors(checkpoint[key], path)


def require(name, state, path):
    """Stop if the state lacks a tensor that only files of one family have."""
    if name not in state:
        found = recognise.content(state)
        raise CheckpointError(f"{path}: expected a tensor {name!r}, found {found}.")


def without(state, *prefixes):
    """The state without the entries whose names start with one of `prefixes`."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(prefixes)}
