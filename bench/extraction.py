"""Extraction from store to store, against the bare model on crops in memory.

Crops of 224 px need no resize; tiles as cut are resized on their way into the model.
"""

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path

import numpy as np
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
    parser.add_argument("--crops", type=int, default=64)
    parser.add_argument("--tile-px", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    channels = [
        torch.tensor(values, device=args.device).view(3, 1, 1)
        for values in (IMAGENET_MEAN, IMAGENET_STD)
    ]
    backbone = Backbone(build(args.architecture).to(args.device), *channels)
    random = np.random.default_rng(0)
    crops, tiles = (
        random.integers(0, 256, (args.crops, px, px, 3), dtype=np.uint8)
        for px in (224, args.tile_px)
    )
    print(f"{args.architecture}, {args.crops} crops, {args.device}, {args.threads} threads")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_crops(folder / "crops.zarr", crops)
        write_crops(folder / "tiles.zarr", tiles)
        times = measure(args, folder, backbone, torch.from_numpy(crops))
    report(args, times, flops_per_crop(backbone))


def write_crops(path, crops):
    store.create(path, {"levels": ["clean"]})
    chunk = (32, *crops.shape[1:])
    array = store.create_array(path, "clean/crops", crops.shape, "uint8", chunk, store.IMAGE_CODECS)
    array[:] = crops
    store.seal(path)


def measure(args, folder, backbone, crops):
    """Seconds, and those of processors, of every round: {(precision, way): [...]}, in turn."""
    ready = crops.to(args.device).permute(0, 3, 1, 2).float() / 255

    def bare(model):
        with torch.inference_mode():
            for batch in ready.split(args.batch):
                with torch.autocast(args.device, torch.bfloat16, model.precision == "bfloat16"):
                    model.model.forward_features(batch)

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
                if turn:
                    end = np.array([time.perf_counter(), time.process_time()])
                    clocks[precision, name].append(end - start)
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
        for way in ("bare model", "last layer", "all layers", "all, tiles"):
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
