"""Predictions for a part of the query images, made by a job of its own, and how parts are joined.

A file (.npz) holds `predictions` (n_settings, n_crops, n_patches) uint8, `images` (n_images, 3) as
in `patchprobe.results`, and `about`, JSON: the `part` and the number of parts, the `settings`,
`made_by` (what a table's provenance tells) and `made_from` (digests of all that was read). Parts
that differ in any of these but the part, and in versions of software, are not joined.
"""

import json
import math

import numpy as np

from patchprobe import provenance, records, results
from patchprobe.errors import ResultError
from patchprobe.result_files import read_arrays

_OF_JOB = ("software", "git_commit")


def write(path, predicted, selection, part, made_by, made_from):
    """Write the predictions for one part, whole or not at all.

    Parameters
    ----------
    path : path
    predicted : iterable of (dict, numpy.ndarray of shape (n_patches,))
        Of `patchprobe.evaluation.classification.predict_knn`.
    selection : patchprobe.embeddings.patches.Selection
        The images of this part.
    part : (int, int)
        Its number, from 1, and that of all parts.
    made_by : dict
        What made it, as `patchprobe.provenance.write` takes it.
    made_from : dict of str to list of str
        See `digests`.
    """
    settings, classes = zip(*predicted, strict=True)
    about = {
        "part": list(part),
        "settings": settings,
        "made_by": provenance.record(**made_by),
        "made_from": made_from,
    }
    by_crop = [x.astype(np.uint8).reshape(len(selection.crops), -1) for x in classes]
    results.write_arrays(
        path,
        predictions=np.stack(by_crop),
        images=np.array(selection.images, dtype=str),
        about=np.array(json.dumps(about)),
    )


def digests(inputs):
    """SHA-256 of files and of the heads of stores, {name: list}, from {name: path or paths}."""
    return {
        name: [
            records.content(path)["sha256"]
            for path in ([paths] if isinstance(paths, str) else paths)
        ]
        for name, paths in inputs.items()
    }


class Joined:
    """Predictions for all query images, joined from parts.

    Parameters
    ----------
    paths : list of path
        The parts, in any order.
    selection : patchprobe.embeddings.patches.Selection
        The query images.
    labels : patchprobe.embeddings.patches.Labels
        What predictions are scored with, and the bank was labelled by.
    **expected
        What every part must have been made by: `dataset` and `backbone` of its embeddings, and
        what else the provenance tells (`searches`, `k`).

    Raises
    ------
    ResultError
        If a part is missing, doubled or damaged, or was made for other images, by other searches,
        or from other inputs than the others.
    """

    def __init__(self, paths, selection, labels, **expected):
        parts = sorted((_Part(path) for path in paths), key=lambda part: part.number)
        first = parts[0]
        for place, part in enumerate(parts, 1):
            if (part.number, part.n_parts) != (place, len(parts)):
                raise part.wrong(f"part {place} of {len(parts)}", f"part {part.told}")
            for key in ("settings", "made_from"):
                if part.about[key] != first.about[key]:
                    raise part.wrong(f"the same {key} as in {first.path}", "others")
            if part.made_by != first.made_by:
                raise part.wrong(f"what made {first.path}", "something else that made it")
            of_part = selection.part(place, len(parts))
            part.check_shape(len(of_part.crops), math.prod(labels.grid))
            if part.images != [[*map(str, image)] for image in of_part.images]:
                raise part.wrong("predictions for images of the query, in order", "other images")
            part.check_made_by(expected)
        if first.of_labels != digests({"labels": str(labels.path)})["labels"]:
            raise first.wrong(f"a bank labelled by {labels.path}", "another store of labels")
        self.parts = parts

    def predictions(self):
        """Yield settings and predictions as `patchprobe.evaluation.classification.predict_knn`."""
        for number, setting in enumerate(self.parts[0].about["settings"]):
            yield setting, np.concatenate([x.predictions[number].ravel() for x in self.parts])

    @property
    def provenance(self):
        """What made all parts; versions and commits are those of the joining job too."""
        made_by = [part.about["made_by"] for part in self.parts]
        whole = provenance.of_whole([*made_by, provenance.record(**self.parts[0].made_by)])
        return {**whole, "parts": len(self.parts)}


class _Part:
    """One file, whose content is as `write` made it."""

    def __init__(self, path):
        self.path = path
        arrays = read_arrays(path, "predictions", "images", "about")
        self.predictions, self.images = arrays["predictions"], arrays["images"].tolist()
        try:
            self.about = json.loads(str(arrays["about"][()]))
            self.number, self.n_parts = self.about["part"]
            self.told = f"{self.number} of {self.n_parts}"
            self.made_by = {k: v for k, v in self.about["made_by"].items() if k not in _OF_JOB}
            self.known = {**self.about["made_by"]["embeddings"], **self.made_by}
            self.n_settings = len(self.about["settings"])
            self.of_labels = self.about["made_from"]["labels"]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self.wrong("what made it", f"{type(error).__name__}: {error}") from error

    def check_shape(self, n_crops, n_patches):
        """Raise a ResultError unless there are predictions for so many crops and patches."""
        expected = (self.n_settings, n_crops, n_patches)
        if self.predictions.dtype != np.uint8 or self.predictions.shape != expected:
            found = f"{self.predictions.dtype} of shape {self.predictions.shape}"
            raise self.wrong(f"predictions, uint8 of shape {expected}", found)

    def check_made_by(self, expected):
        """Raise a ResultError unless it was made by what is expected."""
        for key, value in expected.items():
            if self.known.get(key) != value:
                raise self.wrong(f"{key} {value}", f"{self.known.get(key)}")

    def wrong(self, expected, found):
        """The error about this part."""
        return ResultError(
            f"{self.path}: expected {expected}, found {found}: remake all parts with "
            f"`snakemake --force` and their paths, or delete their folder and run again"
        )
