"""The network that all miniature backbones share: a ViT of 128 features and 12 layers."""

from abc import ABC, abstractmethod

from lightly.models.modules import MaskedVisionTransformerTIMM
from torch import nn

from patchprobe.backbones.load import build

CROP_PX = 224
MODEL_ARGS = {"embed_dim": 128, "depth": 12, "num_heads": 4, "mlp_ratio": 2}
N_FEATURES = MODEL_ARGS["embed_dim"]
VIT = "vit_base_patch16_224"


def encoder(architecture=VIT, positions="learn", **model_args):
    """A ViT that takes crops of any size and can hide patches.

    Parameters
    ----------
    architecture : str
        Of timm; its size is replaced by `MODEL_ARGS`.
    positions : {"learn", "sincos"}
        Learned positions, or MAE's fixed ones.

    Returns
    -------
    lightly.models.modules.MaskedVisionTransformerTIMM
        Its `vit` is the backbone. Positions are resampled bicubically for crops of other sizes.
    """
    vit = build(architecture, {**MODEL_ARGS, **model_args}, dynamic_img_size=True)
    return MaskedVisionTransformerTIMM(vit, antialias=False, pos_embed_initialization=positions)


def parameter_groups(model):
    """Trained parameters for an optimiser: matrices and tables decay, vectors and tokens do not."""
    every = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [x for x in every if x.ndim > 1 and len(x) > 1]
    others = [x for x in every if not (x.ndim > 1 and len(x) > 1)]
    return [{"params": decayed}, {"params": others, "weight_decay": 0.0}]


class Family(nn.Module, ABC):
    """A way of training.

    Attributes
    ----------
    sources : tuple of str or None
        Of `images.SOURCES`; None is all.
    n_images : int
        Crops that are seen.
    final_share : float
        Of the images, seen in the final phase.
    batch_size : int
    learning_rate, weight_decay : float
    betas : (float, float)
        Of AdamW.
    """

    sources = None
    final_share = 0.2
    batch_size = 16
    learning_rate = 5e-4
    weight_decay = 0.05
    betas = (0.9, 0.95)

    @staticmethod
    @abstractmethod
    def views(is_final):
        """The augmentation: a tile (3, 256, 256), uint8 -> list of float tensors."""

    @abstractmethod
    def forward(self, views, labels):
        """Mean loss of a batch."""

    def before_update(self, n_seen):
        """Change gradients after `n_seen` images."""

    def after_update(self):
        """Follow the update of the weights."""

    @abstractmethod
    def official_file(self):
        """Content of a file in the official layout of the family."""
