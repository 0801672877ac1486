"""Probes against scikit-learn, torch.nn.Linear trained alone, and hand-made cases."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from patchprobe.evaluation import linear, linear_heads


def blobs(n=600, n_features=6, n_classes=3, seed=0):
    """Overlapping Gaussian classes, so that the optimum is finite."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    centres = rng.normal(0, 1, (n_classes, n_features))
    return (centres[labels] + rng.normal(0, 1, (n, n_features))).astype(np.float32), labels


def test_reaches_the_optimum_of_logistic_regression():
    x, y = blobs()
    training = linear.Training(learning_rate=0.1, batch_size=600, epochs=3000)
    heads = linear.train(x, y, [[]], 3, training)
    oracle = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-8).fit(x, y)
    with torch.inference_mode():
        ours = heads(torch.from_numpy(x))[:, 0].softmax(-1).numpy()
    np.testing.assert_allclose(ours, oracle.predict_proba(x), atol=0.01)
    assert (linear.predict(heads, x)[0] == oracle.predict(x)).mean() > 0.99


@pytest.mark.parametrize("batch_norm", [False, True])
def test_heads_trained_together_equal_heads_trained_alone(batch_norm):
    x, y = blobs()
    removed = [[], [2], [5, 0, 3]]
    training = linear.Training(learning_rate=0.01, batch_size=64, epochs=5, seed=3)
    together = linear.train(x, y, removed, 3, training, batch_norm)
    for head, features in enumerate(removed):
        alone = linear.train(x, y, [features], 3, training, batch_norm)
        for name in ("weight", "bias"):
            a, b = getattr(together, name)[head], getattr(alone, name)[0]
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
        assert together.losses[head] == pytest.approx(alone.losses[0], rel=1e-4)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_equals_a_plain_torch_loop_on_the_shortened_embedding(batch_norm):
    x, y = blobs(n=256)
    removed, seed = [4, 1], 7
    training = linear.Training(learning_rate=0.01, batch_size=50, epochs=4, seed=seed)
    ours = linear.train(x, y, [removed], 3, training, batch_norm)

    kept = np.setdiff1d(np.arange(6), removed)
    torch.manual_seed(seed)
    head = nn.Linear(len(kept), 3)
    with torch.no_grad():  # the same start; the loop below is independent
        start = linear_heads.Heads(6, 3, [removed], seed=seed)
        head.weight.copy_(start.weight[0][:, kept])
        head.bias.copy_(start.bias[0])
    norm = nn.BatchNorm1d(len(kept), eps=1e-6, affine=False) if batch_norm else nn.Identity()
    model = nn.Sequential(norm, head)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    generator = torch.Generator().manual_seed(seed)
    short, labels = torch.from_numpy(x[:, kept]), torch.from_numpy(y)
    for _ in range(4):
        for batch in torch.randperm(256, generator=generator).split(50):
            loss = nn.functional.cross_entropy(model(short[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight[0][:, kept], head.weight, rtol=1e-4, atol=1e-5)
    with torch.inference_mode():
        torch.testing.assert_close(
            ours(torch.from_numpy(x))[:, 0], model.eval()(short), rtol=1e-4, atol=1e-4
        )


def test_initial_weights_are_those_of_a_linear_layer():
    weight, bias = linear_heads._linear_init(50, 20, seed=0)
    bound = 1 / np.sqrt(50)
    for draw in (weight, bias):
        assert draw.abs().max() <= bound
    assert weight.std().item() == pytest.approx(bound / np.sqrt(3), rel=0.05)


def test_a_removed_feature_has_no_influence():
    x, y = blobs()
    heads = linear.train(x, y, [[1, 4]], 3, linear.Training(epochs=2, batch_size=64))
    changed = x.copy()
    changed[:, [1, 4]] = 1e3
    np.testing.assert_array_equal(linear.predict(heads, x), linear.predict(heads, changed))


def test_batch_norm_standardises():
    x, y = blobs()
    scaled = x * np.array([1e3, 1e-3, 1, 1, 1, 1], np.float32)
    training = linear.Training(learning_rate=0.01, batch_size=100, epochs=30)
    plain = linear.predict(linear.train(x, y, [[]], 3, training, True), x)
    same = linear.predict(linear.train(scaled, y, [[]], 3, training, True), scaled)
    # eps = 1e-6 is the only difference, on the feature of variance 1e-6
    assert (plain == same).mean() > 0.9
    heads = linear.train(x, y, [[]], 3, training, True)
    torch.testing.assert_close(
        heads.norm.running_mean, torch.from_numpy(x.mean(0)), rtol=0.05, atol=0.05
    )


def test_same_seed_same_probe():
    x, y = blobs()
    training = linear.Training(epochs=2, batch_size=64, seed=5)
    first, second = (linear.train(x, y, [[]], 3, training) for _ in range(2))
    torch.testing.assert_close(first.weight, second.weight, rtol=0, atol=0)
    other = linear.train(x, y, [[]], 3, linear.Training(epochs=2, batch_size=64, seed=6))
    assert not torch.equal(first.weight, other.weight)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_best_epoch_is_kept_for_each_head(batch_norm, monkeypatch):
    """With losses handed out by the test, each head must return the weights of its best epoch."""
    x, y = blobs(n=128)
    handed_out = iter([[3.0, 1.0], [2.0, 2.0], [4.0, 3.0]])
    seen = []

    def fake_losses(heads, *_):
        heads.eval()
        with torch.inference_mode():
            seen.append(heads(torch.from_numpy(x)).clone())
        return torch.tensor(next(handed_out))

    monkeypatch.setattr(linear, "_losses", fake_losses)
    training = linear.Training(epochs=6, batch_size=64, evaluate_every=2, selection="val")
    heads = linear.train(x, y, [[], [1]], 3, training, batch_norm, (x, y))
    assert heads.epoch == [4, 2]
    with torch.inference_mode():
        kept = heads(torch.from_numpy(x))
    torch.testing.assert_close(kept[:, 0], seen[1][:, 0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(kept[:, 1], seen[0][:, 1], rtol=1e-4, atol=1e-4)


def test_selection_prefers_the_epoch_before_overfitting():
    x, y = blobs(n=60, n_features=6)
    rng = np.random.default_rng(1)
    wide = np.concatenate([x, rng.normal(0, 1, (60, 200))], 1).astype(np.float32)
    held, held_labels = blobs(n=400)
    held = np.concatenate([held, rng.normal(0, 1, (400, 200))], 1).astype(np.float32)
    arguments = {"learning_rate": 0.05, "batch_size": 60, "epochs": 100, "evaluate_every": 1}
    chosen = linear.train(
        wide, y, [[]], 3, linear.Training(**arguments, selection="split"), False,
        (held, held_labels),
    )  # fmt: skip
    last = linear.train(wide, y, [[]], 3, linear.Training(**arguments))
    losses = [linear._losses(heads, held, held_labels, "cpu").item() for heads in (chosen, last)]
    assert chosen.epoch[0] < 100
    assert losses[0] < losses[1]


def test_split_holds_out_whole_cities():
    stems = [f"{city}_{i}" for city in "abcdefghij" * 2 for i in range(3)]
    training = linear.Training(selection="split", seed=1)
    fit, held_out = linear.split(training, stems, lambda stem: stem[0])
    assert sorted(fit + held_out) == sorted(stems)
    assert len({stem[0] for stem in held_out}) == 1
    assert not {stem[0] for stem in fit} & {stem[0] for stem in held_out}
    assert linear.split(linear.Training(), stems, lambda stem: stem[0]) == (stems, [])
    with pytest.raises(ValueError, match="two cities"):
        linear.split(training, ["a_1", "a_2"], lambda stem: stem[0])


@pytest.mark.parametrize("batch_norm", [False, True])
def test_heads_come_back_from_disk(batch_norm, tmp_path):
    x, y = blobs()
    training = linear.Training(learning_rate=0.01, batch_size=64, epochs=3)
    heads = {}
    for name, removed in (("train_36", [[], [1]]), ("train_72", [[2, 3]])):
        heads[name] = linear.train(x, y, removed, 3, training, batch_norm)
        heads[name].about = {"layer": 12, "n_removed": [len(features) for features in removed]}
    linear_heads.save(heads, tmp_path / "heads.safetensors")
    found = linear_heads.read(tmp_path / "heads.safetensors")
    assert list(found) == list(heads)
    for name, read in found.items():
        assert read.about == heads[name].about
        assert not read.training
        with torch.inference_mode():
            logits = [each(torch.from_numpy(x)) for each in (heads[name], read)]
        torch.testing.assert_close(*logits, rtol=0, atol=0)


def test_saved_files_are_byte_stable(tmp_path):
    x, y = blobs(n=100)
    heads = linear.train(x, y, [[], [1]], 3, linear.Training(epochs=1, batch_size=50))
    heads.about = {"layer": 1}
    for name in ("one", "other"):
        linear_heads.save({key: copy.deepcopy(heads) for key in "badc"}, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("selection", ["last", "val"])
def test_divergence_is_told(selection):
    x, y = blobs(n=50)
    x[3, 2] = np.nan
    held_out = None if selection == "last" else blobs(n=20)
    training = linear.Training(epochs=2, batch_size=50, selection=selection)
    with pytest.raises(RuntimeError, match="diverged in epoch 1(.|\n)*learning_rate"):
        linear.train(x, y, [[]], 3, training, held_out=held_out)


def test_bad_arguments():
    x, y = blobs(n=20)
    with pytest.raises(ValueError, match="expected selection"):
        linear.Training(selection="best")
    with pytest.raises(ValueError, match="held_out"):
        linear.train(x, y, [[]], 3, linear.Training(selection="val"))
    with pytest.raises(ValueError, match="removes all"):
        linear.train(x, y, [list(range(6))], 3, linear.Training())


def test_training_from_the_params_of_a_rule():
    asked = {"learning_rate": 0.1, "batch_size": 7, "epochs": 2, "seed": 3, "selection": "val"}
    params = SimpleNamespace(**asked, evaluate_every=4, label_rule="centre")
    assert linear.Training.of(params) == linear.Training(0.1, 7, 2, 3, "val", 4)
