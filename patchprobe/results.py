"""One shape of results: rows of keys and values, and counts per image from which they follow.

A table (CSV) has one row per measurement. Beside it lie the counts of every setting and image
(.npz): confusions of segmentation, outcomes of retrieval, hits and queries of tracking. A score is
a statistic of the summed counts, so that an interval is a statistic of resampled sums. The counts
hold a digest of the table, so that a torn or edited one is not taken for a result.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from patchprobe.errors import ResultError
from patchprobe.files import replacing
from patchprobe.provenance import file_digest
from patchprobe.result_files import read_arrays, read_provenance

LEVEL = 0.95
N_RESAMPLES = 1000
MIN_IMAGES = 5  # with fewer, resamples are too few different sets to tell an interval
# What tables of several backbones on the same data must agree on, as their provenance tells it.
SAME = ("k", "training", "temperature", "train", "bank", "query")
_DIGEST, _NOT_TOLD = "table_sha256", object()
SEED = 0  # the same images are drawn for every setting, so that differences are paired


class Results:
    """Collects rows and counts of one job, setting by setting.

    Parameters
    ----------
    images : list of (split, item, frame)
        The images that counts are kept for.
    **about
        Arrays that tell what counts and predictions mean, kept beside them: where predictions
        belong, which classes are evaluated, frames per second.
    """

    def __init__(self, images, **about):
        self.images, self.about = images, about
        self.rows, self.counts, self.predictions = [], [], []

    def add(self, values, counts, predictions=None, **keys):
        """Add a setting.

        Parameters
        ----------
        values : list of dict
            Columns `metric` and `value`, perhaps `class` and the ends of an interval.
        counts : numpy.ndarray of shape (n_images, ...), integer
        predictions : numpy.ndarray, optional
        **keys
            Columns that tell the setting: backbone, layer, n_removed, ...
        """
        keys = {"setting": len(self.counts), **keys}
        self.rows += [{**keys, **value} for value in values]
        self.counts.append(counts)
        self.predictions.append(predictions)

    def save(self, table, counts, predictions=None):
        """Write the rows as CSV, and counts and predictions of each `setting` as .npz.

        The files hold arrays `counts` (n_settings, n_images, ...) or `predictions` (n_settings,
        ...), `images` (n_images, 3): split, item and frame as text, and what is told about them.
        """
        write_table(pd.DataFrame(self.rows), table, float_format="%.6f")
        about = {name: np.asarray(values) for name, values in self.about.items()}
        about["images"] = np.array(self.images, dtype=str)
        about[_DIGEST] = file_digest(table)
        write_arrays(counts, counts=np.stack(self.counts), **about)
        if predictions is not None:
            write_arrays(predictions, predictions=np.stack(self.predictions), **about)


def write_table(table, path, **how):
    """Write a table as CSV, whole or not at all; `how` is that of `DataFrame.to_csv`."""
    with replacing(path) as unfinished:
        table.to_csv(unfinished, index=False, **how)


def write_arrays(path, **arrays):
    """Write arrays as .npz, whole or not at all."""
    with replacing(path) as unfinished:
        np.savez_compressed(unfinished, **arrays)


def beside(table_path, what):
    """Path of what lies beside a table: its "counts", "predictions" or "provenance"."""
    path = Path(table_path)
    return path.with_name(f"{path.stem}_{what}.{'json' if what == 'provenance' else 'npz'}")


def check_as_written(table_path, *others):
    """Raise a ResultError unless a table is the one that what lies beside it was written with.

    Counts, predictions and some provenance hold its digest. A table without any of them is not
    checked.

    Parameters
    ----------
    table_path : path
    *others : {"counts", "predictions", "provenance"}
        What is looked at; default: counts and provenance.
    """
    for path in (beside(table_path, what) for what in others or ("counts", "provenance")):
        if not os.path.lexists(path):
            continue
        if path.suffix == ".json":
            known = read_provenance(path).get(_DIGEST, _NOT_TOLD)
        else:
            known = read_arrays(path, only=[_DIGEST]).get(_DIGEST)
        if known is _NOT_TOLD:
            continue
        if not Path(table_path).is_file():
            raise ResultError(
                f"{table_path} is not there, but {path.name} is: make it with "
                f"`snakemake --force {table_path}`"
            )
        if str(known) != file_digest(table_path):
            raise ResultError(
                f"{table_path} is not the table that {path.name} was written with (edited, torn or "
                f"of another run): remake it with `snakemake --force {table_path}`"
            )


def check_same(dataset_of):
    """Raise a ResultError if tables of one kind and dataset were made with different settings.

    What lies beside a table as its provenance tells k, how probes were trained, and the images of
    bank and query.

    Parameters
    ----------
    dataset_of : dict of path to str
        Tables, and the dataset of each.
    """
    first = {}
    for path, dataset in dataset_of.items():
        source = beside(path, "provenance")
        if not source.exists():
            continue
        about = read_provenance(source)
        other, known = first.setdefault(dataset, (path, about))
        for key in (key for key in SAME if key in about and key in known):
            if about[key] != known[key]:
                raise ResultError(
                    f"{path} and {other} were made with different {key}, and cannot be compared: "
                    "remake the older with `snakemake --force` and its path"
                )


@cache
def times_drawn(n_images, n_resamples=N_RESAMPLES, seed=SEED):
    """How often each image is in each resample: (n_resamples, n_images), int64."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_images, np.full(n_images, 1 / n_images), n_resamples)


def bootstrap(counts, statistic, drawn):
    """The statistic of resampled sets of images.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_images, ...)
    statistic : callable, summed counts of shape (n, ...) -> (n,)
    drawn : numpy.ndarray of shape (n_resamples, n_images), integer
        See `times_drawn`.

    Returns
    -------
    numpy.ndarray of shape (n_resamples,), float64
    """
    n_images, *rest = counts.shape
    flat = counts.reshape(n_images, -1)
    is_used = flat.any(axis=0)  # most cells of a confusion matrix are empty
    summed = np.zeros((len(drawn), flat.shape[1]))
    summed[:, is_used] = drawn.astype(np.float64) @ flat[:, is_used].astype(np.float64)
    return statistic(summed.reshape(len(drawn), *rest))


def interval(draws, n_images, level=LEVEL):
    """Percentile interval of resampled values: (low, high); NaN with fewer than `MIN_IMAGES`."""
    if n_images < MIN_IMAGES:
        return np.nan, np.nan
    return tuple(np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2]))
