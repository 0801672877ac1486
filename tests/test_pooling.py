"""Descriptors of objects: RoIAlign on constant maps, ramps and tile borders; their store."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe import provenance, store
from patchprobe.embeddings import descriptors, pooling
from patchprobe.embeddings.patches import Tokens
from patchprobe.errors import StoreError
from tests import fakes


def reference(features, box, patch_px):
    """RoIAlign of He et al. without the shift by half a cell, written from the paper: (7, 7, n)."""
    height, width, _ = features.shape
    x1, y1, x2, y2 = (edge / patch_px for edge in box)
    tall, wide = max(y2 - y1, 1), max(x2 - x1, 1)
    n_y, n_x = math.ceil(tall / 7), math.ceil(wide / 7)

    def value(y, x):
        if not (-1 <= y <= height and -1 <= x <= width):
            return np.zeros(features.shape[2])
        y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
        top, left = int(y), int(x)
        bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
        a, b = y - top, x - left
        return (
            (1 - a) * (1 - b) * features[top, left]
            + (1 - a) * b * features[top, right]
            + a * (1 - b) * features[bottom, left]
            + a * b * features[bottom, right]
        )

    bins = np.zeros((7, 7, features.shape[2]))
    for row in range(7):
        for column in range(7):
            for i in range(n_y):
                for j in range(n_x):
                    y = y1 + tall / 7 * (row + (i + 0.5) / n_y)
                    x = x1 + wide / 7 * (column + (j + 0.5) / n_x)
                    bins[row, column] += value(y, x) / (n_y * n_x)
    return bins


def pooled(features, boxes, patch_px):
    maps = torch.from_numpy(np.asarray(features, np.float32))[None]
    return pooling.pool(maps, [np.array(boxes, float)], patch_px).numpy()


edges = st.floats(-40, 140).map(lambda x: round(x, 2))


@settings(max_examples=60, deadline=None)
@given(edges, edges, edges, edges, st.sampled_from([14, 16]))
def test_pool_agrees_with_the_definition(a, b, c, d, patch_px):
    features = np.random.default_rng(0).normal(size=(6, 8, 3))
    box = [min(a, c), min(b, d), max(a, c), max(b, d)]
    (found,) = pooled(features, [box], patch_px)
    np.testing.assert_allclose(
        found.reshape(7, 7, 3), reference(features, box, patch_px), atol=2e-4
    )


def test_constant_map_gives_the_constant():
    bins = pooled(np.full((42, 70, 2), 3.5), [[5, 9, 300, 200], [0, 0, 1120, 672]], 16)
    assert bins.shape == (2, 49, 2)
    np.testing.assert_allclose(bins, 3.5)


@pytest.mark.parametrize(("patch_px", "grid"), [(16, (42, 70)), (14, (48, 80))])
def test_ramps_give_the_centre_of_the_box(patch_px, grid):
    """With `aligned=False` a box centred at pixel c gives c / patch, not half a cell less."""
    rows, columns = np.mgrid[: grid[0], : grid[1]]
    boxes = np.array([[100, 60, 180, 300], [217, 218, 233, 231], [440, 200, 460, 240]])
    # boxes below one patch grow to the right and below
    wide = np.maximum(boxes[:, 2] - boxes[:, 0], patch_px)
    tall = np.maximum(boxes[:, 3] - boxes[:, 1], patch_px)
    mean = pooled(np.stack([rows, columns], axis=2), boxes, patch_px).mean(axis=1)
    np.testing.assert_allclose(mean[:, 1], (boxes[:, 0] + wide / 2) / patch_px, atol=1e-4)
    np.testing.assert_allclose(mean[:, 0], (boxes[:, 1] + tall / 2) / patch_px, atol=1e-4)


def test_bins_are_row_by_row():
    rows, _ = np.mgrid[:20, :20]
    (bins,) = pooled(rows[..., None], [[0, 0, 160, 160]], 16)
    assert (np.diff(bins.reshape(7, 7), axis=0) > 0).all()
    np.testing.assert_allclose(np.diff(bins.reshape(7, 7), axis=1), 0, atol=1e-5)


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((1122, 100, 1130, 130), 0),  # right of the frame
        ((100, 674, 130, 684), 0),  # below it
        ((-20, 100, -2, 130), 5 / 7),  # left of it: the border, up to one patch away
        ((100, -20, 130, -2), 5 / 7),
        ((-60, 100, -40, 130), 0),
    ],
)
def test_outside_the_frame_only_the_left_and_upper_border_count(box, share):
    bins = pooled(np.ones((42, 70, 1)), [box], 16)
    assert (bins != 0).mean() == pytest.approx(share)


# ------------------------------------------------------------------------------ the store

GRID, TILES = (2, 2), (2, 3)  # frames of 4x6 patches of 16 px


def write_frames(folder, n_frames=5, n_features=6, seed=0):
    """Tokens of tiled frames and the same patches as whole frames; objects in them."""
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(n_frames, 4, 6, n_features)).astype(np.float16)
    cut = frames.reshape(n_frames, 2, 2, 3, 2, n_features).swapaxes(2, 3)
    images = [["val", "a", frame] for frame in range(n_frames)]
    fakes.write_tokens(
        folder / "tiles.zarr", {"clean": cut.reshape(-1, 4, n_features)}, images, GRID, TILES
    )
    whole = frames.reshape(n_frames, 24, n_features)
    fakes.write_tokens(folder / "whole.zarr", {"clean": whole}, images, (4, 6))
    counts = [3, 0, 1, 4, 2][:n_frames]
    boxes = rng.uniform(0, 40, (sum(counts), 2))
    table = pd.DataFrame(
        {
            "split": "val",
            "item": "a",
            "frame": np.repeat(np.arange(n_frames), counts),
            "id": [str(i) for i in range(sum(counts))],
            "x1": boxes[:, 0],
            "y1": boxes[:, 1],
            "x2": boxes[:, 0] + rng.uniform(0, 60, len(boxes)),
            "y2": boxes[:, 1] + rng.uniform(0, 40, len(boxes)),
        }
    )
    return frames, table


def write_store(folder, tokens, table, name="d.zarr"):
    table.to_csv(folder / "objects.csv", index=False)
    about = {"objects_sha256": provenance.file_digest(folder / "objects.csv")}
    pooling.write(folder / name, Tokens([folder / tokens]), table, 2, 16, about)
    return folder / name


@pytest.mark.parametrize("tokens", ["tiles.zarr", "whole.zarr"])
def test_boxes_are_pooled_over_the_joined_tiles(tmp_path, tokens):
    frames, table = write_frames(tmp_path)
    path = write_store(tmp_path, tokens, table)
    bins, mean = store.read(path, "bins"), store.read(path, "mean")
    assert bins.dtype == np.float16
    for row, of in table.iterrows():
        box = of[["x1", "y1", "x2", "y2"]].to_numpy(float)
        expected = reference(frames[of["frame"]].astype(float), box, 16).reshape(49, -1)
        np.testing.assert_allclose(bins[row], expected, atol=2e-3)
        np.testing.assert_allclose(mean[row], expected.mean(axis=0), atol=1e-4)


def test_batches_and_chunks_change_nothing(tmp_path, monkeypatch):
    _, table = write_frames(tmp_path)
    first = store.read(write_store(tmp_path, "tiles.zarr", table), "bins")
    monkeypatch.setattr(pooling, "_FRAMES_AT_ONCE", 2)
    monkeypatch.setattr(pooling, "_ROWS_PER_CHUNK", 3)
    again = write_store(tmp_path, "tiles.zarr", table, "e.zarr")
    np.testing.assert_array_equal(store.read(again, "bins"), first)


def test_boxes_outside_the_frame_are_zeros(tmp_path):
    _, table = write_frames(tmp_path)
    table.loc[0, ["x1", "x2"]] = [500, 600]
    path = write_store(tmp_path, "tiles.zarr", table)
    assert not store.read(path, "bins")[0].any()
    assert store.read(path, "bins")[1].any()


def test_objects_of_other_frames_are_refused(tmp_path):
    _, table = write_frames(tmp_path)
    table.loc[9, "frame"] = 7
    with pytest.raises(ValueError, match="no tokens of frames with objects"):
        write_store(tmp_path, "tiles.zarr", table)


def test_objects_out_of_order_are_refused(tmp_path):
    _, table = write_frames(tmp_path)
    with pytest.raises(ValueError, match="frame by frame"):
        write_store(tmp_path, "tiles.zarr", table[::-1].reset_index(drop=True))


def test_descriptors_are_read_in_parts(tmp_path):
    _, table = write_frames(tmp_path)
    path = write_store(tmp_path, "tiles.zarr", table)
    parts = descriptors.load(path, tmp_path / "objects.csv")
    assert len(parts["flattened"]) == 49
    bins = store.read(path, "bins")
    np.testing.assert_array_equal(parts["flattened"][11][2:5], bins[2:5, 11])
    (mean,) = parts["mean"]
    assert mean.shape == (10, 6)


def test_descriptors_of_other_objects_are_refused(tmp_path):
    _, table = write_frames(tmp_path)
    path = write_store(tmp_path, "tiles.zarr", table)
    table.assign(x1=0).to_csv(tmp_path / "objects.csv", index=False)
    with pytest.raises(StoreError, match="of other objects"):
        descriptors.load(path, tmp_path / "objects.csv")
