"""Tables of the page: columns, cells and what a browser sorts them by."""

from dataclasses import dataclass, field
from functools import partial

from patchprobe.report.rows import as_number

LONG = 36  # letters; longer text is wrapped, shorter stays on a line
DIGITS = 4  # after the point
NONE_THERE = "–"
NO_VERDICT = "no verdict"


@dataclass(frozen=True)
class Cell:
    """One cell: its text, small print below it, what it is sorted by, and a mark."""

    text: str
    key: str = ""  # empty: its text
    below: str = ""
    verdict: str = ""
    href: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its name, whether it holds numbers or long text, and its first direction."""

    label: str
    is_number: bool = False
    is_long: bool = False
    first: str = "ascending"


@dataclass(frozen=True)
class Row:
    """One row of cells, of which the first names the row."""

    cells: list
    id: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table with its caption; `same` tells columns that are left out, equal in all rows."""

    caption: str
    columns: list
    rows: list
    same: dict = field(default_factory=dict)
    n_left_out: int = 0


def number(text):
    """A number as it was written, or with four digits after the point if it has more."""
    value = as_number(text)
    if value is None or len(text.partition(".")[2]) <= DIGITS:
        return text
    return f"{value:z.{DIGITS}f}" if abs(value) < 100 else f"{value:.1f}"


def value_with_interval(row, value, low="low", high="high"):
    """A cell of a value with the ends of its interval below it, if there are any."""
    if not row[value]:
        return Cell(NONE_THERE)
    has_interval = row[low] and row[high]
    below = f"[{number(row[low])}, {number(row[high])}]" if has_interval else ""
    return Cell(number(row[value]), row[value], below)


def plain(row, name):
    """A cell as it was written."""
    text = row[name]
    shown = number(text)
    return Cell(shown or NONE_THERE, text if shown != text else "")


def as_written(*names, labels=None):
    """Cells of columns for `sheet`, as they were written, under their names or other labels."""
    return {
        label: partial(plain, name=name) for name, label in zip(names, labels or names, strict=True)
    }


def sheet(caption, rows, cells, ids=None, verdict=None, max_rows=None):
    """A `Sheet` of rows.

    Parameters
    ----------
    caption : str
    rows : list of dict
    cells : dict of str to callable
        Column label to what makes its cell of a row.
    ids : list of str, optional
        Anchors of the rows.
    verdict : str, optional
        Column that rows are filtered by.
    max_rows : int, optional
        More are left out, and counted.
    """
    kept = rows[:max_rows]
    made = [
        Row(
            [make(row) for make in cells.values()],
            ids[i] if ids else "",
            (row[verdict] or NO_VERDICT) if verdict else "",
        )
        for i, row in enumerate(kept)
    ]
    columns = [column(label, [row.cells[i] for row in made]) for i, label in enumerate(cells)]
    return Sheet(caption, columns, made, n_left_out=len(rows) - len(kept))


def column(label, cells):
    """A `Column`: numbers if all its cells are numbers or empty, sorted from the largest first."""
    texts = [cell.key or cell.text for cell in cells if cell.text != NONE_THERE]
    is_number = bool(texts) and all(as_number(text) is not None for text in texts)
    is_long = any(len(cell.text) > LONG for cell in cells)
    return Column(label, is_number, is_long, "descending" if is_number else "ascending")


def of_file(caption, table, max_rows=None):
    """The `Sheet` of a CSV file as it is, see `patchprobe.report.rows.read`."""
    return sheet(caption, table.rows, as_written(*table.columns), max_rows=max_rows)


def told_once(rows, columns):
    """Columns to show, and {column: value} of those that are equal in all of several rows.

    Columns that are empty in all rows are neither.
    """
    shown, same = [], {}
    for name in columns:
        values = {row[name] for row in rows}
        if len(values) > 1 or len(rows) == 1:
            shown += [name] if values != {""} else []
        elif values != {""}:
            same[name] = values.pop()
    return shown, same
