"""Table 5: classifiers on tiles and on whole frames, against pixels painted one by one."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier

from patchprobe import results
from patchprobe.crops import labels, tiles
from patchprobe.datasets.base import Layout
from patchprobe.embeddings import variance
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.evaluation import classification, linear, whole_frames
from patchprobe.evaluation.scores import Segmentation
from patchprobe.figures import style, tab5_whole_frames
from tests import fakes

LAYOUT = Layout((64, 96), 2, 3, 32)  # patches of 16 px: 4 x 6 of a frame, 2 x 2 of a tile
LAYOUTS = {f"{city}_1": LAYOUT for city in ("aachen", "bremen", "jena", "ulm", "weimar", "zurich")}
BANK, QUERY = fakes.items(list(LAYOUTS)[:3]), fakes.items(list(LAYOUTS)[3:])
GRIDS = {"tiles": (2, 2), "whole": (4, 6)}
N_FEATURES, LAYER = 6, 2
TRAINING = linear.Training(learning_rate=0.01, batch_size=40, epochs=3)


def stores_of(folder, frames, features):
    """Tokens and labels of one kind of frames, from features (n_images, 4, 6, n_features)."""
    crops, dataset = folder / f"{frames}_crops.zarr", fakes.dataset(LAYOUTS)
    variant = "whole" if frames == "whole" else "clean"
    tiles.write(crops, dataset, "root", fakes.items(LAYOUTS), variant, {})
    grid, tiled = GRIDS[frames], (1, 1) if frames == "whole" else (2, 3)
    labels.write(folder / f"{frames}_labels.zarr", crops, dataset, "root", grid, {})
    by_crop = [
        features[image, r * grid[0] : (r + 1) * grid[0], c * grid[1] : (c + 1) * grid[1]]
        for image in range(len(LAYOUTS))
        for r in range(tiled[0])
        for c in range(tiled[1])
    ]
    stacked = np.stack(by_crop).reshape(len(by_crop), -1, N_FEATURES)
    images = [["val", item, 0] for item in LAYOUTS]
    path = folder / f"{frames}_tokens.zarr"
    tokens = fakes.write_tokens(path, {"clean": stacked}, images, grid, tiled, layer=LAYER)
    return Tokens([tokens]), Labels(folder / f"{frames}_labels.zarr")


def evaluated(folder, features):
    """Scores of both kinds of frames, {frames: (Segmentation, Bank)}."""
    ranking = variance.rank(features["tiles"].reshape(-1, N_FEATURES).var(0)).assign(layer=LAYER)
    found = {}
    for frames in whole_frames.FRAMES:
        tokens, labelled = stores_of(folder, frames, features[frames])
        scores = Segmentation(labelled, QUERY)
        bank = classification.Bank(tokens, labelled, ranking, "cpu")
        bank.take("all", BANK)
        whole_frames.score(
            scores, bank, QUERY, frames, LAYER, [0, 2], 1, TRAINING, True, "centre"
        )  # fmt: skip
        found[frames] = scores, bank
    return found


def random_features(seed):
    return np.random.default_rng(seed).normal(size=(len(LAYOUTS), 4, 6, N_FEATURES))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Other features for whole frames than for tiles."""
    features = {"tiles": random_features(1), "whole": random_features(2)}
    features["whole"][..., 0] *= 3  # another order by variance than that of the tiles
    found = evaluated(tmp_path_factory.mktemp("world"), features)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "MIN_IMAGES", 3)
        joined = whole_frames.compare(found["tiles"][0], found["whole"][0])
    table = pd.DataFrame(joined.rows)
    return features, found, joined, table


def one(table, **values):
    for name, wanted in values.items():
        table = table[table[name] == wanted]
    (row,) = table.to_dict("records")
    return row


def confusions_of(predicted):
    """Confusions of pixels of every query image, patches (n_images, 4, 6) painted on pixels."""
    found = np.zeros((len(QUERY), 6, 6))
    for confusion, (_, item), patches in zip(found, QUERY, predicted, strict=True):
        painted = patches.repeat(16, axis=0).repeat(16, axis=1)
        np.add.at(confusion, (fakes.labels_of(item, LAYOUT.size), painted), 1)
    return found


