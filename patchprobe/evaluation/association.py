"""Association of objects in a video: what is nearest to an object among those of a later frame.

A query is an object that is in both frames; candidates are all objects of the later one.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

SIMILARITIES = ("dot", "l2", "cosine")
# Counts of a frame. "missed": of queries that another object is nearest to.
COUNTS = (
    *("queries", "candidates", "same_instance", "same_category"),
    *("same_category_missed", "candidates_of_category"),
)
_FRAMES_AT_ONCE = 256
_FRAMES_PER_GROUP = 6
_ROUNDING = 8  # units in the last place of the largest score that there can be


@dataclass(frozen=True, eq=False)
class _Query:
    """A frame of queries, and the candidates of all frames that lie a gap after it."""

    position: int
    frame: int
    later: list
    rows: np.ndarray
    gaps: list
    candidates: np.ndarray
    firsts: np.ndarray  # first candidate of each gap
    n_candidates: np.ndarray


def count(video, parts, frame_gaps, cuts, order, every, similarities, threads):
    """Count what is retrieved for the objects of every frame of a video.

    Parameters
    ----------
    video : patchprobe.evaluation.video_frames.VideoObjects
    parts : list of array-like of shape (n_rows, n_features)
        Descriptors in parts whose inner products add up, for all rows of the table of objects.
        They are read by slices of rows, some hundred frames at a time.
    frame_gaps : sequence of int
        In frames, 1 or more.
    cuts : sequence of int, ascending
        Numbers of features that are removed from every part: the first ones of `order`.
    order : numpy.ndarray of shape (n_features,), or None for the order in which they are
    every : int
        Frames whose number is a multiple of it are queries.
    similarities : sequence of {"dot", "l2", "cosine"}
        Nearest by Euclidean distance is "l2". Of candidates that are equally near up to rounding
        the first is retrieved.
    threads : int

    Returns
    -------
    numpy.ndarray of shape (n_similarities, n_cuts, n_gaps, n_frames, 6), int64
        See `COUNTS`. Zeros where there is no later frame, or no object in both.
    """
    if min(frame_gaps) < 1:
        raise ValueError(f"expected gaps of at least one frame, found {min(frame_gaps)}")
    shape = (len(similarities), len(cuts), len(frame_gaps), len(video.frames), len(COUNTS))
    counts = np.zeros(shape, np.int64)
    positions = np.flatnonzero(video.frames % every == 0)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        for first in range(0, len(positions), _FRAMES_AT_ONCE):
            some = positions[first : first + _FRAMES_AT_ONCE]
            queries = [_look_ahead(video, position, frame_gaps) for position in some]
            for query, found in _retrieve(queries, parts, cuts, order, similarities, pool):
                _tally(counts[:, :, :, query.position], found, query, video)
    return counts


def links(video, parts, frames, frame_gap, n_removed, order, similarity):
    """What is nearest to the objects of some frames after one gap, row by row; all read at once.

    Parameters
    ----------
    video, parts, order, similarity
        As in `count`.
    frames : sequence of int
        Their numbers.
    frame_gap, n_removed : int

    Returns
    -------
    dict of int to tuple of numpy.ndarray
        By frame: rows of its objects that are in the later frame, too, and rows of what is nearest
        to them there. Frames without any are left out.
    """
    positions = np.flatnonzero(np.isin(video.frames, frames))
    queries = [_look_ahead(video, position, [frame_gap]) for position in positions]
    found = {}
    with ThreadPoolExecutor(1) as pool:
        for query, nearest in _retrieve(queries, parts, [n_removed], order, [similarity], pool):
            identities = video.identities[query.rows], video.identities[query.candidates]
            is_query = np.isin(*identities)
            if is_query.any():
                rows = query.candidates[nearest[0, 0, :, 0]]
                found[int(video.frames[query.position])] = query.rows[is_query], rows[is_query]
    return found


def _look_ahead(video, position, frame_gaps):
    later = video.frames[position] + np.asarray(frame_gaps)
    places = np.searchsorted(video.frames, later)
    found = [
        (gap, video.rows[place])
        for gap, (place, frame) in enumerate(zip(places, later, strict=True))
        if place < len(video.frames) and video.frames[place] == frame
    ]
    n_candidates = np.array([len(rows) for _, rows in found], dtype=np.int64)
    return _Query(
        position,
        int(video.frames[position]),
        [int(later[gap]) for gap, _ in found],
        video.rows[position],
        [gap for gap, _ in found],
        np.concatenate([np.empty(0, np.int64), *(rows for _, rows in found)]),
        np.cumsum(n_candidates) - n_candidates,
        n_candidates,
    )


def _read_ahead(parts, rows, order, segments):
    """Yield rows of every part and their squared lengths; the next part is read in a thread.

    Yields
    ------
    numpy.ndarray of shape (n_rows, n_features)
        Features in order.
    numpy.ndarray of shape (n_segments, n_rows)
    """

    def read(part):
        values = part[rows]
        if order is not None:
            values = np.take(values, order, axis=1)  # the removed ones come first
        if values.dtype != np.float64:
            values = values.astype(np.float32)
        return values, np.stack([np.einsum("ij,ij->i", *[values[:, x]] * 2) for x in segments])

    with ThreadPoolExecutor(1) as reader:
        ahead = reader.submit(read, parts[0])
        for following in [*parts[1:], None]:
            found = ahead.result()
            if following is not None:
                ahead = reader.submit(read, following)
            yield found


class _Group:
    """Some frames of queries whose candidates are mostly the same, multiplied at once.

    Attributes
    ----------
    queries : list of _Query
    rows, candidates : numpy.ndarray of int
        Of all of these queries; each candidate once, ascending.
    products : numpy.ndarray of shape (n_cuts, n_rows, n_candidates), float64
    """

    def __init__(self, queries, n_cuts):
        self.queries = queries
        self.rows = np.concatenate([query.rows for query in queries])
        self.candidates = np.unique(np.concatenate([query.candidates for query in queries]))
        self.products = np.zeros((n_cuts, len(self.rows), len(self.candidates)))

    def add(self, values, start, segments):
        """Add the products of one part, whose first row is `start`, in segments of features."""
        wanted, offered = values[self.rows - start], values[self.candidates - start]
        for segment, of_segment in zip(segments, self.products, strict=True):
            of_segment += wanted[:, segment] @ offered[:, segment].T

    def each(self):
        """Yield each query with its own products."""
        first = 0
        for query in self.queries:
            rows = slice(first, first + len(query.rows))
            columns = np.searchsorted(self.candidates, query.candidates)
            yield query, self.products[:, rows][:, :, columns]
            first = rows.stop


def _groups(queries, n_cuts):
    """Groups of frames that look at the same later frames: those a step of the gaps apart."""
    gaps = {int(gap) for query in queries for gap in np.diff(query.later)}
    step = math.gcd(*gaps) or 1
    queries = sorted(queries, key=lambda query: (query.frame % step, query.frame))
    return [
        _Group(queries[first : first + _FRAMES_PER_GROUP], n_cuts)
        for first in range(0, len(queries), _FRAMES_PER_GROUP)
    ]


def _retrieve(queries, parts, cuts, order, similarities, pool):
    """Yield the frames of queries that have candidates, and what is nearest to their objects.

    Parameters
    ----------
    queries : list of _Query
    parts, cuts, order, similarities
        As in `count`.
    pool : concurrent.futures.Executor

    Yields
    ------
    _Query
    numpy.ndarray of shape (n_similarities, n_cuts, n_queries, n_gaps), int
        Into the candidates.
    """
    queries = [query for query in queries if query.gaps]
    if not queries:
        return
    n_features = parts[0].shape[1]
    if max(cuts) >= n_features:
        raise ValueError(f"expected fewer than {n_features} features to remove, found {max(cuts)}")
    every = [rows for query in queries for rows in (query.rows, query.candidates)]
    start, stop = min(map(np.min, every)), max(map(np.max, every)) + 1
    edges = [*cuts, n_features]  # what lies before the first cut is in none
    segments = [slice(low, high) for low, high in pairwise(edges)]
    groups, squares = _groups(queries, len(cuts)), np.zeros((len(cuts), stop - start))
    for values, of_part in _read_ahead(parts, slice(start, stop), order, segments):
        squares += of_part
        list(pool.map(lambda group, part=values: group.add(part, start, segments), groups))
    # a segment's products belong to all cuts that keep it
    for array in (squares, *(group.products for group in groups)):
        array[:] = np.cumsum(array[::-1], axis=0)[::-1]
    lengths, rounding = np.sqrt(squares), _ROUNDING * np.finfo(values.dtype).eps
    for group in groups:
        for query, products in group.each():
            of_both = (lengths[:, rows - start] for rows in (query.rows, query.candidates))
            arguments = (products, *of_both, query.firsts)
            yield query, np.stack([_nearest(*arguments, x, rounding) for x in similarities])


def _nearest(products, queries, candidates, firsts, similarity, rounding):
    """Candidate of each later frame that is nearest to each query, by its place among all.

    Parameters
    ----------
    products : numpy.ndarray of shape (n_cuts, n_queries, n_candidates)
    queries, candidates : numpy.ndarray of shapes (n_cuts, n_queries) and (n_cuts, n_candidates)
        Lengths.
    firsts : numpy.ndarray of shape (n_gaps,)
        First candidate of each frame.
    similarity : str
    rounding : float
        Candidates whose scores differ by less, relative to the largest score that there can be,
        are equally near.

    Returns
    -------
    numpy.ndarray of shape (n_cuts, n_queries, n_gaps), int
    """
    queries, candidates = queries[:, :, None], candidates[:, None]
    if similarity == "dot":
        scores, largest = products, queries * candidates
    elif similarity == "l2":  # without the query's own length, and negative
        scores, largest = 2 * products - candidates**2, (queries + candidates) ** 2
    elif similarity == "cosine":
        lengths = queries * candidates
        scores = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
        largest = np.ones_like(products)
    else:
        raise ValueError(f"expected a similarity of {SIMILARITIES}, found {similarity!r}")
    n_candidates = scores.shape[2]
    best = np.maximum.reduceat(scores, firsts, axis=2)
    best = np.repeat(best, np.diff(firsts, append=n_candidates), axis=2)
    places = np.where(scores >= best - rounding * largest, np.arange(n_candidates), n_candidates)
    return np.minimum.reduceat(places, firsts, axis=2)


def _tally(counts, found, query, video):
    """Write a frame's counts, of shape (n_similarities, n_cuts, n_gaps, 6)."""
    identities = video.identities[query.rows][:, None], video.identities[query.candidates]
    categories = video.categories[query.rows][:, None], video.categories[query.candidates]
    same_instance = identities[0] == identities[1][found]
    same_category = categories[0] == categories[1][found]
    is_query = np.logical_or.reduceat(identities[0] == identities[1], query.firsts, axis=1)
    of_category = (categories[0] == categories[1]).astype(np.int64)
    of_category = np.add.reduceat(of_category, query.firsts, axis=1)
    columns = (
        is_query.sum(axis=0),
        np.where(is_query.any(axis=0), query.n_candidates, 0),
        (same_instance & is_query).sum(axis=2),
        (same_category & is_query).sum(axis=2),
        (same_category & ~same_instance & is_query).sum(axis=2),
        (of_category * is_query).sum(axis=0),
    )
    for number, column in enumerate(columns):
        counts[:, :, query.gaps, number] = column
