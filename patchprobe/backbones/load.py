"""Build a backbone and run it: uint8 crops in, tokens of the requested layers out."""

import importlib
from dataclasses import dataclass

import timm
import torch

from patchprobe.errors import CheckpointError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Backbone:
    """A frozen Vision Transformer with its preprocessing.

    Attributes
    ----------
    model : timm.models.VisionTransformer
        Weights loaded, in evaluation mode.
    mean, std : torch.Tensor of shape (3, 1, 1)
        Per-channel normalisation of pixels in [0, 1].
    """

    model: torch.nn.Module
    mean: torch.Tensor
    std: torch.Tensor

    @property
    def grid(self):
        """Patches a side."""
        rows, columns = self.model.patch_embed.grid_size
        if rows != columns:
            raise ValueError(f"expected a square grid of patches, found {rows}x{columns}")
        return rows

    @property
    def depth(self):
        """Number of blocks."""
        return len(self.model.blocks)

    @property
    def n_features(self):
        """Length of a token."""
        return self.model.num_features

    @property
    def has_cls(self):
        """Whether there is a class token (SigLIP, for one, has none)."""
        return getattr(self.model, "cls_token", None) is not None

    @property
    def device(self):
        """Device of the weights."""
        return self.mean.device

    @torch.inference_mode()
    def tokens(self, crops, layers):
        """Tokens after the first L blocks, each followed by the model's final norm (Sec. A.1).

        Parameters
        ----------
        crops : torch.Tensor of shape (n, height, width, 3), uint8
        layers : sequence of int, ascending
            From 1 to `depth`.

        Returns
        -------
        list of (patches, cls)
            For each layer float32 tensors of shapes (n, n_patches, n_features) and
            (n, n_features); cls is None without a class token. Registers are dropped.
        """
        pixels = crops.to(self.device, non_blocking=True).permute(0, 3, 1, 2).float().div_(255)
        outputs = self.model.forward_intermediates(
            pixels.sub_(self.mean).div_(self.std),
            indices=[layer - 1 for layer in layers],
            norm=True,
            output_fmt="NLC",
            return_prefix_tokens=True,
            intermediates_only=True,
            stop_early=True,
        )
        if not self.has_cls:  # without any prefix token timm returns the patches alone
            return [(o if isinstance(o, torch.Tensor) else o[0], None) for o in outputs]
        return [(patches, prefix[:, 0]) for patches, prefix in outputs]


def load(
    loader,
    architecture,
    weights,
    model_args=None,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    device="cpu",
):
    """Build `architecture` and load an official weights file into it, strictly.

    Parameters
    ----------
    loader : str
        A module of `patchprobe.backbones` that knows the layout of the file.
    architecture : str
        Of timm, e.g. "vit_base_patch16_224".
    weights : path
    model_args : dict, optional
        Arguments of the architecture, beyond its name.
    mean, std : sequences of 3 floats
    device : str

    Raises
    ------
    CheckpointError
        If the file is not one of this model: names or shapes differ, or values are not finite.
    """
    model = build(architecture, model_args)
    state = importlib.import_module(f"patchprobe.backbones.{loader}").state_dict(weights, model)
    state = {name: tensor.float() for name, tensor in state.items()}
    broken = [name for name, tensor in state.items() if not tensor.isfinite().all()]
    if broken:
        raise CheckpointError(f"{weights}: NaN or infinite values in {', '.join(broken[:5])}.")
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise CheckpointError(
            f"{weights} is not a {loader} checkpoint of {architecture} {model_args or ''}: {error}"
        ) from error
    channels = [torch.tensor(values, device=device).view(3, 1, 1) for values in (mean, std)]
    return Backbone(model.to(device), *channels)


def build(architecture, model_args=None, **overrides):
    """A timm model for 224 px crops without classifier; random weights unless `pretrained`.

    Nothing is pooled: where the mean of patches is, timm replaces the final norm of tokens by an
    identity.
    """
    arguments = {"img_size": 224, "num_classes": 0, "global_pool": ""}
    return timm.create_model(
        architecture, **{**arguments, **(model_args or {}), **overrides}
    ).eval()