def miou_of(confusions):
    """Mean IoU of classes 1 to 5, all of which occur: (..., 6, 6) -> (...)."""
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)[..., 1:]
    true, predicted = confusions[..., 1:, :].sum(-1), confusions[..., 1:, 1:].sum(-2)
    return (hits / (true + predicted - hits)).mean(-1)


def nearest(features, n_removed, ranked_on):
    """1-NN by L2 with the labels of patch centres, by scikit-learn: (n_images, 4, 6)."""
    order = np.argsort(-ranked_on.reshape(-1, N_FEATURES).var(0), kind="stable")
    kept = features.astype(np.float16)[..., order[n_removed:]].astype(float)
    centres = np.stack([fakes.labels_of(item, LAYOUT.size)[8::16, 8::16] for _, item in BANK])
    model = KNeighborsClassifier(1, algorithm="brute")
    model.fit(kept[:3].reshape(-1, kept.shape[-1]), centres.ravel())
    return model.predict(kept[3:].reshape(-1, kept.shape[-1])).reshape(-1, 4, 6)


@pytest.mark.parametrize("frames", whole_frames.FRAMES)
@pytest.mark.parametrize("n_removed", [0, 2])
def test_knn_is_that_of_sklearn_over_painted_pixels(world, frames, n_removed):
    features, _, joined, table = world
    expected = confusions_of(nearest(features[frames], n_removed, features["tiles"]))
    setting = {"classifier": "knn", "similarity": "l2", "label_rule": "centre"}
    row = one(table, frames=frames, n_removed=n_removed, metric="miou", **setting)
    np.testing.assert_array_equal(joined.counts[row["setting"]], expected)
    assert row["value"] == pytest.approx(miou_of(expected.sum(0)))
    assert row["grid"] == "4x6"


def test_differences_are_those_of_the_same_resampled_images(world):
    features, *_, table = world
    before, after = (
        confusions_of(nearest(features[x], 2, features["tiles"])) for x in whole_frames.FRAMES
    )
    drawn = results.times_drawn(3)
    draws = [miou_of(np.einsum("ri,ijk->rjk", drawn, x)) for x in (before, after)]
    low, high = np.quantile(draws[1] - draws[0], [0.025, 0.975])
    setting = {"classifier": "knn", "similarity": "l2", "label_rule": "centre", "n_removed": 2}
    row = one(table, metric="miou_difference", **setting)
    assert row["frames"] == "whole"
    assert row["value"] == pytest.approx(miou_of(after.sum(0)) - miou_of(before.sum(0)))
    assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_rows_tell_every_setting_of_both(world):
    table = world[-1]
    settings = table[table["metric"] == "miou"]
    assert settings["setting"].tolist() == list(range(2 * (2 * 3 * 2 + 2)))
    assert settings["frames"].value_counts().to_dict() == {"tiles": 14, "whole": 14}
    assert (table["metric"] == "miou_difference").sum() == 14
    for row in settings.to_dict("records"):  # without features, against all of the same frames
        keys = ("frames", "classifier", "similarity", "label_rule")
        same = settings[settings["n_removed"] == 0]
        for key in keys:
            same = same[(same[key] == row[key]) | (same[key].isna() & pd.isna(row[key]))]
        assert row["gain"] == pytest.approx(row["value"] - same["value"].item())


@pytest.mark.parametrize("frames", whole_frames.FRAMES)
def test_probes_are_those_of_the_other_tables(world, frames):
    """Trained and scored by hand as `linear` does."""
    _, found, joined, table = world
    _, bank = found[frames]
    scores = Segmentation(bank.store, QUERY)
    query = bank.tokens.rows(bank.tokens.select(QUERY), LAYER).compute()
    arguments = (scores, bank, query, LAYER, [0, 2], TRAINING, True, "centre")
    heads = classification.train_probes(*arguments)
    classification.score_probes(scores, heads, bank, query, "centre")
    rows = table[(table["frames"] == frames) & (table["classifier"] == "linear")]
    for n_removed, confusions in zip((0, 2), scores.results.counts, strict=True):
        row = one(rows, n_removed=n_removed, metric="miou")
        np.testing.assert_array_equal(joined.counts[row["setting"]], confusions)


