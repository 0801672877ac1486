"""The results of a run by what was evaluated, with resampled values of every score."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from patchprobe.evaluation.association_scores import Blocks
from patchprobe.figures.tables import read
from patchprobe.reproduction import statistics
from patchprobe.results import beside, interval

_KNN = {"removal": "highest", "draw": 0, "scaling": "none", "vote": "majority", "k": 1}


@dataclass(frozen=True)
class Kind:
    """One kind of result table.

    Attributes
    ----------
    statistic : callable
        See `patchprobe.reproduction.statistics`.
    defaults : dict
        Values of columns, unless others are asked for.
    has_bank : bool
        Whether rows are of several training subsets, of which the bank counts by default.
    part : str
        Column of the parts of a metric.
    """

    statistic: object
    defaults: dict
    has_bank: bool = False
    part: str = "class"


_SEGMENTATION = statistics.segmentation
_ASSOCIATION = Kind(statistics.association, {"n_removed": 0, "average": "frames"}, part="average")
KINDS = {
    "knn_subsets": Kind(_SEGMENTATION, {"n_removed": 0}, has_bank=True),
    "knn_layers": Kind(_SEGMENTATION, {"n_removed": 0}),
    "knn_variants": Kind(_SEGMENTATION, {"n_removed": 0, **_KNN}),
    "linear_subsets": Kind(_SEGMENTATION, {"n_removed": 0}, has_bank=True),
    "linear_variants": Kind(_SEGMENTATION, {"n_removed": 0, "removal": "highest", "draw": 0}),
    "robustness": Kind(_SEGMENTATION, {"n_removed": 0}),
    "whole_frames": Kind(_SEGMENTATION, {"n_removed": 0}),
    "retrieval": Kind(
        statistics.retrieval,
        {
            **{"n_removed": 0, "removal": "highest", "standardised": False},
            **{"excluded": "", "query_label": "changed"},
        },
    ),
    "association": _ASSOCIATION,
    "association_whole": _ASSOCIATION,
    "scenes": Kind(statistics.scenes, {"n_removed": 0, "resize_bank": True}),
    "context": Kind(
        statistics.context,
        {"n_removed": 0, "middle": "one", "regression": "ridge"},
    ),
    "reconstruction": Kind(statistics.reconstruction, {}),
}


@dataclass(frozen=True, eq=False)
class Score:
    """A number, and its values on resampled images.

    Attributes
    ----------
    value : float
    draws : numpy.ndarray or None
        None where nothing was resampled.
    images : tuple
        What was resampled: only draws of the same images are paired.
    is_exact : bool
        Whether it is a count or a property of the features, which no choice of images blurs.
    """

    value: float
    draws: np.ndarray | None = None
    images: tuple = ()
    is_exact: bool = False

    @cached_property
    def ends(self):
        """Ends of the 95 % interval, NaN without one."""
        if self.draws is None or not np.isfinite(self.draws).any():
            return np.nan, np.nan
        return interval(self.draws, len(self.images))


def combine(function, *scores):
    """A function of scores, on the same resampled images if all are of the same."""
    value = function(*(score.value for score in scores))
    of_same = len({score.images for score in scores}) == 1
    if not of_same or any(score.draws is None for score in scores):
        return Score(value)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Score(value, function(*(score.draws for score in scores)), scores[0].images)


def difference(score, other):
    """One score minus another."""
    return combine(np.subtract, score, other)


def mean(scores):
    """Mean of scores."""
    return combine(lambda *values: np.mean(values, axis=0), *scores)


class _Table:
    """A result table by settings: their columns, and the rows of each."""

    def __init__(self, path):
        self.path, rows = path, read([path])
        first = rows.drop_duplicates("setting")
        self.columns = {name: _as_numbers(first[name]).to_numpy() for name in first}
        self.rows = dict(iter(rows.groupby("setting")))

    def settings(self, asked, optional):
        """Settings whose columns have the values asked for.

        A column that there is not selects nothing; nor does an optional one where it is empty.
        """
        is_chosen = np.ones(len(self.columns["setting"]), bool)
        for name in (name for name in asked if name in self.columns):
            column = self.columns[name]
            is_equal = column == asked[name]
            if name in optional:
                is_equal |= (column == "") | pd.isna(column)
            is_chosen &= is_equal
        return self.columns["setting"][is_chosen]


def _as_numbers(column):
    """A column as numbers if all that is not empty is (probes have no k), else as it is."""
    numbers = pd.to_numeric(column, errors="coerce")
    is_number = numbers.notna()
    return numbers if is_number.any() and is_number.equals(column != "") else column


class Evidence:
    """Scores of a run.

    Parameters
    ----------
    tables : dict of str to list of path
        Result tables of each of `KINDS`; counts lie beside them.
    protocol : dict
        Columns and values that select its rows, see `patchprobe.figures.tables.select_protocol`.
    banks : dict of str to str
        Bank of each dataset.
    """

    def __init__(self, tables, protocol, banks):
        self.protocol, self.banks = protocol, banks
        self._tables, self._draws, self._counts = {}, {}, {}
        for kind, paths in tables.items():
            for table in map(_Table, paths):
                dataset, backbone = (table.columns[x][0] for x in ("dataset", "backbone"))
                self._tables[kind, dataset, backbone] = table

    def backbones(self, kind, dataset):
        """Backbones that there are results of, in the order of the tables."""
        return [name for k, d, name in self._tables if (k, d) == (kind, dataset)]

    def values(self, kind, dataset, backbone, column, **values):
        """Values of a column among settings with some values, in their order.

        Empty if it was not run, or has no such column.
        """
        table = self._tables.get((kind, dataset, backbone))
        if table is None or column not in table.columns:
            return []
        chosen = np.isin(table.columns["setting"], self._settings(table, kind, dataset, values))
        return list(dict.fromkeys(table.columns[column][chosen].tolist()))

    def score(self, kind, dataset, backbone, metric, part=None, **values):
        """A score with its draws; of several random draws of features, their mean.

        Parameters
        ----------
        kind, dataset, backbone, metric : str
        part : str, optional
            Class or average that the metric is of.
        **values
            Columns that tell the setting, beside those of `KINDS`, the protocol and the bank.

        Returns
        -------
        Score or None
            None if this was not run.

        Raises
        ------
        ValueError
            If the values tell more than one setting.
        """
        table = self._tables.get((kind, dataset, backbone))
        if table is None:
            return None
        settings = self._settings(table, kind, dataset, values)
        if part is None:
            part = KINDS[kind].defaults.get(KINDS[kind].part, "")
        if len(settings) == 0:
            return None
        if len(settings) > 1 and len(self._draws_of(table, settings)) != len(settings):
            raise ValueError(
                f"{kind} of {backbone} on {dataset}: expected one setting with {values}, found "
                f"{len(settings)}: name more columns"
            )
        found = [self._of_setting(table, kind, int(n), metric, part) for n in settings]
        return None if None in found else mean(found)

    def _settings(self, table, kind, dataset, values):
        asked = {**KINDS[kind].defaults, **self.protocol}
        if KINDS[kind].has_bank:
            asked["train_set"] = self.banks.get(dataset)
        if kind == "knn_layers":
            asked["layer"] = table.columns["layer"].max()
        asked = {**asked, **values}
        asked.pop(KINDS[kind].part, None)  # differs within a setting
        return table.settings(asked, optional=self.protocol)

    @staticmethod
    def _draws_of(table, settings):
        """Random draws of features that these settings are of."""
        if "draw" not in table.columns:
            return set()
        return set(table.columns["draw"][np.isin(table.columns["setting"], settings)].tolist())

    def _of_setting(self, table, kind, setting, metric, part):
        path, rows = table.path, table.rows[setting]
        if path not in self._counts:
            arrays = statistics.load(beside(path, "counts"))
            self._counts[path] = arrays, _resampled(arrays)
        arrays, images = self._counts[path]
        if (path, setting) not in self._draws:
            found = KINDS[kind].statistic(arrays["counts"][setting], arrays, rows)
            self._draws[path, setting] = found
        if (metric, part) in self._draws[path, setting]:
            value, draws = self._draws[path, setting][metric, part]
            return Score(float(value), draws, images)
        of_metric = rows[rows["metric"] == metric]
        return Score(float(of_metric["value"].iloc[0])) if len(of_metric) else None


def _resampled(arrays):
    """What is resampled: images, or of videos blocks of frames (none with a video of one block)."""
    images = tuple(map(tuple, arrays["images"].tolist()))
    if "rates" not in arrays:
        return images
    blocks = Blocks(images, arrays["rates"])
    return tuple(images[start] for start in blocks.starts) if blocks.n_of_videos.min() > 1 else ()
