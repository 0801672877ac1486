"""Stored descriptors of objects, made by `patchprobe.embeddings.pooling`."""

from patchprobe import provenance, store
from patchprobe.errors import StoreError

SIDE = 7  # bins along each side of a box
N_BINS = SIDE**2


class Bin:
    """One bin of all objects, read by slices of rows: (n_objects, n_features)."""

    def __init__(self, bins, number):
        self.bins, self.number = bins, number
        self.shape = (bins.shape[0], bins.shape[2])

    def __getitem__(self, rows):
        return self.bins[rows, self.number]


def load(path, objects_path, **expected):
    """Descriptors in parts whose inner products add up: {"flattened": 49 bins, "mean": one part}.

    Parameters
    ----------
    path : path
        Store of descriptors.
    objects_path : path
        Table of the objects that they are of.
    **expected
        Attributes of the store: `dataset`, `backbone`, `variant`.

    Returns
    -------
    dict of str to list of array-like of shape (n_objects, n_features)
        Read by slices of rows.

    Raises
    ------
    StoreError
        If the store is damaged, of other objects, or not as expected.
    """
    about = store.attributes(path, **expected)
    if about.get("objects_sha256") != provenance.file_digest(objects_path):
        raise StoreError(
            f"{path} is of other objects than {objects_path}: remake it with "
            f"`snakemake --force {path}`"
        )
    bins = store.checked(path, "bins")
    flattened = [Bin(bins, number) for number in range(N_BINS)]
    return {"flattened": flattened, "mean": [store.checked(path, "mean")]}
