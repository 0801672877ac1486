"""One descriptor per object: the patch embeddings under its box, by RoIAlign (He et al. 2017)."""

import logging
from itertools import groupby

import numpy as np
import torch
from torchvision import ops

from patchprobe import store
from patchprobe.crops.objects import BOX
from patchprobe.crops.patch_labels import stitch
from patchprobe.embeddings.descriptors import N_BINS, SIDE
from patchprobe.logs import progress

log = logging.getLogger(__name__)

_ROWS_PER_CHUNK = 512
_FRAMES_AT_ONCE = 8


def pool(maps, boxes, patch_px):
    """Features of boxes on patch maps, as the paper's authors pool them.

    Bins hold the mean of bilinear samples, as many as a bin has patches, at least one
    (`sampling_ratio=-1`). With `aligned=False` the value of a patch is taken to lie at its upper
    left corner, not at its centre, and boxes below one patch are enlarged to one.

    Parameters
    ----------
    maps : torch.Tensor of shape (n_frames, rows, columns, n_features), float32
    boxes : list of numpy.ndarray of shape (n, 4)
        x1, y1, x2, y2 of each frame in px. Samples right of or below the frame are zeros; left of
        or above it they are those of the border up to one patch away, and zeros beyond.
    patch_px : int

    Returns
    -------
    torch.Tensor of shape (n_boxes, 49, n_features), float32
        Bins row by row.
    """
    boxes = [torch.from_numpy(np.asarray(of_frame, np.float32)) for of_frame in boxes]
    bins = ops.roi_align(
        maps.permute(0, 3, 1, 2),
        boxes,
        SIDE,
        spatial_scale=1 / patch_px,
        sampling_ratio=-1,
        aligned=False,
    )
    return bins.flatten(2).transpose(1, 2)


def write(path, tokens, objects, layer, patch_px, attributes):
    """Pool the objects of all frames of a store of tokens.

    Parameters
    ----------
    path : path
        Store to make. Arrays: `bins` (n_objects, 49, n_features) float16, `mean` over the bins
        (n_objects, n_features) float32; rows as in the table of objects.
    tokens : patchprobe.embeddings.patches.Tokens
        Of tiles, or of whole frames.
    objects : pandas.DataFrame
        See `patchprobe.crops.objects.table`; frames in the order of the tokens' images.
    layer, patch_px : int
    attributes : dict
        What made this store.
    """
    embeddings = tokens.all(layer)
    n_features = embeddings.shape[-1]
    store.create(path, {**attributes, "layer": layer, "patch_px": patch_px})
    shape, chunks = (len(objects), N_BINS, n_features), (_ROWS_PER_CHUNK, 1, n_features)
    axes = ("object", "bin", "feature")
    bins = store.create_array(path, "bins", shape, "float16", chunks, dimensions=axes)
    shape, chunks = shape[::2], chunks[::2]
    means = store.create_array(path, "mean", shape, "float32", chunks, dimensions=axes[::2])
    done, pending = 0, []
    for pooled in _pooled(tokens, embeddings, objects, patch_px):
        pending.append(pooled)
        waiting = sum(map(len, pending))
        if waiting >= _ROWS_PER_CHUNK or done + waiting == len(objects):
            rows = torch.cat(pending)
            # whole chunks, so that none is written twice
            n = len(rows) if done + waiting == len(objects) else waiting - waiting % _ROWS_PER_CHUNK
            bins[done : done + n] = rows[:n].half().numpy()
            means[done : done + n] = rows[:n].mean(dim=1).numpy()
            done, pending = done + n, [rows[n:]]
    store.seal(path)


def _pooled(tokens, embeddings, objects, patch_px):
    """Bins of the objects of some frames at once, (n_objects, 49, n_features), in order."""
    images, tiles = map(tuple, tokens.attributes["images"]), tokens.attributes["tiles"]
    number_of = {image: number for number, image in enumerate(images)}
    keys = list(zip(objects["split"], objects["item"], objects["frame"], strict=True))
    if absent := sorted({key for key in keys if key not in number_of}):
        raise ValueError(f"no tokens of frames with objects: {absent[:5]}")
    numbers = np.array([number_of[key] for key in keys], dtype=np.int64)
    if (np.diff(numbers) < 0).any():
        raise ValueError("expected objects frame by frame, in the order of the tokens")
    boxes_of = np.split(
        objects[list(BOX)].to_numpy(), np.searchsorted(numbers, np.arange(1, len(tiles)))
    )
    ends = np.cumsum([rows * columns for rows, columns in tiles])
    for first, stop in progress(_batches(tiles), desc="pool", unit="batch"):
        boxes = boxes_of[first:stop]
        if not sum(map(len, boxes)):
            continue
        n_tiles = int(np.prod(tiles[first]))
        crops = embeddings[int(ends[first]) - n_tiles : int(ends[stop - 1])].compute()
        crops = crops.reshape(stop - first, n_tiles, *crops.shape[1:])
        maps = [stitch(of_frame, tiles[first], tokens.grid) for of_frame in crops]
        yield pool(torch.from_numpy(np.stack(maps)).float(), boxes, patch_px)


def _batches(tiles):
    """First frame and the one after the last of batches of frames that are cut alike."""
    found, start = [], 0
    for _, group in groupby(tiles):
        stop = start + len(list(group))
        firsts = range(start, stop, _FRAMES_AT_ONCE)
        found += [(first, min(first + _FRAMES_AT_ONCE, stop)) for first in firsts]
        start = stop
    return found
