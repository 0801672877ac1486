"""Chunks that are read and written directly are those of Zarr."""

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
from numcodecs import blosc

from patchprobe import store
from patchprobe.errors import DiskError, StoreError

from .test_store import CODECS, DAMAGE, NAME, VALUES, chunk_of, write


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


@CODECS
@pytest.mark.parametrize("dtype", [np.uint8, np.float16])
@pytest.mark.parametrize("per_chunk", [1, 4, 16])
def test_rows_are_those_that_were_written(tmp_path, codecs, dtype, per_chunk):
    """From any row to any row, across chunks and parts of them."""
    values = np.random.default_rng(0).integers(0, 255, (10, 5, 2)).astype(dtype)
    store.create(tmp_path / "a.zarr", {})
    chunk = (per_chunk, 5, 2)
    store.create_array(tmp_path / "a.zarr", NAME, values.shape, dtype, chunk, codecs)[:] = values
    store.seal(tmp_path / "a.zarr")
    array = store.checked(tmp_path / "a.zarr", NAME)
    for start in range(11):
        for stop in range(start, 11):
            out = np.full((stop - start, 5, 2), 77, dtype)
            array.read_into(start, out)
            np.testing.assert_array_equal(out, values[start:stop])


@pytest.mark.parametrize(("start", "n"), [(9, 2), (10, 1), (-1, 1)])
def test_rows_that_are_not_there_are_not_called_damage(tmp_path, start, n):
    array = store.checked(write(tmp_path / "a.zarr"), NAME)
    with pytest.raises(IndexError, match=rf"rows {start} to {start + n} of 10"):
        array.read_into(start, np.empty((n, 3, 4), np.float16))


LOSS = {**DAMAGE, "gone": Path.unlink}


@CODECS
@pytest.mark.parametrize("damage", LOSS.values(), ids=LOSS.keys())
def test_a_damaged_chunk_is_named(tmp_path, codecs, damage):
    array = store.checked(write(tmp_path / "a.zarr", codecs=codecs), NAME)
    damage(chunk_of(tmp_path / "a.zarr"))
    message = rf"array '{NAME}' of store .*a\.zarr is damaged .*: remake it with `snakemake --force"
    for rows in ((4, 8), (3, 6), (5, 6)):
        with pytest.raises(StoreError, match=message):
            array.read_into(rows[0], np.empty((rows[1] - rows[0], 3, 4), np.float16))
    out = np.empty((4, 3, 4), np.float16)
    array.read_into(0, out)
    np.testing.assert_array_equal(out, VALUES[:4])


def test_a_chunk_that_holds_less_is_damaged(tmp_path):
    """Blosc fills the beginning, and does not tell that the rest was not there."""
    array = store.checked(write(tmp_path / "a.zarr", codecs=store.IMAGE_CODECS), NAME)
    content = blosc.compress(VALUES[4:6], b"zstd", 3)
    chunk_of(tmp_path / "a.zarr").write_bytes(
        content + google_crc32c.value(content).to_bytes(4, "little")
    )
    with pytest.raises(StoreError, match=r"damaged \(it holds 48 bytes, expected 96\)"):
        array.read_into(4, np.empty((4, 3, 4), np.float16))


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    array, _ = fresh(tmp_path / "a.zarr", VALUES, 4)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("patchprobe.chunks.Path.open", full)
    with pytest.raises(DiskError, match=rf"The disk of {tmp_path} is full"):
        array.write_chunk(0, VALUES[:4])
