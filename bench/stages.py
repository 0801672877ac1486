"""Rates of what extraction does beside the model, each alone: which would keep a GPU waiting?

Writing by Zarr is told beside that of `patchprobe.chunks`, which takes its place.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from patchprobe import store
from patchprobe.backbones import preprocess
from patchprobe.embeddings import transfers

ROUNDS = 3


def measure(folder, name, backbone, batch, thread_counts):
    """Rates of all stages.

    Parameters
    ----------
    folder : pathlib.Path
        With the store of crops `name`; tokens are written there.
    backbone : patchprobe.backbones.backbone.Backbone
    batch : int
        Crops that are moved and computed at once.
    thread_counts : list of int

    Yields
    ------
    stage : str
    threads : int or None
    rate : float
        Crops a second.
    n_bytes : int
        Bytes of a crop that come out of the stage.
    """
    crops = store.checked(folder / name, "clean/crops")
    n_crops, n_bytes = crops.shape[0], int(np.prod(crops.shape[1:]))
    copies = transfers.Copies(backbone.device)
    for threads in thread_counts:
        seconds = _seconds(lambda n=threads: _read(crops, batch, copies, n), backbone)
        yield "read crops", threads, n_crops / seconds, n_bytes
    ((_, block),) = transfers.read_ahead(crops, 0, min(batch, n_crops), batch, copies, 1)
    yield from _of_device(block, backbone, copies)
    for layers, title in ((1, "last layer"), (backbone.depth, "all layers")):
        for threads in thread_counts:
            tokens = _tokens(backbone, 32)
            for write, by in ((_write_chunk, ""), (_write_by_zarr, ", Zarr")):
                rates = [
                    _written(folder, tokens, layers, threads, write) for _ in range(ROUNDS + 1)
                ]
                rate = np.median(rates[1:])
                yield f"write {title}{by}", threads, rate, layers * tokens[0].nbytes


def _of_device(block, backbone, copies):
    shape, kept = (backbone.mean, backbone.std, backbone.image_size), {}
    pixels = int(np.prod(backbone.image_size)) * 3
    moved = block.to(backbone.device)
    tokens = torch.from_numpy(_tokens(backbone, len(block))).float().to(backbone.device)
    buffer = copies.buffer(tokens.shape, torch.float16)

    def half():
        kept["bounds"], kept["half"] = torch.stack(tokens.aminmax()), tokens.half()

    def down():
        copies.to_host(kept["half"], buffer)
        copies.arrival()()

    stages = [
        ("normalise, resize", lambda: preprocess.pixels(moved, *shape), 4 * pixels),
        ("check, round a layer", half, tokens[0].nbytes // 2),
    ]
    if copies.is_cuda:
        stages += [
            ("copy crops to GPU", lambda: copies.to_device(block), block[0].nbytes),
            ("copy a layer from GPU", down, tokens[0].nbytes // 2),
        ]
    for stage, work, n_bytes in stages:
        yield stage, None, len(block) / _seconds(work, backbone), n_bytes


def _tokens(backbone, n_crops):
    shape = (n_crops, int(np.prod(backbone.grid)), backbone.n_features)
    return np.random.default_rng(0).standard_normal(shape, np.float32).astype(np.float16)


def _read(crops, batch, copies, threads):
    for _ in transfers.read_ahead(crops, 0, crops.shape[0], batch, copies, threads):
        pass


def _write_chunk(array, number, tokens):
    array.write_chunk(number, tokens)


def _write_by_zarr(array, number, tokens):
    array[number * len(tokens) : (number + 1) * len(tokens)] = tokens


def _written(folder, tokens, layers, threads, write, n_chunks=8):
    """Crops a second whose tokens are written."""
    store.create(folder / "written.zarr", {})
    shape = (n_chunks * len(tokens), *tokens.shape[1:])
    arrays = [
        store.create_array(folder / "written.zarr", str(layer), shape, np.float16, tokens.shape)
        for layer in range(layers)
    ]
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as writers:
        done = [
            writers.submit(write, array, number, tokens)
            for number in range(n_chunks)
            for array in arrays
        ]
        for one in done:
            one.result()
    return len(tokens) * n_chunks / (time.perf_counter() - start)


def _seconds(work, backbone):
    """Median over rounds, after one that does not count."""
    times = []
    with torch.inference_mode():
        for _ in range(ROUNDS + 1):
            start = time.perf_counter()
            work()
            if backbone.device.type == "cuda":
                torch.cuda.synchronize()
            times.append(time.perf_counter() - start)
    return np.median(times[1:])


def report(stages, bare):
    """Print the stages, beside the rates of the bare model {precision: crops a second}."""
    head = "".join(f"  x bare {precision}" for precision in bare)
    print(f"{'stage, alone':24s} threads   crops/s    GB/s{head}")
    for stage, threads, rate, n_bytes in stages:
        print(f"{stage:24s} {threads or '':7} {rate:9.0f} {rate * n_bytes / 1e9:7.2f}", end="")
        print("".join(f"{rate / of:{len(name) + 9}.1f}" for name, of in bare.items()))
