"""Mean IoU of resampled images: the estimate itself where every image is drawn once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchprobe import results
from patchprobe.evaluation import metrics

EVALUATED = [1, 2, 3, 4]
MODES = pytest.mark.parametrize("absent", ["skip", "zero"])
# true classes in rows; 3 predicted only, 4 neither there nor predicted
PREDICTED_ONLY = np.array(
    [
        [5, 9, 0, 0, 0],
        [2, 6, 1, 0, 0],
        [0, 3, 4, 1, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
)


def official(confusion, absent):
    return metrics.mean_iou(metrics.iou(confusion, EVALUATED), absent)


def tallied(confusions):
    return metrics.tallies(confusions, EVALUATED)


def statistic_of(confusion, absent):
    """Statistic of confusion matrices (n, 5, 5)."""
    statistic = metrics.resampled_mean_iou(tallied(confusion), absent)
    return lambda confusions: statistic(tallied(confusions))


@MODES
def test_statistic_of_the_whole_set_is_its_mean(absent):
    for whole in (
        PREDICTED_ONLY,
        np.diag([1, 2, 3, 4, 5]),
        np.diag([1, 2, 0, 0, 5]),
        np.full((5, 5), 2),
    ):
        found = statistic_of(whole, absent)(whole[None].astype(float))
        assert found.shape == (1,)
        np.testing.assert_allclose(found, official(whole, absent))


@MODES
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_it_is_so_for_any_images(absent, seed, n_images):
    rng = np.random.default_rng(seed)
    confusions = rng.integers(0, 5, (n_images, 5, 5)) * rng.integers(0, 2, (n_images, 5, 1))
    confusions[:, :, rng.integers(5)] *= rng.integers(0, 2)
    confusions[:, rng.integers(5)] = 0  # a class that is nowhere
    confusions[0, 1, 1] += 1  # something is there
    whole = confusions.sum(0)
    once = np.ones((1, n_images), int)
    found = results.bootstrap(confusions, statistic_of(whole, absent), once)
    np.testing.assert_allclose(found, [official(whole, absent)])


def test_scale_by_hand():
    # 6 / 12, 4 / 9, class 3 predicted without being there (0), class 4 nowhere
    assert official(PREDICTED_ONLY, "skip") == pytest.approx((6 / 12 + 4 / 9) / 3)
    assert official(PREDICTED_ONLY, "zero") == pytest.approx((6 / 12 + 4 / 9) / 4)
    # a resample where class 2 drops out: the mean over what is left, scaled as the whole set
    resample = PREDICTED_ONLY.copy()
    resample[2] = 0
    for absent, share in (("skip", 2 / 3), ("zero", 2 / 4)):
        found = statistic_of(PREDICTED_ONLY, absent)(resample[None].astype(float))
        np.testing.assert_allclose(found, [share * 6 / (6 + 3)])


@MODES
def test_a_rare_class_may_drop_out_of_a_resample(absent):
    """Nine images of a common class and one of a rare one, all labelled right."""
    common, rare = np.diag([0, 4, 0, 0, 0]), np.diag([0, 0, 4, 0, 0])
    confusions = np.stack([common] * 9 + [rare])
    whole = confusions.sum(0)
    drawn = results.times_drawn(10, 500)
    draws = results.bootstrap(confusions, statistic_of(whole, absent), drawn)
    assert (drawn[:, 9] == 0).any()
    np.testing.assert_allclose(draws, official(whole, absent))


@MODES
def test_nothing_shown_is_nan_without_a_warning(absent):
    nothing = np.zeros((1, 5, 5))
    with np.errstate(all="raise"):
        found = statistic_of(PREDICTED_ONLY, absent)(nothing)
    assert np.isnan(found).all()
