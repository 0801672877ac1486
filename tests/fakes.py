"""Small made-up datasets and stores, for tests of what is made from them."""

import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from patchprobe import store
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.embeddings import extraction

NAMES = ("void", "road", "pole", "car", "sky", "train")
CLASSES = Classes(NAMES, (1, 2, 3, 4, 5), colours=tuple((40 * i,) * 3 for i in range(6)))

IMAGES = {name: Layout((64, 96), 2, 3, 32) for name in ("ulm_1", "aachen_1", "jena_1")}
VIDEOS = {"a": Layout((32, 64), 1, 2, 32, n_frames=3), "b": Layout((32, 64), 1, 2, 32, n_frames=2)}
TILES = {name: Layout((32, 32), 1, 1, 32) for name in ("x_1", "x_2", "y_1", "y_2")}
# pixels on all sides belong to no tile
FRAMED = {name: Layout((41, 70), 1, 2, 32, origin=(4, 3)) for name in ("p_1", "q_1")}
# as many tiles as fit
UNEQUAL = {"p_1": Layout((32, 64), 1, 2, 32), "q_1": Layout((64, 96), 2, 3, 32)}


def random_pixels(words, shape, high):
    """Random pixels that depend on nothing but these words."""
    rng = np.random.default_rng(zlib.crc32(repr(words).encode()))
    return rng.integers(0, high, shape, dtype=np.uint8)


def image_of(item, size, frame=0):
    """The RGB image of a frame."""
    return random_pixels(("image", item, frame), (*size, 3), 256)


def labels_of(item, size, frame=0, n_classes=6):
    """The label map of a frame."""
    return random_pixels(("labels", item, frame), size, n_classes)


def dataset(layouts, native=None, classes=CLASSES, read=None, with_labels=True):
    """A dataset of random frames.

    Parameters
    ----------
    layouts : dict of str to Layout
        By item, of the split val; groups are the first words of items.
    native : dict of str to (int, int), optional
        Size of the label map of each item; default: that of its frames.
    read : callable, (item, frame) -> image, optional
        Instead of random pixels.
    """

    def read_sample(root, split, item, frame=0):
        size = layouts[item].size
        n_classes = len(classes.names)
        return Sample(
            item.split("_")[0],
            lambda: read(item, frame) if read else image_of(item, size, frame),
            (lambda: labels_of(item, (native or {}).get(item, size), frame, n_classes))
            if with_labels
            else None,
        )

    return Dataset(
        name="Fake",
        splits=("val",),
        classes=lambda root: classes,
        missing=lambda root: None,
        items=lambda root, split: sorted(layouts),
        files=lambda root, split, item: [],
        problems=lambda root, split, item: (),
        layout=lambda root, split, item: layouts[item],
        read=read_sample,
    )


def job(output, params, dataset):
    """`snakemake` as a script sees it: one output, in the folder of results (and of downloads)."""
    folder = str(Path(output).parent)
    return SimpleNamespace(
        rule="",
        input=[],
        output=[str(output)],
        log=[f"{folder}/job.log"],
        params=SimpleNamespace(**params, items=params.items),
        wildcards=SimpleNamespace(dataset=dataset),
        threads=1,
        config={"pathvars": {"results": folder, "resources": folder}},
    )


def items(names, split="val"):
    """Items as subsets name them."""
    return [(split, name) for name in names]


def write_labels(
    path,
    centre,
    images,
    grid,
    tiles=(1, 1),
    patch_px=2,
    groups=None,
    left_out=(),
    majority=None,
    absent="skip",
):
    """A store of labels as `patchprobe.crops.labels` makes it; every patch has one label.

    Parameters
    ----------
    centre : numpy.ndarray of shape (n_crops, n_patches)
    images : list of [split, item, frame]
    grid : (int, int)
    tiles : (int, int)
        Of every image.
    """
    about = {
        "classes": {**CLASSES.as_dict(), "absent": absent},
        "images": images,
        "tiles": [list(tiles)] * len(images),
        "left_out": [list(item) for item in left_out],
        "groups": groups or [image[1].split("_")[0] for image in images],
        "grid": list(grid),
    }
    store.create(path, about)
    pixels = np.eye(len(NAMES), dtype=np.uint32)[centre] * patch_px**2
    arrays = {"centre": centre, "majority": centre if majority is None else majority}
    for name, values in {**arrays, "pixels": pixels}.items():
        dtype = "uint32" if name == "pixels" else "uint8"
        chunks = (1, *values.shape[1:])
        store.create_array(path, name, values.shape, dtype, chunks)[:] = values
    store.seal(path)
    return path


def write_tokens(path, tokens, images, grid, tiles=(1, 1), left_out=(), layer=2, crops=None):
    """One part of a store of tokens, as `patchprobe.embeddings.extraction` makes it.

    Parameters
    ----------
    tokens : dict of str to numpy.ndarray of shape (n_crops, n_patches, n_features)
        By level.
    crops : (int, int, int), optional
        First and last crop and how many there are; default: all.
    """
    n_crops = len(next(iter(tokens.values())))
    about = {
        "backbone": "mae",
        "dataset": "fake",
        "crops": list(crops or (0, n_crops, n_crops)),
        "grid": list(grid),
        "layers": [layer],
        "levels": list(tokens),
        "images": images,
        "tiles": [list(tiles)] * len(images),
        "left_out": [list(item) for item in left_out],
    }
    store.create(path, about)
    for level, values in tokens.items():
        name = extraction.patches_name(level, layer)
        chunks = (2, *values.shape[1:])
        store.create_array(path, name, values.shape, "float16", chunks)[:] = values
    store.seal(path)
    return path
