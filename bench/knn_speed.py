"""Time of exact 1-NN and of the removal sweep, as ratios to one FAISS search, same threads."""

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
    ways = {
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
    for name in list(ways)[2:]:
        reference = "faiss l2" if name == "l2" else "faiss ip"
        ratios = np.divide(times[name], times[reference])
        print(
            f"{name:28s} {np.median(times[name]):7.2f} s   "
            f"{np.median(ratios):.2f} x one {reference} (min {ratios.min():.2f}, "
            f"max {ratios.max():.2f})"
        )
    for ours, theirs in (("dot", "faiss ip"), ("l2", "faiss l2")):
        print(f"same neighbour as {theirs}: {(results[ours] == results[theirs]).mean():.5f}")


if __name__ == "__main__":
    main()
