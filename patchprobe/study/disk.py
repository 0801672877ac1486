"""How much disk crops and embeddings of videos and scenes will take: said before it is used."""

from functools import partial

from patchprobe.crops.tiles import CROP_PX, boxes_of, frames, some_frames
from patchprobe.crops.variants import WHOLE
from patchprobe.errors import DatasetError
from patchprobe.study import plan

_WIDTHS = {"tiny": 192, "small": 384, "base": 768, "large": 1024, "huge": 1280}
# of timm's names, those of wider models than others of their size
_WIDER = ({"base", "plus"}, {"aimv2"}, {"resnet26d"}, {"resnet50d"})
_HALF, _SINGLE = 2, 4  # bytes of a float16 and of a float32
_POOLINGS = 2  # of whole scenes: CLS, mean of patches


def width(entry):
    """Features of a token of a backbone, from its entry; None if its name does not tell."""
    if "embed_dim" in entry["model_args"]:
        return entry["model_args"]["embed_dim"]
    words = entry["architecture"].split(".")[0].split("_")
    if any(wider <= set(words) for wider in _WIDER):
        return None
    return next((n for name, n in _WIDTHS.items() if name in words), None)


def stores(config, name, dataset, root, items, planned):
    """What planned stores of a dataset of videos will take at most.

    Parameters
    ----------
    config : dict
    name : str
        Of the dataset in the configuration.
    dataset : patchprobe.datasets.base.Dataset
    root : path
    items : list of (split, item)
        Videos; those whose labels cannot be read are left out.
    planned : set of (variant, backbone or None)
        Stores of crops (None) and of embeddings.

    Returns
    -------
    list of (str, int or None)
        What it is, and bytes; None where the width of a backbone is not known.
    """
    asked = plan.frames(config, name)
    keep = partial(some_frames, **asked) if asked else range
    found = []
    for variant in sorted({variant for variant, _ in planned}):
        sizes = [
            (box[2], box[3])
            for item in items
            for frame in _frames(dataset, root, item, keep)
            for box in boxes_of(frame.layout, variant)
        ]
        what = "whole frames" if variant == WHOLE else f"crops of {CROP_PX} px"
        what = f"{name}: {len(sizes):,} {what}"
        pixels = sum(height * width for height, width in sizes)
        if (variant, None) in planned:
            found.append((what, 3 * pixels))
        for backbone in sorted(b for v, b in planned if v == variant and b):
            entry = config["backbones"][backbone]
            n_layers = len(plan.layers(config, name, backbone, variant))
            n_values = pixels // entry["patch_px"] ** 2 * (width(entry) or 0)
            n_bytes = n_values * n_layers * _HALF or None
            found.append((f"{what}, embeddings of {backbone}", n_bytes))
    return found


def scenes(config, name, land_use, backbones, with_crops):
    """What planned stores of a dataset of whole scenes will take at most, as `stores` tells it.

    Parameters
    ----------
    config : dict
    name : str
        Of the dataset in the configuration.
    land_use : patchprobe.datasets.land_use.LandUse
    backbones : iterable of str
        Those that will embed it.
    with_crops : bool
        Whether it will be cut.
    """
    n_images = sum(land_use.n_images.values())
    what = f"{name}: {n_images:,} scenes of {land_use.image_px} px"
    found = [(what, 3 * n_images * land_use.image_px**2)] if with_crops else []
    n_scales = len(config["datasets"][name]["scales"])
    for backbone in sorted(backbones):
        n_values = n_images * n_scales * _POOLINGS * (width(config["backbones"][backbone]) or 0)
        found.append((f"{what}, embeddings of {backbone}", n_values * _SINGLE or None))
    return found


def _frames(dataset, root, item, keep):
    try:
        return frames(dataset, root, [item], keep)
    except DatasetError:
        return []  # told, or left out, when it is cut


def text(found, free):
    """What will be taken and what is free, as text of some lines.

    Parameters
    ----------
    found : list of (str, int or None)
        See `stores`.
    free : int
        Bytes.
    """
    lines = ["Disk that this run will take for videos and whole scenes, at most:"]
    lines += [f"{_short(n) if n else 'unknown':>9}  {what}" for what, n in found]
    total = sum(n for _, n in found if n)
    lines.append(f"{_short(total):>9}  in all, and less for descriptors of objects")
    lines.append(f"{_short(free):>9}  are free")
    return "\n  ".join(lines)


def _short(n_bytes):
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:,.1f} MB"
