"""Stores: what is written comes back, and whatever is lost or damaged is an error."""

import google_crc32c
import numpy as np
import pytest

from patchprobe import store
from patchprobe.errors import StoreError

NAME = "clean/layer_12/patches"
VALUES = np.arange(10 * 3 * 4, dtype=np.float16).reshape(10, 3, 4)
CODECS = pytest.mark.parametrize(
    "codecs", [store.IMAGE_CODECS, store.FEATURE_CODECS], ids=["images", "features"]
)


def write(path, values=VALUES, name=NAME, codecs=store.FEATURE_CODECS, **attributes):
    """A store of one array in chunks of four rows (the last is shorter)."""
    store.create(path, attributes)
    chunks = (4, *values.shape[1:])
    array = store.create_array(path, name, values.shape, values.dtype, chunks, codecs)
    array[:] = values
    store.seal(path)
    return path


def write_part(path, start, stop, total=10):
    return write(path, VALUES[start:stop], crops=[start, stop, total])


def chunk_of(path, number=1):
    """File of the chunk that holds rows 4 and following."""
    return path / NAME / "c" / str(number) / "0" / "0"


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.zarr")


# ------------------------------------------------------------------------------ round trip


@CODECS
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float16])
def test_values_come_back(tmp_path, codecs, dtype):
    values = np.random.default_rng(0).integers(0, 255, (10, 5, 2)).astype(dtype)
    path = write(tmp_path / "a.zarr", values, codecs=codecs)
    for read in (store.read(path, NAME), store.lazy(path, NAME).compute()):
        np.testing.assert_array_equal(read, values)
        assert read.dtype == dtype


def test_rows_are_selected_by_slice_or_numbers(path):
    np.testing.assert_array_equal(store.read(path, NAME, slice(3, 6)), VALUES[3:6])
    for rows in ([0, 3, 4, 9], np.array([2]), np.array([], int)):
        np.testing.assert_array_equal(store.read(path, NAME, rows), VALUES[rows])


def test_rows_beyond_the_end_are_not_called_damage(path):
    with pytest.raises(IndexError):
        store.read(path, NAME, [0, 10])


def test_lazy_array_keeps_the_chunks_and_reads_only_what_is_asked(path):
    lazy = store.lazy(path, NAME)
    assert (lazy.shape, lazy.dtype) == ((10, 3, 4), np.float16)
    assert lazy.chunks == ((4, 4, 2), (3,), (4,))
    chunk_of(path).write_bytes(b"damaged")
    np.testing.assert_array_equal(lazy[:4].compute(), VALUES[:4])


def test_attributes_come_back(tmp_path):
    about = {"images": ["aachen_000000_000019", "köln"], "crops": [0, 10, 10], "commit": None}
    path = write(tmp_path / "folder" / "a.zarr", **about)
    assert store.attributes(path) == about
    assert store.attributes(str(path)) == about


def test_creating_a_store_replaces_the_old_one(path):
    store.create(path, {"new": True})
    store.seal(path)
    assert store.attributes(path) == {"new": True}
    with pytest.raises(StoreError, match="No array"):
        store.read(path, NAME)


@CODECS
def test_zeros_are_written_and_read_back(tmp_path, codecs):
    values = np.zeros((10, 3, 4), np.uint8)
    path = write(tmp_path / "a.zarr", values, codecs=codecs)
    assert all(chunk_of(path, number).is_file() for number in range(3))
    np.testing.assert_array_equal(store.read(path, NAME), values)


def test_an_array_is_read_only_once_open(path):
    with pytest.raises(ValueError, match="read-only"):
        store.open_array(path, NAME)[:] = 0
    np.testing.assert_array_equal(store.read(path, NAME), VALUES)


# ------------------------------------------------------------------------------ loss and damage


def flip(file, position):
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)


def garble_with_a_right_checksum(file):
    """A chunk that only its decompression can find wrong."""
    garbage = b"\x02\x01" + bytes(range(100))
    file.write_bytes(garbage + google_crc32c.value(garbage).to_bytes(4, "little"))


