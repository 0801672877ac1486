"""Scores of retrieval: outcomes with intervals, from counts kept per image, and hubness.

A query is a patch of a changed image that covers an object. Its nearest patch among all patches of
all original images is the same patch, or shows the same category, super-category, ... (see
`patchprobe.evaluation.outcomes`).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from patchprobe import results
from patchprobe.crops.correspondence import NOWHERE
from patchprobe.crops.labels import LABEL_RULES
from patchprobe.crops.variants import CLEAN
from patchprobe.errors import StoreError
from patchprobe.evaluation.outcomes import OUTCOMES, counts, hubness, outcomes

# Whether a query is an object by the label of the changed patch, or, as in the published
# experiments, by that of the original patch at the same place in the grid.
QUERY_LABELS = ("changed", "same_place")


@dataclass(frozen=True, eq=False)
class Level:
    """The patches of all query crops at one level, crop by crop.

    Attributes
    ----------
    labels : dict of (label rule, query label) to numpy.ndarray of shape (n_patches,)
    original : numpy.ndarray of shape (n_patches,), int64
        Bank row of the patch that contains the patch's centre; -1 if there is none.
    queries : numpy.ndarray, int64
        Patches that are objects by any of the labels.
    """

    labels: dict
    original: np.ndarray
    queries: np.ndarray


class RetrievalScores:
    """What is searched for where, and the scores of what is found.

    Parameters
    ----------
    labels : patchprobe.embeddings.patches.Labels
        Of the original crops.
    changed_labels : patchprobe.embeddings.patches.ChangedLabels
    bank_items, query_items : list of (split, item)
    **keys
        Columns of all rows: dataset, backbone.
    """

    def __init__(self, labels, changed_labels, bank_items, query_items, **keys):
        self.keys = keys
        self.bank, self.query = labels.select(bank_items), labels.select(query_items)
        self.changed = changed_labels.select(query_items)
        if self.changed.images != self.query.images:
            raise StoreError(
                f"{changed_labels.path} labels other images than {labels.path}: remake it with "
                f"`snakemake --force {changed_labels.path}`."
            )
        self.evaluated, self.super_categories = labels.evaluated, labels.super_categories
        self.groups = labels.groups
        self.names, self.grid = labels.names, labels.grid
        self.n_patches = labels.grid[0] * labels.grid[1]
        self.bank_labels = {rule: labels.labels(self.bank, rule) for rule in LABEL_RULES}
        at_place = {rule: labels.labels(self.query, rule) for rule in LABEL_RULES}
        same = np.broadcast_to(np.arange(self.n_patches), (len(self.query.crops), self.n_patches))
        self.levels = {CLEAN: self._level(at_place, at_place, same)}
        for level in changed_labels.levels:
            changed = {
                rule: changed_labels.labels(self.changed, level, rule) for rule in LABEL_RULES
            }
            original = changed_labels.original(self.changed, level)
            self.levels[level] = self._level(changed, at_place, original)
        if not any(len(level.queries) for level in self.levels.values()):
            raise ValueError(
                "no patch of the query images covers an object, so that there is nothing to "
                "retrieve: correct the subset `query` of the dataset"
            )
        self.results = results.Results(self.query.images)
        self.keys["n_left_out"] = len(self.query.left_out)

    def _level(self, changed, at_place, original):
        labels = {
            (rule, name): of_rule[rule]
            for rule in LABEL_RULES
            for name, of_rule in zip(QUERY_LABELS, (changed, at_place), strict=True)
        }
        is_query = np.any([np.isin(values, self.evaluated) for values in labels.values()], axis=0)
        first = self._first_rows[:, None]
        rows = np.where((original == NOWHERE) | (first == NOWHERE), NOWHERE, original + first)
        return Level(labels, rows.ravel(), np.flatnonzero(is_query))

    @cached_property
    def _first_rows(self):
        """Bank row of the first patch of each query crop; -1 if the crop is not in the bank."""
        place = {crop: number for number, crop in enumerate(self.bank.crops.tolist())}
        places = [place.get(crop, NOWHERE) for crop in self.query.crops.tolist()]
        return np.array([n * self.n_patches if n != NOWHERE else n for n in places])

    def patches(self, levels):
        """Patches, of all query crops, that are the queries of some levels, one after the other."""
        return np.concatenate([self.levels[level].queries for level in levels])

    def places(self):
        """Where queries and bank rows are, and what they show.

        Returns
        -------
        dict of str to numpy.ndarray
            Of the queries of all levels `level`, `patch` (of all query crops), `original` and, for
            each label rule, `labels_<rule>`; of the bank `bank_labels_<rule>`; `query_crops` and
            `bank_crops` in their stores; `grid`, `names`, `super_categories`, `evaluated`.
        """
        every = self.levels.values()
        labels = {
            f"labels_{rule}": np.concatenate([x.labels[rule, "changed"][x.queries] for x in every])
            for rule in LABEL_RULES
        }
        return {
            "level": np.repeat(list(self.levels), [len(x.queries) for x in every]),
            "patch": self.patches(self.levels),
            "original": np.concatenate([x.original[x.queries] for x in every]),
            **labels,
            **{f"bank_labels_{rule}": values for rule, values in self.bank_labels.items()},
            "query_crops": self.changed.crops,
            "bank_crops": self.bank.crops,
            "grid": np.array(self.grid),
            "names": np.array(self.names),
            "super_categories": np.array(self.super_categories),
            "evaluated": np.array(self.evaluated),
        }

    def excluded(self, levels, what):
        """Bank rows [start, stop) that are no neighbours of queries: (n_queries, 2), int64.

        Parameters
        ----------
        levels : sequence of str
        what : {"tile", "source_image"}
            The crop that a query is of, or all crops of its source image.
        """
        if what == "tile":
            first = self._first_rows[:, None]
            ranges = np.where(first == NOWHERE, 0, first + np.array([0, self.n_patches]))
        else:
            ranges = self._rows_of_groups()
        return ranges[self.patches(levels) // self.n_patches]

    def _rows_of_groups(self):
        """Bank rows [start, stop) of the group of each query crop."""
        in_bank, of_query = (
            np.array([self._source(chosen.images[n]) for n in chosen.image_of_crop])
            for chosen in (self.bank, self.query)
        )
        ranges = np.zeros((len(of_query), 2), np.int64)
        for name in np.unique(of_query):
            crops = np.flatnonzero(in_bank == name)
            if len(crops) and crops[-1] - crops[0] >= len(crops):
                raise ValueError(
                    f"expected the crops of source image {name} one after the other, found others "
                    "between them: exclude `tile` instead of `source_image`"
                )
            if len(crops):
                ends = np.array([crops[0], crops[-1] + 1]) * self.n_patches
                ranges[of_query == name] = ends
        return ranges

    def _source(self, image):
        """The source image of a tile; ids count anew in every split."""
        return f"{image[0]}/{self.groups[image]}"

    def add(self, level, found, **keys):
        """Score what was retrieved for the queries of a level.

        Parameters
        ----------
        level : str
        found : numpy.ndarray of shape (n_queries,), int
            Bank rows.
        **keys
            Columns of the rows; with `excluded`, no patch is attainable.
        """
        about = self.levels[level]
        n_images = len(self.query.images)
        for (rule, query_label), labels in about.labels.items():
            is_asked = np.isin(labels[about.queries], self.evaluated)
            queries, rows = about.queries[is_asked], found[is_asked]
            original = np.full(len(queries), NOWHERE)
            if not keys.get("excluded"):
                original = about.original[queries]
            numbers = outcomes(
                rows,
                self.bank_labels[rule],
                labels[queries],
                original,
                self.super_categories,
                self.evaluated,
            )
            image = self.query.image_of_crop[queries // self.n_patches]
            table = counts(numbers, original != NOWHERE, image, n_images)
            values = _shares(table)
            values += [
                {"metric": name, "value": value}
                for name, value in hubness(rows, len(self.bank_labels[rule])).items()
            ]
            rules = {"label_rule": rule, "query_label": query_label}
            self.results.add(values, table, **self.keys, level=level, **keys, **rules)


def _shares(table):
    """Shares of the queries with their intervals over resampled images; the number of queries."""
    n_outcomes = len(OUTCOMES)
    n_queries = table[:, :n_outcomes].sum()
    values = [{"metric": "n_queries", "value": n_queries}]
    for i, name in enumerate((*OUTCOMES, "attainable")):

        def share(summed, i=i):
            with np.errstate(invalid="ignore"):  # a resample without queries
                return summed[:, i] / summed[:, :n_outcomes].sum(1)

        value = {"metric": name, "value": np.nan, "low": np.nan, "high": np.nan}
        if n_queries:
            draws = results.bootstrap(table, share, results.times_drawn(len(table)))
            value["value"] = table[:, i].sum() / n_queries
            value["low"], value["high"] = results.interval(draws, len(table))
        values.append(value)
    return values
