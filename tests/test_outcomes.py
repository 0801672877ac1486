"""Outcomes of retrieval and hubness, worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.evaluation.outcomes import OUTCOMES, counts, hubness, outcomes

GROUPS = ["background", "ship", "ship", "car"]  # of classes 0 to 3
EVALUATED = [1, 2, 3]
BANK = np.array([0, 1, 1, 2, 3])


def outcome(found, label, original):
    numbers = outcomes(
        np.array([found]), BANK, np.array([label]), np.array([original]), GROUPS, EVALUATED
    )
    return OUTCOMES[numbers[0]]


@pytest.mark.parametrize(
    ("found", "label", "original", "expected"),
    [
        (1, 1, 1, "same_patch"),
        (2, 1, 1, "same_category"),
        (3, 1, 1, "same_super_category"),
        (4, 1, 1, "other_object"),
        (0, 1, 1, "background"),
        (1, 1, -1, "same_category"),  # no patch is the same one
        # the place decides first, whatever the labels
        (0, 1, 0, "same_patch"),
        (4, 1, 4, "same_patch"),
    ],
)
def test_outcomes(found, label, original, expected):
    assert outcome(found, label, original) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 2)), max_size=50))
def test_counts_per_image(queries):
    numbers, attainable, image = (np.array(x) for x in zip(*queries, strict=True)) if queries else (
        np.zeros(0, int), np.zeros(0, bool), np.zeros(0, int)
    )  # fmt: skip
    table = counts(numbers.astype(int), attainable.astype(bool), image.astype(int), 3)
    assert table.shape == (3, 6)
    for i in range(3):
        of_image = [q for q in queries if q[2] == i]
        assert table[i, :5].tolist() == [sum(q[0] == n for q in of_image) for n in range(5)]
        assert table[i, 5] == sum(q[1] for q in of_image)


def test_hubness_of_one_hub():
    # 200 rows, of which one wins 60 of 80 queries and twenty others one each
    found = np.array([7] * 60 + list(range(100, 120)))
    known = hubness(found, 200)
    times = [60] + [1] * 20 + [0] * 179
    mean = sum(times) / 200
    spread = math.sqrt(sum((x - mean) ** 2 for x in times) / 200)
    assert known["hub_largest"] == 60
    assert known["hub_skewness"] == pytest.approx(
        sum((x - mean) ** 3 for x in times) / 200 / spread**3
    )
    assert known["hub_top_share"] == pytest.approx(61 / 80)  # two rows are 1 % of 200


def test_hubness_without_hubs():
    known = hubness(np.arange(150), 150)
    assert known["hub_largest"] == 1
    assert math.isnan(known["hub_skewness"])  # all counts are equal
    assert known["hub_top_share"] == pytest.approx(2 / 150)  # rounded up


def test_hubness_without_queries():
    assert all(math.isnan(value) for value in hubness(np.zeros(0, int), 10).values())
