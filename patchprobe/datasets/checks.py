"""Check a dataset before it is used: what is there, what is wrong with it, what to do."""

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from patchprobe.datasets import roots
from patchprobe.datasets.reports import SHOWN, Report
from patchprobe.errors import DatasetError, DatasetNotFoundError
from patchprobe.logs import progress

_ADVICE = (
    "Correct the subset lists, or unpack or fetch these files again: config/README.md tells how."
)


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
    if message := _missing(dataset, root):
        return Report(dataset.name, str(root), missing=message)
    try:
        used = used or {split: dataset.items(root, split) for split in dataset.splits}
    except (DatasetError, OSError) as error:  # a folder that may not be listed or entered
        return Report(dataset.name, str(root), missing=str(error))
    layout = list(dataset.layout_problems(root, is_miniature))
    layout += [f"no item of the split {split} is listed" for split in used if not used[split]]
    bad = {split: _bad_items(dataset, root, split, used[split], threads) for split in used}
    notes = [line for split in used for line in dataset.notes(root, split, used[split])]
    accepted = []
    if not any(bad.values()):
        accepted = [found for asked in published for found in dataset.acceptance(root, *asked)]
    n_items = {split: len(items) for split, items in used.items()}
    return Report(dataset.name, str(root), None, layout, n_items, bad, accepted, notes)


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


def absent(dataset, root, used, n_shown=SHOWN):
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
    if message := _missing(dataset, root):
        return [message]
    listed = ((split, item) for split, items in used.items() for item in items)
    found = (line for split, item in listed for line in _absent_files(dataset, root, split, item))
    lines = list(dict.fromkeys(found))
    if not lines:
        return []
    more = [f"and {len(lines) - n_shown} more"] if len(lines) > n_shown else []
    return [*lines[:n_shown], *more, _ADVICE]


def _missing(dataset, root):
    """Why there is no dataset at a root, or it cannot be looked into; None if all is well."""
    try:
        return roots.problem(root) or dataset.missing(root)
    except OSError as error:  # pathlib's, of folders that may not be entered
        return f"{dataset.name} in {root} cannot be read ({error}): check the permissions."


def _absent_files(dataset, root, split, item):
    """Files of an item that do not exist, or why they cannot be named."""
    try:
        files = dataset.files(root, split, item)
    except DatasetError as error:
        return [str(error)]
    return [line for path in files if (line := _absence(path))]


def _absence(path):
    """Line about a file that is not there, or that may not be looked at; None if it is there."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return f"missing: {path}"
    except OSError as error:
        return f"{path} cannot be read ({error}): check its permissions."
    return None


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
