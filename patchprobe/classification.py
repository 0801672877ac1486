"""Patch classification: which patches are bank and query, and how predictions are scored."""

import logging

import numpy as np
import pandas as pd

from patchprobe import embeddings, metrics, patch_labels, store

log = logging.getLogger(__name__)

LABEL_RULES = ("centre", "majority")


def applicable(n_removed, n_features, backbone):
    """The numbers of removed features that leave one; a warning about the others.

    A sweep is written for the widest backbone; a narrower one shows the part that it can.
    """
    left_out = [m for m in n_removed if m >= n_features]
    if left_out:
        log.warning(
            "%s has %d features: m = %s left out (`removal_sweep`, or its `remove`)",
            backbone, n_features, left_out,
        )  # fmt: skip
    return [m for m in n_removed if m < n_features]


class Patches:
    """Labelled patches of some images of a split.

    Parameters
    ----------
    crops_path : path
        Store of `patchprobe.crops.write`.
    stems : list of str
        Images to take, from those of the store.
    n_classes : int
    level : str
    """

    def __init__(self, crops_path, stems, n_classes, level="clean"):
        if not stems:
            raise ValueError(f"no images asked of {crops_path}: expected at least one")
        stored = store.attributes(crops_path)["images"]
        if absent := sorted(set(stems) - set(stored)):
            raise ValueError(f"{crops_path} lacks images {', '.join(absent)}: make it again")
        self.crops_path, self.n_classes, self.level = crops_path, n_classes, level
        self.images = [stem for stem in stored if stem in set(stems)]
        image_of_crop = store.read(crops_path, "image_of_crop")
        is_taken = np.isin(image_of_crop, [stored.index(stem) for stem in self.images])
        self.crops = np.flatnonzero(is_taken)
        self.image_of_crop = np.unique(image_of_crop[is_taken], return_inverse=True)[1]

    def embeddings(self, parts, layer):
        """Patch embeddings, (n_patches, n_features) as a Dask array, crop by crop, row-major."""
        tokens = store.load_parts(parts, embeddings.patches_name(self.level, layer))[self.crops]
        return tokens.reshape(-1, tokens.shape[-1])

    def label_maps(self):
        """Pixel labels of the crops, (n_crops, height, width) uint8, native resolution."""
        return store.read(self.crops_path, f"{self.level}/label_maps", self.crops)

    def labels(self, grid):
        """Patch labels by both rules: {"centre": ..., "majority": ...}, each (n_patches,) uint8."""
        label_maps = self.label_maps()
        return {
            "centre": patch_labels.centre_labels(label_maps, grid).ravel(),
            "majority": patch_labels.majority_labels(label_maps, grid, self.n_classes).ravel(),
        }


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
