"""Which layer: the last, the best on held-out training images, and the best on the query."""

import pandas as pd

from patchprobe.figures.style import whole
from patchprobe.figures.tables import select


def build(layers, held_out, representations):
    """One row per backbone and way to choose its layer.

    Parameters
    ----------
    layers, held_out : pandas.DataFrame
        Rows of every layer under one protocol: of the query, and of training images that are
        classified by those of other groups.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown.

    Returns
    -------
    pandas.DataFrame
        Columns backbone (label), choice ("last"; "held_out", the best on training images, whose
        labels one has; "oracle", the best on the query, which nobody can choose beforehand), layer,
        mIoU, low, high (of the query), mIoU_held_out, n_left_out.
    """
    rows = []
    for r in whole(representations):
        chosen = {"backbone": r.backbone, "metric": "miou", "n_removed": 0}
        query = select(layers, **chosen).set_index("layer")
        train = select(held_out, **chosen).set_index("layer")["value"]
        choices = {"last": query.index.max(), "held_out": train.idxmax()}
        choices["oracle"] = query["value"].idxmax()
        for choice, layer in choices.items():
            of_layer = query.loc[layer]
            rows.append(
                {
                    "backbone": r.label,
                    "choice": choice,
                    "layer": layer,
                    "mIoU": of_layer["value"],
                    "low": of_layer["low"],
                    "high": of_layer["high"],
                    "mIoU_held_out": train[layer],
                    "n_left_out": of_layer["n_left_out"],
                }
            )
    return pd.DataFrame(rows).round(4)
