"""k-NN by the number of neighbours that vote, alike or weighed by their cosine."""

import pandas as pd

from patchprobe.figures.tables import select, select_representation

_COLUMNS = ["similarity", "vote", "k", "value", "low", "high", "n_left_out"]


def build(variants, representations):
    """One row per representation, similarity, kind of vote and k.

    Parameters
    ----------
    variants : pandas.DataFrame
        Rows by one label rule, of all similarities.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, similarity, vote ("majority", or "soft": each neighbour weighs
        exp(cosine / temperature)), k, mIoU, low, high (its interval), n_left_out.
    """
    rows = select(variants, removal="highest", scaling="none", metric="miou")
    tables = []
    for r in representations:
        table = select_representation(rows, r).drop_duplicates(["similarity", "vote", "k"])
        tables.append(table[_COLUMNS].assign(representation=r.label))
    table = pd.concat(tables, ignore_index=True).rename(columns={"value": "mIoU"})
    return table[["representation", *table.columns[:-1]]].round(4)
