"""Scores of a run with resampled values: equal to plain loops over resampled images."""

import numpy as np
import pytest

from patchprobe.evaluation import metrics
from patchprobe.reproduction import evidence as module
from patchprobe.reproduction import statistics
from patchprobe.results import N_RESAMPLES, Results, times_drawn
from tests import made_up_run


@pytest.fixture
def run(tmp_path):
    paths = made_up_run.knn(tmp_path, {"dino": 0.7, "mae": 0.4}, sweep=(0, 5), gain=0.01)
    return made_up_run.evidence(knn_subsets=paths)


def test_a_score_is_that_of_the_table_and_its_draws_those_of_a_plain_loop(run):
    score = run.score("knn_subsets", "cityscapes", "mae", "miou")
    counts = made_up_run.confusions(0.4, seed=1)
    assert score.value == pytest.approx(made_up_run.miou(counts))
    times = times_drawn(made_up_run.N_IMAGES)[7]
    drawn = np.repeat(np.arange(made_up_run.N_IMAGES), times)
    assert score.draws[7] == pytest.approx(made_up_run.miou(counts[drawn]))
    assert score.ends == pytest.approx(tuple(np.quantile(score.draws, [0.025, 0.975])))


def test_differences_are_of_the_same_resampled_images(run):
    first, second = (run.score("knn_subsets", "cityscapes", x, "miou") for x in ("dino", "mae"))
    found = module.difference(first, second)
    of = [made_up_run.confusions(q, seed=i) for i, q in enumerate((0.7, 0.4))]
    drawn = np.repeat(np.arange(made_up_run.N_IMAGES), times_drawn(made_up_run.N_IMAGES)[3])
    expected = made_up_run.miou(of[0][drawn]) - made_up_run.miou(of[1][drawn])
    assert found.value == pytest.approx(first.value - second.value)
    assert found.draws[3] == pytest.approx(expected)


def test_draws_of_other_images_are_not_paired(run):
    score = run.score("knn_subsets", "cityscapes", "mae", "miou")
    other = module.Score(0.1, score.draws, (("val", "jena", 0),))
    found = module.difference(score, other)
    assert found.draws is None
    assert np.isnan(found.ends).all()


def test_columns_tell_the_setting(run):
    removed = run.score("knn_subsets", "cityscapes", "mae", "miou", n_removed=5)
    assert removed.value > run.score("knn_subsets", "cityscapes", "mae", "miou").value
    of_class = run.score("knn_subsets", "cityscapes", "mae", "iou", "road", n_removed=5)
    expected = metrics.iou(made_up_run.confusions(0.45, seed=1).sum(0), [1])[0]
    assert of_class.value == pytest.approx(expected)
    assert len(of_class.draws) == N_RESAMPLES


@pytest.mark.parametrize(
    "asked",
    [
        ("knn_subsets", "cityscapes", "ibot", "miou"),
        ("knn_subsets", "ade20k", "mae", "miou"),
        ("linear_subsets", "cityscapes", "mae", "miou"),
        ("knn_subsets", "cityscapes", "mae", "ssim"),
    ],
)
def test_what_was_not_run_has_no_score(run, asked):
    assert run.score(*asked) is None
    assert run.score("knn_subsets", "cityscapes", "mae", "miou", n_removed=7) is None


def test_several_settings_are_refused(tmp_path):
    paths = made_up_run.knn(tmp_path, {"mae": 0.4}, train_sets=("one", "two"))
    found = made_up_run.evidence(knn_layers=paths)
    with pytest.raises(ValueError, match="expected one setting with {}, found 2: name more col"):
        found.score("knn_layers", "cityscapes", "mae", "miou")


def test_random_draws_of_features_are_averaged(tmp_path):
    keys = {"features": "random", "filled_with": "zero", "n_removed": 5}
    counts = [np.full((6, 4), [1, x, 20 * x, 0.5]) for x in (0.25, 0.75)]  # crops, MSE, ...
    results = Results([("val", f"ulm_{i}", 0) for i in range(6)])
    for draw, of_draw in enumerate(counts):
        about = {"dataset": "cityscapes", "backbone": "mae", **keys, "draw": draw}
        results.add([{"metric": "mse", "value": of_draw[0, 1]}], of_draw, **about)
    results.save(tmp_path / "fills.csv", tmp_path / "fills_counts.npz")
    found = made_up_run.evidence(reconstruction=[str(tmp_path / "fills.csv")])
    score = found.score("reconstruction", "cityscapes", "mae", "mse", n_removed=5)
    assert score.value == 0.5
    assert score.draws == pytest.approx(np.full(N_RESAMPLES, 0.5))


def test_an_interval_needs_five_images():
    counts = np.ones((4, 2), np.uint8)
    value, draws = statistics.scenes(counts, {}, None)["accuracy", ""]
    assert np.isnan(module.Score(value, draws, (1, 2, 3, 4)).ends).all()
    assert module.Score(value, draws, (1, 2, 3, 4, 5)).ends == (1, 1)


# ------------------------------------------------------------------------------ statistics


def test_outcomes_of_retrieval_add_up():
    # same patch, category, super-category, another object, background; attainable
    counts = np.array([[4, 3, 2, 1, 0, 10], [0, 0, 0, 0, 10, 5]])
    found = statistics.retrieval(counts, {}, None)
    assert found["same_patch", ""][0] == 4 / 20
    assert found["same_category_or_closer", ""][0] == 7 / 20
    assert found["same_super_category_or_closer", ""][0] == 9 / 20
    assert found["object_or_closer", ""][0] == 10 / 20
    assert found["attainable", ""][0] == 15 / 20


def test_absent_classes_count_as_zero_where_the_official_mean_does():
    tallies = np.zeros((6, 3, 2), int)
    tallies[:, :, 0] = [1, 2, 2]  # IoU 1/3; the other class does not occur
    rows = made_up_run.pd_rows(["road", "car"])
    for absent, expected in (("skip", 1 / 3), ("zero", 1 / 6)):
        value, draws = statistics.segmentation(tallies, {"absent": absent}, rows)["miou", ""]
        assert value == pytest.approx(expected)
        assert draws == pytest.approx(np.full(N_RESAMPLES, expected))


def test_instance_accuracy_is_drawn_in_blocks():
    frames = [("val", "v", i) for i in range(50)]  # 10 s at 5 Hz: two blocks
    counts = np.zeros((50, 6), int)
    counts[:, 0], counts[:, 1] = 2, 4
    counts[:25, 2] = 2  # the first block is always right, the second never
    about = {"images": np.array(frames, dtype=str), "rates": np.full(50, 5.0)}
    value, draws = statistics.association(counts, about, None)["instance_accuracy", "frames"]
    assert value == 0.5
    assert set(np.round(draws, 6)) == {0, 1}  # one of two blocks is drawn
