"""From crops in a store to embeddings in a store: every requested layer in one forward pass."""

import logging
import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from patchprobe import disk_space, store
from patchprobe.crops.tiles import CROP_PX
from patchprobe.embeddings.patches import cls_name, patches_name
from patchprobe.errors import StoreError
from patchprobe.logs import progress

log = logging.getLogger(__name__)

CROPS_PER_CHUNK = 32  # of CROP_PX; fewer larger ones, see `crops_per_chunk`
_WRITERS = 4  # threads that copy from the device, checksum and write
_LARGEST_HALF = 65504


def crops_per_chunk(image_size):
    """Crops in a chunk, and at most in a batch: so many pixels as 32 crops of 224 px have, or one.

    Whole frames of 1024 x 2048 px lie in chunks of their own: memory does not grow with their
    number, and no chunk is written again for each of its frames.
    """
    fitting = CROPS_PER_CHUNK * CROP_PX**2 // math.prod(image_size)
    return min(CROPS_PER_CHUNK, max(1, fitting))


def part_bounds(n_crops, part, n_parts, per_chunk=CROPS_PER_CHUNK):
    """Crops [start, stop) of part `part` (from 1) of `n_parts`, cut at chunk boundaries."""
    if not 1 <= part <= n_parts:
        raise ValueError(f"expected a part in 1..{n_parts}, found {part}")
    n_chunks = -(-n_crops // per_chunk)
    cuts = [n_chunks * i // n_parts * per_chunk for i in (part - 1, part)]
    return min(cuts[0], n_crops), min(cuts[1], n_crops)


def extract(crops_path, out_path, backbone, layers, attributes, part=1, n_parts=1, batch_size=32):
    """Write the tokens of one part of a crop store, all its levels.

    Crops are read, and embeddings written, in threads beside the model.

    Parameters
    ----------
    crops_path, out_path : path
        Stores; `out_path` is made anew.
    backbone : patchprobe.backbones.backbone.Backbone
    layers : sequence of int
    attributes : dict
        What made this store; the span of crops, the layout and the images are added.
    part, n_parts : int
    batch_size : int
        Crops per forward pass, at most a chunk; does not change results beyond rounding.
    """
    layers = sorted(layers)
    crops_about = store.attributes(crops_path)
    levels = crops_about["levels"]
    n_crops = store.open_array(crops_path, f"{levels[0]}/crops").shape[0]
    start, stop = part_bounds(n_crops, part, n_parts, crops_per_chunk(backbone.image_size))
    about = {
        "crops": [start, stop, n_crops],
        "grid": list(backbone.grid),
        "precision": backbone.precision,
        "layers": layers,
        "depth": backbone.depth,
        "dataset": crops_about.get("dataset", ""),
        "variant": crops_about.get("variant", ""),
        **{key: crops_about.get(key, []) for key in ("images", "tiles", "levels", "left_out")},
    }
    n_values = math.prod(backbone.grid) * backbone.n_features * len(layers) * len(levels)
    n_bytes = (stop - start) * n_values * np.dtype(np.float16).itemsize
    disk_space.require(Path(out_path).parent, n_bytes, f"Embedding {stop - start} crops")
    store.create(out_path, {**attributes, **about})
    for level in levels:
        crops = store.checked(crops_path, f"{level}/crops")
        arrays = _create_arrays(out_path, level, layers, stop - start, backbone)
        bar = progress(total=stop - start, desc=level, unit="crop")
        with bar, ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(_WRITERS) as writers:
            writes = []
            for first, batch in read_ahead(reader, crops, start, stop, batch_size, backbone):
                tokens = _to_half(backbone.tokens(batch, layers))
                for write in writes:  # bounds memory, and no two write into the same chunk
                    write.result()
                writes = [
                    writers.submit(_write, array, first - start, values)
                    for array, values in zip(arrays, tokens, strict=True)
                ]
                bar.update(len(batch))
            for write in writes:
                write.result()
    store.seal(out_path)


def _create_arrays(path, level, layers, n_crops, backbone):
    """Arrays of patch tokens and, if the model has a class token, CLS, layer by layer."""
    n_patches, n_features = math.prod(backbone.grid), backbone.n_features
    shapes = {patches_name: (n_patches, n_features)}
    if backbone.has_cls:
        shapes[cls_name] = (n_features,)
    dimensions = {patches_name: ("crop", "patch", "feature"), cls_name: ("crop", "feature")}
    return [
        store.create_array(
            path,
            name(level, layer),
            (n_crops, *shape),
            np.float16,
            (crops_per_chunk(backbone.image_size), *shape),
            dimensions=dimensions[name],
        )
        for layer in layers
        for name, shape in shapes.items()
    ]


def read_ahead(reader, crops, start, stop, batch_size, backbone):
    """Yield (first crop, batch) with two chunks read ahead; batches never span two chunks.

    Parameters
    ----------
    reader : concurrent.futures.Executor
    crops : array of shape (n_crops, height, width, 3), uint8
    start, stop : int
    batch_size : int
    backbone : patchprobe.backbones.backbone.Backbone
        Batches are pinned if it is on a GPU.
    """
    is_cuda = backbone.device.type == "cuda"
    per_chunk = crops_per_chunk(backbone.image_size)

    def read(first):
        batch = torch.from_numpy(crops[first : min(first + per_chunk, stop)])
        return first, batch.pin_memory() if is_cuda else batch

    firsts = iter(range(start, stop, per_chunk))
    ahead = deque(reader.submit(read, first) for _, first in zip(range(2), firsts, strict=False))
    while ahead:
        first, chunk = ahead.popleft().result()
        ahead.extend(reader.submit(read, f) for _, f in zip(range(1), firsts, strict=False))
        for offset in range(0, len(chunk), batch_size):
            yield first + offset, chunk[offset : offset + batch_size]


def _to_half(layers):
    """Float16 tensors of all layers in the order of the arrays; an error where one overflows."""
    tokens = [values for pair in layers for values in pair if values is not None]
    extremes = torch.stack([torch.stack(values.aminmax()) for values in tokens])
    largest = float(extremes.abs().max())  # one synchronisation with the device; NaN stays NaN
    if not largest <= _LARGEST_HALF:
        raise StoreError(
            f"Tokens do not fit float16 (largest magnitude {largest:g}, limit {_LARGEST_HALF}): "
            "the weights or the normalisation of this backbone are wrong."
        )
    return [values.half() for values in tokens]


def _write(array, first, values):
    array[first : first + len(values)] = values.cpu().numpy()
