"""Seals of Zarr stores: digests of all heads, and of the checksums of chunks by their positions."""

import hashlib
import itertools
import json
import os
from pathlib import Path

_CHECKSUM_BYTES = 4  # at the end of a chunk: its CRC-32C
_known = set()  # seals of arrays whose chunks this process has compared


def of_store(path, attributes, arrays):
    """The seal of a finished store, JSON-able.

    Parameters
    ----------
    path : path
    attributes : dict
        Of the store, without a seal.
    arrays : dict of str to zarr.Array
        All of its arrays, by name.
    """
    digests = {
        name: {"head": _head_of(path, name), "chunks": _chunks_of(path, name, array)}
        for name, array in arrays.items()
    }
    return {"arrays": digests, "head": _digest({"attributes": attributes, "arrays": digests})}


def is_of(seal, attributes):
    """Whether a seal is whole, and of a store with these attributes."""
    digests = seal.get("arrays") if isinstance(seal, dict) else None
    expected = _digest({"attributes": attributes, "arrays": digests})
    return isinstance(digests, dict) and seal.get("head") == expected


def has_head(seal, path, name):
    """Whether the head of an array (its shape, type and chunks) is the one of the seal."""
    return seal["arrays"].get(name, {}).get("head") == _head_of(path, name)


def missing_chunks(path, name, array):
    """Number of chunks of an array that are not there, and what tells whether any is rewritten."""
    times, missing = [], 0
    for file in _chunk_files(path, name, array):
        try:
            times.append(os.stat(file).st_mtime_ns)
        except OSError:  # not there, below a file, or a link to itself
            missing += 1
    return missing, hash(tuple(times))


def has_chunks(seal, path, name, array, times):
    """Whether every chunk has the checksum that the seal knows at its place.

    A process compares them once, and again when one was rewritten (`times` of `missing_chunks`);
    the checksum of a chunk itself is that of its content whenever it is read.
    """
    known = (str(Path(path).resolve()), name, seal["head"], times)
    if known not in _known and seal["arrays"][name]["chunks"] == _chunks_of(path, name, array):
        _known.add(known)
    return known in _known


def _head_of(path, name):
    return hashlib.sha256(Path(path, name, "zarr.json").read_bytes()).hexdigest()


def _chunks_of(path, name, array):
    digest = hashlib.sha256()
    for file in _chunk_files(path, name, array):
        with open(file, "rb") as chunk:
            n_bytes = chunk.seek(0, 2)
            chunk.seek(max(0, n_bytes - _CHECKSUM_BYTES))
            digest.update(chunk.read())
    return digest.hexdigest()


def _chunk_files(path, name, array):
    places = itertools.product(*map(range, array.cdata_shape))
    return (Path(path, name, array.metadata.encode_chunk_key(place)) for place in places)


def _digest(values):
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
