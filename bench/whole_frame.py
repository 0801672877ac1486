"""Time and memory of a whole frame in one pass: 1024 x 2048 px are 8,193 tokens."""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import torch

from patchprobe.backbones import weights
from patchprobe.backbones.backbone import PRECISIONS
from patchprobe.backbones.load import load


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loader", default="dino")
    parser.add_argument("--architecture", default="vit_base_patch16_224")
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--size", type=int, nargs=2, default=(1024, 2048))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.pth"
        weights.random(path, args.loader, args.architecture)
        backbone = load(
            args.loader, args.architecture, path, image_size=args.size, device=args.device,
            precision=args.precision,
        )  # fmt: skip
    frame = torch.randint(0, 256, (1, *args.size, 3), dtype=torch.uint8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    patches, _ = backbone.tokens(frame, [backbone.depth])[0]
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scores = (patches.shape[1] + 1) ** 2 * backbone.model.blocks[0].attn.num_heads * 4
    print(
        f"{args.loader} {args.architecture}, {args.size[0]} x {args.size[1]} px, {args.device}, "
        f"{args.precision}: {seconds:.1f} s, peak memory {before / 2**20:.2f} GiB with the weights "
        f"loaded, {after / 2**20:.2f} GiB after the pass (the attention scores of one layer would "
        f"be {scores / 2**30:.2f} GiB)"
    )
    if args.device == "cuda":
        print(f"peak on the GPU {torch.cuda.max_memory_allocated() / 2**30:.2f} GiB")


if __name__ == "__main__":
    main()
