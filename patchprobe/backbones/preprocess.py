"""From uint8 crops of any size to the pixels that a model sees."""

import torch
from torch.nn.functional import interpolate

_CROPS_AT_ONCE = 8  # few enough to stay near the processor; halves the time of a resize


def pixels(crops, mean, std, size, kind="rgb"):
    """Normalise crops and resize them to the input size of a model, as the paper's authors do.

    Parameters
    ----------
    crops : torch.Tensor of shape (n, height, width, 3), uint8
    mean, std : torch.Tensor of shape (3, 1, 1), float32
        Normalisation of pixels in [0, 1]; the work is done on their device.
    size : (int, int)
        Height and width that the model takes.
    kind : str
        One of `KINDS`: "rgb", or "raw_bgr", which ignores `mean` and `std`.

    Returns
    -------
    torch.Tensor of shape (n, 3, *size), float32
        Neither rounded nor clipped.
    """
    crops = crops.to(mean.device, non_blocking=True)
    if tuple(crops.shape[1:3]) == tuple(size):
        return KINDS[kind](crops, mean, std)
    parts = crops.split(_CROPS_AT_ONCE)
    return torch.cat([resize(KINDS[kind](part, mean, std), size) for part in parts])


def normalise(crops, mean, std):
    """Normalised pixels (n, 3, height, width), float32, of uint8 crops (n, height, width, 3)."""
    return crops.permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std)


def raw_bgr(crops, mean, std):
    """Pixels as OpenCV reads them: blue, green, red from 0 to 255; `mean` and `std` are ignored."""
    return crops.flip(-1).permute(0, 3, 1, 2).float()


KINDS = {"rgb": normalise, "raw_bgr": raw_bgr}


def resize(images, size):
    """Resize images: bicubic (a = -0.75), without antialiasing, as `cv2.INTER_CUBIC`.

    Computed in float64, because torch rounds the sampling positions to the precision of the
    images: in float32 they are off by 1e-5 px, and noisy images by 1e-4.

    Parameters
    ----------
    images : torch.Tensor of shape (n, channels, height, width), float32
    size : (int, int)
        Height and width.

    Returns
    -------
    torch.Tensor of shape (n, channels, *size), float32
    """
    precise = images.to(torch.float64, memory_format=torch.contiguous_format)
    return interpolate(precise, tuple(size), mode="bicubic", align_corners=False).float()
