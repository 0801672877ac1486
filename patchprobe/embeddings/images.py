"""Patch embeddings of image files, in memory: for images of one's own, without a store."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps

from patchprobe.crops.tiles import CROP_PX, cut
from patchprobe.datasets.base import Layout


@dataclass(frozen=True, eq=False)
class Patches:
    """Patch embeddings of images.

    Attributes
    ----------
    rows : numpy.ndarray of shape (n_patches, n_features), float32
        Image by image, tile by tile, row-major in a tile.
    image : numpy.ndarray of shape (n_patches,), int
        Number of the image that each patch is of.
    box : numpy.ndarray of shape (n_patches, 4), float64
        Left, top, right and lower edge of each patch in its image, px.
    """

    rows: np.ndarray
    image: np.ndarray
    box: np.ndarray


def embed(backbone, paths, layer=None, tile_px=CROP_PX, batch_size=32):
    """Embed the patches of image files, each cut into square tiles.

    As many tiles as fit are taken, centred; what is left on the sides is not seen. The model sees
    a tile at its own input size.

    Parameters
    ----------
    backbone : patchprobe.backbones.backbone.Backbone
    paths : sequence of path
        Of any format that Pillow reads, turned upright and converted to RGB.
    layer : int, optional
        From 1; default: the last.
    tile_px : int
        Height and width of a tile in the image.
    batch_size : int
        Tiles per forward pass; changes no result beyond rounding.

    Returns
    -------
    Patches

    Raises
    ------
    ValueError
        If there are no images, or one is smaller than a tile.
    """
    if not (paths := list(paths)):
        raise ValueError("no images to embed: check the folder and the pattern of names")
    rows, image, box = [], [], []
    for number, path in enumerate(paths):
        pixels = _read(path)
        boxes = _layout(path, pixels, tile_px).boxes
        tiles = torch.from_numpy(np.stack([cut(pixels, x) for x in boxes]))
        for batch in tiles.split(batch_size):
            ((tokens, _),) = backbone.tokens(batch, [layer or backbone.depth])
            rows.append(tokens.flatten(0, 1).cpu().numpy())
        of_image = np.concatenate([_patch_boxes(x, backbone.grid) for x in boxes])
        image.append(np.full(len(of_image), number))
        box.append(of_image)
    return Patches(np.concatenate(rows), np.concatenate(image), np.concatenate(box))


def _read(path):
    """Upright RGB pixels of a file, uint8 (height, width, 3)."""
    with Image.open(path) as image:
        return np.array(ImageOps.exif_transpose(image).convert("RGB"))


def _layout(path, pixels, tile_px):
    height, width = size = pixels.shape[:2]
    if min(size) < tile_px:
        raise ValueError(
            f"{path} has {height}x{width} px: expected at least a tile of {tile_px}x{tile_px}. "
            "Give a smaller `tile_px`, which the model sees enlarged, or leave the image out."
        )
    rows, columns = height // tile_px, width // tile_px
    origin = ((height - rows * tile_px) // 2, (width - columns * tile_px) // 2)
    return Layout(size, rows, columns, tile_px, origin)


def _patch_boxes(box, grid):
    """Left, top, right and lower edges of the patches of a tile (top, left, height, width)."""
    top, left, height, width = box
    y, x = (np.linspace(0, side, n + 1) for side, n in zip((height, width), grid, strict=True))
    y, x = y + top, x + left
    row, column = np.indices(grid).reshape(2, -1)
    return np.stack([x[column], y[row], x[column + 1], y[row + 1]], axis=1)
