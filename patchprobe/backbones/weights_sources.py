"""How to get missing weights (imports nothing heavy, since it is asked before every run)."""

import os
from pathlib import Path

from patchprobe import download


def how_to_get(
    name, weights=None, url=None, hub=False, architecture=None, random_seed=None, source=None
):
    """How the user can get the weights of a backbone; None if the workflow can get them itself.

    Parameters
    ----------
    name : str
    weights, url, hub, architecture, random_seed, source
        From the backbone's entry: a local file, an address, whether to take the file of timm's
        hub, the seed of random weights, advice for the user.
    """
    if random_seed is not None:
        return None
    if weights is not None:
        if Path(weights).is_file():
            return None
        is_folder = ", which is a folder: name the file in it" if Path(weights).is_dir() else ""
        told = f"Weights of {name} not found: expected {weights}{is_folder}."
        return f"{told} {source or ''}".strip()
    if url is not None or hub:
        address = url or os.environ.get("HF_ENDPOINT", "https://huggingface.co")
        problem = download.reachable(address)
        if problem is None or (hub and _is_in_hub_cache(architecture)):
            return None
        of_hub = f"the file of {architecture} from {address}/timm"
        what = of_hub if url is None else download.shown(url)
        return (
            f"Weights of {name} cannot be fetched: {problem}. Get {what} on a machine with "
            f"internet access, and set `weights: <path>` in its entry instead."
        )
    return (
        f"Weights of {name} cannot be fetched: {source or 'its entry names no source'}. Get the "
        "file and set `weights: <path>` in its entry."
    )


def _is_in_hub_cache(architecture):
    import timm  # heavy, and only needed offline
    from huggingface_hub import try_to_load_from_cache

    if architecture not in timm.list_models(pretrained=True):
        return False
    about = timm.get_pretrained_cfg(architecture)
    if not about.hf_hub_id:
        return False
    name = about.hf_hub_filename or "model.safetensors"
    return isinstance(try_to_load_from_cache(about.hf_hub_id, name), str)
