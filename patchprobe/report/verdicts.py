"""What held of the paper and what did not: claims, and published beside obtained numbers."""

from dataclasses import dataclass, replace
from functools import partial

from patchprobe.report import sheets
from patchprobe.report.rows import grouped, natural

OF_CLAIMS = ("holds", "does not hold", "undecided", "not run")
OF_NUMBERS = ("agrees", "differs", "distrusted", "not run")
CLAIM_COLUMNS = (
    "claim",
    "shown_in",
    "statement",
    "compared",
    "evidence",
    "n_compared",
    "n_comparisons",
    "verdict",
)
VALUE_COLUMNS = (
    *("shown_in", "dataset", "representation", "backbone", "n_removed", "classifier", "layer"),
    *("n_train_images", "condition", "class", "metric", "published", "source", "obtained"),
    *("low", "high", "difference", "tolerance", "verdict", "note"),
)
# Of these the value that all rows of a group have is told once, above the table.
_TOLD_ONCE = (*VALUE_COLUMNS[1:11], "source")
_LABELS = {"n_removed": "features removed", "n_train_images": "training images"}


@dataclass(frozen=True)
class Count:
    """How many rows have a verdict."""

    verdict: str
    n: int


@dataclass(frozen=True)
class Claim:
    """A claim in the summary."""

    id: str
    title: str
    statement: str
    verdict: str
    extent: str = ""


@dataclass(frozen=True)
class Group:
    """Numbers of one figure or table of the paper."""

    title: str
    counts: list
    sheet: sheets.Sheet


def counts(rows, verdicts):
    """`Count` of each of the verdicts, in their order, and of any other that rows have."""
    found = [row["verdict"] or sheets.NO_VERDICT for row in rows]
    others = sorted(set(found) - set(verdicts))
    return [Count(verdict, found.count(verdict)) for verdict in (*verdicts, *others)]


def claims(rows):
    """`Claim` of every row, in the order of their numbers."""
    return [
        Claim(
            f"claim-{i}",
            f"{row['claim']} ({row['shown_in']})",
            row["statement"],
            row["verdict"] or sheets.NO_VERDICT,
            _extent(row),
        )
        for i, row in enumerate(in_order(rows), 1)
    ]


def _extent(row):
    """How many comparisons of a claim were run, if some were and some were not."""
    run, every = row.get("n_compared", ""), row.get("n_comparisons", "")
    return f"{run} of {every} comparisons run" if run not in ("", "0", every) else ""


def in_order(rows):
    """Rows of claims in the order of their numbers."""
    return sorted(rows, key=lambda row: natural(row["claim"]))


def claim_sheet(rows):
    """The table of claims, to whose rows the summary leads."""
    rows = in_order(rows)
    labels = ("In the paper", "What the paper says", "What is compared here", "Evidence")
    cells = {
        **sheets.as_written("claim", labels=("Claim",)),
        "Verdict": verdict,
        **sheets.as_written("shown_in", "statement", "compared", "evidence", labels=labels),
    }
    ids = [f"claim-{i}" for i in range(1, len(rows) + 1)]
    caption = "Claims of the paper, and what this run says of them"
    return sheets.sheet(caption, rows, cells, ids, "verdict")


def verdict(row):
    """A cell that marks a verdict."""
    text = row["verdict"] or sheets.NO_VERDICT
    return sheets.Cell(text, key=text, verdict=text)


def value_groups(rows):
    """`Group` of every figure and table of the paper in their order, and of what is beside them."""
    by_place = grouped(rows, "shown_in")
    by_place = sorted(by_place.items(), key=lambda item: _order(*item[0]))
    return [
        Group(_title(place), counts(found, OF_NUMBERS), _value_sheet(_title(place), found))
        for (place,), found in by_place
    ]


def _order(place):
    return place.startswith("beside"), natural(place)


def _title(place):
    """A place in the paper as a heading."""
    return place[:1].upper() + place[1:] or "Elsewhere"


def _value_sheet(place, rows):
    shown, same = sheets.told_once(rows, _TOLD_ONCE)
    shown = [x for x in shown if x != "backbone" or "representation" not in shown]  # its label
    cells = {
        **sheets.as_written(*shown, labels=[_LABELS.get(name, name) for name in shown]),
        **sheets.as_written("published"),
        "obtained": partial(sheets.value_with_interval, value="obtained"),
        **sheets.as_written("difference", "tolerance"),
        "verdict": verdict,
        **(sheets.as_written("note") if any(row["note"] for row in rows) else {}),
    }
    made = sheets.sheet(f"{place}: published and obtained", rows, cells, verdict="verdict")
    told = {_LABELS.get(name, name): text for name, text in same.items()}
    return replace(made, same=told)
