"""Whole scenes, made smaller, as one embedding each: CLS, and the mean of the patch tokens.

As Scale-MAE's k-NN does it (github.com/bair-climate-initiative/scale-mae, mae/eval/knn.py): images
are normalised, then made smaller by averaging areas, and the model is built for the grid of
patches that is left; what fills no patch on the right and below is not seen.
"""

from contextlib import closing

import numpy as np
import torch
from torch.nn.functional import interpolate

from patchprobe import store
from patchprobe.backbones import preprocess
from patchprobe.crops.variants import CLEAN
from patchprobe.embeddings import extraction, patches, transfers
from patchprobe.errors import StoreError
from patchprobe.logs import progress

POOLINGS = ("cls", "mean")
_BASE_PX = 224  # side of the images that `gsd` of Scale-MAE's entry is told for


def array_name(scale, pooling):
    """Name of the array of one scale and pooling in a store of scenes."""
    return f"{scale:g}/{pooling}"


def loader_args_at(loader, loader_args, position, side_px):
    """Arguments of a loader for images of `side_px`.

    Scale-MAE's position code is stretched by gsd * 224 / side, so that it spans the same ground
    at every size (`eval_gsd` of the official code). Other backbones resample their positions.

    Parameters
    ----------
    loader : str
    loader_args : dict
    position : {"by_scale", "fixed"}
        With "fixed" the code has the entry's `gsd` at every size.
    side_px : int

    Returns
    -------
    dict
    """
    if position not in ("by_scale", "fixed"):
        raise ValueError(f"expected position by_scale or fixed, found {position!r}")
    if loader != "scale_mae" or position == "fixed":
        return loader_args
    return {**loader_args, "gsd": loader_args.get("gsd", 1.0) * _BASE_PX / side_px}


@torch.inference_mode()
def embed(backbone, images):
    """Embed scenes at the size of the backbone, by its last layer after the final norm.

    Parameters
    ----------
    backbone : patchprobe.backbones.backbone.Backbone
        With a class token.
    images : torch.Tensor of shape (n, height, width, 3), uint8

    Returns
    -------
    dict of str to torch.Tensor of shape (n, n_features), float32
        By pooling: the class token, and the mean of all patch tokens.
    """
    images = images.to(backbone.device, non_blocking=True)
    pixels = preprocess.KINDS[backbone.pixels](images, backbone.mean, backbone.std)
    pixels = interpolate(pixels, backbone.image_size, mode="area")
    ((tokens, cls),) = backbone.tokens_of_pixels(pixels, [backbone.depth])
    if cls is None:
        raise ValueError(
            "the backbone has no class token, which scenes are classified by: name others under "
            "`figures: fig8`"
        )
    return {"cls": cls, "mean": tokens.mean(dim=1)}


def extract(crops_path, out_path, sides, backbone_at, attributes, batch_size=None):
    """Write the embeddings of all scenes in a store of crops, at every scale.

    Parameters
    ----------
    crops_path : path
        A store whose images are one tile each.
    out_path : path
        Store to make. Arrays: `<scale>/cls` and `<scale>/mean` (n_images, n_features), float32.
        Attributes: `scales`, and those of the crops that name the images.
    sides : list of (float, int)
        Scales, and height and width of a scene at each, px.
    backbone_at : callable, side in px -> patchprobe.backbones.backbone.Backbone
    attributes : dict
        What made this store.
    batch_size : int, optional
        Images per forward pass, see `extraction.batches`; does not change results beyond rounding.
    """
    about = store.attributes(crops_path)
    if any(tiles != [1, 1] for tiles in about["tiles"]):
        raise ValueError(f"{crops_path}: expected images of one tile each")
    kept = {key: about[key] for key in ("dataset", "images", "tiles", "left_out")}
    scales = {"scales": [scale for scale, _ in sides], "sides": [side for _, side in sides]}
    store.create(out_path, {**attributes, **kept, **scales})
    crops = store.checked(crops_path, f"{CLEAN}/crops")
    for scale, side_px in sides:
        _extract_at(out_path, scale, crops, backbone_at(side_px), batch_size)
    store.seal(out_path)


def _extract_at(out_path, scale, crops, backbone, batch_size):
    n_images, chunk = crops.shape[0], extraction.CROPS_PER_CHUNK
    arrays = {
        pooling: store.create_array(
            out_path,
            array_name(scale, pooling),
            (n_images, backbone.n_features),
            np.float32,
            (chunk, backbone.n_features),
            dimensions=("image", "feature"),
        )
        for pooling in POOLINGS
    }
    per_block, batch_size = extraction.batches(backbone.image_size, backbone.device, batch_size)
    copies, n_readers = transfers.Copies(backbone.device), transfers.n_readers(backbone.device)
    blocks = transfers.read_ahead(crops, 0, n_images, per_block, copies, n_readers)
    bar = progress(total=n_images, desc=f"scale {scale:g}", unit="image")
    with bar, closing(blocks):
        for first, block in blocks:
            embedded = [embed(backbone, batch) for batch in block.split(batch_size)]
            for pooling in POOLINGS:
                values = torch.cat([of_batch[pooling] for of_batch in embedded])
                arrays[pooling][first : first + len(block)] = _finite(values.cpu().numpy())
            bar.update(len(block))


def _finite(values):
    if not np.isfinite(values).all():
        raise StoreError(
            "Embeddings are not finite: the weights or the normalisation of this backbone are "
            "wrong."
        )
    return values


class Scenes:
    """Embeddings of whole scenes and their classes, in a store of `extract`.

    Parameters
    ----------
    path : path
        With the attributes `names` of the classes and `labels`, the class of every image.
    **expected
        Attributes of the store: `dataset`, `backbone`.

    Attributes
    ----------
    scales : list of float
    names : list of str
    provenance : dict
        What made the store.
    """

    def __init__(self, path, **expected):
        self.path, about = path, store.attributes(path, **expected)
        self.scales, self.names = about["scales"], about["names"]
        self._labels = np.array(about["labels"])
        of_images = ("images", "tiles", "left_out", "labels")
        self.provenance = {key: value for key, value in about.items() if key not in of_images}

    def select(self, items):
        """The images of some items."""
        return patches.select(self.path, items)

    def labels(self, selection):
        """Class of every image, (n_images,) int."""
        return self._labels[selection.crops]

    def rows(self, selection, scale, pooling):
        """Embeddings at a scale, (n_images, n_features) float32."""
        return store.read(self.path, array_name(scale, pooling), selection.crops)
