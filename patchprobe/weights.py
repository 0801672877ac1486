"""Put the weights file of a backbone where the workflow expects it."""

import importlib
import os
import urllib.error
from pathlib import Path

import torch

from patchprobe import provenance
from patchprobe.backbones.load import build
from patchprobe.errors import CheckpointError


def link(path, out, sha256=None):
    """Link a local file to `out`, after checking its hash (`sha256` may be a prefix)."""
    provenance.check_digest(path, sha256)
    Path(out).symlink_to(Path(path).resolve())


def fetch(url, out, sha256=None):
    """Fetch `url` to `out`, whole or not at all, and check its hash (`sha256` may be a prefix)."""
    try:
        torch.hub.download_url_to_file(url, str(out), hash_prefix=sha256)
    except (urllib.error.URLError, RuntimeError, OSError) as error:
        raise CheckpointError(
            f"{url} could not be fetched ({error}). Fetch it on a machine with internet access and "
            "set `weights: <path>` instead of `url` in its entry."
        ) from error


def from_hub(out, architecture, model_args=None):
    """Save the pretrained weights that timm's hub has for a tagged architecture."""
    try:
        model = build(architecture, model_args, pretrained=True)
    except (RuntimeError, OSError) as error:
        raise CheckpointError(
            f"timm could not fetch {architecture} from its hub ({error}). Without internet access, "
            "give a local file as `weights:`."
        ) from error
    save(model.state_dict(), out)


def random(out, loader, architecture, model_args=None, seed=0):
    """Seeded random weights in the official layout of `loader` (for the miniature)."""
    family = importlib.import_module(f"patchprobe.backbones.{loader}")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build(architecture, model_args, **getattr(family, "STAND_IN_ARGS", {}))
    save(family.official_layout(model), out)


def save(state, out):
    """Write a checkpoint whole or not at all."""
    partial = Path(f"{out}.partial")
    torch.save(state, partial)
    os.replace(partial, out)
