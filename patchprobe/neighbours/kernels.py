"""Compiled loops of the search on a CPU.

They run without Python's lock, so that the search calls them from threads. Each works alone on its
part of the result and in a fixed order: nothing depends on the number of threads.
"""

import math

import numpy as np
from numba import njit

_ANY_ORDER = {"reassoc", "contract", "nsz"}  # sums may be vectorised; NaN stay NaN


def compiled(fastmath=False):
    """Compile a function, and keep the result for other processes where a folder is writable.

    Numba keeps it beside this file, in NUMBA_CACHE_DIR or in the user's cache folder. Where none
    is writable each process compiles anew.
    """

    def decorate(function):
        try:
            return njit(function, nogil=True, fastmath=fastmath, cache=True)
        except (RuntimeError, OSError):  # "no locator available", or its folder cannot be made
            return njit(function, nogil=True, fastmath=fastmath)

    return decorate


@compiled(fastmath=_ANY_ORDER)
def prefix_squares(rows, stops, squares):
    """Squared lengths of the first `stops` features, float64, into (n_rows, n_stops)."""
    for row in range(rows.shape[0]):
        total, start = 0.0, 0
        for i in range(stops.shape[0]):
            for value in rows[row, start : stops[i]]:
                total += np.float64(value) * np.float64(value)
            squares[row, i] = total
            start = stops[i]


@compiled()
def group_maxima(tile, half_squares, inverse_norms, group, places, maxima, corner):
    """Maxima over groups of bank rows of the similarities asked for, from one tile of products.

    Parameters
    ----------
    tile : array of shape (n_rows, n_queries), float32
        Inner products; its first row begins a group.
    half_squares, inverse_norms : array of shape (n_rows,), float32
    group : int
        Rows of a group; the last may be shorter.
    places : tuple of three int
        Positions of dot product, L2 and cosine in `maxima`, -1 where not asked for.
    maxima : array of shape (n_settings, n_groups, n_queries), float32
        Written, from `corner` (setting, group, query) on.
    """
    dot, l2, cosine = places
    n_rows, n_queries = tile.shape
    setting, first_group, q = corner
    for start in range(0, n_rows, 4):
        # four rows at once; behind the last row, the last one again
        a, b = start, min(start + 1, n_rows - 1)
        c, d = min(start + 2, n_rows - 1), min(start + 3, n_rows - 1)
        w, x, y, z = tile[a], tile[b], tile[c], tile[d]
        shift = (half_squares[a], half_squares[b], half_squares[c], half_squares[d])
        scale = (inverse_norms[a], inverse_norms[b], inverse_norms[c], inverse_norms[d])
        g, stop = first_group + start // group, q + n_queries
        if start % group == 0:
            for similarity in range(max(places) + 1):
                maxima[setting + similarity, g, q:stop] = -np.inf
        # one loop each: Numba's compiler vectorises no loop over more arrays
        if dot >= 0:
            _raise_dot(maxima[setting + dot, g, q:stop], w, x, y, z)
        if l2 >= 0:
            _raise_l2(maxima[setting + l2, g, q:stop], w, x, y, z, shift)
        if cosine >= 0:
            _raise_cosine(maxima[setting + cosine, g, q:stop], w, x, y, z, scale)


@compiled()
def _raise_dot(best, w, x, y, z):
    for q in range(w.shape[0]):
        best[q] = max(best[q], max(max(w[q], x[q]), max(y[q], z[q])))


@compiled()
def _raise_l2(best, w, x, y, z, shift):
    a, b, c, d = shift
    for q in range(w.shape[0]):
        best[q] = max(best[q], max(max(w[q] - a, x[q] - b), max(y[q] - c, z[q] - d)))


@compiled()
def _raise_cosine(best, w, x, y, z, scale):
    a, b, c, d = scale
    for q in range(w.shape[0]):
        best[q] = max(best[q], max(max(w[q] * a, x[q] * b), max(y[q] * c, z[q] * d)))


@compiled(fastmath=_ANY_ORDER)
def _dot(query, row):
    total = np.float32(0)
    for j in range(query.shape[0]):
        total += query[j] * row[j]
    return total


