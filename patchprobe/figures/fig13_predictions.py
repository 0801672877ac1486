"""Figure 13: predictions of k-NN and linear probes for two images."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.patches import Patch

from patchprobe.crops import patch_labels
from patchprobe.figures.tables import predictions_of, select_representation


def draw(examples, knn, linear, representations, bank):
    """Images and their labels above the patch maps that every representation predicts.

    Parameters
    ----------
    examples : dict of str to numpy.ndarray
        See `patchprobe.datasets.base.examples`.
    knn, linear : pandas.DataFrame
        Score tables under one protocol, with predictions beside them.
    representations : list of patchprobe.figures.style.Representation
    bank : str
        Training subset.

    Returns
    -------
    matplotlib.figure.Figure
    """
    images = [tuple(image) for image in examples["images"]]
    n_rows, n_columns = 1 + len(representations), 2 * len(images)
    figure, grid = plt.subplots(n_rows, n_columns, figsize=(7.2, 0.82 * n_rows + 1.1))
    shown = set()
    for i in range(len(images)):
        _show(grid[0, 2 * i], examples[f"image_{i}"], "image")
        _show(grid[0, 2 * i + 1], examples["colours"][examples[f"labels_{i}"]], "ground truth")
        shown |= set(np.unique(examples[f"labels_{i}"]).tolist())
    for row, r in zip(grid[1:], representations, strict=True):
        for c, table in enumerate((knn, linear)):
            chosen = select_representation(table, r, train_set=bank, metric="miou").iloc[0]
            maps = maps_of(predictions_of(chosen), images)
            for i, classes in enumerate(maps):
                axes = row[2 * i + c]
                _show(axes, examples["colours"][classes], size=examples[f"image_{i}"].shape)
                shown |= set(np.unique(classes).tolist())
        row[0].set_ylabel(r.label, rotation=0, ha="right", va="center", fontsize=8)
    for i in range(len(images)):
        grid[1, 2 * i].set_title("k-NN", fontsize=8)
        grid[1, 2 * i + 1].set_title("linear probe", fontsize=8)
    _legend(figure, examples, sorted(shown))
    return figure


def maps_of(found, images):
    """Patch maps of some images, uint8 of shape (rows, columns) each, from stored predictions.

    Parameters
    ----------
    found : dict of str to numpy.ndarray
        See `patchprobe.figures.tables.predictions_of`.
    images : list of tuple (split, item, frame)
    """
    stored = [tuple(image) for image in found["images"]]
    maps = []
    for image in images:
        number = stored.index(image)
        crops = found["predictions"][found["image_of_crop"] == number]
        maps.append(patch_labels.stitch(crops, found["tiles"][number], found["grid"]))
    return maps


def _show(axes, picture, title="", size=None):
    height, width = (size or picture.shape)[:2]
    axes.imshow(picture, interpolation="nearest", extent=(0, width, height, 0))
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title, fontsize=8)


def _legend(figure, examples, labels):
    """Colours of the classes that occur; void classes of one colour share an entry."""
    named = {}
    for label in labels:
        colour = tuple(examples["colours"][label].tolist())
        named.setdefault(colour, "void" if colour == (0, 0, 0) else str(examples["names"][label]))
    handles = [Patch(color=np.array(colour) / 255, label=name) for colour, name in named.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=7, fontsize=6.5)
