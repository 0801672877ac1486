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
    "association": Kind(
        statistics.association,
        {"n_removed": 0, "average": "frames", "video": "all"},
        part="average",
    ),
    "association_whole": Kind(
        statistics.association,
        {"n_removed": 0, "average": "frames", "video": "all"},
        part="average",
    ),
    "scenes": Kind(statistics.scenes, {"n_removed": 0, "resize_bank": True}),
    "context": Kind(
        statistics.context,
        {"n_removed": 0, "middle": "one", "regression": "ridge", "crops": "held_out"},
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
    """

    value: float
    draws: np.ndarray | None = None
    images: tuple = ()

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
            for path in paths:
                table = read([path])
                dataset, backbone = table[["dataset", "backbone"]].iloc[0]
                self._tables[kind, dataset, backbone] = table

    def backbones(self, kind, dataset):
        """Backbones that there are results of, in the order of the tables."""
        return [name for k, d, name in self._tables if (k, d) == (kind, dataset)]

    def rows(self, kind, dataset, backbone, **values):
        """Rows of a table with some values; by default those of `KINDS`, protocol and bank.

        A column that a table does not have, or that is empty in a row (probes have no similarity),
        selects nothing.

        Returns
        -------
        pandas.DataFrame
            Empty if there is no such table or row.
        """
        table = self._tables.get((kind, dataset, backbone))
        if table is None:
            return pd.DataFrame(columns=["setting", "metric", "value"])
        of_kind = KINDS[kind]
        asked = {**of_kind.defaults, **self.protocol}
        if of_kind.has_bank:
            asked["train_set"] = self.banks.get(dataset)
        if kind == "knn_layers":
            asked["layer"] = table["layer"].max()
        asked |= values
        for column, value in asked.items():
            if column in table:
                of_column = table[column]
                table = table[(of_column == value) | (of_column == "") | of_column.isna()]
        return table

    def score(self, kind, dataset, backbone, metric, part=None, **values):
        """A score with its draws; of several random draws of features, their mean.

        Parameters
        ----------
        kind, dataset, backbone, metric : str
        part : str, optional
            Class or average that the metric is of.
        **values
            Columns that tell the setting.

        Returns
        -------
        Score or None
            None if this was not run.

        Raises
        ------
        ValueError
            If the values tell more than one setting.
        """
        rows = self.rows(kind, dataset, backbone, **values)
        if part is None:
            part = KINDS[kind].defaults.get(KINDS[kind].part, "")
        settings = rows["setting"].drop_duplicates()
        if settings.empty:
            return None
        if len(settings) > 1 and ("draw" not in rows or rows["draw"].nunique() != len(settings)):
            raise ValueError(
                f"{kind} of {backbone} on {dataset}: expected one setting with {values}, found "
                f"{len(settings)}: name more columns"
            )
        found = [self._of_setting(rows[rows["setting"] == n], kind, metric, part) for n in settings]
        return None if None in found else mean(found)

    def _of_setting(self, rows, kind, metric, part):
        path, setting = rows["table"].iloc[0], int(rows["setting"].iloc[0])
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
