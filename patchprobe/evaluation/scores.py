"""Scores of patch classification: tidy rows, and confusion matrices per image."""

import numpy as np
import pandas as pd

from patchprobe.crops import patch_labels
from patchprobe.evaluation import metrics

LABEL_RULES = ("centre", "majority")


class Scores:
    """Collects scores of predictions for query patches, as tidy rows and per-image confusions.

    Parameters
    ----------
    queries : Patches
    grid : int
    class_names : sequence of str
        Of all classes.
    evaluated : sequence of int
        Classes that count in the mean IoU.
    """

    def __init__(self, queries, grid, class_names, evaluated):
        self.queries, self.class_names, self.evaluated = queries, class_names, evaluated
        self.histograms = patch_labels.upsampled_histograms(
            queries.label_maps(), grid, queries.n_classes
        )
        self.labels = queries.labels(grid)
        self.rows, self.confusions = [], []

    def add(self, predictions, label_rule, **keys):
        """Score predictions (n_patches,), made from bank labels of `label_rule`.

        `keys` (backbone, layer, n_removed, ...) become columns of the rows.
        """
        by_crop = predictions.reshape(self.histograms.shape[:2])
        confusions = metrics.image_confusions(by_crop, self.histograms, self.queries.image_of_crop)
        total = confusions.sum(0)
        ious = metrics.iou(total, self.evaluated)
        values = [
            ("iou", self.class_names[c], iou) for c, iou in zip(self.evaluated, ious, strict=True)
        ]
        values += [
            ("miou", "", metrics.mean_iou(ious)),
            ("pixel_accuracy", "", metrics.pixel_accuracy(total, self.evaluated)),
            ("patch_accuracy", "", (predictions == self.labels[label_rule]).mean()),
        ]
        keys = {"setting": len(self.confusions), **keys, "label_rule": label_rule}
        self.rows += [{**keys, "metric": m, "class": c, "value": v} for m, c, v in values]
        self.confusions.append(confusions)

    def save(self, table_path, confusions_path):
        """Write the rows as CSV, and the confusions of each `setting` of the rows as .npz.

        The .npz holds `confusions` (n_settings, n_images, n_classes, n_classes), true classes in
        rows, and `images`, their names.
        """
        pd.DataFrame(self.rows).to_csv(table_path, index=False, float_format="%.6f")
        confusions = np.stack(self.confusions).astype(np.int32)
        np.savez_compressed(
            confusions_path, confusions=confusions, images=np.array(self.queries.images)
        )
