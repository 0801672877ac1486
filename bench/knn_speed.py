"""Time of exact 1-NN and of the removal sweep, as ratios to one FAISS search, same threads.

The bare product, in float32 and into the same memory each time, is the limit of all of them.
"""

import argparse
import time

import faiss
import numpy as np
import torch

from patchprobe.neighbours import knn

SWEEP = (0, 10, 20, 30, 40, 50, 100, 200, 400, 600, 750)


def features(n, n_features, rng):
    """Patch-like features: correlated (64 directions), of unequal variance, float16."""
    basis = rng.standard_normal((64, n_features), dtype=np.float32)
    rows = rng.standard_normal((n, 64), dtype=np.float32) @ basis / 8
    rows += rng.standard_normal((n, n_features), dtype=np.float32) / 4
    return (rows * np.geomspace(20, 0.1, n_features, dtype=np.float32)).astype(np.float16)


def faiss_search(queries, bank, metric):
    return faiss.knn(queries.astype(np.float32), bank.astype(np.float32), 1, metric)[1]


def bare_product(queries, bank):
    """All inner products, in tiles of 512 bank rows by 1024 queries, and nothing else."""
    tile = torch.empty(512, 1024)
    for rows in bank.split(512):
        for part in queries.split(1024):
            torch.mm(rows, part.T, out=tile[: len(rows), : len(part)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", type=int, default=40960)
    parser.add_argument("--queries", type=int, default=4096)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    faiss.omp_set_num_threads(args.threads)
    rng = np.random.default_rng(0)
    bank = features(args.bank, args.features, rng)
    queries = features(args.queries, args.features, rng)
    order = np.argsort(-bank.astype(np.float64).var(0))
    sweep = [m for m in SWEEP if m < args.features]
    in_float32 = [torch.from_numpy(rows).float() for rows in (queries, bank)]
    ways = {
        "bare product": lambda: bare_product(*in_float32),
        "faiss ip": lambda: faiss_search(queries, bank, faiss.METRIC_INNER_PRODUCT),
        "faiss l2": lambda: faiss_search(queries, bank, faiss.METRIC_L2),
        "dot": lambda: knn.search(queries, bank, similarities=("dot",)).index[0, 0],
        "l2": lambda: knn.search(queries, bank, similarities=("l2",)).index[0, 0],
        "dot, l2, cosine": lambda: knn.search(queries, bank),
        f"sweep of {len(sweep)}, all three": lambda: knn.search(queries, bank, order, sweep),
    }
    times, results = {name: [] for name in ways}, {}
    for turn in range(args.rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            results[name] = way()
            if turn:
                times[name].append(time.perf_counter() - start)
    print(f"bank {bank.shape}, queries {queries.shape}, {args.threads} threads")
    operations = 2 * args.bank * args.queries * args.features
    for name in ways:
        reference = "faiss l2" if name == "l2" else "faiss ip"
        ratios, best = np.divide(times[name], times[reference]), min(times[name])
        print(
            f"{name:28s} best {best:6.2f} s = {best / min(times[reference]):.2f} x the best "
            f"{reference} (in turns {ratios.min():.2f} to {ratios.max():.2f}), "
            f"{operations / best / 1e9:.0f} GFLOP/s"
        )
    for ours, theirs in (("dot", "faiss ip"), ("l2", "faiss l2")):
        print(f"same neighbour as {theirs}: {(results[ours] == results[theirs]).mean():.5f}")


if __name__ == "__main__":
    main()
