"""In the text: features of highest variance that datasets share, and their share of variance."""

from itertools import combinations

import pandas as pd
from scipy.stats import hypergeom

_FEW = 10
_COLUMNS = [
    *("representation", "n_features", "what", "dataset", "other_dataset"),
    *("m", "value", "chance", "chance_sd"),
]


def build(variance, representations):
    """Overlaps of the first m features of pairs of datasets, and shares of the summed variance.

    Parameters
    ----------
    variance : pandas.DataFrame
        Rankings as the workflow writes them: columns dataset, backbone, layer, feature, variance,
        rank. The last layer counts.
    representations : list of patchprobe.figures.style.Representation
        With m removed features each.

    Returns
    -------
    pandas.DataFrame
        Columns representation, n_features, what ("shared features" or "share of variance"),
        dataset, other_dataset, m, value, chance and chance_sd: mean and standard deviation of the
        number of features that two random sets of m share (hypergeometric); of a share of variance,
        the share of features.
    """
    rows = []
    for r in representations:
        of_backbone = variance[variance["backbone"] == r.backbone]
        last = of_backbone[of_backbone["layer"] == of_backbone["layer"].max()]
        rankings = {name: x.sort_values("rank") for name, x in last.groupby("dataset", sort=False)}
        n_features = last["feature"].nunique()
        about = {"representation": r.label, "n_features": n_features}
        first = {name: set(x["feature"].iloc[: r.n_removed]) for name, x in rankings.items()}
        chance = hypergeom(n_features, r.n_removed, r.n_removed)
        for name, other in combinations(rankings, 2):
            n_shared = len(first[name] & first[other])
            pair = {"what": "shared features", "dataset": name, "other_dataset": other}
            by_chance = {"chance": chance.mean(), "chance_sd": chance.std()}
            rows.append({**about, **pair, "m": r.n_removed, "value": n_shared, **by_chance})
        for name, x in rankings.items():
            for m in sorted({min(_FEW, r.n_removed), r.n_removed}):
                share = x["variance"].iloc[:m].sum() / x["variance"].sum()
                what = {"what": "share of variance", "dataset": name, "other_dataset": ""}
                rows.append({**about, **what, "m": m, "value": share, "chance": m / n_features})
    return pd.DataFrame(rows, columns=_COLUMNS).round(4)
