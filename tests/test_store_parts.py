"""Parts of a scattered store: joined in their order, and an error if one is missing or foreign."""

import dask
import numpy as np
import pytest

from patchprobe import store
from patchprobe.errors import StoreError
from tests.test_store import NAME, VALUES, chunk_of, flip, write, write_part


@pytest.fixture
def parts(tmp_path):
    """Three parts of ten crops, in their order."""
    spans = [(0, 4), (4, 8), (8, 10)]
    return [write_part(tmp_path / f"{i}.zarr", *span) for i, span in enumerate(spans)]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]])
def test_parts_are_joined_in_the_order_of_their_crops(parts, order):
    shuffled = [parts[i] for i in order]
    np.testing.assert_array_equal(store.load_parts(shuffled, NAME).compute(), VALUES)
    assert store.ordered_parts(shuffled) == [str(part) for part in parts]


def test_parts_are_ordered_by_number_and_not_by_name(tmp_path):
    spans = {"b": (0, 2), "c": (2, 9), "a": (9, 10)}
    paths = [write_part(tmp_path / name, *span) for name, span in sorted(spans.items())]
    np.testing.assert_array_equal(store.load_parts(paths, NAME).compute(), VALUES)


def test_one_part_may_be_given_alone(tmp_path):
    path = write_part(tmp_path / "a.zarr", 0, 10)
    for one in (path, str(path), [path]):
        np.testing.assert_array_equal(store.load_parts(one, NAME).compute(), VALUES)


def test_parts_without_crops_are_joined_too(parts, tmp_path):
    empty = [write_part(tmp_path / f"empty_{at}.zarr", at, at) for at in (0, 4, 10)]
    np.testing.assert_array_equal(store.load_parts(parts + empty, NAME).compute(), VALUES)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_missing_part_is_an_error(parts, lost):
    message = "expected one starting at" if lost < 2 else "Parts end at crop 8 of 10"
    with pytest.raises(StoreError, match=message):
        store.load_parts(parts[:lost] + parts[lost + 1 :], NAME)


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ((4, 8, 10), "holds crops 4 to 8 of 10, expected one starting at 8 of 10"),
        ((3, 8, 10), "holds crops 3 to 8 of 10, expected one starting at 4 of 10"),
        ((0, 10, 10), "holds crops 0 to 10 of 10, expected one starting at 4 of 10"),
        ((10, 12, 12), "holds crops 10 to 12 of 12, expected one starting at 10 of 10"),
    ],
    ids=["doubled", "overlapping", "whole", "longer"],
)
def test_foreign_part_is_an_error(parts, tmp_path, span, message):
    values = np.zeros((span[1] - span[0], 3, 4), np.float16)
    foreign = write(tmp_path / "foreign.zarr", values, crops=list(span))
    with pytest.raises(StoreError, match=f"{message}: .* different `embedding: parts`; delete"):
        store.ordered_parts([foreign, *parts])


def test_part_of_another_total_is_an_error(parts, tmp_path):
    foreign = write_part(tmp_path / "foreign.zarr", 8, 10, total=12)
    with pytest.raises(StoreError, match="holds crops 8 to 10 of 12, expected .* 8 of 10"):
        store.ordered_parts([*parts[:2], foreign])


def test_parts_of_two_scatters_are_an_error(parts, tmp_path):
    half = write_part(tmp_path / "second_half.zarr", 5, 10)
    with pytest.raises(StoreError, match="expected one starting at 4 of 10"):
        store.load_parts([parts[0], half], NAME)


def test_damage_in_a_part_names_the_part(parts):
    joined = store.load_parts(parts, NAME)
    flip(chunk_of(parts[1], 0), 20)
    with dask.config.set(scheduler="sync"), pytest.raises(StoreError, match=r"1\.zarr is damaged"):
        joined.compute()
    chunk_of(parts[2], 0).unlink()
    with pytest.raises(StoreError, match=r"2\.zarr lacks 1 of its 1 chunks"):
        store.load_parts(parts, NAME)


def test_joining_no_parts_or_other_stores(tmp_path):
    with pytest.raises(StoreError, match="found none"):
        store.ordered_parts([])
    store.create(tmp_path / "other.zarr", {"images": []})
    store.seal(tmp_path / "other.zarr")
    with pytest.raises(StoreError, match=r"other\.zarr is not a part of embeddings"):
        store.ordered_parts([tmp_path / "other.zarr"])
