"""Variants of k-NN and of probes on small stores, against scikit-learn, numpy and the main jobs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skew
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from patchprobe.evaluation import classification, linear, linear_variants
from patchprobe.evaluation.knn_variants import N_DRAWS, Variants, control_orders
from patchprobe.evaluation.scores import Segmentation
from tests import fakes
from tests.test_classification import BANK, LAYER, N_FEATURES, N_TRAIN, TRAIN, World

SWEEP = [0, 2, 5]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def variants(world):
    return Variants(world.scores, world.bank, world.query, LAYER)


def kept(world, m):
    return np.sort(world.bank.order(LAYER)[m:])


@pytest.mark.parametrize("m", [0, 2])
def test_soft_votes_against_scikit_learn(world, variants, m):
    variants.votes([0, 2], [1, 5, 9], 0.07)
    columns = kept(world, m)
    for k in (1, 5, 9):
        reference = KNeighborsClassifier(
            k, metric="cosine", weights=lambda distance: np.exp(-distance / 0.07)
        ).fit(world.bank_rows[:, columns], world.of_bank(world.majority))
        expected = reference.predict(world.query[:, columns].astype(float))
        chosen = {"vote": "soft", "k": k, "n_removed": m, "label_rule": "majority"}
        np.testing.assert_array_equal(world.predictions(**chosen), expected)


def test_majority_of_one_is_the_main_search(world, variants):
    variants.votes(SWEEP, [1, 3], 0.07)
    rows = world.table()
    classification.score_knn(world.scores, world.bank, world.query, LAYER, SWEEP, 1)
    classification.score_knn(world.scores, world.bank, world.query, LAYER, SWEEP, 3)
    keys = ["n_removed", "similarity", "label_rule", "k", "metric", "class"]
    expected = world.table().iloc[len(rows) :].set_index(keys)["value"]
    found = rows[rows["vote"] == "majority"].set_index(keys)["value"]
    pd.testing.assert_series_equal(found.sort_index(), expected.sort_index())


def test_votes_need_as_many_patches(world, variants):
    variants.votes([0], [1, N_TRAIN, N_TRAIN + 1], 0.07)
    assert set(world.table()["k"]) == {1, N_TRAIN}


def test_scaled_features(world, variants):
    variants.scalings()
    scaler = StandardScaler().fit(world.bank_rows)
    rows, queries = scaler.transform(world.bank_rows), scaler.transform(world.query.astype(float))
    expected = world.of_bank(world.centre)[(queries @ rows.T).argmax(1)]
    chosen = {"scaling": "standardised", "similarity": "dot", "label_rule": "centre"}
    np.testing.assert_array_equal(world.predictions(**chosen), expected)
    # subtracting the mean changes no distance
    for rule in ("centre", "majority"):
        same = {"similarity": "l2", "label_rule": rule}
        np.testing.assert_array_equal(
            world.predictions(scaling="centred", **same), world.predictions(scaling="none", **same)
        )
    table = world.table()
    mean = table[table["metric"] == "miou"].set_index(["scaling", "similarity", "label_rule"])
    gain = mean["value"] - mean["value"]["none"].reindex(mean.index.droplevel(0)).to_numpy()
    np.testing.assert_allclose(mean["gain"], gain, atol=1e-12)


def test_controls_remove_other_features(world, variants):
    variants.controls(SWEEP, seed=3)
    orders = control_orders(world.bank.order(LAYER), 3)
    assert [(removal, draw) for removal, draw, _ in orders] == [
        ("lowest", 0),
        *(("random", draw) for draw in range(N_DRAWS)),
    ]
    for removal, draw, order in orders:
        assert sorted(order) == list(range(N_FEATURES))
        columns = np.sort(order[5:])
        distances = (
            (world.query[:, None, columns].astype(float) - world.bank_rows[None][..., columns]) ** 2
        ).sum(-1)
        expected = world.of_bank(world.centre)[distances.argmin(1)]
        chosen = {"removal": removal, "draw": draw, "n_removed": 5, "similarity": "l2"}
        found = world.predictions(label_rule="centre", **chosen)
        np.testing.assert_array_equal(found, expected)
    # what is lowest goes first
    assert orders[0][2].tolist() == world.bank.order(LAYER)[::-1].tolist()
    assert not np.array_equal(orders[1][2], orders[2][2])


def test_hubs_and_norms(world, variants):
    variants.votes([0, 2], [1], 0.07)
    variants.norms([0, 2])
    table = pd.DataFrame(variants.patches)
    columns = kept(world, 2)
    nearest = (world.query[:, columns].astype(float) @ world.bank_rows[:, columns].T).argmax(1)
    times = np.bincount(nearest, minlength=N_TRAIN)
    hubs = table[(table["n_removed"] == 2) & (table["similarity"] == "dot")]
    hubs = hubs.set_index("metric")["value"]
    assert hubs["hub_largest"] == times.max()
    assert hubs["hub_skewness"] == pytest.approx(skew(times))
    lengths = np.linalg.norm(world.bank_rows[:, columns], axis=1)
    norms = table[(table["patches"] == "bank") & (table["n_removed"] == 2)]
    norms = norms.set_index("metric")["value"]
    expected = {
        "norm_mean": lengths.mean(), "norm_sd": lengths.std(), "norm_min": lengths.min(),
        "norm_q01": np.quantile(lengths, 0.01), "norm_median": np.median(lengths),
        "norm_q99": np.quantile(lengths, 0.99), "norm_max": lengths.max(),
    }  # fmt: skip
    assert norms.to_dict() == pytest.approx(expected)


# ------------------------------------------------------------------------------ held out


def test_images_of_the_own_group_are_no_neighbours(world):
    scores = Segmentation(world.labels, BANK)
    excluded = world.bank.rows_of_own_group()
    rows = world.bank.rows(LAYER)
    classification.score_knn(scores, world.bank, rows, LAYER, [0], 1, excluded)
    city = np.repeat([name.split("_")[0] for name in TRAIN], 2 * 9)
    values = world.bank_rows
    distances = ((values[:, None] - values[None]) ** 2).sum(-1)
    distances[city[:, None] == city[None]] = np.inf
    table = pd.DataFrame(scores.results.rows)
    chosen = table[(table["similarity"] == "l2") & (table["label_rule"] == "centre")]
    (setting,) = set(chosen["setting"])
    expected = world.of_bank(world.centre)[distances.argmin(1)]
    np.testing.assert_array_equal(scores.results.predictions[setting].ravel(), expected)


@pytest.mark.parametrize("taken", [["ulm_0", "ulm_1"], ["ulm_0", "jena_0", "ulm_1"]])
def test_groups_to_hold_out(world, taken, monkeypatch):
    world.bank.take("some", fakes.items(TRAIN, "train"))
    groups = {("train", name, 0): name.split("_")[0] for name in TRAIN}
    if len(taken) == 3:  # the groups of the store's images alternate
        groups = {key: "ab"[i % 2] for i, key in enumerate(groups)}
    else:
        groups = dict.fromkeys(groups, "ulm")
    monkeypatch.setattr(world.bank.store, "groups", groups)
    with pytest.raises(ValueError, match="two or more whose images lie one after the other"):
        world.bank.rows_of_own_group()


# ------------------------------------------------------------------------------ probes

TRAINING = linear.Training(learning_rate=0.05, batch_size=32, epochs=3)


def test_probes_with_the_other_norm_and_other_removals(world):
    probe = (world.scores, world.bank, world.query, LAYER, TRAINING)
    linear_variants.other_norm(*probe, True, "centre")
    linear_variants.controls(*probe, True, "centre", SWEEP, 3)
    heads = classification.train_probes(
        world.scores, world.bank, world.query, LAYER, [0], TRAINING, False, "centre"
    )
    (expected,) = linear.predict(heads, world.query)
    np.testing.assert_array_equal(world.predictions(batch_norm=False), expected)
    lowest = np.sort(world.bank.order(LAYER)[:3])  # without the five of lowest variance
    rows = [world.bank_rows[:, lowest].astype(np.float16), world.of_bank(world.centre)]
    alone = linear.train(*rows, [[]], world.labels.n_classes, TRAINING, True)
    (expected,) = linear.predict(alone, world.query[:, lowest])
    found = world.predictions(removal="lowest", n_removed=5)
    assert (found == expected).mean() > 0.95  # up to rounding
    settings = world.table()[["removal", "draw", "n_removed", "batch_norm"]].drop_duplicates()
    assert len(settings) == 1 + (1 + N_DRAWS) * len(SWEEP)


def test_probes_of_both_protocols_are_those_trained_for_each(world):
    probe = (world.scores, world.bank, world.query, LAYER)
    linear_variants.protocols(*probe, TRAINING, True, "centre", [0, 2])
    settings = world.table()[["label_rule", "selection", "n_removed"]].drop_duplicates()
    # the last epoch by centre labels is among the other results
    kept = {("centre", "val"), ("majority", "last"), ("majority", "val")}
    assert {tuple(x) for x in settings.to_numpy()} == {(*x, m) for x in kept for m in (0, 2)}
    for rule, selection in kept:
        training = dataclasses.replace(TRAINING, selection=selection)
        heads = classification.train_probes(*probe, [0, 2], training, True, rule)
        for m, expected in zip((0, 2), linear.predict(heads, world.query), strict=True):
            found = world.predictions(label_rule=rule, selection=selection, n_removed=m)
            np.testing.assert_array_equal(found, expected)
