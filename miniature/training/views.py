"""Augmentations: tiles to the views that a family is trained on."""

import torch
from torchvision.transforms import v2

from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD

BICUBIC = v2.InterpolationMode.BICUBIC


def normalise():
    """Uint8 pixels to normalised floats."""
    scale = v2.ToDtype(torch.float32, scale=True)
    return v2.Compose([scale, v2.Normalize(IMAGENET_MEAN, IMAGENET_STD)])


def resized_crop(px, scale=(0.2, 1.0)):
    """A part of the image, resized and perhaps mirrored."""
    crop = v2.RandomResizedCrop(px, scale, interpolation=BICUBIC, antialias=True)
    return v2.Compose([crop, v2.RandomHorizontalFlip()])


def jitter(blur=0.0, solarise=0.0):
    """DINO's changes of colour, with its chances of blur and of solarising."""
    colours = v2.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)
    return v2.Compose(
        [
            v2.RandomApply([colours], 0.8),
            v2.RandomGrayscale(0.2),
            v2.RandomApply([v2.GaussianBlur(9, (0.1, 2.0))], blur),
            v2.RandomSolarize(128, solarise),
        ]
    )


class MultiCrop:
    """DINO's views of an image: two global crops and some small local ones.

    Parameters
    ----------
    global_px, local_px, n_local : int
    """

    def __init__(self, global_px, local_px, n_local):
        last = normalise()
        large, small = resized_crop(global_px, (0.25, 1.0)), resized_crop(local_px, (0.05, 0.25))
        self._views = [
            v2.Compose([large, jitter(blur=1.0), last]),
            v2.Compose([large, jitter(blur=0.1, solarise=0.2), last]),
            *[v2.Compose([small, jitter(blur=0.5), last])] * n_local,
        ]

    def __call__(self, tile):
        return [view(tile) for view in self._views]
