"""k-NN beyond the paper: votes of more neighbours, scaled features, other removals; hubs, norms."""

import numpy as np

from patchprobe.crops.labels import LABEL_RULES
from patchprobe.embeddings import scaling
from patchprobe.evaluation.outcomes import hubness
from patchprobe.neighbours import check, knn
from patchprobe.neighbours.votes import soft_weights, vote

N_DRAWS = 3  # of random features
OF_PROTOCOLS = ("dot", "l2")  # similarities of which figures show controls
QUANTILES = {"min": 0, "q01": 0.01, "median": 0.5, "q99": 0.99, "max": 1}


def control_orders(order, seed):
    """Other orders in which features are removed.

    Parameters
    ----------
    order : numpy.ndarray of shape (n_features,)
        Features by variance, the highest first.
    seed : int

    Returns
    -------
    list of (str, int, numpy.ndarray)
        What is removed first ("lowest" or "random"), number of the draw, order.
    """
    rngs = [np.random.default_rng([seed, draw]) for draw in range(N_DRAWS)]
    drawn = [("random", draw, rng.permutation(len(order))) for draw, rng in enumerate(rngs)]
    return [("lowest", 0, order[::-1].copy()), *drawn]


class Variants:
    """Searches with one bank and one query, and what follows from them.

    Parameters
    ----------
    scores : patchprobe.evaluation.scores.Segmentation
    bank : patchprobe.evaluation.classification.Bank
    query : array of shape (n_patches, n_features)
    layer : int

    Attributes
    ----------
    patches : list of dict
        Rows of `hubs` and `norms`.
    """

    def __init__(self, scores, bank, query, layer):
        self.scores, self.bank, self.query, self.layer = scores, bank, query, layer
        self.rows, self.order = bank.rows(layer), bank.order(layer)
        self.patches = []
        self.as_they_are = None  # the neighbours by all features, which votes and scalings share

    def votes(self, n_removed, ks, temperature):
        """Votes of the k nearest, for every k that the bank has patches for.

        "majority" votes weigh alike; of "soft" votes of the cosine each weighs exp(cosine /
        temperature), as in DINO's k-NN (Wu et al., 2018).
        """
        ks = [k for k in ks if k <= self.rows.shape[0]]
        for m in self.bank.feasible(n_removed, self.layer):
            found = self._search(self.query, self.rows, self.order, [m], max(ks))
            self._hubs(found)
            if m == 0:
                self.as_they_are = found
            for s, similarity in enumerate(found.similarities):
                weights = {"majority": None}
                if similarity == "cosine":
                    weights["soft"] = soft_weights(found.score[0, s], temperature)
                for how, weight in weights.items():
                    for rule in LABEL_RULES:
                        classes = vote(self.bank.labels[rule], found.index[0, s], ks, weight)
                        for k, of_k in zip(ks, classes, strict=True):
                            keys = {"n_removed": m, "similarity": similarity, "vote": how, "k": k}
                            self._add(of_k, rule, **keys)

    def scalings(self):
        """Nearest neighbours of features as they are, centred, standardised and whitened."""
        found = self.as_they_are or self._search(self.query, self.rows, self.order, [0])
        self._score(found, scaling="none")
        moments = scaling.moments(self.rows)
        for name in scaling.SCALINGS:
            scale = scaling.fit(name, *moments)
            query, rows = scale(self.query), scale(self.rows)
            found = self._search(query, rows, np.arange(rows.shape[1]), [0])
            self._hubs(found, scaling=name)
            self._score(found, scaling=name)

    def controls(self, n_removed, seed):
        """Nearest neighbours without features of lowest variance, and without random ones."""
        removed = self.bank.feasible(n_removed, self.layer)
        for removal, draw, order in control_orders(self.order, seed):
            found = self._search(self.query, self.rows, order, removed, of=OF_PROTOCOLS)
            self._score(found, removal=removal, draw=draw)

    def norms(self, n_removed):
        """Lengths of the patches of bank and query: mean, deviation, quantiles."""
        for name, rows in (("bank", self.rows), ("query", self.query)):
            for m in self.bank.feasible(n_removed, self.layer):
                kept = np.sort(self.order[m:])
                lengths = np.concatenate(
                    [
                        np.linalg.norm(block[:, kept].astype(np.float64), axis=1)
                        for block in _blocks(rows)
                    ]
                )
                values = {"mean": lengths.mean(), "sd": lengths.std()}
                values |= {what: np.quantile(lengths, q) for what, q in QUANTILES.items()}
                for what, value in values.items():
                    self._add_patches(f"norm_{what}", value, n_removed=m, patches=name)

    def _search(self, query, rows, order, n_removed, k=1, of=knn.SIMILARITIES):
        found = knn.search(query, rows, order, n_removed, of, k, self.bank.device)
        check.against_faiss(query, rows, order, found)
        return found

    def _score(self, found, **keys):
        for m, n in enumerate(found.n_removed):
            for s, similarity in enumerate(found.similarities):
                for rule in LABEL_RULES:
                    (classes,) = vote(self.bank.labels[rule], found.index[m, s], [1])
                    self._add(classes, rule, n_removed=n, similarity=similarity, **keys)

    def _add(self, classes, rule, **keys):
        about = self.bank.keys(self.layer, len(self.bank.selection.images), self.scores.selection)
        setting = {"removal": "highest", "draw": 0, "scaling": "none", "vote": "majority", "k": 1}
        self.scores.add(classes, rule, classifier="knn", **about, **{**setting, **keys})

    def _hubs(self, found, **keys):
        for s, similarity in enumerate(found.similarities):
            values = hubness(found.index[0, s, :, 0], self.rows.shape[0])
            for what, value in values.items():
                setting = {"n_removed": found.n_removed[0], "similarity": similarity, **keys}
                self._add_patches(what, value, **setting)

    def _add_patches(self, metric, value, **keys):
        about = self.bank.keys(self.layer, len(self.bank.selection.images), self.scores.selection)
        setting = {"n_removed": 0, "scaling": "none", "similarity": "", "patches": "", **keys}
        self.patches.append({**about, **setting, "metric": metric, "value": value})


def _blocks(rows, n=16384):
    for start in range(0, rows.shape[0], n):
        yield np.asarray(rows[start : start + n])
