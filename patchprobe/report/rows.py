"""CSV files as rows of text, shown as they were written: nothing is guessed, nothing is lost."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rows:
    """Rows of a CSV file.

    Attributes
    ----------
    columns : tuple of str
        Those of the file, in its order.
    rows : list of dict of str to str
        With all of `columns` and all columns that were expected; "" where there is nothing.
    lacking : tuple of str
        Expected columns that the file does not have.
    """

    columns: tuple
    rows: list
    lacking: tuple = ()

    def __bool__(self):
        return bool(self.rows)


def read(path, expected=()):
    """`Rows` of a CSV file; one that is not there, or empty, has none and lacks all columns."""
    path = Path(path)
    if not path.is_file():
        return Rows((), [], tuple(expected))
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="", restkey="")
        columns = tuple(reader.fieldnames or ())
        blank = dict.fromkeys(expected, "")
        rows = [{**blank, **{name: row[name] for name in columns}} for row in reader]
    return Rows(columns, rows, tuple(name for name in expected if name not in columns))


def as_number(text):
    """A finite number that the text is, else None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # neither infinite nor NaN


def natural(text):
    """Sort key by which "Figure 2b" is before "Figure 10"."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(x), "") if x.isdecimal() else (1, 0, x) for x in parts if x]


def grouped(rows, *columns):
    """{values of the columns: rows}, in the order of first appearance."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in columns), []).append(row)
    return groups
