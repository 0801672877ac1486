"""In the text: what BatchNorm does for k-NN and for linear probes."""

import pandas as pd

from patchprobe.figures.style import whole
from patchprobe.figures.tables import select

_ENDS = {"value": "mIoU", "low": "low", "high": "high", "n_left_out": "n_left_out"}


def build(knn_variants, linear, linear_variants, representations, bank, has_batch_norm):
    """One row per backbone, classifier and choice of BatchNorm.

    Parameters
    ----------
    knn_variants, linear, linear_variants : pandas.DataFrame
        Rows under one protocol.
    representations : list of patchprobe.figures.style.Representation
        Their backbones are shown.
    bank : str
        Training subset.
    has_batch_norm : list of str
        Backbones whose probe of the other tables has BatchNorm.

    Returns
    -------
    pandas.DataFrame
        Columns backbone (label), classifier ("knn" or "linear"), batch_norm, mIoU, low, high (its
        interval), n_left_out. For k-NN features are standardised by the statistics of the bank,
        which BatchNorm in evaluation mode does.
    """
    rows = []
    for r in whole(representations):
        chosen = {"backbone": r.backbone, "metric": "miou", "n_removed": 0}
        knn = {**chosen, "removal": "highest", "vote": "majority", "k": 1}
        own = r.backbone in has_batch_norm
        other_probe = {"removal": "highest", "batch_norm": not own}
        sources = [
            ("knn", False, knn_variants, {**knn, "scaling": "none"}),
            ("knn", True, knn_variants, {**knn, "scaling": "standardised"}),
            ("linear", own, linear, {**chosen, "train_set": bank}),
            ("linear", not own, linear_variants, {**chosen, **other_probe}),
        ]
        for classifier, batch_norm, table, values in sorted(sources, key=lambda x: x[:2]):
            row = select(table, **values).iloc[0]
            setting = {"backbone": r.label, "classifier": classifier, "batch_norm": batch_norm}
            rows.append({**setting, **{name: row[x] for x, name in _ENDS.items()}})
    return pd.DataFrame(rows).round(4)
