"""Check a dataset before it is used: what is there, what is wrong with it, what to do."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from patchprobe.errors import DatasetError, DatasetNotFoundError
from patchprobe.logs import progress

_SHOWN = 20  # problems in a message; the report has all
_ADVICE = (
    "Correct the subset lists, or unpack or fetch these files again: config/README.md tells how."
)


@dataclass(frozen=True)
class Acceptance:
    """A published number beside the one that is found."""

    what: str
    expected: str
    found: str

    @property
    def is_met(self):
        """Whether they are the same."""
        return self.expected == self.found


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes
    ----------
    dataset, root : str
    missing : str or None
        Message if the dataset is not there at all, or is a look-alike.
    layout : list of str
        Problems of the dataset as a whole.
    n_items : dict of str to int
        Items of each split that are used.
    bad : dict of str to dict of str to list of str
        Problems of each bad item of each split.
    acceptance : list of Acceptance
    """

    dataset: str
    root: str
    missing: str | None = None
    layout: list = field(default_factory=list)
    n_items: dict = field(default_factory=dict)
    bad: dict = field(default_factory=dict)
    acceptance: list = field(default_factory=list)

    @property
    def problems(self):
        """Each line about what is wrong once; published numbers that differ are among them."""
        if self.missing:
            return [self.missing]
        bad = [lines for of_split in self.bad.values() for lines in of_split.values()]
        items = dict.fromkeys(chain.from_iterable(bad))
        differ = [
            f"{a.what}: expected {a.expected}, found {a.found}"
            for a in self.acceptance
            if not a.is_met
        ]
        return [*self.layout, *items, *differ]

    def as_dict(self):
        """For JSON."""
        return {**asdict(self), "is_good": not self.problems}

    def text(self, n_shown=_SHOWN):
        """A short table for people."""
        lines = [f"{self.dataset} in {self.root}: {'problems' if self.problems else 'good'}"]
        for split, n_items in self.n_items.items():
            n_bad = len(self.bad.get(split, {}))
            lines.append(f"  {split:8s}{n_items:7,} used {n_items - n_bad:7,} good {n_bad:5,} bad")
        lines += [f"  as published: {a.what} ({a.found})" for a in self.acceptance if a.is_met]
        lines += [f"  {line}" for line in self.problems[:n_shown]]
        if (more := len(self.problems) - n_shown) > 0:
            lines.append(f"  and {more} more")
        return "\n".join(lines)


def check(dataset, root, used, threads=1, published=(), is_miniature=False):
    """Decode everything that will be used of a dataset, and compare with published numbers.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    used : dict of str to list of str
        Items of each split that will be used; empty: all that there are.
    threads : int
    published : iterable of tuple
        Arguments of the dataset's `acceptance`, after the root.
    is_miniature : bool
        Whether there may be fewer items than the official dataset has.

    Returns
    -------
    Report
    """
    if message := dataset.missing(root):
        return Report(dataset.name, str(root), missing=message)
    used = used or {split: dataset.items(root, split) for split in dataset.splits}
    layout = list(dataset.layout_problems(root, is_miniature))
    layout += [f"no item of the split {split} is listed" for split in used if not used[split]]
    bad = {split: _bad_items(dataset, root, split, used[split], threads) for split in used}
    accepted = []
    if not any(bad.values()):
        accepted = [found for asked in published for found in dataset.acceptance(root, *asked)]
    n_items = {split: len(items) for split, items in used.items()}
    return Report(dataset.name, str(root), None, layout, n_items, bad, accepted)


def require(report):
    """Stop with the report's problems, if there are any.

    Raises
    ------
    DatasetNotFoundError
        If the dataset is not there.
    DatasetError
        If something is wrong with it.
    """
    if report.missing:
        raise DatasetNotFoundError(report.missing)
    if report.problems:
        raise DatasetError(
            f"{len(report.problems)} problems in {report.text()}\n  {_ADVICE} To go on without bad "
            "files, set `on_bad_file: quarantine`."
        )


def absent(dataset, root, used, n_shown=_SHOWN):
    """Lines about what is not there of a dataset, for a quick look: no image is opened.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    used : dict of str to list of str
        Items of each split that will be used.
    n_shown : int
        Most files to name.

    Returns
    -------
    list of str
        Empty if everything is there; otherwise the last line tells what to do.
    """
    if message := dataset.missing(root):
        return [message]
    listed = ((split, item) for split, items in used.items() for item in items)
    found = (line for split, item in listed for line in _absent_files(dataset, root, split, item))
    lines = list(dict.fromkeys(found))
    if not lines:
        return []
    more = [f"and {len(lines) - n_shown} more"] if len(lines) > n_shown else []
    return [*lines[:n_shown], *more, _ADVICE]


def _absent_files(dataset, root, split, item):
    """Files of an item that do not exist, or why they cannot be named."""
    try:
        files = dataset.files(root, split, item)
    except DatasetError as error:
        return [str(error)]
    return [f"missing: {path}" for path in files if not Path(path).exists()]


def _bad_items(dataset, root, split, items, threads):
    """Problems of every item that has some: {item: [line, ...]}.

    Items of the same files, as tiles of an image, are checked one after the other: readers remember
    what they found in the files.
    """

    def problems(group):
        return [(item, list(dataset.problems(root, split, item))) for item in group]

    groups = _by_files(dataset, root, split, items)
    with ThreadPoolExecutor(threads) as pool:
        found = chain.from_iterable(pool.map(problems, groups))
        bar = progress(found, total=len(items), desc=f"check {split}", unit="item")
        lines_of = dict(bar)
    return {item: lines_of[item] for item in items if lines_of[item]}


def _by_files(dataset, root, split, items):
    """The items in groups of the same files."""
    groups = defaultdict(list)
    for item in items:
        try:
            key = tuple(map(str, dataset.files(root, split, item)))
        except DatasetError:
            key = item  # `problems` tells why
        groups[key].append(item)
    return list(groups.values())


def bad_items(dataset, root, items, threads=1):
    """Problems of the items that cannot be used: {(split, item): [line, ...]}.

    Parameters
    ----------
    dataset : patchprobe.datasets.base.Dataset
    root : path
    items : list of (split, item)
    threads : int
    """
    used = {}
    for split, item in items:
        used.setdefault(split, []).append(item)
    return {
        (split, item): lines
        for split, names in used.items()
        for item, lines in _bad_items(dataset, root, split, names, threads).items()
    }
