"""Exact nearest neighbours of patches: three similarities and every removal setting in one search.

Removing the m features of highest variance leaves a prefix of the features sorted from the lowest
variance upwards. So one block of inner products, accumulated in that order, passes through all
settings, and each of them gives the dot product, the L2 distance and the cosine at little cost.
Eleven settings under three similarities cost about one search instead of thirty-three.

The search is exact (see `patchprobe.neighbours.engine`). Ties go to the lowest bank index.
"""

from dataclasses import dataclass

import numpy as np
import torch

from patchprobe.neighbours.cpu import CpuEngine, Workers
from patchprobe.neighbours.engine import Layout
from patchprobe.neighbours.gpu import GpuEngine
from patchprobe.neighbours.rows import RowBlocks

SIMILARITIES = ("dot", "l2", "cosine")


@dataclass(frozen=True)
class Neighbours:
    """Neighbours under every setting and similarity.

    Attributes
    ----------
    n_removed : tuple of int
    similarities : tuple of str
    index : numpy.ndarray of shape (len(n_removed), len(similarities), n_queries, k), int64
        Bank rows, nearest first.
    score : numpy.ndarray of the same shape, float64
        Inner product, cosine, or (for "l2") minus half the squared distance: larger is nearer.
    """

    n_removed: tuple
    similarities: tuple
    index: np.ndarray
    score: np.ndarray


def search(
    queries,
    bank,
    order=None,
    n_removed=(0,),
    similarities=SIMILARITIES,
    k=1,
    device="cpu",
    cache_bytes=2 * 2**30,
    excluded=None,
):
    """The k nearest bank rows of every query, for each number of removed features.

    Parameters
    ----------
    queries : array of shape (n_queries, n_features)
        NumPy, Zarr or Dask; read in chunks.
    bank : array of shape (n_bank, n_features)
        Kept in memory as float16 or float32 if that takes at most `cache_bytes`, else streamed.
    order : sequence of int, optional
        A permutation of the features: the first m are removed. Default: as they come.
    n_removed : sequence of int
        Numbers m of features to remove, each below n_features.
    similarities : sequence of {"dot", "l2", "cosine"}
        The cosine with a zero vector counts as 0.
    k : int
    device : str
        "cpu" or "cuda".
    cache_bytes : int
    excluded : array of shape (n_queries, 2), optional
        Bank rows start <= row < stop that are no neighbours of each query.

    Returns
    -------
    Neighbours
    """
    n_features = bank.shape[1]
    order = np.arange(n_features) if order is None else np.asarray(order)
    _check(queries, bank, order, n_removed, similarities, k)
    if excluded is not None:
        excluded = _checked_ranges(excluded, queries.shape[0], bank.shape[0], k)
    kept = sorted({n_features - m for m in n_removed})
    layout = Layout(tuple(kept), tuple(similarities), k)
    # without removal the order of the features does not matter: leave them in theirs
    columns = order[::-1] if len(kept) > 1 else np.sort(order[n_features - kept[0] :])
    bank = RowBlocks(bank, columns[: kept[-1]], device, cache_bytes)
    queries = RowBlocks(queries, columns[: kept[-1]], device, 0)
    if not len(queries):
        shape = (len(n_removed), len(similarities), 0, k)
        empty = np.zeros(shape, np.int64), np.zeros(shape)
        return Neighbours(tuple(n_removed), tuple(similarities), *empty)
    with _full_float32():
        parts = _search(queries, bank, layout, excluded)
    index, score = (np.concatenate(arrays, axis=2) for arrays in zip(*parts, strict=True))
    asked = [kept.index(n_features - m) for m in n_removed]
    return Neighbours(tuple(n_removed), tuple(similarities), index[asked], score[asked])


def _search(queries, bank, layout, excluded):
    """Indices and scores of one chunk of queries after another."""
    if bank.device.type == "cuda":
        return _chunk_by_chunk(GpuEngine(bank, layout), queries, excluded)
    with Workers() as workers:
        return _chunk_by_chunk(CpuEngine(bank, layout, workers), queries, excluded)


def _chunk_by_chunk(engine, queries, excluded):
    return [
        engine.search(chunk, None if excluded is None else excluded[start : start + len(chunk)])
        for start, chunk in queries.blocks(engine.n_queries_at_once)
    ]


class _full_float32:
    """Float32 products without TF32 or bfloat16 shortcuts, and without gradients."""

    def __enter__(self):
        self.before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        self.no_grad = torch.inference_mode()
        self.no_grad.__enter__()

    def __exit__(self, *error):
        self.no_grad.__exit__(*error)
        torch.set_float32_matmul_precision(self.before)


def _check(queries, bank, order, n_removed, similarities, k):
    n_features = bank.shape[1]
    if queries.shape[1] != n_features:
        raise ValueError(
            f"queries have {queries.shape[1]} features, the bank has {n_features}: expected equal"
        )
    if sorted(order.tolist()) != list(range(n_features)):
        raise ValueError(f"order is not a permutation of the {n_features} features")
    if not all(0 <= m < n_features for m in n_removed):
        raise ValueError(f"expected n_removed in 0..{n_features - 1}, found {list(n_removed)}")
    if unknown := set(similarities) - set(SIMILARITIES):
        raise ValueError(f"unknown similarity {sorted(unknown)}: expected some of {SIMILARITIES}")
    if not 1 <= k <= len(bank):
        raise ValueError(f"expected k in 1..{len(bank)} (rows of the bank), found {k}")


def _checked_ranges(excluded, n_queries, n_bank, k):
    excluded = np.asarray(excluded)
    if excluded.shape != (n_queries, 2) or excluded.dtype.kind not in "iu":
        raise ValueError(
            f"expected excluded ranges of bank rows, whole numbers of shape ({n_queries}, 2), "
            f"found {excluded.dtype} of shape {excluded.shape}"
        )
    start, stop = excluded.astype(np.int64).T
    if (start < 0).any() or (stop < start).any() or (stop > n_bank).any():
        raise ValueError(f"expected excluded ranges within 0..{n_bank} (rows of the bank)")
    if n_bank - (stop - start).max(initial=0) < k:
        raise ValueError(
            f"expected {k} or more rows of the bank besides the excluded ones, found "
            f"{n_bank - (stop - start).max()}"
        )
    return np.stack([start, stop], -1)
