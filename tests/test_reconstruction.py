"""Reconstruction from filled features, on a tiny store and the official code's fixture."""

import numpy as np
import pytest
import torch

from patchprobe import store
from patchprobe.backbones import mae_autoencoder as mae
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD
from patchprobe.embeddings.variance import rank
from patchprobe.evaluation import reconstruction, reconstruction_pictures
from patchprobe.results import Results
from tests.test_backbones import CHECKPOINTS, SMALL, TOLERANCE, VIT16

IMAGES = [["val", f"{city}_1", 0] for city in ("aachen", "bonn", "celle", "dornum", "essen")]
ITEMS = [tuple(image[:2]) for image in IMAGES]
NOTHING = np.array([], int)


@pytest.fixture(scope="module")
def model():
    return mae.load(CHECKPOINTS / "mae_visualize_small.pth", VIT16, SMALL, decoder_heads=4)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Five images of 1 x 2 tiles of 64 px: smooth colours with some noise."""
    path = tmp_path_factory.mktemp("crops") / "clean.zarr"
    store.create(path, {"images": IMAGES, "tiles": [[1, 2]] * 5, "left_out": []})
    rng = np.random.default_rng(0)
    colours = rng.uniform(40, 200, (10, 1, 1, 3)) + rng.normal(0, 20, (10, 64, 64, 3))
    array = store.create_array(path, "clean/crops", (10, 64, 64, 3), "uint8", (2, 64, 64, 3))
    array[:] = colours.clip(0, 255).astype(np.uint8)
    store.seal(path)
    return path


@pytest.fixture(scope="module")
def crops(path):
    return reconstruction.Crops.of(path, ITEMS)


# ------------------------------------------------------------------------------ crops


def test_crops_are_known_by_image_and_tile(crops):
    assert len(crops) == 10
    first = [("aachen_1", 0), ("aachen_1", 1), ("bonn_1", 0)]
    assert crops.names[:3] == [("val", item, 0, tile) for item, tile in first]
    assert crops.tile_px == 64
    second = crops.every(2)
    assert second.rows.tolist() == [0, 2, 4, 6, 8]
    assert second.image_of_crop.tolist() == [0, 1, 2, 3, 4]
    assert len(crops.every(100)) == 5
    one = crops.only([("val", "celle_1", 0, 1)])
    assert (one.rows.tolist(), one.image_of_crop.tolist()) == ([5], [2])
    ((some, pixels),) = one.batches(4, "test")
    np.testing.assert_array_equal(pixels, store.read(crops.path, "clean/crops", slice(5, 6)))
    assert one.names[some] == [("val", "celle_1", 0, 1)]


def test_masks_depend_on_the_seed_and_the_crop_alone(crops):
    every = crops.noise(slice(None), 196, seed=1)
    assert len(np.unique(every)) == every.size
    np.testing.assert_array_equal(crops.noise(slice(3, 5), 196, seed=1), every[3:5])
    alone = crops.only(crops.names[7:8])
    np.testing.assert_array_equal(alone.noise(slice(None), 196, seed=1), every[7:8])
    assert (alone.noise(slice(None), 196, seed=2) != every[7]).all()


# ------------------------------------------------------------------------------ features


def test_moments_are_those_of_numpy_whatever_the_batches(model, crops):
    every = torch.arange(196).expand(len(crops), -1)
    pixels = torch.from_numpy(store.read(crops.path, "clean/crops"))
    tokens = model.encode(pixels, every)[:, 1:].double().numpy().reshape(-1, 48)
    for batch_size in (3, 10):
        mean, variance = reconstruction.moments(model, crops, batch_size)
        np.testing.assert_allclose(mean, tokens.mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(variance, tokens.var(axis=0), rtol=1e-4)
        order = rank(variance)["feature"]
        np.testing.assert_array_equal(order, np.argsort(-tokens.var(axis=0), kind="stable"))


def test_what_is_filled():
    order, means = np.random.default_rng(0).permutation(12), np.arange(12.0)
    fills = reconstruction.every_fill(order, means, [0, 4], seed=1)
    assert [(f.features, f.filled_with, f.n_removed, f.draw) for f in fills] == [
        ("none", "", 0, 0), ("highest", "zero", 4, 0), ("highest", "mean", 4, 0),
        ("lowest", "zero", 4, 0), *(("random", "zero", 4, draw) for draw in range(3)),
    ]  # fmt: skip
    latent = torch.full((2, 3, 12), 100.0)
    filled = [set(np.flatnonzero(f(latent)[1, 0] != 100).tolist()) for f in fills]
    assert filled[:4] == [set(), set(order[:4]), set(order[:4]), set(order[8:])]
    assert [len(features) for features in filled[4:]] == [4, 4, 4]
    assert len(set(map(frozenset, filled[4:]))) > 1
    assert (fills[1](latent)[..., order[:4]] == 0).all()
    np.testing.assert_array_equal(fills[2](latent)[0, 0, order[:4]], order[:4])
    again = reconstruction.every_fill(order, means, [2, 4], seed=1)
    np.testing.assert_array_equal(again[-1].numbers, fills[-1].numbers)


# ------------------------------------------------------------------------------ pictures


@pytest.mark.parametrize(("kind", "ratio"), [("full", 0), ("m75", 0.75)])
def test_pictures_of_the_official_code(model, kind, ratio):
    official = np.load(CHECKPOINTS / "mae_visualize_small.npz")
    image, zeroed = torch.from_numpy(official["image"]), official["zeroed"]
    fills = [
        reconstruction.Fill("none", "", 0, 0, NOTHING, 0.0),
        reconstruction.Fill("highest", "zero", len(zeroed), 0, zeroed, 0.0),
    ]
    original, hidden, made = reconstruction.reconstruct(
        model, image, official["noise"], ratio, fills
    )
    np.testing.assert_allclose(original, official["image"] / 255, atol=1e-6)
    assert hidden.mean(axis=(1, 2)).tolist() == [ratio, ratio]
    channel = np.arange(768)[::7] % 3
    names = (f"pred_{kind}", f"pred_{kind}_zeroed")
    for (predicted, pasted), name in zip(made, names, strict=True):
        theirs = official[name] * np.array(IMAGENET_STD)[channel] + np.array(IMAGENET_MEAN)[channel]
        ours = mae.patchify(torch.from_numpy(predicted).permute(0, 3, 1, 2), 16)[..., ::7]
        np.testing.assert_allclose(ours, theirs.clip(0, 1), atol=TOLERANCE)
        np.testing.assert_array_equal(pasted[~hidden], original[~hidden])
        np.testing.assert_array_equal(pasted[hidden], predicted[hidden])


# ------------------------------------------------------------------------------ measurement


@pytest.fixture(scope="module")
def scored(crops):
    return crops.every(2)


@pytest.fixture(scope="module")
def fills(model, crops):
    means, variances = reconstruction.moments(model, crops)
    order = rank(variances)["feature"].to_numpy()
    every = reconstruction.every_fill(order, means, [0, 12], seed=0)
    empty = reconstruction.Fill("random", "zero", 0, 0, NOTHING, 0.0)
    return [*every[:3], empty]


@pytest.fixture(scope="module")
def measured(model, scored, fills):
    return reconstruction.measure(model, scored, fills, seed=3)


def test_neither_batches_nor_threads_change_scores(model, scored, fills, measured):
    other = reconstruction.measure(model, scored, fills[:2], seed=3, batch_size=2, threads=2)
    for view, of_fills in measured.items():
        assert np.isfinite(of_fills).all()
        np.testing.assert_allclose(other[view], of_fills[:2], rtol=1e-4)


def test_scores_of_fills(measured):
    for (ratio, pixels, pasted), of_fills in measured.items():
        none, highest, by_mean, empty = of_fills
        np.testing.assert_array_equal(empty, none)
        assert np.abs(highest - none).min() > 1e-6
        assert np.abs(by_mean - highest).min() > 1e-6
        mse, psnr, ssim = np.moveaxis(of_fills, -1, 0)
        np.testing.assert_allclose(psnr, -10 * np.log10(mse))
        assert (ssim <= 1).all()
        if pasted and pixels == "all":  # what is pasted has no error
            np.testing.assert_allclose(mse, 0.75 * measured[ratio, "masked", True][..., 0])
    assert (measured[0.75, "all", True][..., 2] > measured[0.75, "all", False][..., 2]).all()


def test_rows_of_the_table(scored, fills, measured):
    results = Results(scored.selection.images)
    reconstruction.evaluate(results, measured, scored, fills, backbone="mae")
    assert len(results.rows) == 4 * len(fills) * 3
    assert results.counts[0].shape == (5, 4)
    chosen = {"features": "highest", "filled_with": "zero", "mask_ratio": 0.75, "pixels": "masked"}
    mse, *_ = [row for row in results.rows if chosen.items() <= row.items()]
    of_fills = measured[0.75, "masked", True]
    assert (mse["metric"], mse["pasted"], mse["n_crops"]) == ("mse", True, 5)
    assert mse["value"] == pytest.approx(of_fills[1, :, 0].mean())
    assert mse["gain"] == pytest.approx((of_fills[1] - of_fills[0])[:, 0].mean())
    assert mse["low"] <= mse["value"] <= mse["high"]
    assert mse["gain_low"] <= mse["gain"] <= mse["gain_high"]
    none = [row for row in results.rows if row["features"] == "none"]
    assert all(row["gain"] == row["gain_low"] == row["gain_high"] == 0 for row in none)


# ------------------------------------------------------------------------------ what is drawn


def test_tiles_with_most_classes_are_shown():
    labels = np.zeros((2, 4, 6), int)
    labels[0, :2, 2:4] = [[1, 2], [3, 0]]
    labels[0, 2:, 4:] = [[1, 2], [0, 0]]
    labels[0, :2, :2] = [[1, 0], [0, 0]]
    labels[1, 2:, :2] = [[1, 0], [0, 0]]
    images = np.array([["val", "aachen_1", "0"], ["val", "bonn_1", "0"]])
    examples = {"images": images, "labels_0": labels[0], "labels_1": labels[1]}
    assert reconstruction_pictures.tiles_to_show(examples, 2) == [
        ("val", "aachen_1", 0, 1), ("val", "aachen_1", 0, 5), ("val", "bonn_1", 0, 3)
    ]  # fmt: skip
    alone = {"images": images[1:], "labels_0": labels[1]}
    shown = reconstruction_pictures.tiles_to_show(alone, 2)
    assert shown == [("val", "bonn_1", 0, 0), ("val", "bonn_1", 0, 3)]


def test_pictures_that_are_kept(model, crops, fills):
    shown = crops.only([crops.names[1], crops.names[2]])
    kept = reconstruction_pictures.pictures(model, shown, fills, seed=3)
    assert kept["crops"].tolist() == [["val", "aachen_1", "0", "1"], ["val", "bonn_1", "0", "0"]]
    assert kept["features"].tolist() == ["none", "highest", "highest", "random"]
    assert kept["decoded"].shape == (2, 4, 2, 224, 224, 3)
    np.testing.assert_array_equal(kept["seen"][0], kept["original"])
    is_grey = (kept["seen"][1] == 128).all(axis=-1)
    np.testing.assert_allclose(is_grey.mean(axis=(1, 2)), 0.75, atol=0.01)
    np.testing.assert_array_equal(kept["decoded"][:, 0], kept["decoded"][:, 3])
    assert (kept["decoded"][:, 0] != kept["decoded"][:, 1]).mean() > 0.5
