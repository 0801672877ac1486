"""Chunks that are written directly are those of Zarr."""

import errno
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from patchprobe import store
from patchprobe.errors import DiskError

from .test_store import NAME, VALUES


def files_of(path):
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def fresh(path, values, per_chunk):
    """An array to be filled with values, and which of them each of its chunks holds."""
    store.create(path, {"of": "x"})
    chunk = (per_chunk, *values.shape[1:])
    array = store.create_array(path, NAME, values.shape, values.dtype, chunk)
    return array, [slice(i, i + per_chunk) for i in range(0, len(values), per_chunk)]


@pytest.mark.parametrize("shape", [(70, 5, 3), (64, 5), (3, 7, 2), (1, 4)])
@pytest.mark.parametrize("per_chunk", [1, 8, 32])
def test_files_are_those_that_zarr_writes(tmp_path, shape, per_chunk):
    values = np.random.default_rng(0).normal(size=shape).astype(np.float16)
    array, chunks = fresh(tmp_path / "zarr", values, per_chunk)
    array[:] = values
    array, _ = fresh(tmp_path / "direct", values, per_chunk)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: array.write_chunk(n, values[chunks[n]]), range(len(chunks))))
    for path in ("zarr", "direct"):
        store.seal(tmp_path / path)
    assert files_of(tmp_path / "direct") == files_of(tmp_path / "zarr")
    np.testing.assert_array_equal(store.read(tmp_path / "direct", NAME), values)


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    array, _ = fresh(tmp_path / "a.zarr", VALUES, 4)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("patchprobe.chunks.Path.open", full)
    with pytest.raises(DiskError, match=rf"The disk of {tmp_path} is full"):
        array.write_chunk(0, VALUES[:4])
