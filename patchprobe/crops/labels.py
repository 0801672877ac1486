"""Labels of the patches of a crop store: what evaluations need to know of a dataset.

One store for each grid of patches in a crop. Arrays, crop by crop: `centre` and `majority`
(n_crops, n_patches) uint8, the two label rules; `pixels` (n_crops, n_patches, n_classes), the
native pixels of each class under each patch of an up-sampled prediction. Attributes: `classes`,
`images`, `groups`, `tiles`, `grid`.
"""

import numpy as np

from patchprobe import store
from patchprobe.crops import patch_labels
from patchprobe.crops.tiles import Frame, in_threads
from patchprobe.crops.variants import WHOLE

LABEL_RULES = ("centre", "majority")


def write(path, crops_path, dataset, root, grid, attributes, threads=1):
    """Label the patches of every crop of a store.

    Parameters
    ----------
    path : path
        Store to make.
    crops_path : path
        Store of `patchprobe.crops.tiles.write`; gives the images and their order.
    dataset : patchprobe.datasets.base.Dataset
    root : path
    grid : (int, int)
        Rows and columns of patches in a crop.
    attributes : dict
        What made this store.
    threads : int
    """
    about = store.attributes(crops_path)
    every = [Frame(*image, dataset.layout(root, *image[:2])) for image in about["images"]]
    classes = dataset.classes(root)
    starts = np.cumsum([0, *(rows * columns for rows, columns in about["tiles"])])
    store.create(
        path,
        {
            **attributes,
            "classes": classes.as_dict(),
            "images": about["images"],
            "tiles": about["tiles"],
            "left_out": about.get("left_out", []),
            "groups": [dataset.read(root, *image).group for image in about["images"]],
            "grid": list(grid),
        },
    )
    arrays = _create_arrays(path, starts, grid, len(classes.names))

    def write_frame(number):
        labels = dataset.read(root, *every[number][:3]).labels
        if labels is None:
            raise ValueError(f"{dataset.name} has no label maps, so that patches have no labels")
        tiles = about["tiles"][number]
        size = _covered(every[number], labels, tiles, about["variant"])
        found = _labels_of(labels, tiles, grid, size, len(classes.names))
        for name, values in found.items():
            arrays[name][starts[number] : starts[number + 1]] = values

    in_threads(write_frame, len(every), threads, "labels", "image")
    store.seal(path)


def _covered(frame, labels, tiles, variant):
    """Height and width of the area that labels are of: the tiled one.

    Labels of a native size are resized to it. That is wrong where tiles leave out a part of the
    frame, unless the labels leave it out as well.
    """
    layout = frame.layout
    tiled = (layout.rows * layout.tile_px, layout.columns * layout.tile_px)
    size = tuple(layout.size) if variant == WHOLE else tiled
    if tiled != tuple(layout.size) and labels.shape != size:
        raise ValueError(
            f"{frame.item}: tiles cover {tiled} of {tuple(layout.size)} px; expected labels of "
            f"{size} px, found {labels.shape}"
        )
    return size


def _create_arrays(path, starts, grid, n_classes):
    n_tiles = set(np.diff(starts).tolist())
    chunk = n_tiles.pop() if len(n_tiles) == 1 else 1
    n_patches = grid[0] * grid[1]
    shapes = {
        "centre": (n_patches,),
        "majority": (n_patches,),
        "pixels": (n_patches, n_classes),
    }
    dims = ("crop", "patch", "class")
    return {
        name: store.create_array(
            path,
            name,
            (int(starts[-1]), *shape),
            "uint32" if name == "pixels" else "uint8",
            (chunk, *shape),
            store.IMAGE_CODECS,
            dims[: 1 + len(shape)],
        )
        for name, shape in shapes.items()
    }


def _labels_of(label_map, tiles, patches, size, n_classes):
    """The three arrays of one image, crop by crop."""
    grid = tuple(t * p for t, p in zip(tiles, patches, strict=True))
    found = {
        "centre": patch_labels.centre_labels(label_map, tiles, patches, size),
        "majority": patch_labels.majority_labels(label_map, grid, n_classes),
        "pixels": patch_labels.pixel_counts(label_map, grid, n_classes),
    }
    return {name: patch_labels.by_tile(values, tiles) for name, values in found.items()}
