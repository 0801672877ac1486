"""Read checkpoint files without running code from them."""

import argparse
import pathlib
import pickle
from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError

from patchprobe.errors import CheckpointError

_UNREADABLE = (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError)

# plain data that official training checkpoints carry beside their tensors
_HARMLESS = [argparse.Namespace, pathlib.PosixPath, pathlib.PurePosixPath]


def read(path):
    """The object in a PyTorch checkpoint (read with `weights_only`) or a safetensors file.

    Raises
    ------
    CheckpointError
        If the file is missing, is no checkpoint, or holds anything but tensors and plain data.
    """
    try:
        if _is_safetensors(path):
            return safetensors.torch.load_file(path)
        with torch.serialization.safe_globals(_HARMLESS):
            return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"No weights at {path}: see `snakemake weights`.") from error
    except (*_UNREADABLE, SafetensorError) as error:
        raise CheckpointError(
            f"{path} is not a checkpoint that can be read safely; it {_looks_like(path)}. "
            f"Get the official file again. ({type(error).__name__}: {str(error)[:200]})"
        ) from error


def _is_safetensors(path):
    """By content, since the workflow gives every file the same suffix: a length, then JSON."""
    with open(path, "rb") as file:
        head = file.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 2**27


def _looks_like(path):
    head = pathlib.Path(path).read_bytes()[:512]
    if not head:
        return "is empty"
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        return "is a web page (a download that ended on an error or log-in page)"
    if head.startswith(b"PK"):
        return "is a PyTorch archive that is cut off or holds more than tensors and plain data"
    return f"starts with {head[:16]!r}"


def tensors(state, path):
    """Check that `state` maps names to tensors; returned as a new dict."""
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        keys = list(state)[:5] if isinstance(state, Mapping) else type(state).__name__
        raise CheckpointError(f"{path}: expected a mapping of names to tensors, found {keys}.")
    return dict(state)


def entry(checkpoint, key, path):
    """Entry `key` of a checkpoint, as names and tensors."""
    if not isinstance(checkpoint, Mapping) or key not in checkpoint:
        keys = list(checkpoint)[:5] if isinstance(checkpoint, Mapping) else type(checkpoint)
        raise CheckpointError(f"{path}: expected an entry {key!r}, found {keys}. Another file?")
    return tensors(checkpoint[key], path)


def without(state, *prefixes):
    """The state without the entries whose names start with one of `prefixes`."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(prefixes)}
