"""From crops in a store to embeddings in a store: every requested layer in one forward pass."""

import logging
import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import torch

from patchprobe import disk_space, store
from patchprobe.crops.tiles import CROP_PX
from patchprobe.embeddings import transfers
from patchprobe.embeddings.patches import cls_name, patches_name
from patchprobe.errors import StoreError
from patchprobe.logs import progress

log = logging.getLogger(__name__)

CROPS_PER_CHUNK = 32  # of CROP_PX; fewer larger ones, see `crops_per_chunk`
_CPU_BATCH, _GPU_BATCH = CROPS_PER_CHUNK, 128  # crops; a GPU waits for kernels of smaller ones
# Blocks that are computed, copied or written while the next is asked for: as many as their tokens
# fit memory, so that writers may be late once.
_IN_FLIGHT, _IN_FLIGHT_BYTES = 3, 2 * 2**30
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


def batches(image_size, device, batch_size=None):
    """Crops in a block, which is read and written together, and in a batch, a forward pass.

    A block is a chunk, or as many whole chunks as `batch_size` has room for. Frames that fill a
    chunk alone are embedded one by one.

    Parameters
    ----------
    image_size : (int, int)
        Height and width that the model takes.
    device : torch.device
    batch_size : int, optional
        Crops of CROP_PX, of larger ones as many as have the same pixels. Default: 32 on a CPU, 128
        on a GPU.

    Returns
    -------
    (int, int)
    """
    if batch_size is None:
        batch_size = _GPU_BATCH if device.type == "cuda" else _CPU_BATCH
    per_chunk = crops_per_chunk(image_size)
    n_chunks = max(1, batch_size // CROPS_PER_CHUNK) if per_chunk > 1 else 1
    return n_chunks * per_chunk, min(batch_size, n_chunks * per_chunk)


def extract(crops_path, out_path, backbone, layers, attributes, part=1, n_parts=1, batch_size=None):
    """Write the tokens of one part of a crop store, all its levels.

    Crops are read, and embeddings written, in threads beside the model. On a GPU this thread only
    asks for work: copies run beside it, and whoever writes waits for them.

    Parameters
    ----------
    crops_path, out_path : path
        Stores; `out_path` is made anew.
    backbone : patchprobe.backbones.backbone.Backbone
    layers : sequence of int
    attributes : dict
        What made this store; the span of crops, the layout and the images are added.
    part, n_parts : int
    batch_size : int, optional
        Crops per forward pass, see `batches`; does not change results beyond rounding.

    Raises
    ------
    StoreError
        If crops are damaged, or tokens do not fit float16. The store is then not finished.
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
    per_block, batch_size = batches(backbone.image_size, backbone.device, batch_size)
    copies = transfers.Copies(backbone.device)
    n_readers, n_writers = (
        count(backbone.device) for count in (transfers.n_readers, transfers.n_writers)
    )
    for level in levels:
        crops = store.checked(crops_path, f"{level}/crops")
        arrays = _create_arrays(out_path, level, layers, stop - start, backbone)
        blocks = transfers.read_ahead(crops, start, stop, per_block, copies, n_readers)
        bar = progress(total=stop - start, desc=level, unit="crop")
        with bar, closing(blocks), ThreadPoolExecutor(n_writers) as writers:
            in_flight, most = deque(), _most_in_flight(arrays, per_block)
            for first, block in blocks:
                if len(in_flight) == most:
                    _finish(in_flight.popleft())
                tokens = _embed(backbone, block, layers, batch_size, arrays, copies)
                in_flight.append(_write(writers, arrays, first - start, *tokens))
                bar.update(len(block))
            for writes in in_flight:
                _finish(writes)
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


def _most_in_flight(arrays, per_block):
    n_values = per_block * sum(math.prod(array.shape[1:]) for array in arrays)
    n_fitting = _IN_FLIGHT_BYTES // (n_values * np.dtype(np.float16).itemsize)
    return min(_IN_FLIGHT, max(1, n_fitting))


def _embed(backbone, block, layers, batch_size, arrays, copies):
    """Ask for the tokens of a block, and for their copies in memory of the host.

    Returns
    -------
    tokens : list of torch.Tensor, float16
        Of each array.
    extremes : torch.Tensor of shape (n_batches, n_arrays, 2), float32
        Lowest and highest value before rounding.
    arrived : callable
        Waits until both are there.
    """
    n_batches = -(-len(block) // batch_size)
    tokens = [copies.buffer((len(block), *array.shape[1:]), torch.float16) for array in arrays]
    extremes = copies.buffer((n_batches, len(arrays), 2), torch.float32)
    for number in range(n_batches):
        rows = slice(number * batch_size, (number + 1) * batch_size)
        outputs = backbone.tokens(copies.to_device(block[rows]), layers)
        outputs = [values for pair in outputs for values in pair if values is not None]
        bounds = torch.stack([torch.stack(values.aminmax()) for values in outputs])
        copies.to_host(bounds, extremes[number])
        for values, buffer in zip(outputs, tokens, strict=True):
            copies.to_host(values.half(memory_format=torch.contiguous_format), buffer[rows])
    return tokens, extremes, copies.arrival()


def _write(writers, arrays, first, tokens, extremes, arrived):
    """Let threads write the tokens of a block, each a chunk of an array, when they have arrived."""

    def write(array, start, values):
        arrived()
        _check(extremes)
        array.write_chunk((first + start) // array.chunks[0], values.numpy())

    return [
        writers.submit(write, array, start, values[start : start + array.chunks[0]])
        for array, values in zip(arrays, tokens, strict=True)
        for start in range(0, len(values), array.chunks[0])
    ]


def _check(extremes):
    largest = float(extremes.abs().max())  # NaN stays NaN
    if not largest <= _LARGEST_HALF:
        raise StoreError(
            f"Tokens do not fit float16 (largest magnitude {largest:g}, limit {_LARGEST_HALF}): "
            "the weights or the normalisation of this backbone are wrong."
        )


def _finish(writes):
    for write in writes:
        write.result()
