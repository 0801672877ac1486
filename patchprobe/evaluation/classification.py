"""Classify query patches by the nearest bank patches and by linear probes, and score it.

Both classifiers predict first; one piece of code scores (`patchprobe.evaluation.scores`). So the
k-NN of parts of the query images can be predicted by jobs of their own (`prediction_parts`).
"""

import numpy as np

from patchprobe.crops.labels import LABEL_RULES
from patchprobe.embeddings.variance import feasible_removals, removal_order
from patchprobe.errors import StoreError
from patchprobe.evaluation import linear
from patchprobe.neighbours import check, knn
from patchprobe.neighbours.votes import vote


class Bank:
    """Labelled training patches of one subset after the other.

    Parameters
    ----------
    tokens : patchprobe.embeddings.patches.Tokens
    labels : patchprobe.embeddings.patches.Labels
    ranking : pandas.DataFrame
        Variances of the features of every layer.
    device : str
    """

    def __init__(self, tokens, labels, ranking, device):
        self.tokens, self.store, self.ranking, self.device = tokens, labels, ranking, device
        self.left_out = []

    def take(self, name, items):
        """Make the images of a subset the bank."""
        self.name, self.selection = name, self.tokens.select(items)
        labelled = self.store.select(items)
        if labelled.images != self.selection.images:
            raise StoreError(
                f"{self.store.path} labels other images than {self.tokens.parts[0]} embeds: "
                f"remake it with `snakemake --force {self.store.path}`."
            )
        self.labels = {rule: self.store.labels(labelled, rule) for rule in LABEL_RULES}
        self.left_out = sorted({*self.left_out, *self.selection.left_out})

    def rows(self, layer):
        """Embeddings of the bank, (n_patches, n_features)."""
        return self.tokens.rows(self.selection, layer)

    def rows_of_own_group(self):
        """Bank rows [start, stop) of the group (city) of every patch: (n_patches, 2), int64."""
        groups = [self.store.groups[image] for image in self.selection.images]
        n_patches = np.bincount(self.selection.image_of_crop) * np.prod(self.store.grid)
        starts = np.cumsum([0, *n_patches])
        ranges = {}
        for name in dict.fromkeys(groups):
            first, last = groups.index(name), len(groups) - groups[::-1].index(name)
            ranges[name] = (starts[first], starts[last])
            if len(set(groups)) < 2 or set(groups[first:last]) != {name}:
                raise ValueError(
                    f"to hold out each group (city) of {self.name!r}, expected two or more whose "
                    f"images lie one after the other, found {', '.join(dict.fromkeys(groups))}: "
                    "take another bank, or leave the table out (`figures: {layer_choice: []}`)"
                )
        return np.repeat([ranges[name] for name in groups], n_patches, axis=0)

    def order(self, layer):
        """Features in the order in which they are removed."""
        return removal_order(self.ranking, layer)

    def feasible(self, n_removed, layer):
        """The numbers of removed features that leave one."""
        n_features = len(self.order(layer))
        return feasible_removals(n_removed, n_features, self.tokens.attributes["backbone"])

    def examples(self, images, layer, label_rule):
        """Embeddings and labels of the patches of some images of the bank, to train on."""
        items = [image[:2] for image in images]
        rows = self.tokens.rows(self.tokens.select(items), layer).compute()
        return rows, self.store.labels(self.store.select(items), label_rule)

    def keys(self, layer, n_train_images, query):
        """What tables say of a setting; `query` is the `Selection` that is evaluated."""
        return {
            "dataset": self.tokens.attributes["dataset"],
            "backbone": self.tokens.attributes["backbone"],
            "layer": layer,
            "train_set": self.name,
            "n_train_images": n_train_images,
            "n_left_out": len(self.selection.left_out) + len(query.left_out),
        }


def predict_knn(bank, query, rows, layer, n_removed, k, excluded=None):
    """Classify by k-NN under all similarities, label rules and numbers of removed features.

    Parameters
    ----------
    bank : Bank
    query : patchprobe.embeddings.patches.Selection
        The images that are classified, or those that they are a part of.
    rows : array of shape (n_patches, n_features)
        Their embeddings.
    layer : int
    n_removed : sequence of int
    k : int
    excluded : array of shape (n_patches, 2), optional
        Bank rows that are no neighbours of each query, see `patchprobe.neighbours.knn.search`.

    Yields
    ------
    dict
        The setting: columns of its rows, and the label rule.
    numpy.ndarray of shape (n_patches,), uint8
        Predicted classes.
    """
    bank_rows, order = bank.rows(layer), bank.order(layer)
    removed = bank.feasible(n_removed, layer)
    found = knn.search(rows, bank_rows, order, removed, k=k, device=bank.device, excluded=excluded)
    if excluded is None:  # FAISS cannot leave rows out
        check.against_faiss(rows, bank_rows, order, found)
    for m, n in enumerate(found.n_removed):
        for s, similarity in enumerate(found.similarities):
            for rule in LABEL_RULES:
                setting = {
                    "classifier": "knn",
                    **bank.keys(layer, len(bank.selection.images), query),
                    "n_removed": n,
                    "similarity": similarity,
                    "k": k,
                    "label_rule": rule,
                }
                yield setting, vote(bank.labels[rule], found.index[m, s], [k])[0]


def score_knn(scores, bank, query, layer, n_removed, k, excluded=None, **keys):
    """Score k-NN under all similarities, label rules and numbers of removed features.

    Parameters
    ----------
    scores : patchprobe.evaluation.scores.Segmentation
    bank : Bank
    query : array of shape (n_patches, n_features)
    layer : int
    n_removed : sequence of int
        0 first, so that the others are compared with it.
    k, excluded
        As of `predict_knn`.
    **keys
        Further columns of the rows.
    """
    predicted = predict_knn(bank, scores.selection, query, layer, n_removed, k, excluded)
    for setting, classes in predicted:
        scores.add(classes, **setting, **keys)


def train_probes(
    scores, bank, query, layer, n_removed, training, batch_norm, label_rule, order=None
):
    """Train a probe for each number of removed features.

    Parameters
    ----------
    As of `score_knn`; query embeddings are used where the epoch is selected on them. `order` tells
    another order in which features are removed.

    Returns
    -------
    patchprobe.evaluation.linear_heads.Heads
    """
    order = bank.order(layer) if order is None else order
    removed = bank.feasible(n_removed, layer)
    fit, held_out = linear.split(training, bank.selection.images, bank.store.groups.get)
    selection_data = {
        "last": lambda: None,
        "split": lambda: bank.examples(held_out, layer, label_rule),
        "val": lambda: (query, scores.labels[label_rule]),
    }
    heads = linear.train(
        *bank.examples(fit, layer, label_rule),
        [order[:m] for m in removed],
        bank.store.n_classes,
        training,
        batch_norm,
        selection_data[training.selection](),
        bank.device,
    )
    heads.about = {
        "layer": layer,
        "n_removed": list(removed),
        "n_train_images": len(fit),
        "selection": training.selection,
    }
    return heads


def score_probes(scores, heads, bank, query, label_rule, n_removed=None, **keys):
    """Score trained probes; `n_removed` chooses some of the heads (default: all)."""
    about = heads.about
    for m, predicted in zip(
        about["n_removed"], linear.predict(heads, query, bank.device), strict=True
    ):
        if n_removed is None or m in n_removed:
            scores.add(
                predicted,
                label_rule,
                classifier="linear",
                **bank.keys(about["layer"], about["n_train_images"], scores.selection),
                n_removed=m,
                selection=about["selection"],
                **keys,
            )
