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

from patchprobe.neighbours import products
from patchprobe.neighbours.cpu import CpuEngine, Workers
from patchprobe.neighbours.engine import Layout
from patchprobe.neighbours.gpu import GpuEngine
from patchprobe.neighbours.rows import Rows

SIMILARITIES = ("dot", "l2", "cosine")
_BANK_BYTES = 2**28  # of the bank in the memory of a CPU: more gains nothing
_BANK_SHARE = 4  # and on a GPU, one part in so many of what is free
_PART_ROWS = 2**21  # with more rows, too few queries fit beside their group maxima


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
    bank_bytes=None,
    excluded=None,
):
    """The k nearest bank rows of every query, for each number of removed features.

    Parameters
    ----------
    queries : array of shape (n_queries, n_features)
        NumPy, Zarr or Dask; read in chunks.
    bank : array of shape (n_bank, n_features)
        Searched as a whole if it takes at most `bank_bytes`, else part by part.
    order : sequence of int, optional
        A permutation of the features: the first m are removed. Default: as they come.
    n_removed : sequence of int
        Numbers m of features to remove, each below n_features.
    similarities : sequence of {"dot", "l2", "cosine"}
        The cosine with a zero vector counts as 0.
    k : int
    device : str
        "cpu" or "cuda".
    bank_bytes : int, optional
        How much memory (of the device) the bank may take, as float16 or float32. Default: 256 MiB
        on a CPU, a quarter of what is free on a GPU. Results do not depend on it.
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
    bank, queries = (Rows(rows, columns[: kept[-1]], device) for rows in (bank, queries))
    n_rows = _rows_of_part(bank, bank_bytes)
    with _full_float32():
        index, score = _search(queries, bank, n_rows, layout, excluded)
    shape = (len(kept), len(similarities), len(queries), k)
    index, score = index.reshape(shape), score.reshape(shape)
    asked = [kept.index(n_features - m) for m in n_removed]
    if asked != list(range(len(kept))):
        index, score = index[asked], score[asked]
    return Neighbours(tuple(n_removed), tuple(similarities), index, score)


def _rows_of_part(bank, bank_bytes):
    """Rows of a part of the bank: all of them, or so many that two parts fit into memory."""
    if bank_bytes is None and bank.device.type == "cuda":
        bank_bytes = torch.cuda.mem_get_info(bank.device)[0] // _BANK_SHARE
    fitting = (_BANK_BYTES if bank_bytes is None else bank_bytes) // bank.bytes_of_row
    if len(bank) <= min(fitting, _PART_ROWS):
        return len(bank)
    return max(1, min(fitting // 2, _PART_ROWS))  # the next one is read meanwhile


def _search(queries, bank, n_rows, layout, excluded):
    """Bank rows and exact scores, each (n_settings, n_queries, k), part by part of the bank."""
    shape = (layout.n, len(queries), layout.k)
    index, score = np.full(shape, -1), np.full(shape, -np.inf)
    product = products.choose(bank.device, bank.dtype, queries.dtype)
    with Workers() as workers:
        for first, part in bank.pieces(n_rows):
            if bank.device.type == "cuda":
                engine = GpuEngine(part, first, layout, product)
            else:
                engine = CpuEngine(part, first, layout, workers)
            for start, chunk in queries.pieces(engine.n_queries_at_once):
                span = slice(start, start + len(chunk))
                ranges = None if excluded is None else excluded[span]
                ranking = index[:, span].copy(), score[:, span].copy()  # contiguous: compiled once
                engine.search(chunk, *ranking, ranges)
                index[:, span], score[:, span] = ranking
            del part, engine  # before the next but one is read
    return index, score


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
