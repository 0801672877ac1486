"""A frozen Vision Transformer with its preprocessing: uint8 crops in, tokens out."""

from dataclasses import dataclass

import torch

from patchprobe.backbones import preprocess

PRECISIONS = ("float32", "tf32", "bfloat16")


@dataclass(frozen=True)
class Backbone:
    """A frozen Vision Transformer with its preprocessing.

    Attributes
    ----------
    model : torch.nn.Module
        A plain ViT of timm, weights loaded, in evaluation mode.
    mean, std : torch.Tensor of shape (3, 1, 1)
        Per-channel normalisation of pixels in [0, 1].
    precision : str
        Of matrix products: "float32"; "tf32" (10 bits of mantissa in products on a GPU, as
        `devices.choose` sets it; float32 on a CPU); "bfloat16" (8 bits, sums and norms in float32).
    pixels : str
        What the model sees: "rgb", normalised; or "raw_bgr", see `preprocess.raw_bgr`.
    """

    model: torch.nn.Module
    mean: torch.Tensor
    std: torch.Tensor
    precision: str = "float32"
    pixels: str = "rgb"

    def __post_init__(self):
        if self.precision not in PRECISIONS:
            raise ValueError(f"expected a precision of {PRECISIONS}, found {self.precision!r}")
        if self.pixels not in preprocess.KINDS:
            raise ValueError(f"expected pixels of {[*preprocess.KINDS]}, found {self.pixels!r}")

    @property
    def image_size(self):
        """Height and width of the images that the model takes, in pixels."""
        return tuple(self.model.patch_embed.img_size)

    @property
    def grid(self):
        """Rows and columns of patches."""
        return tuple(self.model.patch_embed.grid_size)

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

        Crops of another size than `image_size` are resized after normalisation (see
        `preprocess.resize`).

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
        pixels = preprocess.pixels(crops, self.mean, self.std, self.image_size, self.pixels)
        return self.tokens_of_pixels(pixels, layers)

    @torch.inference_mode()
    def tokens_of_pixels(self, pixels, layers):
        """Tokens of images that are normalised and resized already, as `tokens` tells them.

        Parameters
        ----------
        pixels : torch.Tensor of shape (n, 3, *image_size), float32
        layers : sequence of int, ascending
        """
        has_prefix = self.model.num_prefix_tokens > 0
        with torch.autocast(self.device.type, torch.bfloat16, self.precision == "bfloat16"):
            outputs = self.model.forward_intermediates(
                pixels,
                indices=[layer - 1 for layer in layers],
                norm=True,
                output_fmt="NLC",
                return_prefix_tokens=has_prefix,
                intermediates_only=True,
                stop_early=True,
            )
        if not has_prefix:
            return [(patches.float(), None) for patches in outputs]
        return [
            (patches.float(), prefix[:, 0].float() if self.has_cls else None)
            for patches, prefix in outputs
        ]
