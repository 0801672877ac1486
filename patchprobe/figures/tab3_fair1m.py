"""Table 3: pixels, patches and tiles of every category of FAIR1M's few-shot set."""

import numpy as np
import pandas as pd

from patchprobe.crops.patch_labels import centre_labels
from patchprobe.datasets.fair1m_names import CLASS_NAMES, N_CLASSES, SUPER_NAMES, SUPER_OF
from patchprobe.errors import DatasetError

GRIDS = {"patches_vit16": 14, "patches_dinov2": 16}  # patches a side of a tile


def build(masks, present, published):
    """Pixels, patches and tiles of every category, beside the printed ones.

    A patch has the label of the pixel at its centre.

    Parameters
    ----------
    masks : numpy.ndarray of shape (n_tiles, 224, 224), uint8
    present : iterable of set of int
        Fine categories present in each tile.
    published : pandas.DataFrame
        Columns category, pixels, patches_vit16, patches_dinov2 and perhaps others.

    Returns
    -------
    pandas.DataFrame
        Background and the 38 categories in the order of Table 3. Columns super, category, pixels,
        patches_vit16 (grid of 14x14), patches_dinov2 (16x16), tiles (in which the category is
        present), and those of `published` with the suffix `_paper`.
    """
    if set(published["category"]) != set(CLASS_NAMES) or len(published) != N_CLASSES:
        raise DatasetError(
            f"published table: expected the {N_CLASSES} categories {', '.join(CLASS_NAMES)}; "
            f"found {', '.join(map(str, published['category']))}"
        )
    labels = {"pixels": masks} | {
        name: np.stack([centre_labels(mask, (1, 1), (n, n)) for mask in masks])
        for name, n in GRIDS.items()
    }
    counts = {name: np.bincount(x.ravel(), minlength=N_CLASSES) for name, x in labels.items()}
    sets = list(present)
    counts["tiles"] = [sum(category in found for found in sets) for category in range(N_CLASSES)]
    supers = [SUPER_NAMES[i] for i in SUPER_OF]
    table = pd.DataFrame({"super": supers, "category": CLASS_NAMES, **counts})
    printed = published.drop(columns="super", errors="ignore").set_index("category")
    return table.join(printed.add_suffix("_paper"), on="category")
