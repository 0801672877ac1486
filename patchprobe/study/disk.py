"""How much disk the crops and embeddings of videos will take: said before it is used."""

from functools import partial

from patchprobe.crops.tiles import CROP_PX, WHOLE, boxes_of, frames, needed_frames
from patchprobe.study import plan

_WIDTHS = {"tiny": 192, "small": 384, "base": 768, "large": 1024, "huge": 1280, "giant": 1536}
_HALF = 2  # bytes


def width(entry):
    """Features of a token of a backbone, from its entry; None if its name does not tell."""
    if "embed_dim" in entry["model_args"]:
        return entry["model_args"]["embed_dim"]
    words = entry["architecture"].split("_")
    return next((n for name, n in _WIDTHS.items() if name in words), None)


def lines(config, dataset, root, items, planned):
    """Lines about the disk that planned stores of a dataset of videos will take.

    Parameters
    ----------
    config : dict
    dataset : patchprobe.datasets.base.Dataset
    root : path
    items : dict of str to list of tuple
        Items (split, item), under the name of the dataset in the configuration.
    planned : set of (variant, backbone or None)
        Stores of crops (None) and of embeddings.

    Returns
    -------
    list of str
    """
    ((name, videos),) = items.items()
    asked = plan.frames(config, name)
    keep = partial(needed_frames, **asked) if asked else range
    every = frames(dataset, root, videos, keep)
    found = []
    for variant in sorted({variant for variant, _ in planned}):
        boxes = [box for frame in every for box in boxes_of(frame.layout, variant)]
        pixels = sum(height * width for _, _, height, width in boxes)
        what = "whole frames" if variant == WHOLE else f"crops of {CROP_PX} px"
        n_bytes = {"crops, at most": 3 * pixels} if (variant, None) in planned else {}
        for backbone in sorted(b for v, b in planned if v == variant and b):
            entry = config["backbones"][backbone]
            if n_features := width(entry):
                n_patches = pixels // entry["patch_px"] ** 2
                n_bytes[f"embeddings of {backbone}"] = n_patches * n_features * _HALF
        sizes = ", ".join(f"{what} {n / 1e9:,.1f} GB" for what, n in n_bytes.items())
        if sizes:
            found.append(f"{name}, {len(boxes):,} {what} of {len(every):,} frames: {sizes}")
    return found
