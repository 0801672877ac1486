"""Retrieve the patches of changed images among those of the original images (Sec. 5.2)."""

import numpy as np

from patchprobe.crops.variants import CLEAN
from patchprobe.embeddings import scaling
from patchprobe.errors import StoreError
from patchprobe.neighbours import check, knn


def search(scores, tokens, changed, order, layer, n_removed, excluded, seed, device):
    """Search all levels with every choice of features, and score what is found.

    The choices: features as they are and without those of highest variance (`removal` "highest");
    as controls, without as many of the lowest variance or as many random ones, and with every
    feature standardised by its mean and variance over the bank.

    Parameters
    ----------
    scores : patchprobe.evaluation.retrieval_scores.RetrievalScores
    tokens, changed : patchprobe.embeddings.patches.Tokens
        Of the original images and of the changed ones.
    order : numpy.ndarray of shape (n_features,), int
        Features from the highest variance to the lowest.
    layer : int
    n_removed : list of int
        0 first.
    excluded : dict of str to str
        Families of changes that are searched once more, and what is then left out of the bank, see
        `RetrievalScores.excluded`.
    seed : int
        Of the random features.
    device : str

    Returns
    -------
    dict of str to numpy.ndarray
        What was found with features as they are and without those of highest variance: `n_removed`,
        `similarities`, `found` (n_removed, n_similarities, n_queries) bank rows, and what
        `RetrievalScores.places` tells of queries and bank.
    """
    bank = tokens.rows(_selected(tokens, scores.bank), layer)
    queries = _queries(scores, tokens, changed, layer)
    removed = [m for m in n_removed if m]
    shuffled = np.random.default_rng(seed).permutation(order)
    standard = scaling.fit("standardised", *scaling.moments(bank))

    def add(queries, bank, order, n_removed, removal="highest", standardised=False, left_out=""):
        rows = np.concatenate(list(queries.values()))
        ranges = scores.excluded(list(queries), left_out) if left_out else None
        found = knn.search(rows, bank, order, n_removed, device=device, excluded=ranges)
        ends = np.cumsum([len(of_level) for of_level in queries.values()])[:-1]
        for m, n in enumerate(found.n_removed):
            for s, similarity in enumerate(found.similarities):
                by_level = np.split(found.index[m, s, :, 0], ends)
                for level, of_level in zip(queries, by_level, strict=True):
                    scores.add(
                        level,
                        of_level,
                        removal=removal,
                        n_removed=n,
                        standardised=standardised,
                        similarity=similarity,
                        excluded=left_out,
                    )
        return rows, found

    rows, found = add(queries, bank, order, n_removed)
    check.against_faiss(rows, bank, order, found)
    if removed:
        add(queries, bank, order[::-1], removed, "lowest")
        add(queries, bank, shuffled, removed, "random")
    scaled = {level: standard(of_level) for level, of_level in queries.items()}
    add(scaled, standard(bank), order, [0], standardised=True)
    for family, left_out in excluded.items():
        some = {x: of_level for x, of_level in queries.items() if x.startswith(f"{family}-")}
        add(some, bank, order, n_removed, left_out=left_out)
    return {
        **scores.places(),
        "n_removed": np.array(found.n_removed),
        "similarities": np.array(found.similarities),
        "found": found.index[..., 0].astype(np.int32),
    }


def _queries(scores, tokens, changed, layer):
    """Embeddings of the queries of every level."""
    found = {}
    for level, about in scores.levels.items():
        source, crops = (tokens, scores.query) if level == CLEAN else (changed, scores.changed)
        found[level] = source.rows(_selected(source, crops), layer, level).compute()[about.queries]
    return found


def _selected(tokens, labelled):
    """The crops of labelled images in a store of tokens; an error if they are others."""
    selection = tokens.select(labelled.items)
    if selection.images != labelled.images:
        raise StoreError(
            f"{tokens.parts[0]} embeds other images than are labelled: remake it with "
            f"`snakemake --force {tokens.parts[0]}`."
        )
    return selection
