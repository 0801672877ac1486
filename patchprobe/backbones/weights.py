"""Put the weights file of a backbone where the workflow expects it.

Linking a file takes a moment; torch, timm and the hub are imported only where they are needed.
"""

import importlib
from pathlib import Path

from patchprobe import disk_space, download
from patchprobe.errors import CheckpointError
from patchprobe.files import replacing

_HUB_FILES = ("model.safetensors", "pytorch_model.bin")


def link(path, out, checksum=None):
    """Link a local file to `out`, after checking its hash."""
    if not Path(path).is_file():
        found = "a folder" if Path(path).is_dir() else "nothing"
        raise CheckpointError(f"Expected a weights file at {path}, found {found}.")
    download.check(path, checksum)
    Path(out).symlink_to(Path(path).resolve())


def fetch(out, loader, architecture, model_args=None, depth=None, url=None, checksum=None):
    """Fetch a file from `url` (None: from timm's hub), if it fits a model that can be built.

    Parameters
    ----------
    out : path
    loader, architecture, model_args, depth
        As in `patchprobe.backbones.load.check_entry`.
    url : str, optional
    checksum : str, optional
        See `patchprobe.download.parse_checksum`.

    Raises
    ------
    ValueError
        Before anything is fetched: no such model can be built, or it has another depth.
    DownloadError, CheckpointError, DiskError
        If the file cannot be fetched, the hub has none, or the disk is too full.
    """
    from patchprobe.backbones.load import check_entry

    check_entry(loader, architecture, model_args, depth)
    if url is not None:
        download.fetch(url, out, checksum)
    else:
        link(from_hub(architecture), out, checksum)


def from_hub(architecture):
    """The file that timm's hub has for a tagged architecture, through the hub's own cache.

    Returns
    -------
    pathlib.Path
        In the cache (see HF_HOME), fetched if it is not there yet.
    """
    import timm
    from huggingface_hub import hf_hub_download
    from huggingface_hub.constants import HF_HUB_CACHE
    from huggingface_hub.errors import RemoteEntryNotFoundError

    tagged = timm.list_models(pretrained=True)
    about = timm.get_pretrained_cfg(architecture) if architecture in tagged else None
    if about is None or not about.hf_hub_id:
        raise CheckpointError(
            f"timm {timm.__version__} names no file on its hub for {architecture!r}: expected an "
            "architecture with a tag, as listed by `timm.list_models(pretrained=True)`."
        )
    for name in [about.hf_hub_filename] if about.hf_hub_filename else _HUB_FILES:
        try:
            with disk_space.naming_full_disk(HF_HUB_CACHE):
                return Path(hf_hub_download(about.hf_hub_id, name))
        except RemoteEntryNotFoundError:
            continue
        except OSError as error:  # no connection, no such repository, no permission
            raise CheckpointError(
                f"{about.hf_hub_id} could not be fetched from the hub ({error}). Fetch its file "
                f"{name} on a machine with internet access (for gated models, after `hf auth "
                "login`), and set `weights: <path>` instead of `hub` in its entry."
            ) from error
    raise CheckpointError(f"{about.hf_hub_id} on the hub has none of {', '.join(_HUB_FILES)}.")


def random(out, loader, architecture, model_args=None, seed=0):
    """Seeded random weights in the official layout of `loader` (for the miniature)."""
    import torch

    from patchprobe.backbones.load import arguments_of, build

    family = importlib.import_module(f"patchprobe.backbones.{loader}")
    arguments = arguments_of(family, model_args)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build(architecture, arguments, **getattr(family, "RANDOM_INIT_ARGS", {}))
    save(family.official_layout(model), out)


def save(state, out):
    """Write a checkpoint whole or not at all."""
    import torch

    # torch.save hides that a disk is full if it opens the file itself
    with replacing(out) as unfinished, open(unfinished, "wb") as file:
        torch.save(state, file)
