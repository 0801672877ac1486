"""Time and peak memory of the retrieval of one representation at the paper's size, against FAISS.

57,820 bank patches (295 tiles of 196); a tenth of the patches of the clean tiles and of 20 changed
ones are queries. Ours searches by three similarities at once; FAISS does the same searches, one by
one, casting and normalising within its time. Both get float16 features.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np
import torch
from knn_speed import features

from patchprobe import store
from patchprobe.embeddings.patches import ChangedLabels, Labels, Tokens
from patchprobe.evaluation import retrieval
from patchprobe.evaluation.retrieval_scores import RetrievalScores
from patchprobe.neighbours import knn

FAMILIES = ("shift", "rotate", "scale", "blur", "noise")
LEVELS = [f"{family}-{level}" for family in FAMILIES for level in (1, 2, 3, 4)]


def faiss_search(queries, bank, similarity):
    """Nearest rows by FAISS."""
    queries, bank = queries.astype(np.float32), bank.astype(np.float32)
    if similarity == "cosine":
        faiss.normalize_L2(queries)
        faiss.normalize_L2(bank)
    metric = faiss.METRIC_L2 if similarity == "l2" else faiss.METRIC_INNER_PRODUCT
    return faiss.knn(queries, bank, 1, metric)[1][:, 0]


def write_stores(folder, n_tiles, n_features, rng):
    """Stores of tokens and labels as the workflow makes them; a tenth of the patches are objects.

    Changed patches are near their originals.
    """
    images = [["val", f"tile_{i:03d}", 0] for i in range(n_tiles)]
    about = {"images": images, "tiles": [[1, 1]] * n_tiles, "left_out": [], "grid": [14, 14]}
    classes = {"names": ["background", "object"], "evaluated": [1], "absent": "skip"}
    classes["groups"] = classes["names"]
    labels = (rng.random((n_tiles, 196)) < 0.101).astype(np.uint8)
    original = np.tile(np.arange(196, dtype=np.int16), (n_tiles, 1))
    clean = features(n_tiles * 196, n_features, rng).reshape(n_tiles, 196, n_features)
    spread = clean.std(axis=(0, 1), dtype=np.float32)
    names = {"labels": ["centre", "majority"], "changed_labels": []}
    for level in LEVELS:
        names["changed_labels"] += [f"{level}/{x}" for x in ("centre", "majority", "original")]
    for store_name, arrays in names.items():
        attributes = {**about, "classes": classes, "groups": ["a"] * n_tiles, "levels": LEVELS}
        store.create(folder / store_name, attributes)
        for name in arrays:
            values = original if name.endswith("original") else labels
            write(folder / store_name, name, values)
        store.seal(folder / store_name)
    for store_name, levels in (("clean", ["clean"]), ("changed", LEVELS)):
        about |= {"crops": [0, n_tiles, n_tiles], "levels": levels, "backbone": "x"}
        store.create(folder / store_name, about)
        for level in levels:
            values = clean
            if level != "clean":
                noise = rng.standard_normal(clean.shape, dtype=np.float32)
                values = (clean + noise * spread).astype(np.float16)
            write(folder / store_name, f"{level}/layer_12/patches", values)
        store.seal(folder / store_name)


def write(path, name, values):
    chunks = (32, *values.shape[1:])
    store.create_array(path, name, values.shape, values.dtype, chunks)[:] = values


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=295)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    faiss.omp_set_num_threads(args.threads)
    times = {}
    search = knn.search

    def timed(queries, bank, *rest, **options):
        start = time.perf_counter()
        found = search(queries, bank, *rest, **options)
        times[len(times)] = (queries.shape, str(queries.dtype), time.perf_counter() - start)
        return found

    retrieval.knn.search = timed
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_stores(folder, args.tiles, args.features, np.random.default_rng(0))
        tokens, changed = (Tokens([folder / name]) for name in ("clean", "changed"))
        items = [tuple(image[:2]) for image in tokens.attributes["images"]]
        start = time.perf_counter()
        labels, changed_labels = Labels(folder / "labels"), ChangedLabels(folder / "changed_labels")
        scores = RetrievalScores(labels, changed_labels, items, items)
        order = np.arange(args.features)
        found = retrieval.search(
            scores, tokens, changed, order, 12, [0], {"blur": "tile"}, 0, "cpu"
        )
        whole = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        bank = np.asarray(tokens.rows(scores.bank, 12))
        queries = np.concatenate(list(retrieval._queries(scores, tokens, changed, 12).values()))
    print(f"bank {bank.shape}, queries {queries.shape}, {args.threads} threads")
    print(f"the whole retrieval: {whole:.1f} s, peak memory of the process {peak:.2f} GiB")
    for shape, dtype, took in times.values():
        print(f"  search of {shape} {dtype} by three similarities: {took:.1f} s")
    total = 0
    for s, similarity in enumerate(("dot", "l2", "cosine")):
        start = time.perf_counter()
        theirs = faiss_search(queries, bank, similarity)
        took = time.perf_counter() - start
        total += took
        same = (theirs == found["found"][0, s]).mean()
        print(f"FAISS, {similarity:7} {took:.1f} s, same neighbour for {same:.5f}")
    print(f"ours, features as they are / the three searches of FAISS: {times[0][2] / total:.2f}")


if __name__ == "__main__":
    main()