@compiled()
def _exact_scores(query, row, stops, places, scores):
    """Float64 scores under every setting, summed in order: the same on every processor."""
    dot, l2, cosine = places
    n_similarities = scores.shape[0] // stops.shape[0]
    product, distance, of_query, of_row, start = 0.0, 0.0, 0.0, 0.0, 0
    for i in range(stops.shape[0]):
        for j in range(start, stops[i]):
            q, b = np.float64(query[j]), np.float64(row[j])
            product += q * b
            distance += (q - b) * (q - b)
            of_query += q * q
            of_row += b * b
        start = stops[i]
        setting = i * n_similarities
        if dot >= 0:
            scores[setting + dot] = product
        if l2 >= 0:
            scores[setting + l2] = distance / -2
        if cosine >= 0:
            norms = math.sqrt(of_query) * math.sqrt(of_row)
            scores[setting + cosine] = product / norms if norms > 0 else 0.0


@compiled()
def _insert(index, score, new_index, new_score):
    """Insert into a ranking. Rows come in ascending order, so that ties stay with the lowest."""
    place = index.shape[0]
    while place > 0 and new_score > score[place - 1]:
        place -= 1
    for later in range(index.shape[0] - 1, place, -1):
        index[later], score[later] = index[later - 1], score[later - 1]
    if place < index.shape[0]:
        index[place], score[place] = new_index, new_score


@compiled()
def rank(span, queries, rows, corner, group, layout, norms, maxima, lowest, excluded, index, score):
    """Rank the rows of a block in float64 where their group and they themselves reach `lowest`.

    Parameters
    ----------
    span : tuple of two int
        The queries to rank for: first, and one behind the last.
    queries : array of shape (n_queries, n_features), float32
    rows : array of shape (n_rows, n_features), float32
        The block; its first row begins a group.
    corner : tuple of two int
        Bank row where this part of the bank begins, and where `rows` begin in the part.
    group : int
    layout : tuple
        Where each prefix of features ends (array of shape (n_stops,), int64), and the places of
        the similarities as in `group_maxima`.
    norms : tuple of two arrays of shape (n_stops, n_rows_of_part), float32
        Half the squared lengths of the rows of the part, and their inverse lengths.
    maxima : array of shape (n_settings, n_groups, n_queries), float32
    lowest : array of shape (n_settings, n_queries), float32
    excluded : array of shape (n_queries, 2), int64
        Bank rows start <= row < stop that are passed over.
    index, score : arrays of shape (n_settings, n_queries, k), int64 and float64
        The ranking so far; updated.
    """
    n_settings, n_queries = lowest.shape[0], span[1] - span[0]
    is_open, n_open = np.empty((n_queries, n_settings), np.int64), np.empty(n_queries, np.int64)
    exact = np.empty(n_settings, np.float64)
    for first in range(0, rows.shape[0], group):
        bests = maxima[:, (corner[1] + first) // group]
        _find_open(bests[:, span[0] : span[1]], lowest[:, span[0] : span[1]], is_open, n_open)
        block = rows[first : min(first + group, rows.shape[0])]
        for q in range(n_queries):
            query = span[0] + q
            if n_open[q] > 0:
                _rank_group(
                    queries[query], block, (corner[0], corner[1] + first), layout, norms,
                    is_open[q, : n_open[q]], lowest[:, query], excluded[query], exact,
                    index[:, query], score[:, query],
                )  # fmt: skip


@compiled()
def _find_open(bests, lowest, is_open, n_open):
    """Settings in ascending order under which a group is open: is_open[q, : n_open[q]]."""
    n_open[:] = 0
    for setting in range(bests.shape[0]):
        for q in range(bests.shape[1]):
            if bests[setting, q] >= lowest[setting, q]:
                is_open[q, n_open[q]] = setting
                n_open[q] += 1


@compiled()
def _rank_group(query, rows, corner, layout, norms, is_open, lowest, excluded, exact, index, score):
    """Insert bank rows from `corner` on into the rankings of the open settings they reach."""
    first_of_part, first = corner
    stops, places = layout
    half_squares, inverse_norms = norms
    n_similarities = lowest.shape[0] // stops.shape[0]
    for row in range(rows.shape[0]):
        number = first_of_part + first + row
        if excluded[0] <= number < excluded[1]:
            continue
        product, start, known = np.float32(0), 0, False
        for setting in is_open:
            i, similarity = setting // n_similarities, setting % n_similarities
            if stops[i] > start:
                product += _dot(query[start : stops[i]], rows[row, start : stops[i]])
                start = stops[i]
            reached = product
            if similarity == places[1]:
                reached = product - half_squares[i, first + row]
            elif similarity == places[2]:
                reached = product * inverse_norms[i, first + row]
            if reached >= lowest[setting]:
                if not known:
                    _exact_scores(query, rows[row], stops, places, exact)
                    known = True
                _insert(index[setting], score[setting], number, exact[setting])
