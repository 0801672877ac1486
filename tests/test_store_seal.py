"""Seals: chunks that change places, arrays of other stores and edited heads are errors."""

import json
import shutil

import numpy as np
import pytest

from patchprobe import store
from patchprobe.errors import StoreError
from tests.test_store import CODECS, NAME, VALUES, chunk_of, write

IMAGES = [["val", "ulm_1", 0], ["val", "jena_1", 0]]


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.zarr", images=IMAGES, grid=[14, 14])


def edit_head(path, old, new):
    head = path / "zarr.json"
    about = json.loads(head.read_text())
    assert about["attributes"][old] != new
    about["attributes"][old] = new
    head.write_text(json.dumps(about))


def refused(path, match):
    """Every way to read an array raises a StoreError that names the store and what to do."""
    for read in (store.read, store.lazy, store.checked, store.open_array):
        with pytest.raises(StoreError, match=rf"{match}.*snakemake --force .*a\.zarr"):
            read(path, NAME)


@CODECS
def test_two_chunks_that_changed_places(tmp_path, codecs):
    path = write(tmp_path / "a.zarr", codecs=codecs)
    first, second = (chunk_of(path, number).read_bytes() for number in (0, 1))
    chunk_of(path, 0).write_bytes(second)
    chunk_of(path, 1).write_bytes(first)
    refused(path, "is damaged .*of another place")


def test_a_chunk_that_was_copied_over_another(path):
    shutil.copy(chunk_of(path, 0), chunk_of(path, 1))
    refused(path, "is damaged .*of another place")


def test_an_array_of_another_store_with_right_checksums(path, tmp_path):
    other = write(tmp_path / "b.zarr", VALUES + 1, images=IMAGES, grid=[14, 14])
    shutil.rmtree(path / NAME)
    shutil.copytree(other / NAME, path / NAME)
    refused(path, "is damaged .*of another place or store")


def test_a_chunk_that_is_a_link_to_itself(path):
    chunk_of(path).unlink()
    chunk_of(path).symlink_to(chunk_of(path))
    refused(path, "lacks 1 of its 3 chunks")


def test_an_array_that_was_added_later(path):
    array = store.create_array(path, "clean/more", VALUES.shape, VALUES.dtype, (4, 3, 4))
    array[:] = VALUES
    with pytest.raises(StoreError, match="'clean/more' .* is damaged"):
        store.read(path, "clean/more")


@pytest.mark.parametrize(
    ("key", "value"), [("grid", [12, 16]), ("images", IMAGES[::-1]), ("weights_sha256", "0" * 64)]
)
def test_an_edited_head(tmp_path, key, value):
    path = write(tmp_path / "a.zarr", images=IMAGES, grid=[14, 14], weights_sha256="1" * 64)
    edit_head(path, key, value)
    with pytest.raises(StoreError, match=r"head of store .*a\.zarr was edited since it was made"):
        store.attributes(path)
    refused(path, "head of store .* was edited")


def test_the_head_of_an_array(path):
    head = path / NAME / "zarr.json"
    head.write_text(head.read_text().replace('"float16"', '"int16"'))
    refused(path, "is damaged")


def test_a_store_that_was_never_finished(tmp_path):
    store.create(tmp_path / "a.zarr", {"grid": [1, 1]})
    array = store.create_array(tmp_path / "a.zarr", NAME, VALUES.shape, VALUES.dtype, (4, 3, 4))
    array[:] = VALUES
    refused(tmp_path / "a.zarr", "was never finished")
    store.seal(tmp_path / "a.zarr")
    np.testing.assert_array_equal(store.read(tmp_path / "a.zarr", NAME), VALUES)


def test_a_seal_does_not_depend_on_where_the_store_lies(path, tmp_path):
    shutil.move(path, tmp_path / "elsewhere.zarr")
    np.testing.assert_array_equal(store.read(tmp_path / "elsewhere.zarr", NAME), VALUES)
    assert store.attributes(tmp_path / "elsewhere.zarr") == {"images": IMAGES, "grid": [14, 14]}


def test_a_store_in_the_place_of_another(tmp_path):
    path = write(tmp_path / "a.zarr", dataset="cityscapes", backbone="dino")
    assert store.attributes(path, dataset="cityscapes")["backbone"] == "dino"
    message = r"a\.zarr is of backbone 'dino', expected 'mae': it was put in another's place"
    with pytest.raises(StoreError, match=message):
        store.attributes(path, dataset="cityscapes", backbone="mae")
    with pytest.raises(StoreError, match="is of variant None, expected 'clean'"):
        store.attributes(path, variant="clean")
