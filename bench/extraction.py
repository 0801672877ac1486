"""Extraction from store to store, against the bare model on crops in memory.

Crops of 224 px need no resize; tiles as cut are resized on their way into the model. A table tells
what each stage beside the model can do alone: on a GPU the slowest is what the model waits for.
"""

import argparse
import dataclasses
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import stages
import torch
from torch.utils.flop_counter import FlopCounterMode

from patchprobe import store
from patchprobe.backbones.backbone import PRECISIONS, Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.embeddings import extraction


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", default="vit_base_patch16_224")
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, default=["float32"])
    parser.add_argument("--crops", type=int, help="default: 64 on a CPU, 4096 on a GPU")
    parser.add_argument("--tile-px", type=int, default=256)
    parser.add_argument("--crops-per-chunk", type=int, default=32, help="1: of single tiles")
    parser.add_argument("--batch", type=int, help="default: that of extraction")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=min(8, os.cpu_count()))
    parser.add_argument(
        "--compile", action="store_true", help="the bare model by torch.compile too"
    )
    parser.add_argument(
        "--folder", help="on the disk to be written to; default: for temporary files"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    channels = [
        torch.tensor(values, device=args.device).view(3, 1, 1)
        for values in (IMAGENET_MEAN, IMAGENET_STD)
    ]
    backbone = Backbone(build(args.architecture).to(args.device), *channels)
    args.crops = args.crops or (4096 if args.device == "cuda" else 64)
    _, args.batch = extraction.batches(backbone.image_size, backbone.device, args.batch)
    crops, tiles = (make_crops(args.crops, px) for px in (224, args.tile_px))
    about = f"{args.crops} crops in batches of {args.batch}, {args.device}, {args.threads} threads"
    print(f"{args.architecture}, {about}")
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        folder = Path(folder)
        write_crops(folder / "crops.zarr", crops, args.crops_per_chunk)
        write_crops(folder / "tiles.zarr", tiles, args.crops_per_chunk)
        times = measure(args, folder, backbone, torch.from_numpy(crops))
        report(args, times, flops_per_crop(backbone))
        counts = sorted({2**n for n in range(4) if 2**n <= 2 * args.threads})
        bare = {
            precision: args.crops / np.median(times[precision, "bare model"][:, 0])
            for precision in args.precision
        }
        stages.report(stages.measure(folder, "tiles.zarr", backbone, args.batch, counts), bare)


def make_crops(n, px):
    """Noise that zstd shrinks to 57 %, about as it does photographs."""
    some = np.random.default_rng(0).normal(128, 4, (min(n, 64), px, px, 3)).astype(np.uint8)
    return np.resize(some, (n, px, px, 3))


def write_crops(path, crops, per_chunk):
    store.create(path, {"levels": ["clean"]})
    chunk = (per_chunk, *crops.shape[1:])
    array = store.create_array(path, "clean/crops", crops.shape, "uint8", chunk, store.IMAGE_CODECS)
    array[:] = crops
    store.seal(path)


def measure(args, folder, backbone, crops):
    """Seconds, and those of processors, of every round: {(precision, way): [...]}, in turn."""
    ready = crops.to(args.device).permute(0, 3, 1, 2).float() / 255
    compiled = torch.compile(backbone.model.forward_features)

    def bare(model, forward=backbone.model.forward_features):
        with torch.inference_mode():
            for batch in ready.split(args.batch):
                with torch.autocast(args.device, torch.bfloat16, model.precision == "bfloat16"):
                    forward(batch)

    def extract(model, layers, crops="crops.zarr"):
        extraction.extract(
            folder / crops, folder / "out.zarr", model, layers, {},
            batch_size=args.batch,
        )  # fmt: skip

    ways = {
        "bare model": bare,
        "last layer": lambda model: extract(model, [model.depth]),
        "all layers": lambda model: extract(model, range(1, model.depth + 1)),
        "all, tiles": lambda model: extract(model, range(1, model.depth + 1), "tiles.zarr"),
        "matrix product": multiply,
    }
    if args.compile:
        ways["compiled"] = lambda model: bare(model, compiled)
    clocks = {(precision, way): [] for precision in args.precision for way in ways}
    for turn in range(args.rounds + 1):
        for precision in args.precision:
            torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
            torch.backends.cudnn.allow_tf32 = precision == "tf32"
            model = dataclasses.replace(backbone, precision=precision)
            for name, way in ways.items():
                start = np.array([time.perf_counter(), time.process_time()])
                way(model)
                if args.device == "cuda":
                    torch.cuda.synchronize()
                taken = np.array([time.perf_counter(), time.process_time()]) - start
                if turn:
                    clocks[precision, name].append(taken)
                elif name == "compiled":
                    print(f"{precision:9s} first pass of the compiled model: {taken[0]:.0f} s")
    return {way: np.array(rounds) for way, rounds in clocks.items()}


PRODUCT = 4096  # rows and columns of the matrices whose product shows what the machine can do


def multiply(model):
    kind = torch.bfloat16 if model.precision == "bfloat16" else torch.float32
    matrix = torch.ones(PRODUCT, PRODUCT, dtype=kind, device=model.device)
    for _ in range(50 if model.device.type == "cuda" else 1):
        matrix @ matrix


def flops_per_crop(backbone):
    counter = FlopCounterMode(display=False)
    with counter:
        backbone.tokens(torch.zeros(1, 224, 224, 3, dtype=torch.uint8), [backbone.depth])
    return counter.get_total_flops()


def report(args, clocks, flops):
    times = {way: rounds[:, 0] for way, rounds in clocks.items()}
    for precision in args.precision:
        bare = times[precision, "bare model"]
        n_products = 50 if args.device == "cuda" else 1
        peak = n_products * 2 * PRODUCT**3 / np.median(times[precision, "matrix product"])
        for way in ("bare model", "compiled", "last layer", "all layers", "all, tiles"):
            if (precision, way) not in times:
                continue
            seconds = times[precision, way]
            rate = args.crops / np.median(seconds)
            print(
                f"{precision:9s} {way:11s} {rate:8.2f} crops/s {rate * flops / 1e12:8.3f} TFLOP/s "
                f"({rate * flops / peak:4.0%} of a matrix product's)  "
                f"{np.median(np.divide(bare, seconds)):4.0%} of the bare model"
            )
        ratio = np.divide(times[precision, "all layers"], times[precision, "last layer"])
        print(f"{precision:9s} all layers take {np.median(ratio):.2f} x the time of the last")
        ratios = np.divide(clocks[precision, "all, tiles"], clocks[precision, "all layers"])
        wall, busy = np.median(ratios, axis=0)
        print(
            f"{precision:9s} {args.tile_px} px tiles take {wall:.3f} x the time of 224 px crops, "
            f"{busy:.3f} x the time of processors"
        )
    first = times[args.precision[0], "last layer"]
    for precision in args.precision[1:]:
        ratio = np.median(np.divide(first, times[precision, "last layer"]))
        print(f"{precision} is {ratio:.2f} x as fast as {args.precision[0]}")


if __name__ == "__main__":
    main()
