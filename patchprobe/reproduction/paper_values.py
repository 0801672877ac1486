"""The numbers of the paper as they are kept: one row each, with source and reliability."""

import pandas as pd

from patchprobe.errors import PatchprobeError

READ = [
    *("shown_in", "result", "dataset", "backbone", "n_removed", "classifier", "layer"),
    *("train_set", "condition", "class", "metric", "value", "source", "tolerance"),
    *("reliability", "reason"),
]
SOURCES = ("printed", "draft", "digitised")
TRUSTED, DISTRUSTED = "trusted", "distrusted"


def read(paths):
    """Published values, one row each.

    Parameters
    ----------
    paths : list of path
        Tables with the columns `READ` (see config/paper_values/README.md).

    Returns
    -------
    pandas.DataFrame
        Texts, but for value and tolerance; n_removed and layer are numbers where they are given.

    Raises
    ------
    PatchprobeError
        If a file cannot be read, or columns, sources or numbers are not as expected.
    """
    tables = []
    for path in paths:
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:  # ValueError: not UTF-8, or rows of two lengths
            raise PatchprobeError(
                f"{path}: expected a table of published numbers (CSV), found none ({error}): "
                "take the file of the repository"
            ) from error
        if list(table) != READ:
            raise PatchprobeError(
                f"{path}: expected the columns {', '.join(READ)}; found {', '.join(table)}"
            )
        for column, allowed in (("source", SOURCES), ("reliability", (TRUSTED, DISTRUSTED))):
            if unknown := sorted(set(table[column]) - set(allowed)):
                raise PatchprobeError(
                    f"{path}: expected {column} {' or '.join(allowed)}; found {unknown[0]!r}"
                )
        for column in ("value", "tolerance"):
            numbers = pd.to_numeric(table[column], errors="coerce")
            if numbers.isna().any():
                wrong = table.loc[numbers.isna(), column].iloc[0]
                raise PatchprobeError(f"{path}: expected numbers in {column}; found {wrong!r}")
            table[column] = numbers
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def of_table_3(values):
    """Published counts of every FAIR1M category: columns category, pixels, patches_..., note."""
    rows = values[values["result"] == "tiles"]
    wide = rows.pivot(index="class", columns="metric", values="value").astype(int)
    wide = wide[list(rows["metric"].unique())]
    notes = rows.drop_duplicates("class").set_index("class")["reason"].replace("", None)
    order = rows["class"].drop_duplicates()
    return wide.assign(note=notes).loc[order].rename_axis("category").reset_index()


def of_label_pixels(pixels, names):
    """Published pixels of every label as rows of `read`.

    Parameters
    ----------
    pixels : pandas.DataFrame
        Columns label_id, pixels.
    names : list of str
        Of the labels, by their ids.
    """
    rows = [
        dict.fromkeys(READ, "")
        | {"shown_in": "beside Figure 1", "result": "labels", "dataset": "cityscapes"}
        | {"class": names[label], "metric": "pixels", "value": float(n)}
        | {"source": "draft", "tolerance": 0.0, "reliability": TRUSTED}
        for label, n in zip(pixels["label_id"], pixels["pixels"], strict=True)
    ]
    return pd.DataFrame(rows, columns=READ)
