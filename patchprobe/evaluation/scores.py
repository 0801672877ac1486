"""Scores of patch classification: metrics with intervals, from confusions kept per image."""

import numpy as np

from patchprobe import results
from patchprobe.crops.labels import LABEL_RULES
from patchprobe.evaluation import metrics

_COMPARED = ("n_removed", "scaling")  # settings that differ in these are compared


class Segmentation:
    """Scores predictions for the patches of some images against their native pixels.

    Parameters
    ----------
    labels : patchprobe.embeddings.patches.Labels
    items : list of (split, item)
        The query images.
    """

    def __init__(self, labels, items):
        self.selection = labels.select(items)
        self.names, self.evaluated, self.absent = labels.names, labels.evaluated, labels.absent
        self.pixels = labels.pixels(self.selection)
        self.labels = {rule: labels.labels(self.selection, rule) for rule in LABEL_RULES}
        places = {"tiles": self.selection.tiles, "image_of_crop": self.selection.image_of_crop}
        classes = {"evaluated": labels.evaluated, "absent": labels.absent}
        self.results = results.Results(self.selection.images, grid=labels.grid, **places, **classes)
        self.draws = {}

    def add(self, predictions, label_rule, **keys):
        """Score predictions (n_patches,), made from bank labels of `label_rule`.

        `keys` (backbone, layer, n_removed, ...) become columns of the rows. Mean IoU has the ends
        of its 95 % interval over resampled images (`low`, `high`) and, where the same setting was
        added before without removed features (and with `scaling` "none", where that is a key), the
        difference to it on the same resampled images (`gain`, `gain_low`, `gain_high`).
        """
        by_crop = predictions.reshape(self.pixels.shape[:2])
        confusions = metrics.image_confusions(by_crop, self.pixels, self.selection.image_of_crop)
        total = confusions.sum(0)
        ious = metrics.iou(total, self.evaluated)
        mean = metrics.mean_iou(ious, self.absent)
        shares = np.bincount(predictions, minlength=len(self.names)) / len(predictions)
        values = [
            {"metric": "iou", "class": self.names[c], "value": iou}
            for c, iou in zip(self.evaluated, ious, strict=True)
        ]
        values += [
            {"metric": "miou", "value": mean, **self._interval(confusions, mean, keys, label_rule)},
            {"metric": "pixel_accuracy", "value": metrics.pixel_accuracy(total, self.evaluated)},
            {
                "metric": "patch_accuracy",
                "value": (predictions == self.labels[label_rule]).mean(),
            },
            {
                "metric": "top_class_share",
                "class": self.names[shares.argmax()],
                "value": shares.max(),
            },
        ]
        values = [{"class": "", **value} for value in values]
        keys = {**keys, "label_rule": label_rule}
        self.results.add(values, confusions.astype(np.int32), by_crop.astype(np.uint8), **keys)

    def _interval(self, confusions, mean, keys, label_rule):
        tallies = metrics.tallies(confusions, self.evaluated)
        statistic = metrics.resampled_mean_iou(tallies.sum(0), self.absent)
        draws = results.bootstrap(tallies, statistic, results.times_drawn(len(tallies)))
        low, high = results.interval(draws, len(confusions))
        ends = {"low": low, "high": high}
        setting = (label_rule, *((k, v) for k, v in keys.items() if k not in _COMPARED))
        if keys.get("n_removed") == 0 and keys.get("scaling", "none") == "none":
            self.draws[setting] = (mean, draws)
        if setting in self.draws:
            whole, whole_draws = self.draws[setting]
            low, high = results.interval(draws - whole_draws, len(confusions))
            ends |= {"gain": mean - whole, "gain_low": low, "gain_high": high}
        return ends
