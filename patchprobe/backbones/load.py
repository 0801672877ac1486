"""Build a backbone and load its official weights, strictly."""

import importlib
import inspect
from difflib import get_close_matches

import timm
import torch

from patchprobe.backbones import checkpoint, describe_checkpoint
from patchprobe.backbones.backbone import Backbone
from patchprobe.errors import CheckpointError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def load(
    loader,
    architecture,
    weights,
    model_args=None,
    loader_args=None,
    image_size=224,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    device="cpu",
    precision="float32",
    pixels="rgb",
):
    """Build `architecture` and load an official weights file into it, strictly.

    Parameters
    ----------
    loader : str
        A module of `patchprobe.backbones` that knows the layout of the file.
    architecture : str
        Of timm, e.g. "vit_base_patch16_224".
    weights : path
        Values in half or double precision are converted to single.
    model_args : dict, optional
        Arguments of the architecture, beyond its name.
    loader_args : dict, optional
        Arguments of the loader, e.g. {"gsd": 1.0} for Scale-MAE.
    image_size : int or (int, int)
        Pixels a side, or height and width, at least one patch. Crops are resized to it, and
        positions are resampled as the official code does.
    mean, std : sequences of 3 floats
        Normalisation of pixels in [0, 1].
    device : str
    precision, pixels : str
        See `Backbone`.

    Returns
    -------
    Backbone

    Raises
    ------
    CheckpointError
        If the file is not one of this model: names or shapes differ, or values are not finite
        floating-point numbers.
    ValueError
        If no plain Vision Transformer can be built from these arguments.
    """
    family = importlib.import_module(f"patchprobe.backbones.{loader}")
    _check_arguments(loader, family, loader_args or {})
    model = build(architecture, arguments_of(family, model_args), img_size=image_size)
    model = getattr(family, "prepare", lambda built: built)(model).eval()
    state = _state_dict(family, weights, model, loader_args or {})
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        found, wanted = checkpoint.read(weights), model.state_dict()
        raise CheckpointError(
            f"{weights} is not a {loader} file of {architecture} {model_args or ''}.\n"
            f"It holds: {describe_checkpoint.content(found)}.\n"
            f"Wanted: {describe_checkpoint.content(wanted)}, as in {family.OFFICIAL_FILE}.\n"
            f"{_shortened(error)}"
        ) from error
    checkpoint.check_finite(model.state_dict(), weights)
    channels = [torch.tensor(values, device=device).view(3, 1, 1) for values in (mean, std)]
    return Backbone(model.to(device), *channels, precision, pixels)


def _state_dict(family, weights, model, loader_args):
    try:
        state = family.state_dict(weights, model, **loader_args)
    except CheckpointError as error:
        if str(weights) in str(error):
            raise
        raise CheckpointError(f"{weights}: {error}") from error
    numbers = {name for name, tensor in model.state_dict().items() if tensor.is_floating_point()}
    checkpoint.check_floating({name: x for name, x in state.items() if name in numbers}, weights)
    return state


def build(architecture, model_args=None, **overrides):
    """A timm model for 224 px crops without classifier, with random weights.

    Nothing is pooled: for models that average their patches, timm would replace the final norm of
    the tokens by an identity.
    """
    arguments = {"img_size": 224, "num_classes": 0, "global_pool": ""}
    if architecture.split(".")[0] not in timm.list_models(include_tags=False):
        close = get_close_matches(architecture, timm.list_models(pretrained=True), 3)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        raise ValueError(f"timm {timm.__version__} has no architecture {architecture!r}.{hint}")
    arguments = {**arguments, **(model_args or {}), **overrides}
    try:
        model = timm.create_model(architecture, **arguments)
    except (TypeError, AssertionError, RuntimeError) as error:
        raise ValueError(f"timm cannot build {architecture} with {arguments}: {error}") from error
    if not _is_plain(model):
        raise ValueError(
            f"{architecture} {model_args or ''} is not a plain Vision Transformer: expected blocks "
            "of equal width on one grid of patches with a final norm, as ViTs of timm's "
            "vision_transformer, eva and beit have."
        )
    _check_size(architecture, model.patch_embed)
    return model.eval()


def check_entry(loader, architecture, model_args=None, depth=None):
    """Stop if an architecture cannot be built or has another depth, before a file is fetched.

    Raises
    ------
    ValueError
    """
    family = importlib.import_module(f"patchprobe.backbones.{loader}")
    with torch.device("meta"):
        model = build(architecture, arguments_of(family, model_args))
    check_depth(len(model.blocks), depth)


def check_depth(n_layers, depth):
    """Stop unless a model has as many layers as its entry says (None: any number will do)."""
    if depth not in (None, n_layers):
        raise ValueError(
            f"The model has {n_layers} layers, its entry says {depth}: set `depth: {n_layers}` in "
            "the configuration."
        )


def check_model(backbone, depth, patch_px):
    """Stop if a model has other layers or patches than its entry says."""
    check_depth(backbone.depth, depth)
    found = backbone.model.patch_embed.patch_size
    if set(found) != {patch_px}:
        raise ValueError(
            f"The model has patches of {found[0]}x{found[1]} px, its entry says {patch_px}: set "
            f"`patch_px: {found[0]}` in the configuration."
        )


def input_size(crop_px, patch_px):
    """Height and width of a model's input for crops: each down to a multiple of the patch."""
    return tuple(side // patch_px * patch_px for side in crop_px)


def arguments_of(family, model_args):
    """Arguments of the entry, and those that the architectures of a family always need."""
    return {**getattr(family, "MODEL_ARGS", {}), **(model_args or {})}


def _is_plain(model):
    if not all(hasattr(model, name) for name in ("blocks", "norm", "forward_intermediates")):
        return False
    splits_prefix = (
        "return_prefix_tokens" in inspect.signature(model.forward_intermediates).parameters
    )
    has_grid = getattr(getattr(model, "patch_embed", None), "grid_size", None) is not None
    return splits_prefix and has_grid and not isinstance(model.norm, torch.nn.Identity)


def _check_size(architecture, patch_embed):
    """Stop at an image that is smaller than a patch; a margin of less than a patch is not seen."""
    size, patch = patch_embed.img_size, patch_embed.patch_size
    if any(pixels < side for pixels, side in zip(size, patch, strict=True)):
        raise ValueError(
            f"{architecture} has patches of {patch[0]}x{patch[1]} px: expected an image size of at "
            f"least one patch, found {size[0]}x{size[1]} px"
        )


def _check_arguments(loader, family, loader_args):
    known = list(inspect.signature(family.state_dict).parameters)[2:]
    unknown = sorted(set(loader_args) - set(known))
    if unknown:
        raise ValueError(
            f"the loader {loader} takes {', '.join(known) or 'no arguments'}, "
            f"found {', '.join(unknown)}"
        )


def _shortened(error, n_lines=6):
    """The first lines of a message of `load_state_dict`, each cut to a readable length."""
    lines = [line.strip()[:300] for line in str(error).splitlines()]
    more = [f"... and {len(lines) - n_lines} more"] if len(lines) > n_lines else []
    return "\n".join(lines[:n_lines] + more)
