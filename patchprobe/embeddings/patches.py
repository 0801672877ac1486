"""Labelled patches of some images: their embeddings and their labels."""

import numpy as np

from patchprobe import store
from patchprobe.crops import patch_labels
from patchprobe.embeddings import extraction


class Patches:
    """Labelled patches of some images of a split.

    Parameters
    ----------
    crops_path : path
        Store of `patchprobe.crops.tiles.write`.
    stems : list of str
        Images to take, from those of the store.
    n_classes : int
    level : str

    Attributes
    ----------
    images : list of str
        Those that were taken, in the order of the store.
    left_out : list of str
        Those that were asked for, but left out of the store because they could not be read.
    """

    def __init__(self, crops_path, stems, n_classes, level="clean"):
        if not stems:
            raise ValueError(f"no images asked of {crops_path}: expected at least one")
        about = store.attributes(crops_path)
        stored, left_out = about["images"], set(about.get("left_out", []))
        self.left_out = [stem for stem in stems if stem in left_out]
        if absent := sorted(set(stems) - set(stored) - left_out):
            raise ValueError(f"{crops_path} lacks images {', '.join(absent)}: make it again")
        self.crops_path, self.n_classes, self.level = crops_path, n_classes, level
        self.images = [stem for stem in stored if stem in set(stems)]
        if not self.images:
            raise ValueError(f"all of the images asked of {crops_path} were left out as unreadable")
        image_of_crop = store.read(crops_path, "image_of_crop")
        is_taken = np.isin(image_of_crop, [stored.index(stem) for stem in self.images])
        self.crops = np.flatnonzero(is_taken)
        self.image_of_crop = np.unique(image_of_crop[is_taken], return_inverse=True)[1]

    def embeddings(self, parts, layer):
        """Patch embeddings, (n_patches, n_features) as a Dask array, crop by crop, row-major."""
        tokens = store.load_parts(parts, extraction.patches_name(self.level, layer))[self.crops]
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
