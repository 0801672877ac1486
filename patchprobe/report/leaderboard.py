"""Representations by tasks: who is best, and who cannot be told from the best."""

from dataclasses import replace

from patchprobe.report import sheets
from patchprobe.report.rows import as_number, grouped

COLUMNS = (
    *("task", "dataset", "metric", "representation", "backbone", "n_removed"),
    *("value", "low", "high", "rank", "is_best"),
)
BEST, LEVEL_WITH_BEST = "best", "level"


def sheet(rows):
    """The leaderboard: a row for each representation, a column for each task on a dataset.

    A column is sorted from its best value first, whether that is the largest or the smallest.
    """
    tasks = grouped(rows, "task", "dataset", "metric")
    of_task = {title(*key): _by_representation(found) for key, found in tasks.items()}
    names = sorted(grouped(rows, "representation"), key=lambda key: (-_n_first(rows, *key), key))
    cells = {"Representation": lambda row: sheets.Cell(row["name"])}
    cells |= {task: _cell_of(found) for task, found in of_task.items()}
    made = sheets.sheet("Leaderboard", [{"name": name} for (name,) in names], cells)
    columns = [made.columns[0]]
    for column, found in zip(made.columns[1:], of_task.values(), strict=True):
        first = "ascending" if small_is_good(found.values()) else "descending"
        columns.append(replace(column, is_number=True, first=first))
    return replace(made, columns=columns)


def title(task, dataset, metric):
    """Heading of a task's column: what the task's name does not say is added."""
    more = [text for text in (dataset, metric) if text.casefold() not in task.casefold()]
    return ", ".join([task, *more])


def places(rows, backbone):
    """Ranks of a backbone and its representations, as text: {representation: [line, ...]}."""
    own = [row for row in rows if row["backbone"] == backbone and row["rank"]]
    n_of = {key: len(found) for key, found in grouped(rows, "task", "dataset", "metric").items()}
    lines = {}
    for row in own:
        key = (row["task"], row["dataset"], row["metric"])
        mark = standing(row)
        line = f"{title(*key)}: {row['rank']} of {n_of[key]}{f' ({mark})' if mark else ''}"
        lines.setdefault(row["representation"], []).append(line)
    return lines


def standing(row):
    """`BEST`, `LEVEL_WITH_BEST` (no difference to the best can be told), or ""."""
    if row["rank"] in ("1", "1.0"):
        return BEST
    return LEVEL_WITH_BEST if row["is_best"].casefold() in ("true", "1") else ""


def small_is_good(rows):
    """Whether the first of a task has a smaller value than the last."""
    ranked = [(as_number(row["rank"]), as_number(row["value"])) for row in rows]
    ranked = sorted(pair for pair in ranked if None not in pair)
    return bool(ranked) and ranked[0][1] < ranked[-1][1]


def _n_first(rows, representation):
    return sum(standing(r) == BEST for r in rows if r["representation"] == representation)


def _by_representation(rows):
    return {row["representation"]: row for row in rows}


def _cell_of(by_representation):
    def cell(row):
        found = by_representation.get(row["name"])
        if not found:
            return sheets.Cell(sheets.NONE_THERE)
        return replace(sheets.value_with_interval(found, "value"), verdict=standing(found))

    return cell