DAMAGE = {
    "first byte": lambda file: flip(file, 0),
    "block head": lambda file: flip(file, 13),
    "middle byte": lambda file: flip(file, file.stat().st_size // 2),
    "checksum": lambda file: flip(file, -1),
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-10]),
    "two bytes": lambda file: file.write_bytes(b"ab"),
    "no bytes": lambda file: file.write_bytes(b""),
    "garbled before the checksum was taken": garble_with_a_right_checksum,
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
}


@CODECS
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_chunk_is_an_error_that_names_the_store(tmp_path, codecs, damage):
    path = write(tmp_path / "a.zarr", codecs=codecs)
    lazy = store.lazy(path, NAME)
    damage(chunk_of(path))
    message = rf"array '{NAME}' of store .*a\.zarr is damaged .*: remake it with `snakemake --force"
    for read in (
        lambda: store.read(path, NAME),
        lambda: store.read(path, NAME, [5]),
        lambda: lazy.compute(scheduler="sync"),
        lambda: lazy[5:].sum().compute(scheduler="threads"),
    ):
        with pytest.raises(StoreError, match=message):
            read()
    np.testing.assert_array_equal(lazy[:4].compute(), VALUES[:4])


def test_every_single_flipped_byte_is_noticed(path):
    file = chunk_of(path)
    whole = file.read_bytes()
    unnoticed = []
    for position in range(len(whole)):
        flip(file, position)
        try:
            store.read(path, NAME, [4])
            unnoticed.append(position)
        except StoreError:
            file.write_bytes(whole)
    assert unnoticed == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_deleted_chunk_is_an_error_before_anything_is_read(path, number):
    chunk_of(path, number).unlink()
    message = rf"Array '{NAME}' of store .*a\.zarr lacks 1 of its 3 chunks: remake it with"
    for read in (store.open_array, store.read, store.lazy):
        with pytest.raises(StoreError, match=message):
            read(path, NAME)


def test_a_stray_file_does_not_stand_in_for_a_chunk(path):
    chunk_of(path).rename(path / NAME / "c" / "7")
    (path / NAME / "c" / ".snakemake_timestamp").touch()
    with pytest.raises(StoreError, match="lacks 1 of its 3 chunks"):
        store.read(path, NAME)


def test_a_time_stamp_of_snakemake_does_no_harm(path):
    for folder in (path, path / NAME, path / NAME / "c"):
        (folder / ".snakemake_timestamp").touch()
    np.testing.assert_array_equal(store.read(path, NAME), VALUES)
    assert store.attributes(path) == {}


def test_array_of_which_only_the_head_was_written(tmp_path):
    store.create(tmp_path / "a.zarr", {})
    store.create_array(tmp_path / "a.zarr", NAME, (10, 3), np.uint8, (4, 3))
    with pytest.raises(StoreError, match="was never finished"):
        store.read(tmp_path / "a.zarr", NAME)


def test_missing_array_is_named(path):
    for name in ("clean/layer_11/patches", "clean"):
        with pytest.raises(StoreError, match=rf"No array '{name}' in store .*a\.zarr"):
            store.read(path, name)


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "a file"])
def test_missing_store_is_named(tmp_path, what):
    path = tmp_path / "none.zarr"
    if what == "an empty folder":
        path.mkdir()
    elif what == "a file":
        path.touch()
    with pytest.raises(StoreError, match=r"No store at .*none\.zarr: remake it"):
        store.attributes(path)
    with pytest.raises(StoreError, match=rf"No array '{NAME}' in store .*none\.zarr"):
        store.open_array(path, NAME)


@pytest.mark.parametrize("content", ["", '{"zarr_format": 3, "node_', "\0" * 40])
def test_damaged_head_is_named(path, content):
    (path / NAME / "zarr.json").write_text(content)
    with pytest.raises(StoreError, match=rf"head of array '{NAME}' of store .*a\.zarr is damaged"):
        store.read(path, NAME)
    (path / "zarr.json").write_text(content)
    with pytest.raises(StoreError, match=r"head of store .*a\.zarr is damaged"):
        store.attributes(path)
