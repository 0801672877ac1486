"""Tokens and labels that are used together were made together, of the sizes that they tell."""

import numpy as np
import pytest

from patchprobe import store
from patchprobe.embeddings.patches import MADE_BY, ChangedLabels, Labels, Tokens
from patchprobe.errors import StoreError
from tests import fakes

IMAGES = [["val", "ulm_1", 0], ["val", "jena_1", 0], ["val", "bonn_1", 0]]
GRID = (2, 2)
RNG = np.random.default_rng(0)
VALUES = RNG.standard_normal((3, 4, 5)).astype(np.float16)
CENTRE = RNG.integers(0, 6, (3, 4), dtype=np.uint8)
MADE = {
    "loader": "mae",
    "architecture": "vit_base_patch16_224",
    "model_args": {},
    "loader_args": {},
    "weights_sha256": "a" * 64,
    "preprocessing": {"mean": [0.5, 0.5, 0.5], "std": [1, 1, 1], "pixels": "rgb"},
    "precision": "float32",
    "depth": 2,
    "variant": "clean",
}


def edit(path, **about):
    """Other attributes, with a seal that belongs to them: as another run made it."""
    store.zarr.open_group(str(path), mode="r+").attrs.update(about)
    store.seal(path)
    return path


def tokens(path, rows=slice(None), values=VALUES, **about):
    start, stop, _ = rows.indices(3)
    fakes.write_tokens(path, {"clean": values[rows]}, IMAGES, GRID, crops=(start, stop, 3))
    return edit(path, **{**MADE, **about})


def labels(path, **about):
    fakes.write_labels(path, CENTRE, IMAGES, GRID)
    return edit(path, **{"dataset": "fake", **about})


def test_parts_of_one_run_are_joined(tmp_path):
    parts = [tokens(tmp_path / "1", slice(0, 2)), tokens(tmp_path / "2", slice(2, 3))]
    found = Tokens(parts, dataset="fake", backbone="mae", variant="clean")
    rows = found.rows(found.select([("val", "bonn_1")]), 2).compute()
    np.testing.assert_array_equal(rows, VALUES[2])


def test_parts_of_several_machines_tell_every_version(tmp_path):
    made = [
        {"software": {"numpy": "2.0", "torch": "2.6", "faiss": None}, "git_commit": None},
        {"software": {"numpy": "2.0", "torch": "2.10", "dask": "1"}, "git_commit": "abc"},
    ]
    parts = [tokens(tmp_path / str(i), slice(i, stop), **made[i]) for i, stop in ((0, 1), (1, 3))]
    about = Tokens(parts[::-1]).provenance
    assert about["parts"] == 2
    assert about["git_commit"] == [None, "abc"]
    assert about["software"] == {
        "numpy": "2.0", "torch": ["2.6", "2.10"], "faiss": None, "dask": [None, "1"],
    }  # fmt: skip
    assert about["weights_sha256"] == MADE["weights_sha256"]
    whole = Tokens([tokens(tmp_path / "all", **made[0])])
    assert whole.provenance["software"] == made[0]["software"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dataset", "ade20k"),
        ("backbone", "dino"),
        ("loader", "simmim"),
        ("architecture", "vit_small_patch16_224"),
        ("model_args", {"depth": 3}),
        ("loader_args", {"gsd": 2.0}),
        ("weights_sha256", "b" * 64),
        ("preprocessing", {**MADE["preprocessing"], "pixels": "raw_bgr"}),
        ("precision", "bfloat16"),
        ("depth", 3),
        ("grid", [1, 4]),
        ("images", IMAGES[::-1]),
        ("left_out", [["val", "köln_1"]]),
        ("layers", [1, 2]),
        ("variant", "changed"),
    ],
)
def test_a_part_that_was_made_in_another_way(tmp_path, key, value):
    parts = [
        tokens(tmp_path / "1.zarr", slice(0, 2)),
        tokens(tmp_path / "2.zarr", slice(2, 3), **{key: value}),
    ]
    with pytest.raises(StoreError, match=rf"2\.zarr and .*1\.zarr differ in {key}: .* remake"):
        Tokens(parts)


@pytest.mark.parametrize("key", MADE_BY)
def test_changed_images_of_another_backbone(tmp_path, key):
    clean = Tokens([tokens(tmp_path / "clean.zarr")])
    changed = tokens(tmp_path / "changed.zarr", variant="changed", **{key: "another"})
    message = rf"changed\.zarr and .*clean\.zarr differ in {key}: 'another'"
    with pytest.raises(StoreError, match=message):
        Tokens([changed], clean, variant="changed")


def test_tokens_in_the_place_of_others(tmp_path):
    path = tokens(tmp_path / "a.zarr")
    for place in ({"backbone": "dino"}, {"dataset": "ade20k"}, {"variant": "whole"}):
        with pytest.raises(StoreError, match=r"a\.zarr is of .* expected .* another's place"):
            Tokens([path], **place)


@pytest.mark.parametrize("kind", [Labels, ChangedLabels])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dataset", "ade20k"),
        ("grid", [4, 1]),
        ("images", [IMAGES[1], IMAGES[0], IMAGES[2]]),
        ("tiles", [[1, 1], [1, 1], [1, 2]]),
        ("left_out", [["val", "köln_1"]]),
    ],
)
def test_labels_of_other_crops(tmp_path, kind, key, value):
    found = Tokens([tokens(tmp_path / "tokens.zarr")])
    path = labels(tmp_path / "labels.zarr", levels=["clean"])
    assert kind(path, found).grid == GRID
    edit(path, **{key: value})
    with pytest.raises(StoreError, match=rf"labels\.zarr and .*tokens\.zarr differ in {key}"):
        kind(path, found)


def test_sizes_that_do_not_agree(tmp_path):
    few = tokens(tmp_path / "few.zarr", values=VALUES[:, :3])
    found = Tokens([few])
    with pytest.raises(StoreError, match=r"few\.zarr holds 3 patches, expected 4"):
        found.rows(found.select([("val", "ulm_1")]), 2)
    with pytest.raises(StoreError, match=r"tiles\.zarr holds 3 crops, expected 4"):
        Tokens([tokens(tmp_path / "tiles.zarr", tiles=[[1, 1], [1, 1], [1, 2]])])
