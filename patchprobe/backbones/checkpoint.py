"""Read checkpoint files without running code from them."""

import argparse
import os
import pathlib
import re
import zipfile
from collections import OrderedDict
from collections.abc import Mapping

import safetensors.torch
import torch

from patchprobe.backbones import describe_checkpoint, untrusted
from patchprobe.errors import CheckpointError

# plain data beside the tensors of official training checkpoints
_HARMLESS = [
    (OrderedDict, "yacs.config.CfgNode"),  # SimMIM's configuration: read as its items, without yacs
    argparse.Namespace,
    (pathlib.PosixPath, "pathlib.PosixPath"),  # Python 3.13 has them in a module below
    (pathlib.PurePosixPath, "pathlib.PurePosixPath"),
]
# files in half precision are used as they are: their values are those of their network
FLOATING = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def read(path):
    """The object in a PyTorch checkpoint or a safetensors file; no code of the file is run.

    PyTorch's `weights_only` reader refuses whatever is not a tensor or plain data. A file that asks
    for much more memory than its size is refused, too.

    Raises
    ------
    CheckpointError
        If the file is missing, is no checkpoint, or asks for more than tensors and plain data.
    """
    try:
        is_safetensors, n_bytes = _is_safetensors(path), os.path.getsize(path)
    except FileNotFoundError as error:
        raise CheckpointError(f"No weights at {path}: see `snakemake weights`.") from error
    except IsADirectoryError as error:
        raise CheckpointError(f"{path} is a folder: expected a weights file.") from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}.") from error
    try:
        with untrusted.bounded_memory(2 * n_bytes):
            return safetensors.torch.load_file(path) if is_safetensors else _read_pickle(path)
    except Exception as error:  # an untrusted file may raise anything
        raise CheckpointError(
            f"{pathlib.Path(path).resolve()} is not a checkpoint that can be read safely; it "
            f"{describe_checkpoint.unreadable(path)}. Delete it and get the official file again. "
            f"({type(error).__name__}: {_reason(error)})"
        ) from error


def _read_pickle(path):
    in_place = zipfile.is_zipfile(path)  # what is not used of a large file takes no memory
    if in_place and (name := untrusted.compressed(path)):
        raise CheckpointError(f"{name} in it is compressed, which PyTorch never does")
    with torch.serialization.safe_globals(_HARMLESS):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=in_place)


def _reason(error):
    """What an error says, without PyTorch's advice to read the file unsafely."""
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return "it asks for far more memory than its size"
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
    """Check that `state` maps names to plain tensors; returned as a new dict."""
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        found = describe_checkpoint.content(state)
        raise CheckpointError(f"{path}: expected a mapping of names to tensors, found {found}.")
    check_plain(state, path)
    return dict(state)


def check_plain(state, path):
    """Stop at keys that are no text, and at tensors whose values are not all in the file."""
    if keys := [key for key in state if not isinstance(key, str)]:
        raise CheckpointError(
            f"{path}: expected names of tensors, found the key {keys[0]!r} of {len(keys)} that are "
            "no text."
        )
    odd = {name: describe_checkpoint.oddity(tensor) for name, tensor in state.items()}
    _refuse({name: found for name, found in odd.items() if found}, "plain tensors", path)


def check_floating(state, path):
    """Stop at weights that are no floating-point numbers of 16 bits or more."""
    odd = {name: str(x.dtype) for name, x in state.items() if x.dtype not in FLOATING}
    _refuse(odd, "floating-point weights", path)


def check_finite(state, path):
    """Stop at weights that are NaN or infinite."""
    broken = [name for name, tensor in state.items() if not tensor.isfinite().all()]
    if broken:
        raise CheckpointError(f"{path}: NaN or infinite values in {', '.join(broken[:5])}.")


def _refuse(odd, expected, path):
    if odd:
        found = ", ".join(f"{name} ({what})" for name, what in list(odd.items())[:5])
        more = f" and {len(odd) - 5} more" if len(odd) > 5 else ""
        raise CheckpointError(f"{path}: expected {expected}, found {found}{more}.")


def has(checkpoint, key):
    """Whether a checkpoint has an entry `key`."""
    return isinstance(checkpoint, Mapping) and key in checkpoint


def entry(checkpoint, key, path):
    """Entry `key` of a checkpoint, as names and tensors."""
    if not has(checkpoint, key):
        found = describe_checkpoint.content(checkpoint)
        raise CheckpointError(f"{path}: expected an entry {key!r}, found {found}.")
    return tensors(checkpoint[key], path)


def require(name, state, path):
    """Stop if the state lacks a tensor that files of one family have, or it is of integers."""
    if name not in state:
        found = describe_checkpoint.content(state)
        raise CheckpointError(f"{path}: expected a tensor {name!r}, found {found}.")
    check_floating({name: state[name]}, path)


def without(state, *prefixes):
    """The state without the entries whose names start with one of `prefixes`."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(prefixes)}
