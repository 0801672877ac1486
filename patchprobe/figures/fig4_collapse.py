"""Beside Figure 4: how often the most frequent class is predicted, which tells a collapse."""

import pandas as pd

from patchprobe.figures.tables import select_representation


def build(clean_knn, clean_linear, changed, representations):
    """Share of patches that get the most frequent predicted class, by representation and level.

    A classifier that predicts the same class for all patches has the share 1.

    Parameters
    ----------
    clean_knn, clean_linear, changed : pandas.DataFrame
        Score tables under one protocol, as for Figure 4.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, classifier, level ("clean" first), top_class, share, miou.
    """
    clean = pd.concat([clean_knn, clean_linear]).assign(level="clean")
    clean = clean[clean["train_set"].isin(set(changed["train_set"]))]
    every = pd.concat([clean, changed])
    tables = []
    for r in representations:
        rows = select_representation(every, r)
        keys = ["classifier", "level"]
        top = rows[rows["metric"] == "top_class_share"].set_index(keys)
        miou = rows[rows["metric"] == "miou"].set_index(keys)["value"]
        table = top[["class", "value"]].join(miou.rename("miou")).reset_index()
        table = table.rename(columns={"class": "top_class", "value": "share"})
        table.insert(0, "representation", r.label)
        tables.append(table.sort_values("classifier", kind="stable"))
    return pd.concat(tables, ignore_index=True).round(3)