def test_the_same_tokens_in_both_make_no_difference(tmp_path):
    features = random_features(3)
    found = evaluated(tmp_path, {"tiles": features, "whole": features})
    # patches come in another order, which shuffled batches of probes see
    table = pd.DataFrame(whole_frames.compare(*(scores for scores, _ in found.values())).rows)
    rows = table[(table["metric"] == "miou_difference") & (table["classifier"] == "knn")]
    assert len(rows) == 12
    assert (rows["value"] == 0).all()
    assert rows[["low", "high"]].isna().to_numpy().all()  # three images


def test_other_images_or_settings_are_not_compared(world):
    _, found, *_ = world
    (scores, bank), (whole, _) = found["tiles"], found["whole"]
    with pytest.raises(ValueError, match=r"same images and settings, found 3 and 2 images"):
        whole_frames.compare(whole, Segmentation(bank.store, QUERY[:2]))
    with pytest.raises(ValueError, match=r"14 and 0 settings: make both stores of crops again"):
        whole_frames.compare(scores, Segmentation(bank.store, QUERY))


# ------------------------------------------------------------------------------ table

SHOWN = style.representations([["mae", "mae", 0, "MAE", ""], ["mae_8", "mae", 8, "MAE-8", ""]])


def made_up_scores():
    rows = []
    for n_removed, frames, classifier in (
        (m, f, c) for m in (0, 8) for f in whole_frames.FRAMES for c in ("knn", "linear")
    ):
        value = 0.3 + 0.01 * n_removed + 0.1 * (classifier == "linear") - 0.2 * (frames == "whole")
        grid = {"tiles": "56x112", "whole": "64x128"}[frames]
        keys = {"backbone": "mae", "frames": frames, "grid": grid, "n_left_out": 1}
        keys |= {"n_removed": n_removed, "classifier": classifier}
        values = {"miou": value, "pixel_accuracy": 0.9}
        values |= {"miou_difference": -0.2} if frames == "whole" else {}
        rows += [
            {**keys, "metric": metric, "value": x, "low": x - 0.02, "high": x + 0.03}
            for metric, x in values.items()
        ]
    return pd.DataFrame(rows)


def test_the_table_has_tiles_beside_whole_frames():
    table = tab5_whole_frames.build(made_up_scores(), SHOWN)
    keys = ["representation", "frames", "grid", "classifier"]
    assert table[keys].to_numpy().tolist() == [
        [label, frames, grid, classifier]
        for label in ("MAE", "MAE-8")
        for classifier in ("linear", "knn")
        for frames, grid in (("tiles", "56x112"), ("whole", "64x128"))
    ]
    assert table["mIoU"].tolist() == pytest.approx([0.4, 0.2, 0.3, 0.1, 0.48, 0.28, 0.38, 0.18])
    assert table["low"].tolist() == pytest.approx((table["mIoU"] - 0.02).tolist())
    of_whole = table["frames"] == "whole"
    names = ["difference", "difference_low", "difference_high"]
    assert table.columns.tolist() == [*keys, "mIoU", "low", "high", *names, "n_left_out"]
    assert table.loc[~of_whole, names].isna().to_numpy().all()
    assert (table.loc[of_whole, names].to_numpy() == [-0.2, -0.22, -0.17]).all()
    assert set(table["n_left_out"]) == {1}


def test_a_table_of_what_was_not_evaluated_is_refused():
    scores = made_up_scores()
    with pytest.raises(ValueError, match="no rows with .*'frames': 'whole'"):
        tab5_whole_frames.build(scores[scores["frames"] == "tiles"], SHOWN)
