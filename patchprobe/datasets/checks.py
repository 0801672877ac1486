"""Check a dataset before it is used: what is there, what is wrong with it, what to do."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field

from patchprobe.errors import DatasetError, DatasetNotFoundError
from patchprobe.logs import progress

_SHOWN = 20  # problems in a message; the report has all


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
        """All lines about what is wrong; published numbers that differ are among them."""
        if self.missing:
            return [self.missing]
        items = [line for bad in self.bad.values() for lines in bad.values() for line in lines]
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


def check(reader, root, used, threads=1, published=(), is_miniature=False):
    """Decode everything that will be used of a dataset, and compare with published numbers.

    Parameters
    ----------
    reader : patchprobe.datasets.base.Dataset
    root : path
    used : dict of str to list of str
        Items of each split that will be used, or names that the reader's `items_of` turns into
        items; empty: all that there are of the reader's `SPLITS`.
    threads : int
    published : iterable of tuple
        Arguments of the reader's `compare`, after the root.
    is_miniature : bool
        Whether there may be fewer images than the official dataset has.

    Returns
    -------
    Report
    """
    if message := reader.missing(root):
        return Report(reader.NAME, str(root), missing=message)
    used = {split: _items(reader, names) for split, names in used.items()}
    used = used or {split: reader.items(root, split) for split in reader.SPLITS}
    layout = []
    if hasattr(reader, "layout_problems"):
        layout += reader.layout_problems(root, is_miniature)
    layout += [f"no item of the split {split} is listed" for split in used if not used[split]]
    bad = {split: _bad_items(reader, root, split, used[split], threads) for split in used}
    accepted = []
    if not any(bad.values()):
        accepted = [found for asked in published for found in reader.compare(root, *asked)]
    n_items = {split: len(items) for split, items in used.items()}
    return Report(reader.NAME, str(root), None, layout, n_items, bad, accepted)


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
            f"{len(report.problems)} problems in {report.text()}\n  Correct the subset lists, or "
            "unpack or fetch these files again: config/README.md tells how. To go on without bad "
            "files, set `on_bad_file: quarantine`."
        )


def _items(reader, names):
    """The items behind listed names: themselves, or for tiles their images."""
    return sorted(set(reader.items_of(names))) if hasattr(reader, "items_of") else names


def _bad_items(reader, root, split, items, threads):
    """Problems of every item that has some: {item: [line, ...]}."""

    def problems(item):
        return item, list(reader.problems(root, split, item))

    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(problems, items)
        bar = progress(found, total=len(items), desc=f"check {split}", unit="item")
        return {item: lines for item, lines in bar if lines}


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


def absent(dataset, root, used):
    """Lines about what is not there of the items that will be used; nothing is decoded."""
    if message := dataset.missing(root):
        return [message]
    return [
        f"missing: {path}"
        for split, items in used.items()
        for item in items
        for path in dataset.files(root, split, item)
        if not path.exists()
    ][:_SHOWN]
