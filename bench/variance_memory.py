"""Variances over a store ten times larger than the memory they use."""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from patchprobe import store
from patchprobe.embeddings import variance


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", type=int, default=19200)
    parser.add_argument("--patches", type=int, default=196)
    parser.add_argument("--features", type=int, default=768)
    args = parser.parse_args()
    shape = (args.crops, args.patches, args.features)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.zarr"
        store.create(path, {"crops": [0, args.crops, args.crops]})
        array = store.create_array(path, "patches", shape, "float16", (32, *shape[1:]))
        scale = np.geomspace(20, 0.1, args.features, dtype=np.float32)
        chunk = rng.standard_normal((32, *shape[1:]), dtype=np.float32) * scale
        for start in range(0, args.crops, 32):
            array[start : start + 32] = chunk[: args.crops - start]
        store.seal(path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        patches = store.load_parts([path], "patches").reshape(-1, args.features)
        start = time.perf_counter()
        variances = variance.feature_variance(patches)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    expected = chunk.astype(np.float16).astype(np.float64).reshape(-1, args.features).var(0)
    size = np.prod(shape) * 2 / 2**30
    print(f"{shape}: {size:.2f} GiB in {seconds:.0f} s ({size / seconds:.2f} GiB/s)")
    print(f"peak memory {peak:.2f} GiB (before {before:.2f}): {size / peak:.1f} x smaller")
    print(f"largest relative error {np.abs(variances / expected - 1).max():.1e}")


if __name__ == "__main__":
    main()
