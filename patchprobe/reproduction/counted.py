"""What is compared besides scores: variances of features, and counts of pixels and patches."""

import numpy as np

from patchprobe.embeddings.patches import Labels
from patchprobe.embeddings.variance import read_ranking


def variances(paths):
    """Features of the last layer by rank: {(dataset, backbone): table}.

    Parameters
    ----------
    paths : list of path
        Rankings of `patchprobe.embeddings.variance`.
    """
    found = {}
    for path in paths:
        table = read_ranking(path)
        last = table[table["layer"] == table["layer"].max()].sort_values("rank")
        found[last["dataset"].iloc[0], last["backbone"].iloc[0]] = last
    return found


def of_tiles(table):
    """Pixels and patches of every category: {("tiles", metric, category): count}.

    Parameters
    ----------
    table : pandas.DataFrame
        Table 3, see `patchprobe.figures.tab3_fair1m`.
    """
    metrics = ("pixels", "patches_vit16", "patches_dinov2")
    return {
        ("tiles", metric, category): int(count)
        for metric in metrics
        for category, count in zip(table["category"], table[metric], strict=True)
    }


def of_labels(path, items):
    """Pixels and patches (by the label at the centre) of every class of some images.

    Parameters
    ----------
    path : path
        Store of labels.
    items : list of (split, item)

    Returns
    -------
    dict of ("labels", metric, class) to int
    list of str
        Names of all classes.
    """
    labels = Labels(path)
    selection = labels.select(items)
    pixels = labels.pixels(selection).sum(axis=(0, 1), dtype=np.int64)
    patches = np.bincount(labels.labels(selection, "centre"), minlength=labels.n_classes)
    counts = {"pixels": pixels, "patches": patches}
    return {
        ("labels", metric, name): int(n)
        for metric, of_metric in counts.items()
        for name, n in zip(labels.names, of_metric, strict=True)
    }, list(labels.names)
