"""k-NN and probes on small stores, against scikit-learn and a plain head of torch."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from patchprobe.embeddings import variance
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.errors import StoreError
from patchprobe.evaluation import classification, linear, linear_heads
from patchprobe.evaluation.scores import Segmentation
from tests import fakes

TRAIN = [f"{city}_{i}" for city in ("ulm", "jena", "aachen") for i in range(2)]
QUERY = ["lindau_0", "munster_0"]
IMAGES = [["train", item, 0] for item in TRAIN] + [["val", item, 0] for item in QUERY]
BANK, GRID, N_FEATURES, LAYER = fakes.items(TRAIN, "train"), (3, 3), 8, 2
N_TRAIN = 2 * 9 * len(TRAIN)  # patches: two crops an image


class World:
    """Stores of tokens and labels: every class has a centre, noise of each feature its own size."""

    def __init__(self, folder, left_out=()):
        rng = np.random.default_rng(0)
        self.centre = rng.integers(0, 5, (2 * len(IMAGES), 9))
        self.majority = np.where(rng.random(self.centre.shape) < 0.1, 1, self.centre)
        spread = np.linspace(0.5, 3, N_FEATURES)
        noise = rng.normal(size=(*self.centre.shape, N_FEATURES))
        values = rng.normal(size=(6, N_FEATURES))[self.centre] + spread * noise
        self.values = values.astype(np.float16)
        levels = {"clean": self.values, "blur-3": self.values[::-1]}
        self.tokens = Tokens(
            [fakes.write_tokens(folder / "t.zarr", levels, IMAGES, GRID, (1, 2), left_out, LAYER)]
        )
        path = fakes.write_labels(
            folder / "l.zarr", self.centre, IMAGES, GRID, (1, 2),
            left_out=left_out, majority=self.majority,
        )  # fmt: skip
        self.labels = Labels(path)
        self.ranking = variance.rank(self.bank_rows.var(0)).assign(layer=LAYER)
        self.scores = Segmentation(self.labels, fakes.items(QUERY))
        self.bank = classification.Bank(self.tokens, self.labels, self.ranking, "cpu")
        self.bank.take("all", BANK)
        self.query = self.values[2 * len(TRAIN) :].reshape(-1, N_FEATURES)

    @property
    def bank_rows(self):
        return self.values[: 2 * len(TRAIN)].reshape(-1, N_FEATURES).astype(float)

    def of_bank(self, labels):
        return labels[: 2 * len(TRAIN)].ravel()

    def table(self):
        return pd.DataFrame(self.scores.results.rows)

    def predictions(self, **values):
        """Predictions of the one setting with these values, (n_patches,)."""
        rows = self.table()
        for name, wanted in values.items():
            rows = rows[rows[name] == wanted]
        (setting,) = set(rows["setting"])
        return self.scores.results.predictions[setting].ravel()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


# ------------------------------------------------------------------------------ bank


def test_bank_holds_the_patches_of_its_images(world):
    world.bank.take("half", fakes.items(TRAIN[::2], "train"))
    assert world.bank.name == "half"
    rows = [0, 1, 4, 5, 8, 9]
    expected = world.values[rows].reshape(-1, N_FEATURES)
    np.testing.assert_array_equal(world.bank.rows(LAYER).compute(), expected)
    np.testing.assert_array_equal(world.bank.labels["centre"], world.centre[rows].ravel())
    np.testing.assert_array_equal(world.bank.labels["majority"], world.majority[rows].ravel())
    # the widest noise first, from the ranking
    order = world.ranking.sort_values("rank")["feature"].tolist()
    assert world.bank.order(LAYER).tolist() == order
    assert world.bank.feasible([0, 7, 8, 100], LAYER) == [0, 7]


def test_examples_are_some_images_of_the_bank(world):
    images = [world.bank.selection.images[number] for number in (3, 1)]
    rows, labels = world.bank.examples(images, LAYER, "majority")
    np.testing.assert_array_equal(rows, world.values[[2, 3, 6, 7]].reshape(-1, N_FEATURES))
    np.testing.assert_array_equal(labels, world.majority[[2, 3, 6, 7]].ravel())


def test_images_left_out_are_counted_over_all_banks(tmp_path):
    world = World(tmp_path, [("train", "ulm_9"), ("train", "ulm_8"), ("val", "lindau_9")])
    world.bank.take("one", [*BANK, ("train", "ulm_9")])
    world.bank.take("two", [*BANK, ("train", "ulm_8")])
    assert world.bank.left_out == [("train", "ulm_8"), ("train", "ulm_9")]
    world.scores = Segmentation(world.labels, [*fakes.items(QUERY), ("val", "lindau_9")])
    classification.score_knn(world.scores, world.bank, world.query, LAYER, [0], 1)
    assert set(world.table()["n_left_out"]) == {2}  # one of this bank, one query


def test_tokens_and_labels_of_different_images_are_refused(world, tmp_path):
    other = [IMAGES[1], IMAGES[0], *IMAGES[2:]]
    path = fakes.write_labels(tmp_path / "other.zarr", world.centre, other, GRID, (1, 2))
    bank = classification.Bank(world.tokens, Labels(path), world.ranking, "cpu")
    with pytest.raises(StoreError, match=r"other\.zarr labels other images than .*t\.zarr embeds"):
        bank.take("all", BANK)
    # an image that only one of the two left out
    path = fakes.write_labels(
        tmp_path / "fewer.zarr", world.centre[2:], IMAGES[1:], GRID, (1, 2), left_out=BANK[:1]
    )
    bank = classification.Bank(world.tokens, Labels(path), world.ranking, "cpu")
    with pytest.raises(StoreError, match="labels other images than"):
        bank.take("all", BANK)


# ------------------------------------------------------------------------------ k-NN


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("rule", ["centre", "majority"])
def test_knn_is_that_of_sklearn(world, k, rule):
    classification.score_knn(world.scores, world.bank, world.query, LAYER, [0, 3], k)
    labels = world.of_bank(getattr(world, rule))
    order = world.ranking.sort_values("rank")["feature"].to_numpy()
    for m in (0, 3):
        kept = order[m:]
        oracle = KNeighborsClassifier(k, algorithm="brute").fit(world.bank_rows[:, kept], labels)
        expected = oracle.predict(world.query[:, kept].astype(float))
        found = world.predictions(n_removed=m, similarity="l2", label_rule=rule)
        if k > 1:  # a vote without a majority: the nearest's class here, the smallest label there
            share = oracle.predict_proba(world.query[:, kept].astype(float)).max(1)
            assert (share > 0.5).mean() > 0.5
            found, expected = found[share > 0.5], expected[share > 0.5]
        np.testing.assert_array_equal(found, expected)


def test_rows_of_knn_tell_the_setting(world):
    classification.score_knn(
        world.scores, world.bank, world.query, LAYER, [0, 3, 8], 1, level="blur-3"
    )
    table = world.table()
    keys = ["classifier", "dataset", "backbone", "layer", "train_set"]
    constant = [*keys, "n_train_images", "n_left_out"]
    assert table[[*constant, "k", "level"]].drop_duplicates().to_numpy().tolist() == [
        ["knn", "fake", "mae", LAYER, "all", 6, 0, 1, "blur-3"]
    ]
    settings = table[["n_removed", "similarity", "label_rule"]].drop_duplicates()
    assert len(settings) == 2 * 3 * 2  # eight features cannot be removed
    assert set(settings["n_removed"]) == {0, 3}
    assert table.loc[table["metric"] == "miou", "gain"].notna().all()


# ------------------------------------------------------------------------------ probes


@pytest.mark.parametrize("batch_norm", [False, True])
def test_probes_are_a_plain_head(world, batch_norm):
    training = linear.Training(learning_rate=0.01, batch_size=N_TRAIN, epochs=20, seed=4)
    heads = classification.train_probes(
        world.scores, world.bank, world.query, LAYER, [0, 3], training, batch_norm, "centre"
    )
    classification.score_probes(world.scores, heads, world.bank, world.query, "centre")
    x = torch.from_numpy(world.bank_rows).float()
    y = torch.from_numpy(world.of_bank(world.centre))
    order = world.ranking.sort_values("rank")["feature"].to_numpy()
    for m in (0, 3):
        kept = np.sort(order[m:])
        head = nn.Linear(len(kept), 6)
        with torch.no_grad():  # the same start; the rest is independent
            start = linear_heads.Heads(N_FEATURES, 6, [order[:m]], seed=4)
            head.weight.copy_(start.weight[0][:, kept])
            head.bias.copy_(start.bias[0])
        norm = nn.BatchNorm1d(len(kept), eps=1e-6, affine=False) if batch_norm else nn.Identity()
        model = nn.Sequential(norm, head)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(20):  # one batch an epoch, so that its order does not matter
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[:, kept]), y).backward()
            optimizer.step()
        with torch.inference_mode():
            logits = model.eval()(torch.from_numpy(world.query[:, kept]).float())
        found = world.predictions(n_removed=m)
        np.testing.assert_array_equal(found, logits.argmax(-1))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_heads_read_back_predict_the_same(world, tmp_path, batch_norm):
    training = linear.Training(learning_rate=0.01, batch_size=50, epochs=3)
    heads = {}
    for name, items in (("all", BANK), ("half", BANK[:3])):
        world.bank.take(name, items)
        heads[name] = classification.train_probes(
            world.scores, world.bank, world.query, LAYER, [0, 2], training, batch_norm, "centre"
        )
    linear_heads.save(heads, tmp_path / "heads.safetensors")
    found = linear_heads.read(tmp_path / "heads.safetensors")
    assert list(found) == ["all", "half"]
    for name, read in found.items():
        assert read.about == heads[name].about
        assert read.about["n_train_images"] == {"all": 6, "half": 3}[name]
        predicted = linear.predict(heads[name], world.query)
        np.testing.assert_array_equal(linear.predict(read, world.query), predicted)
        changed = world.query.copy()
        changed[:, world.bank.order(LAYER)[:2]] = 100
        np.testing.assert_array_equal(linear.predict(read, changed)[1], predicted[1])


def test_some_heads_are_scored_with_columns_of_their_own(world):
    training = linear.Training(batch_size=50, epochs=1)
    heads = classification.train_probes(
        world.scores, world.bank, world.query, LAYER, [0, 2, 5], training, False, "majority"
    )
    classification.score_probes(
        world.scores, heads, world.bank, world.query, "majority", [0, 5], level="noise-10"
    )
    table = world.table()
    rows = table[table["metric"] == "miou"]
    assert rows["n_removed"].tolist() == [0, 5]
    assert rows["gain"].notna().all()
    for name, wanted in {
        "classifier": "linear", "level": "noise-10", "selection": "last", "label_rule": "majority",
        "n_train_images": 6, "train_set": "all",
    }.items():  # fmt: skip
        assert set(rows[name]) == {wanted}
    assert "similarity" not in table


def test_selection_holds_out_whole_cities(world, monkeypatch):
    training = linear.Training(batch_size=50, epochs=2, selection="split", evaluate_every=1)
    given = {}

    def train(embeddings, labels, removed, n_classes, training, batch_norm, held_out, device):
        given.update(fit=(embeddings, labels), held_out=held_out, n_classes=n_classes)
        return linear_heads.Heads(N_FEATURES, n_classes, removed)

    monkeypatch.setattr(linear, "train", train)
    heads = classification.train_probes(
        world.scores, world.bank, world.query, LAYER, [0], training, False, "centre"
    )
    assert (heads.about["n_train_images"], heads.about["selection"]) == (4, "split")
    assert given["n_classes"] == 6
    of_city = [range(4 * n, 4 * n + 4) for n in range(3)]  # crops
    held = given["held_out"][0]
    (city,) = (
        n
        for n, crops in enumerate(of_city)
        if np.array_equal(held, world.values[crops].reshape(-1, N_FEATURES))
    )
    fit = [crop for n, crops in enumerate(of_city) if n != city for crop in crops]
    np.testing.assert_array_equal(given["fit"][0], world.values[fit].reshape(-1, N_FEATURES))
    np.testing.assert_array_equal(given["fit"][1], world.centre[fit].ravel())
    np.testing.assert_array_equal(given["held_out"][1], world.centre[of_city[city]].ravel())


def test_selection_on_the_queries_uses_their_labels(world, monkeypatch):
    training = linear.Training(batch_size=50, epochs=2, selection="val", evaluate_every=1)
    given = []

    def train(*arguments):
        given.append(arguments[6])
        return linear_heads.Heads(N_FEATURES, 6, arguments[2])

    monkeypatch.setattr(linear, "train", train)
    classification.train_probes(
        world.scores, world.bank, world.query, LAYER, [0], training, False, "majority"
    )
    np.testing.assert_array_equal(given[0][0], world.query)
    np.testing.assert_array_equal(given[0][1], world.majority[2 * len(TRAIN) :].ravel())
