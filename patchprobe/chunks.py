"""Whole chunks of the arrays of stores, read and written in the thread that asks for them.

The files are those that Zarr reads and writes, byte for byte. Zarr does the work of all threads in
one event loop, which writes 1.4 GB/s and reads 900 chunks a second however many threads ask (see
docs/measurements.md); here it grows with the threads. Chunks are cut along the first axis alone.
"""

from pathlib import Path

import google_crc32c
import numpy as np
from numcodecs import blosc
from zarr.codecs import BloscCodec

_CHECKSUM_BYTES = 4
_BLOSC_SIZE = slice(4, 8)  # where the head of a block tells the bytes of its content


def read(path, name, array, start, out):
    """Fill an array in memory with rows of a stored one.

    Parameters
    ----------
    path, name : path, str
        The store, and the name of its array.
    array : zarr.Array
        The same, open.
    start : int
        First row to read.
    out : numpy.ndarray of shape (n_rows, *array.shape[1:])
        C-contiguous, of the type of the array.

    Raises
    ------
    ValueError, RuntimeError
        If a chunk is damaged or gone.
    IndexError
        If there are no such rows.
    """
    if not 0 <= start <= start + len(out) <= array.shape[0]:
        raise IndexError(f"rows {start} to {start + len(out)} of {array.shape[0]}")
    per_chunk = array.chunks[0]
    for number in range(start // per_chunk, -(-(start + len(out)) // per_chunk)):
        first = number * per_chunk
        rows = slice(max(start, first), min(start + len(out), first + per_chunk))
        into = out[rows.start - start : rows.stop - start]
        content = _content(_file(path, name, array, number))
        if len(into) == per_chunk:
            _unpack(content, array, into)
        else:
            chunk = np.empty(array.chunks, array.dtype)
            _unpack(content, array, chunk)
            into[:] = chunk[rows.start - first : rows.stop - first]


def write(path, name, array, number, values):
    """Write a whole chunk of an array without compression.

    Parameters
    ----------
    path, name, array
        As `read` takes them.
    number : int
        Of the chunk.
    values : numpy.ndarray of shape (n_rows, *array.shape[1:])
        C-contiguous, of the type of the array. Fewer rows than a chunk has are followed by zeros,
        as Zarr fills the last chunk.
    """
    file = _file(path, name, array, number)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = values.reshape(-1).view(np.uint8)
    filling = bytes((array.chunks[0] - len(values)) * values[0].nbytes)
    checksum = google_crc32c.extend(google_crc32c.value(content), filling)
    with file.open("wb") as chunk:
        for part in (content, filling, checksum.to_bytes(_CHECKSUM_BYTES, "little")):
            chunk.write(part)


def _file(path, name, array, number):
    place = (number, *(0 for _ in array.shape[1:]))
    return Path(path, name, array.metadata.encode_chunk_key(place))


def _content(file):
    """The bytes of a chunk, after checking them against its checksum."""
    try:
        stored = np.frombuffer(file.read_bytes(), np.uint8)
    except FileNotFoundError as error:
        raise ValueError("its file is gone") from error
    content, checksum = stored[:-_CHECKSUM_BYTES], stored[-_CHECKSUM_BYTES:]
    if google_crc32c.value(content) != _number(checksum):
        raise ValueError("stored and computed checksum do not match")
    return content


def _unpack(content, array, out):
    compressed = any(isinstance(codec, BloscCodec) for codec in array.metadata.codecs)
    n_bytes = _number(content[_BLOSC_SIZE]) if compressed else len(content)
    if n_bytes != out.nbytes:
        raise ValueError(f"it holds {n_bytes} bytes, expected {out.nbytes}")
    if compressed:
        blosc.decompress(content, out)
    else:
        out[:] = content.view(array.dtype).reshape(out.shape)


def _number(content):
    return int.from_bytes(content.tobytes(), "little")
