"""Extraction from store to store, against the bare model on crops in memory."""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from patchprobe import embeddings, store
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, Backbone, build


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", default="vit_base_patch16_224")
    parser.add_argument("--crops", type=int, default=64)
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
    shape = (args.crops, 224, 224, 3)
    crops = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    ready = torch.from_numpy(crops).to(args.device).permute(0, 3, 1, 2).float() / 255

    def bare():
        with torch.inference_mode():
            for batch in ready.split(args.batch):
                backbone.model.forward_features(batch)
        if args.device == "cuda":
            torch.cuda.synchronize()

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        store.create(folder / "crops.zarr", {})
        array = store.create_array(
            folder / "crops.zarr", "clean/crops", shape, "uint8", (32, *shape[1:]),
            store.IMAGE_CODECS,
        )  # fmt: skip
        array[:] = crops

        def extract(layers):
            embeddings.extract(
                folder / "crops.zarr", folder / "out.zarr", backbone, ["clean"], layers, {},
                batch_size=args.batch,
            )  # fmt: skip

        ways = {
            "bare model": bare,
            "store to store, last layer": lambda: extract([backbone.depth]),
            "store to store, all layers": lambda: extract(range(1, backbone.depth + 1)),
        }
        times = {name: [] for name in ways}
        for turn in range(args.rounds + 1):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if turn:
                    times[name].append(time.perf_counter() - start)
    print(f"{args.architecture}, {args.crops} crops, {args.device}, {args.threads} threads")
    for name, seconds in times.items():
        share = np.divide(times["bare model"], seconds)
        rate = args.crops / np.median(seconds)
        print(f"{name:28s} {rate:8.2f} crops/s   {np.median(share):.0%} of the bare model")


if __name__ == "__main__":
    main()
