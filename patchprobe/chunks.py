"""Whole chunks of the arrays of stores, written in the thread that asks for it.

The files are those that Zarr writes, byte for byte. Zarr does the work of all threads in one event
loop, which writes 1.4 GB/s however many threads ask (see docs/measurements.md); here it grows with
the threads. Chunks are cut along the first axis alone.
"""

from pathlib import Path

import google_crc32c
import numpy as np

_CHECKSUM_BYTES = 4


def write(path, name, array, number, values):
    """Write a whole chunk of an array without compression.

    Parameters
    ----------
    path, name : path, str
        The store, and the name of its array.
    array : zarr.Array
        The same, open.
    number : int
        Of the chunk.
    values : numpy.ndarray of shape (n_rows, *array.shape[1:])
        C-contiguous, of the type of the array. Fewer rows than a chunk has are followed by zeros,
        as Zarr fills the last chunk.
    """
    place = (number, *(0 for _ in array.shape[1:]))
    file = Path(path, name, array.metadata.encode_chunk_key(place))
    file.parent.mkdir(parents=True, exist_ok=True)
    content = values.reshape(-1).view(np.uint8)
    filling = bytes((array.chunks[0] - len(values)) * values[0].nbytes)
    checksum = google_crc32c.extend(google_crc32c.value(content), filling)
    with file.open("wb") as chunk:
        for part in (content, filling, checksum.to_bytes(_CHECKSUM_BYTES, "little")):
            chunk.write(part)
