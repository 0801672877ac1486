"""The search on a GPU: the paper's sweep and the plain one, against the card's own products.

Every way computes the same inner products of float16 features:

- bare product: float16 into float32, into the same memory each time: what the card can do
- float32 product: the same without tensor cores
- mm + topk: a plain search in torch, products and the best of each block, k = 1
- dot: ours, exact; and the sweep, all similarities

Before that, the products of the search are compared with those in float64.
"""

import argparse
import time

import numpy as np
import torch
from knn_speed import SWEEP, features

from patchprobe.neighbours import knn, products

TILE = 16384, 4096  # bank rows and queries


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bank", type=int, default=451_584)
    parser.add_argument("--queries", type=int, default=188_160)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--faiss-queries", type=int, help="also search so many with FAISS, on CPU")
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    bank = features(args.bank, args.features, rng)
    queries = features(args.queries, args.features, rng)
    device = torch.device(args.device)
    product = products.choose(device, torch.float16, torch.float16)
    name = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    print(f"{name}, {product.__name__}: bank {bank.shape}, queries {queries.shape}")
    compare_errors(product, device)
    times, found = measure(args, queries, bank, product, device)
    report(args, times, queries, bank, found)


def compare_errors(product, device):
    """Print the largest errors of products, as shares of their bound."""
    generator = torch.Generator(device).manual_seed(0)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, device=device, dtype=torch.float64)

    for spread, sign in ((0, "any sign"), (0, "same sign"), (3, "any sign"), (3, "same sign")):
        scales = torch.exp(spread * normal(768))
        q, b = normal(1024, 768) * scales, normal(4096, 768) * scales
        if sign == "same sign":
            q, b = q.abs(), b.abs()
        q, b = (rows.clamp(-6e4, 6e4).half() for rows in (q, b))
        found = torch.empty(1024, 4096, device=device)
        product.add(found, q.to(product.dtype), b.to(product.dtype), beta=0)
        q, b = q.double(), b.double()
        error = (found.double() - q @ b.T).abs() / (q.norm(dim=1)[:, None] * b.norm(dim=1))
        share = float(error.max()) / product.error(768, 1)
        print(f"largest error, {sign}, spread e^{spread}: {share:.4f} of the bound")


def measure(args, queries, bank, product, device):
    """Best seconds of every way, and the neighbours that they found."""
    here = [torch.from_numpy(rows).to(device, product.dtype) for rows in (queries, bank)]
    full = [rows[: 8 * TILE[0]].float() for rows in here]  # some, and in float32
    order = np.argsort(-bank[::16].astype(np.float64).var(0))
    sweep = [m for m in SWEEP if m < args.features]
    ways = {
        "bare product": lambda: multiply(*here, product),
        "float32 product": lambda: multiply(*full, products.Float32),
        "mm + topk": lambda: plain(*here, product),
        "dot": lambda: knn.search(queries, bank, similarities=("dot",), device=args.device).index[
            0, 0, :, 0
        ],
        f"sweep of {len(sweep)}, all three": lambda: knn.search(
            queries, bank, order, sweep, device=args.device
        ),
    }
    times, found = {name: [] for name in ways}, {}
    for turn in range(args.rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            found[name] = way()
            if device.type == "cuda":
                torch.cuda.synchronize()
            if turn:
                times[name].append(time.perf_counter() - start)
    pairs = {name: len(queries) * len(bank) for name in ways}
    pairs["float32 product"] = len(full[0]) * len(full[1])
    seconds = {name: min(taken) for name, taken in times.items()}
    return {name: (seconds[name], pairs[name]) for name in ways}, found


def multiply(queries, bank, product):
    tile = torch.empty(TILE[1], TILE[0], device=bank.device)
    for rows in bank.split(TILE[0]):
        for part in queries.split(TILE[1]):
            product.add(tile.view(-1)[: len(part) * len(rows)].view(len(part), -1), part, rows, 0)


def plain(queries, bank, product):
    best = torch.full((len(queries),), -torch.inf, device=bank.device)
    index = torch.zeros(len(queries), dtype=torch.int64, device=bank.device)
    for start, rows in zip(range(0, len(bank), TILE[0]), bank.split(TILE[0]), strict=True):
        for q in range(0, len(queries), TILE[1]):
            part = queries[q : q + TILE[1]]
            tile = torch.empty(len(part), len(rows), device=bank.device)
            product.add(tile, part, rows, 0)
            score, row = tile.topk(1)
            is_better = score[:, 0] > best[q : q + TILE[1]]
            best[q : q + TILE[1]] = torch.where(is_better, score[:, 0], best[q : q + TILE[1]])
            found = torch.where(is_better, row[:, 0] + start, index[q : q + TILE[1]])
            index[q : q + TILE[1]] = found
    return index.cpu().numpy()


def report(args, times, queries, bank, found):
    bare_seconds, pairs = times["bare product"]
    bare = pairs / bare_seconds
    for name, (seconds, pairs) in times.items():
        rate = 2 * pairs * args.features / seconds / 1e12
        print(
            f"{name:28s} {seconds:8.2f} s {rate:8.2f} TFLOP/s "
            f"= {pairs / seconds / bare:.2f} of the bare product"
        )
    print(f"same neighbour as mm + topk: {(found['mm + topk'] == found['dot']).mean():.6f}")
    if args.faiss_queries:
        import faiss

        some = queries[: args.faiss_queries].astype(np.float32)
        start = time.perf_counter()
        theirs = faiss.knn(some, bank.astype(np.float32), 1, faiss.METRIC_INNER_PRODUCT)[1][:, 0]
        seconds = time.perf_counter() - start
        rate = 2 * len(some) * len(bank) * args.features / seconds / 1e12
        print(f"FAISS on the CPU, {len(some)} queries: {seconds:.2f} s, {rate:.3f} TFLOP/s")
        print(f"same neighbour: {(theirs == found['dot'][: len(some)]).mean():.6f}")


if __name__ == "__main__":
    main()
