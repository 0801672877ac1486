"""Both protocols, what each of their differences is worth, and the noise of training sets."""

from functools import partial
from statistics import median

from patchprobe.report import sheets
from patchprobe.report.rows import as_number, grouped

PROTOCOL_COLUMNS = (
    *("dataset", "task", "representation", "as_published", "as_published_low"),
    *("as_published_high", "as_text", "as_text_low", "as_text_high"),
    *("difference", "difference_low", "difference_high"),
)
CHOICE_COLUMNS = (
    *("choice", "published", "text", "dataset", "task", "representation", "value", "other"),
    *("difference", "difference_low", "difference_high"),
)
NOISE_COLUMNS = (
    *("dataset", "classifier", "representation", "published", "obtained", "low", "high"),
)
_CLASSIFIERS = {"knn": "k-NN", "linear": "linear probes"}


def protocol_sheet(rows):
    """The table of both protocols, with intervals."""
    cells = {
        **sheets.as_written("representation", "dataset", "task"),
        "as published": _with_own_interval("as_published"),
        "as text": _with_own_interval("as_text"),
        "difference": _with_own_interval("difference"),
        "clear of 0": leaves_out_zero,
    }
    return sheets.sheet("Every task under both protocols", rows, cells)


def choice_sheet(rows):
    """The table of what changes if one choice alone is changed."""
    cells = {
        **sheets.as_written("choice", "published", "text", "dataset", "task", "representation"),
        **sheets.as_written("value", "other", labels=("as published", "this changed")),
        "difference": _with_own_interval("difference"),
        "clear of 0": leaves_out_zero,
    }
    return sheets.sheet("Every single choice, changed alone", rows, cells)


def worth_sheet(rows):
    """The table of choices in brief: a row for each choice, task and dataset."""
    groups = grouped(rows, "choice", "published", "text", "dataset", "task")
    brief = [_worth(*keys, of_choice) for keys, of_choice in groups.items()]
    cells = sheets.as_written(*brief[0]) if brief else {}
    return sheets.sheet("What each single choice is worth", brief, cells)


def _worth(choice, published, text, dataset, task, rows):
    """Median and extremes of the differences of a choice; "" where there are none."""
    found = [x for x in (as_number(row["difference"]) for row in rows) if x is not None]
    losses, gains = [x for x in found if x < 0], [x for x in found if x > 0]
    clear = [row for row in rows if leaves_out_zero(row).text == "yes"]
    with_interval = [row for row in rows if leaves_out_zero(row).text != sheets.NONE_THERE]
    return {
        "choice": f"{choice}: {published} → {text}",
        "dataset": dataset,
        "task": task,
        "compared": str(len(found)),
        "median difference": f"{median(found):z.4f}" if found else "",
        "largest loss": f"{min(losses):z.4f}" if losses else "",
        "largest gain": f"{max(gains):z.4f}" if gains else "",
        "clear of 0": f"{len(clear)} of {len(with_interval)}" if with_interval else "",
    }


def noise_sheet(rows):
    """The table of differences between two training sets of the same size."""
    cells = {
        **sheets.as_written(*NOISE_COLUMNS[:4]),
        "obtained": partial(sheets.value_with_interval, value="obtained"),
    }
    return sheets.sheet("Difference of mean IoU between the two training sets", rows, cells)


def largest(rows, column):
    """The largest absolute value of a column for each classifier as text, "" if there is none."""
    texts = []
    for (classifier,), of_classifier in grouped(rows, "classifier").items():
        found = [abs(x) for x in (as_number(r[column]) for r in of_classifier) if x is not None]
        name = _CLASSIFIERS.get(classifier, classifier)
        texts += [f"{max(found):.3f} ({name})"] if found else []
    return " and ".join(texts)


def n_clear(rows):
    """Of how many rows the interval of the difference leaves out zero, and how many have one."""
    found = [leaves_out_zero(row).text for row in rows]
    return found.count("yes"), len(found) - found.count(sheets.NONE_THERE)


def leaves_out_zero(row):
    """A cell that tells whether the interval of the difference leaves out zero."""
    low, high = as_number(row["difference_low"]), as_number(row["difference_high"])
    if low is None or high is None:
        return sheets.Cell(sheets.NONE_THERE)
    return sheets.Cell("yes" if low > 0 or high < 0 else "no")


def _with_own_interval(name):
    return partial(sheets.value_with_interval, value=name, low=f"{name}_low", high=f"{name}_high")
