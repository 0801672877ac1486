"""Linear probes beside those of the paper: with or without BatchNorm, and controls of removal."""

from patchprobe.evaluation import classification
from patchprobe.evaluation.knn_variants import control_orders


def other_norm(scores, bank, query, layer, training, batch_norm, label_rule):
    """Score a probe with all features, with BatchNorm where the backbone's has none, or without.

    Parameters
    ----------
    As of `patchprobe.evaluation.classification.train_probes`; `batch_norm` is the backbone's own.
    """
    arguments = (scores, bank, query, layer, [0], training, not batch_norm, label_rule)
    heads = classification.train_probes(*arguments)
    keys = {"removal": "highest", "draw": 0, "batch_norm": not batch_norm}
    classification.score_probes(scores, heads, bank, query, label_rule, **keys)


def controls(scores, bank, query, layer, training, batch_norm, label_rule, n_removed, seed):
    """Score probes without features of lowest variance, and without random ones."""
    for removal, draw, order in control_orders(bank.order(layer), seed):
        arguments = (scores, bank, query, layer, n_removed, training, batch_norm, label_rule)
        heads = classification.train_probes(*arguments, order=order)
        keys = {"removal": removal, "draw": draw, "batch_norm": batch_norm}
        classification.score_probes(scores, heads, bank, query, label_rule, **keys)
