"""Subsets drawn by class: the greedy rule, and the list that is written."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchprobe.datasets import cityscapes, subsets
from patchprobe.datasets.base import Classes
from patchprobe.datasets.fair1m_names import CLASS_NAMES, N_CLASSES
from patchprobe.errors import DatasetError

CLASSES = (1, 2, 3, 75, 149, 150)
FIRST_TO_LAST = range(1, 151)
NAMES = [f"ADE_train_{i:08d}" for i in range(1, 41)]

worlds = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from(CLASSES)), min_size=1
)
seeds = st.none() | st.integers(0, 5)


def choose(shown, n, seed=None):
    """As for ADE20K: class 150 chooses first."""
    rng = None if seed is None else np.random.default_rng(seed)
    return subsets.select(shown, reversed(FIRST_TO_LAST), n, rng)


# ------------------------------------------------------------------------------ greedy rule


def test_selection_by_hand():
    shown = {
        "e": {150, 2},
        "a": {149, 150, 1},
        "c": {149},
        "b": {2, 1},
        "d": {1, 0},
        "f": {1},
        "g": {0},
    }
    # 150: a; 149: c, since a is taken; 2: b, since it is before e; 1: d
    assert choose(shown, 1) == ["a", "b", "c", "d"]
    # 150: a, e; 149: c; 2: b; 1: d, f
    assert choose(shown, 2) == ["a", "b", "c", "d", "e", "f"]
    assert subsets.scarce(shown, FIRST_TO_LAST, choose(shown, 1), 2)[:2] == [2, 3]
    assert 149 not in subsets.scarce(shown, FIRST_TO_LAST, choose(shown, 1), 2)  # a shows it, too


def test_images_of_a_class_are_taken_although_others_show_it_already():
    shown = {name: set(range(1, 151)) for name in NAMES}
    assert choose(shown, 1) == NAMES
    few = {name: {1, 150} for name in NAMES}
    assert choose(few, 3) == NAMES[:6]


@given(worlds, st.integers(1, 4), seeds)
def test_every_class_is_in_so_many_images_or_in_all_that_there_are(shown, n, seed):
    names = choose(shown, n, seed)
    assert len(names) == len(set(names)) <= n * len(CLASSES)
    assert names == sorted(names)
    assert set(names) <= set(shown)
    scarce_ones = set(subsets.scarce(shown, FIRST_TO_LAST, names, n))
    for label in CLASSES:
        available = {name for name in shown if label in shown[name]}
        chosen = available & set(names)
        assert len(chosen) >= n or chosen == available
        assert (label in scarce_ones) == (len(chosen) < n)
    assert all(shown[name] for name in names)


@given(worlds, st.integers(1, 4), seeds, st.randoms(use_true_random=False))
def test_selection_depends_neither_on_the_order_nor_on_the_kind_of_the_mapping(
    shown, n, seed, random
):
    pairs = [(name, list(classes)) for name, classes in shown.items()]
    random.shuffle(pairs)
    names = choose(shown, n, seed)
    assert choose(dict(pairs), n, seed) == names
    assert choose(shown, n, seed) == names


@given(worlds, st.integers(1, 4))
def test_first_images_in_sorted_order_are_taken(shown, n):
    names = choose(shown, n)
    rarest = max(set().union(*shown.values()), default=None)
    with_rarest = sorted(name for name in shown if rarest in shown[name])
    assert set(with_rarest[:n]) <= set(names)


def test_seeds_draw_different_images():
    shown = {name: {1, 2} for name in NAMES}
    drawn = {tuple(choose(shown, 4, seed)) for seed in (None, *range(8))}
    assert len(drawn) == 9
    assert {len(names) for names in drawn} == {8}


def test_four_images_of_each_class_are_six_hundred():
    rng = np.random.default_rng(0)
    names = [f"ADE_train_{i:08d}" for i in range(3000)]
    shown = {name: set(rng.integers(1, 151, 8).tolist()) for name in names}
    assert len(choose(shown, 4)) == 600
    assert len(choose(shown, 2, 0)) == 300
    assert subsets.scarce(shown, FIRST_TO_LAST, choose(shown, 4), 4) == []


def test_nothing_to_choose_is_an_error():
    with pytest.raises(DatasetError, match="nothing to choose from"):
        choose({}, 4)
    with pytest.raises(ValueError, match="at least 1 item per class, found 0"):
        choose({"a": {1}}, 0)


def test_classes_choose_in_their_order():
    there = {"a": {1, 3}, "b": {2, 3}, "c": {2}, "d": {1, 2}, "e": {1}, "f": {1}, "g": set()}
    assert subsets.select(there, [3, 2, 1], 1) == ["a", "b", "d"]  # for 3, 2 and 1
    assert subsets.select(there, [3, 2, 1], 2) == ["a", "b", "c", "d", "e", "f"]  # two each
    assert subsets.select(there, [1, 2, 3], 1) == ["a", "b"]
    assert subsets.select(there, [3], 5) == ["a", "b"]


def test_eight_tiles_of_37_categories_but_seven_with_a_bus_are_295():
    categories = set(range(1, N_CLASSES)) - {CLASS_NAMES.index("a320")}
    bus = CLASS_NAMES.index("bus")
    pool = {f"{c:02}_{i}": {c} for c in categories for i in range(7 if c == bus else 12)}
    chosen = subsets.select(pool, range(N_CLASSES - 1, 0, -1), 8)
    assert len(chosen) == 295 == 37 * 8 - 1
    assert sum(pool[name] == {bus} for name in chosen) == 7


# ------------------------------------------------------------------------------ list


def toy(shown):
    """A dataset of the classes 0, 1 and 2, of which 0 is not evaluated."""
    return dataclasses.replace(
        cityscapes.DATASET,
        name="Toy",
        items=lambda root, split: sorted(shown),
        classes=lambda root: Classes(("none", "one", "two"), (1, 2)),
        presence=lambda root, split, items, threads: {item: shown[item] for item in items},
    )


def test_list_says_how_it_was_drawn():
    shown = {"a": {1}, "b": {1}, "c": {1, 2}, "d": {0}}
    assert subsets.draw(toy(shown), "root", "train", 2).splitlines() == [
        "# Toy train, 2 per class, of 4 (sorted names).",
        "# In fewer than 2: classes 2.",
        "a",
        "b",
        "c",
    ]


def test_seed_of_a_list_is_named_and_shuffles():
    shown = {str(i): {1, 2} for i in range(9)}
    lists = {subsets.draw(toy(shown), "root", "val", 1, seed) for seed in (*range(5), 0)}
    assert len(lists) == 5
    assert all(len(text.splitlines()) == 3 for text in lists)
    seeded = subsets.draw(toy(shown), "root", "val", 1, 3)
    assert seeded.startswith("# Toy val, 1 per class, of 9 (names shuffled with seed 3).\n")


def test_a_dataset_that_does_not_tell_classes_is_refused():
    with pytest.raises(DatasetError, match="Cityscapes cannot be drawn by class.*--per-group"):
        subsets.draw(cityscapes.DATASET, "root", "train", 2)


def test_an_empty_split_is_refused():
    with pytest.raises(DatasetError, match="nothing to choose from"):
        subsets.draw(toy({}), "root", "train", 2)
