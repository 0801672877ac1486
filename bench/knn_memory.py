"""Time and peak memory of the removal sweep at the paper's size, from float16 stores."""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from patchprobe import store
from patchprobe.neighbours import knn

SWEEP = (0, 10, 20, 30, 40, 50, 100, 200, 400, 600, 750)


def write(path, n_crops, n_patches, n_features, rng):
    """A store of random features, written chunk by chunk."""
    store.create(path, {"crops": [0, n_crops, n_crops]})
    shape, chunks = (n_crops, n_patches, n_features), (32, n_patches, n_features)
    array = store.create_array(path, "patches", shape, "float16", chunks)
    for start in range(0, n_crops, 32):
        rows = min(32, n_crops - start)
        array[start : start + rows] = rng.standard_normal(
            (rows, n_patches, n_features), dtype=np.float32
        )
    store.seal(path)
    return store.load_parts([path], "patches").reshape(-1, n_features)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank-crops", type=int, default=2304)
    parser.add_argument("--query-crops", type=int, default=960)
    parser.add_argument("--patches", type=int, default=196)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bank-mib", type=int, help="memory for the bank, as `bank_bytes`")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        bank, queries = (
            write(Path(folder) / f"{name}.zarr", n, args.patches, args.features, rng)
            for name, n in (("bank", args.bank_crops), ("queries", args.query_crops))
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        start = time.perf_counter()
        sweep = [m for m in SWEEP if m < args.features]
        most = args.bank_mib and args.bank_mib * 2**20
        order = rng.permutation(args.features)
        found = knn.search(queries, bank, order, sweep, bank_bytes=most)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"bank {bank.shape}, queries {queries.shape}, {len(sweep)} settings, 3 similarities")
    print(f"{seconds:.0f} s, {found.index.size / seconds:.0f} neighbours a second")
    print(f"peak memory {peak:.2f} GiB (before the search {before:.2f} GiB)")


if __name__ == "__main__":
    main()
