"""Verdicts of statements: comparisons with intervals, worked by hand."""

import numpy as np
import pytest

from patchprobe.reproduction import claims
from patchprobe.reproduction.claims import FAILS, HOLDS, NOT_RUN, UNDECIDED, Finding
from patchprobe.reproduction.evidence import Score
from patchprobe.reproduction.run import Run
from patchprobe.reproduction.statements import EVERY
from tests import made_up_run

IMAGES = tuple(range(10))


def score(value, spread=0.0, images=IMAGES):
    """A score whose interval is value -+ spread (draws are even between the ends)."""
    return Score(value, np.linspace(value - spread, value + spread, 1001) / 1, images)


def exact(value):
    return Score(value, is_exact=True)


@pytest.mark.parametrize(
    ("value", "spread", "verdict"),
    [(0.3, 0.05, HOLDS), (0.3, 0.2, UNDECIDED), (0.1, 0.05, FAILS), (0.1, 0.2, UNDECIDED)],
)
def test_greater_needs_an_interval_on_one_side(value, spread, verdict):
    found = claims.greater(("a", "b"), score(value, spread), score(0.2))
    assert found.verdict == verdict
    assert found.text.startswith(f"a {value:.3f}, b 0.200 ({value - 0.2:+.3f} [")


def test_paired_draws_cancel():
    first, second = score(0.30, 0.2), score(0.29, 0.2)
    assert claims.greater(("a", "b"), first, second).verdict == HOLDS
    shuffled = Score(0.29, second.draws[::-1], IMAGES)
    assert claims.greater(("a", "b"), first, shuffled).verdict == UNDECIDED


def test_margin_of_harm():
    names = ("without", "with")
    assert claims.greater(names, score(0.29), score(0.3), margin=0.02).verdict == HOLDS
    assert claims.greater(names, score(0.27), score(0.3), margin=0.02).verdict == FAILS


@pytest.mark.parametrize(
    ("value", "spread", "verdict"),
    [(0.21, 0.005, HOLDS), (0.21, 0.02, UNDECIDED), (0.25, 0.02, FAILS), (0.15, 0.02, FAILS)],
)
def test_equal_needs_an_interval_within_the_margin(value, spread, verdict):
    found = claims.equal(("a", "b"), score(value, spread), score(0.2), 0.02)
    assert found.verdict == verdict


def test_exact_numbers_have_no_interval():
    assert claims.between("share", exact(0.95), 0.9, 1).verdict == HOLDS
    assert claims.between("share", exact(0.89), 0.9, 1).verdict == FAILS
    assert claims.between("share", Score(0.95), 0.9, 1).verdict == UNDECIDED  # of samples
    assert claims.ordered(("a", "b"), Score(3.0), Score(2.0)).verdict == HOLDS
    assert claims.ordered(("a", "b"), Score(2.0), Score(2.0)).verdict == FAILS


def test_a_range_is_judged_by_the_interval():
    assert claims.between("share", score(0.95, 0.04), 0.9, 1).verdict == HOLDS
    assert claims.between("share", score(0.91, 0.04), 0.9, 1).verdict == UNDECIDED
    assert claims.between("share", score(0.80, 0.04), 0.9, 1).verdict == FAILS


def test_too_few_images_decide_nothing():
    few = tuple(range(4))
    found = claims.greater(("a", "b"), score(0.9, images=few), score(0.1, images=few))
    assert found.verdict == UNDECIDED
    assert "no interval" in found.text
    assert claims.between("share", score(0.95, images=few), 0.9, 1).verdict == UNDECIDED


def test_what_was_not_run_is_told():
    assert claims.greater(("a", "b"), score(0.3), None) == Finding(NOT_RUN)
    assert claims.equal(("a", "b"), None, score(0.3), 0.1) == Finding(NOT_RUN)
    assert claims.between("a", None, 0, 1) == Finding(NOT_RUN)
    assert claims.between("a", Score(np.nan), 0, 1) == Finding(NOT_RUN)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([HOLDS, HOLDS], HOLDS),
        ([HOLDS, UNDECIDED], UNDECIDED),
        ([HOLDS, UNDECIDED, FAILS], FAILS),
        ([NOT_RUN, NOT_RUN], NOT_RUN),
        ([], NOT_RUN),
        ([NOT_RUN, HOLDS], HOLDS),
    ],
)
def test_a_statement_of_several_comparisons(verdicts, expected):
    verdict, evidence = claims.conclude([Finding(x, f"e{i}") for i, x in enumerate(verdicts)])
    assert verdict == expected
    n_missing = verdicts.count(NOT_RUN)
    if 0 < n_missing < len(verdicts):
        assert evidence.endswith(f"{n_missing} of {len(verdicts)} comparisons not run")


# ------------------------------------------------------------------------------ of the paper


def test_every_statement_is_not_run_without_results():
    table = claims.judge(EVERY, Run(made_up_run.evidence()))
    assert table["verdict"].eq(NOT_RUN).all()
    assert table["claim"].tolist() == list(range(1, len(EVERY) + 1))
    assert len(table) > 50
    assert not table["statement"].duplicated().any()


def test_statements_about_removal_on_a_made_up_run(tmp_path):
    # MAE gains .003 of quality per removed feature, DINO none
    folder = tmp_path / "mae", tmp_path / "dino"
    for path in folder:
        path.mkdir()
    sweep = (0, 2, 40)
    paths = made_up_run.knn(folder[0], {"mae": 0.4}, sweep, gain=0.003)
    paths += made_up_run.knn(folder[1], {"dino": 0.7}, sweep)
    run = Run(made_up_run.evidence(knn_subsets=paths), removed={10: 2, 200: 40})
    verdicts = claims.judge(EVERY, run).set_index("statement")["verdict"]
    assert verdicts["Removing 200 features improves k-NN for MAE."] == HOLDS
    neither = "For models without pixel reconstruction, removal neither improves nor harms k-NN."
    assert verdicts[neither] == HOLDS
    assert verdicts["Linear models achieve better results than k-NN."] == NOT_RUN
    labels = {"mae": "Mini-MAE", "dino": "DINO"}
    evidence = claims.judge(EVERY, run, labels).set_index("statement")["evidence"]
    assert "k-NN of Mini-MAE without 40" in evidence["Removing 200 features improves k-NN for MAE."]
