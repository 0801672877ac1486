"""Heads of stores that are JSON, but not those of a store; and stores of another kind."""

import json

import numpy as np
import pytest

from patchprobe import store
from patchprobe.embeddings.patches import ChangedLabels, Labels, Tokens, select
from patchprobe.errors import StoreError
from tests import fakes
from tests.test_store import NAME, write

IMAGES = [["val", "ulm_1", 0], ["val", "jena_1", 0]]


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.zarr", images=IMAGES)


def edit(head, keys, value):
    """Set a value in a head; None drops it."""
    whole = json.loads(head.read_text())
    *parents, last = keys
    place = whole
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    head.write_text(json.dumps(whole))


ARRAY_HEADS = [
    (("chunk_grid", "configuration", "chunk_shape"), [[4, 3, 4]]),
    (("chunk_grid", "configuration", "chunk_shape"), [0, 3, 4]),
    (("chunk_grid", "configuration"), None),
    (("chunk_grid",), []),
    (("shape",), "abc"),
    (("shape",), [2**40, 3, 4]),
    (("shape",), [-1, 3, 4]),
    (("data_type",), {"a": 1}),
    (("data_type",), None),
    (("codecs",), {}),
    (("codecs",), [0]),
    (("codecs",), None),
    (("fill_value",), {"a": []}),
    (("chunk_key_encoding",), 3),
    (("zarr_format",), "x"),
    (("node_type",), 5),
    (("dimension_names",), 7),
    (("attributes",), [1]),
]


@pytest.mark.parametrize(("keys", "value"), ARRAY_HEADS, ids=str)
def test_heads_of_arrays(path, keys, value):
    edit(path / NAME / "zarr.json", keys, value)
    with pytest.raises(StoreError, match=r"(?s)rray '.*' (of|in) store .*a\.zarr.*snakemake --fo"):
        store.read(path, NAME)


STORE_HEADS = [
    (("attributes",), [1]),
    (("attributes",), 5),
    (("attributes", "seal"), 5),
    (("attributes", "seal"), []),
    (("attributes", "seal", "arrays"), 5),
    (("attributes", "seal", "head"), {}),
    (("zarr_format",), "x"),
    (("node_type",), "array"),
    (("consolidated_metadata",), 7),
]


@pytest.mark.parametrize(("keys", "value"), STORE_HEADS, ids=str)
def test_heads_of_stores(path, keys, value):
    edit(path / "zarr.json", keys, value)
    for read in (lambda: store.attributes(path), lambda: store.read(path, NAME)):
        with pytest.raises(StoreError, match=r"(?s)store .*a\.zarr.*snakemake --force"):
            read()


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[]", b"3", b"\xa5\xff", "folder", "loop"])
def test_heads_that_are_something_else(path, content):
    for head in (path / NAME / "zarr.json", path / "zarr.json"):
        head.unlink()
        if content == "folder":
            head.mkdir()
        elif content == "loop":
            head.symlink_to("zarr.json")
        else:
            head.write_bytes(content)
        with pytest.raises(StoreError, match=r"(?s)store .*a\.zarr.*snakemake --force"):
            store.read(path, NAME)
    with pytest.raises(StoreError, match=r"(?s)store .*a\.zarr.*snakemake --force"):
        store.attributes(path)


def test_stores_of_another_kind(tmp_path):
    labels = fakes.write_labels(
        tmp_path / "labels.zarr", np.zeros((2, 6), np.uint8), IMAGES, (2, 3)
    )
    tokens = fakes.write_tokens(tmp_path / "t.zarr", {"clean": np.ones((2, 6, 4))}, IMAGES, (2, 3))
    with pytest.raises(StoreError, match=r"t\.zarr tells no classes.*snakemake --force .*t\.zarr"):
        Labels(tokens)
    with pytest.raises(StoreError, match=r"labels\.zarr tells no levels.*snakemake --force"):
        ChangedLabels(labels)
    with pytest.raises(StoreError, match="is not a part of embeddings"):
        Tokens([labels])
    other = write(tmp_path / "other.zarr", crops=[0, 10, 10])
    for read in (lambda: Tokens([other]), lambda: select(other, [("val", "ulm_1")])):
        with pytest.raises(StoreError, match=r"other\.zarr tells no .*snakemake --force"):
            read()
