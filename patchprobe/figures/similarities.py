"""k-NN by similarity and features: is the effect of high-variance features one of the metric?"""

import pandas as pd

from patchprobe.embeddings.scaling import SCALINGS
from patchprobe.figures.style import whole
from patchprobe.figures.tables import select

ALL = "all"
_COLUMNS = ["value", "low", "high", "gain", "gain_low", "gain_high"]


def build(knn, variants, representations, bank):
    """One row per backbone, similarity and choice of features.

    Parameters
    ----------
    knn, variants : pandas.DataFrame
        Rows by one label rule, of all similarities: of the removal sweep, and of scaled features.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown; each also without the numbers of features that any of them lacks,
        where the removal sweep has these.
    bank : str
        Training subset.

    Returns
    -------
    pandas.DataFrame
        Columns backbone (label), features ("all", "without m", "centred", "standardised",
        "whitened"), similarity, mIoU, low, high (its interval), gain, gain_low, gain_high (the
        difference to all features, on the same resampled images), n_left_out.
    """
    removed = sorted({r.n_removed for r in representations})
    asked = {"metric": "miou", "k": knn["k"].min()}
    knn = select(knn, train_set=bank, **asked)
    scaled = select(variants, removal="highest", vote="majority", metric="miou", k=1)
    tables = []
    for r in whole(representations):
        of_backbone = select(knn, backbone=r.backbone)
        choices = [(f"without {m}" if m else ALL, of_backbone, "n_removed", m) for m in removed]
        of_variants = select(scaled, backbone=r.backbone)
        choices += [(name, of_variants, "scaling", name) for name in SCALINGS]
        for name, rows, column, value in choices:
            rows = rows[rows[column] == value]
            tables.append(
                rows[["similarity", *_COLUMNS, "n_left_out"]].assign(
                    backbone=r.label, features=name
                )
            )
    table = pd.concat(tables, ignore_index=True).rename(columns={"value": "mIoU"})
    order = ["backbone", "features", "similarity"]
    return table[[*order, *(x for x in table if x not in order)]].round(4)
