"""Labels of the patches of changed crops, and the original patch that each of them shows.

Arrays for each level, crop by crop: `<level>/centre` and `<level>/majority` (n_crops, n_patches)
uint8, the two label rules; `<level>/original` (n_crops, n_patches) int16, the patch of the original
crop, see `patchprobe.crops.correspondence`.
"""

from dataclasses import replace

import numpy as np

from patchprobe import store
from patchprobe.crops import patch_labels
from patchprobe.crops.correspondence import original_patches
from patchprobe.crops.tiles import cut, in_threads
from patchprobe.errors import StoreError

_CROPS_PER_CHUNK = 4096

NAMES = ("centre", "majority", "original")
ONE = (1, 1)  # each crop is changed, and labelled, by itself


def write(path, crops_path, dataset, root, grid, changes, attributes, threads=1):
    """Label the patches of every changed crop of a store.

    Where the content moves, the polygons of objects move with it and are drawn anew: a label map
    that is turned or scaled would not have the labels of the published rule.

    Parameters
    ----------
    path : path
        Store to make.
    crops_path : path
        Store of changed crops, see `patchprobe.crops.tiles.write`.
    dataset : patchprobe.datasets.base.Dataset
        With `draw_labels`.
    root : path
    grid : (int, int)
        Rows and columns of patches in a crop.
    changes : sequence of patchprobe.crops.change.Change
        Those of the crops.
    attributes : dict
        What made this store.
    threads : int
    """
    about = store.attributes(crops_path)
    levels = [change.name for change in changes]
    if about["levels"] != levels:
        raise StoreError(f"{crops_path} holds {about['levels']}, expected {levels}: make it again")
    if dataset.draw_labels is None:
        raise ValueError(
            f"{dataset.name} has no polygons, so that labels cannot follow changed images: "
            "expected a dataset with polygons, such as FAIR1M"
        )
    classes = dataset.classes(root)
    starts = np.cumsum([0, *(rows * columns for rows, columns in about["tiles"])])
    shape = (int(starts[-1]), grid[0] * grid[1])
    found = {
        f"{level}/{name}": np.empty(shape, dtype)
        for level in levels
        for name, dtype in zip(NAMES, ("uint8", "uint8", "int16"), strict=True)
    }

    def label_frame(number):
        split, item, frame = about["images"][number]
        sample = dataset.read(root, split, item, frame)
        layout = dataset.layout(root, split, item)
        size, drawn, known = tuple(layout.size), {}, {}
        for change in changes:
            forward = change.forward(size)
            if forward not in drawn:  # that of changes that move nothing is the same
                drawn[forward] = _drawn(dataset, sample.objects, change, size)
            for crop, box in enumerate(layout.boxes, starts[number]):
                place = (forward, change.corner(size, box))
                if place not in known:
                    label_map = _tile_labels(drawn[forward], change, size, box)
                    centre = patch_labels.centre_labels(label_map, ONE, grid)
                    majority = patch_labels.majority_labels(label_map, grid, len(classes.names))
                    known[place] = centre.ravel(), majority.ravel()
                original = original_patches(change, size, box, tuple(grid))
                named = zip(NAMES, (*known[place], original), strict=True)
                for name, values in named:
                    found[f"{change.name}/{name}"][crop] = values

    in_threads(label_frame, len(about["images"]), threads, "labels", "image")
    store.create(
        path,
        {
            **attributes,
            **{key: about.get(key, []) for key in ("images", "tiles", "left_out", "levels")},
            "classes": classes.as_dict(),
            "grid": list(grid),
        },
    )
    chunks = (min(_CROPS_PER_CHUNK, shape[0]), shape[1])
    for name, values in found.items():
        array = store.create_array(
            path, name, shape, values.dtype, chunks, store.IMAGE_CODECS, ("crop", "patch")
        )
        array[:] = values
    store.seal(path)


def _drawn(dataset, objects, change, size):
    """Label map of the changed image."""
    moved = objects
    if objects:
        polygons = [thing.polygon for thing in objects]
        points = change.move(np.concatenate(polygons), size)  # all at once: there are hundreds
        ends = np.cumsum([len(polygon) for polygon in polygons])[:-1]
        moved = [
            replace(thing, polygon=polygon)
            for thing, polygon in zip(objects, np.split(points, ends), strict=True)
        ]
    return dataset.draw_labels(moved, change.changed_size(size))


def _tile_labels(drawn, change, size, box):
    """Label map of a changed tile; what does not come from the image is background.

    So polygons are clipped to the image: of an object beyond its edge nothing is to be seen.
    """
    x, y = change.corner(size, box)
    label_map = cut(drawn, (y, x, *box[2:]))
    return np.where(change.comes_from_image(size, box), label_map, 0).astype(np.uint8)
