"""Read checkpoint files without running code from them."""

import argparse
import pathlib
import re
import zipfile
from collections import OrderedDict
from collections.abc import Mapping

import safetensors.torch
import torch

from patchprobe.backbones import describe_checkpoint
from patchprobe.errors import CheckpointError

# plain data beside the tensors of official training checkpoints
_HARMLESS = [
    (OrderedDict, "yacs.config.CfgNode"),  # SimMIM's configuration: read as its items, without yacs
    argparse.Namespace,
    (pathlib.PosixPath, "pathlib.PosixPath"),  # Python 3.13 has them in a module below
    (pathlib.PurePosixPath, "pathlib.PurePosixPath"),
]


def read(path):
    """The object in a PyTorch checkpoint or a safetensors file; no code of the file is run.

    PyTorch's `weights_only` reader refuses whatever is not a tensor or plain data.

    Raises
    ------
    CheckpointError
        If the file is missing, is no checkpoint, or asks for more than tensors and plain data.
    """
    try:
        if _is_safetensors(path):
            return safetensors.torch.load_file(path)
        with torch.serialization.safe_globals(_HARMLESS):
            in_place = zipfile.is_zipfile(path)  # what is not used of a large file takes no memory
            return torch.load(path, map_location="cpu", weights_only=True, mmap=in_place)
    except FileNotFoundError as error:
        raise CheckpointError(f"No weights at {path}: see `snakemake weights`.") from error
    except Exception as error:  # an untrusted file may raise anything
        raise CheckpointError(
            f"{pathlib.Path(path).resolve()} is not a checkpoint that can be read safely; it "
            f"{describe_checkpoint.unreadable(path)}. Delete it and get the official file again. "
            f"({type(error).__name__}: {_reason(error)})"
        ) from error


def _reason(error):
    """What an error says, without PyTorch's advice to read the file unsafely."""
    text = str(error)
    if forbidden := re.search(r"GLOBAL (\S+)", text):
        return f"it asks for {forbidden[1]}"
    refused = re.search(r"WeightsUnpickler error:\s*(.+)", text)
    return (refused[1] if refused else text.rpartition("\n")[2])[:200]


def _is_safetensors(path):
    """By content (a length, then JSON), since the workflow gives every file the same suffix."""
    with open(path, "rb") as file:
        head = file.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 2**27


def tensors(state, path):
    """Check that `state` maps names to tensors; returned as a new dict."""
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        found = describe_checkpoint.content(state)
        raise CheckpointError(f"{path}: expected a mapping of names to tensors, found {found}.")
    return dict(state)


def entry(checkpoint, key, path):
    """Entry `key` of a checkpoint, as names and tensors."""
    if not isinstance(checkpoint, Mapping) or key not in checkpoint:
        found = describe_checkpoint.content(checkpoint)
        raise CheckpointError(f"{path}: expected an entry {key!r}, found {found}.")
    return tensors(checkpoint[key], path)


def require(name, state, path):
    """Stop if the state lacks a tensor that only files of one family have."""
    if name not in state:
        found = describe_checkpoint.content(state)
        raise CheckpointError(f"{path}: expected a tensor {name!r}, found {found}.")


def without(state, *prefixes):
    """The state without the entries whose names start with one of `prefixes`."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(prefixes)}
