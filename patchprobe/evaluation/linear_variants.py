"""Linear probes beside those of the paper: other BatchNorm, other protocol, controls of removal."""

from patchprobe.crops.labels import LABEL_RULES
from patchprobe.evaluation import classification, linear
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


def protocols(scores, bank, query, layer, training, batch_norm, label_rule, n_removed):
    """Score probes by both label rules, of the last epoch and of the best on the query images.

    Where label rule and epoch are those of the other results (`label_rule`,
    `training.selection`), the probe stands there and is left out.
    """
    removed = bank.feasible(n_removed, layer)
    order, images = bank.order(layer), bank.selection.images
    for rule in LABEL_RULES:
        trained = linear.train_last_and_best(
            *bank.examples(images, layer, rule),
            [order[:m] for m in removed],
            bank.store.n_classes,
            training,
            batch_norm,
            (query, scores.labels[rule]),
            bank.device,
        )
        for selection, heads in zip(("last", "val"), trained, strict=True):
            heads.about = {"layer": layer, "n_removed": list(removed)}
            heads.about |= {"n_train_images": len(images), "selection": selection}
            if (rule, selection) != (label_rule, training.selection):
                keys = {"removal": "highest", "draw": 0, "batch_norm": batch_norm}
                classification.score_probes(scores, heads, bank, query, rule, **keys)
