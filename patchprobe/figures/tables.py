"""Read finished result tables for drawing."""

import pandas as pd


def read(paths):
    """Join CSV tables; only an empty `value` (a class that does not occur) is a missing number."""
    missing = {"keep_default_na": False, "na_values": {"value": [""]}}
    return pd.concat([pd.read_csv(path, **missing) for path in paths])


def read_named(paths):
    """Join CSV tables with their names in a first column: {backbone: path}."""
    tables = {name: pd.read_csv(path) for name, path in paths.items()}
    return pd.concat(tables, names=["backbone"]).reset_index(level="backbone")


def where(table, **values):
    """Rows whose columns have these values; an error if there are none."""
    chosen = table
    for column, value in values.items():
        chosen = chosen[chosen[column] == value]
    if chosen.empty:
        raise ValueError(
            f"no rows with {values}: the tables were made with other settings, or a backbone has "
            "too few features to remove so many (`remove` in its entry)"
        )
    return chosen


def scores(paths, protocol, **values):
    """Join score tables, and take the rows of a protocol with these values.

    A table without a column of the protocol (probes have no `similarity`) is not selected by it.
    """
    table = read(paths)
    chosen = {key: value for key, value in protocol.items() if key in table}
    return where(table, **chosen, **values)


def with_left_out(note, *tables):
    """The note, and how many listed images were left out of what is drawn, if any were."""
    n_left_out = max(table["n_left_out"].max() for table in tables)
    if not n_left_out:
        return note
    warning = f"up to {n_left_out} listed images left out, since they could not be read"
    return f"{note}. {warning}" if note else warning.capitalize()


def of(table, representation):
    """Rows of a representation."""
    return where(table, backbone=representation.backbone, n_removed=representation.n_removed)
