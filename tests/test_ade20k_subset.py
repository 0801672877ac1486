"""Subsets of ADE20K: the published list, the greedy rule, and the command that draws more."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from patchprobe.datasets import ade20k, ade20k_subset, subsets
from patchprobe.datasets.ade20k_subset import presence, scarce, select
from patchprobe.errors import DatasetError, DatasetNotFoundError

PUBLISHED = Path(__file__).parent.parent / "config" / "subsets" / "ade20k" / "val_300.txt"
CLASSES = (1, 2, 3, 75, 149, 150)
NAMES = [f"ADE_train_{i:08d}" for i in range(1, 41)]

worlds = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from(CLASSES)), min_size=1
)
seeds = st.none() | st.integers(0, 5)


def generator(seed):
    return None if seed is None else np.random.default_rng(seed)


# ------------------------------------------------------------------------------ published list


def test_published_list_is_whole():
    names = subsets.read_list(PUBLISHED)
    assert len(names) == len(set(names)) == 300
    assert names == sorted(names)
    numbers = [int(re.fullmatch(r"ADE_val_([0-9]{8})", name)[1]) for name in names]
    assert min(numbers) >= 1
    assert max(numbers) <= 2000  # images of the split
    assert {ade20k.split_of(name) for name in names} == {"val"}


def test_published_list_names_its_source():
    assert re.match("# ADE20K.*Source: .*draft.*2023", PUBLISHED.read_text(encoding="utf-8"))


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
    assert select(shown, 1) == ["a", "b", "c", "d"]
    # 150: a, e; 149: c; 2: b; 1: d, f
    assert select(shown, 2) == ["a", "b", "c", "d", "e", "f"]
    assert scarce(shown, select(shown, 1), 2)[:2] == [2, 3]
    assert 149 not in scarce(shown, select(shown, 1), 2)  # a shows it, too


def test_images_of_a_class_are_taken_although_others_show_it_already():
    shown = {name: set(range(1, 151)) for name in NAMES}
    assert select(shown, 1) == NAMES
    few = {name: {1, 150} for name in NAMES}
    assert select(few, 3) == NAMES[:6]


@given(worlds, st.integers(1, 4), seeds)
def test_every_class_is_in_so_many_images_or_in_all_that_there_are(shown, n, seed):
    names = select(shown, n, generator(seed))
    assert len(names) == len(set(names)) <= n * len(CLASSES)
    assert names == sorted(names)
    assert set(names) <= set(shown)
    scarce_ones = set(scarce(shown, names, n))
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
    names = select(shown, n, generator(seed))
    assert select(dict(pairs), n, generator(seed)) == names
    assert select(shown, n, generator(seed)) == names


@given(worlds, st.integers(1, 4))
def test_first_images_in_sorted_order_are_taken(shown, n):
    names = select(shown, n)
    rarest = max(set().union(*shown.values()), default=None)
    with_rarest = sorted(name for name in shown if rarest in shown[name])
    assert set(with_rarest[:n]) <= set(names)


def test_seeds_draw_different_images():
    shown = {name: {1, 2} for name in NAMES}
    drawn = {tuple(select(shown, 4, generator(seed))) for seed in (None, *range(8))}
    assert len(drawn) == 9
    assert {len(names) for names in drawn} == {8}


def test_four_images_of_each_class_are_six_hundred():
    rng = np.random.default_rng(0)
    names = [f"ADE_train_{i:08d}" for i in range(3000)]
    shown = {name: set(rng.integers(1, 151, 8).tolist()) for name in names}
    assert len(select(shown, 4)) == 600
    assert len(select(shown, 2, generator(0))) == 300
    assert scarce(shown, select(shown, 4), 4) == []


def test_nothing_to_choose_is_an_error():
    with pytest.raises(DatasetError, match="no images to choose from"):
        select({}, 4)
    with pytest.raises(ValueError, match="at least 1 image per class, found 0"):
        select({"a": {1}}, 0)


# ------------------------------------------------------------------------------ presence


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 700), st.integers(1, 900), st.integers(0, 99))
def test_classes_are_those_that_opencv_samples(height, width, seed):
    labels = np.random.default_rng(seed).integers(0, 151, (height, width), dtype=np.uint8)
    nearest = cv2.INTER_NEAREST_EXACT
    frame = cv2.resize(labels, (672, 448), interpolation=nearest)
    expected = set(cv2.resize(frame, (42, 28), interpolation=nearest).ravel().tolist()) - {0}
    assert ade20k_subset.classes_in(labels) == expected


def test_a_class_between_the_patch_centres_is_not_seen():
    labels = np.zeros((448, 672), np.uint8)
    labels[9:24, :] = 5  # patch centres are rows 8, 24, ...
    assert ade20k_subset.classes_in(labels) == frozenset()
    labels[24, 671] = 6  # patch centres are columns 8, 24, ..., 664
    labels[440, 664] = 150
    assert ade20k_subset.classes_in(labels) == {150}


# ------------------------------------------------------------------------------ from disk


def write(root, item, label, size=(84, 56)):
    for path in (ade20k.image_path, ade20k.label_path):
        mode, colour = ("RGB", 0) if path is ade20k.image_path else ("L", label)
        target = path(root, ade20k.split_of(item), item)
        Image.new(mode, size, colour).save(target)


@pytest.fixture
def root(tmp_path):
    """Images 1 to 6 of the training split with the classes 3, 3, 3, 150, 0, 1."""
    for kind in ("images", "annotations"):
        for part in ("training", "validation"):
            (tmp_path / kind / part).mkdir(parents=True)
    for item, label in zip(NAMES, (3, 3, 3, 150, 0, 1), strict=False):
        write(tmp_path, item, label)
    return tmp_path


def draw(capsys, *arguments):
    ade20k_subset.main(list(map(str, arguments)))
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if line[0] == "#"], [line for line in lines if line[0] != "#"]


def test_presence_is_read_from_the_labels(root):
    items = NAMES[5:2:-1]
    expected = {NAMES[5]: {1}, NAMES[4]: set(), NAMES[3]: {150}}
    for threads in (1, 3):
        assert presence(root, "train", items, threads) == expected


def test_bad_labels_stop_the_draw(root):
    path = ade20k.label_path(root, "train", NAMES[1])
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match=f"{path} cannot be decoded"):
        presence(root, "train", NAMES[:6], threads=2)


def test_command_prints_a_list(root, capsys, tmp_path):
    comments, names = draw(capsys, root, "--split", "train", "--per-class", 2)
    assert names == [NAMES[i] for i in (0, 1, 3, 5)]
    assert comments[0] == "# ADE20K train, 2 images per class, of 6 (sorted names)."
    assert comments[1].startswith("# In fewer than 2 images: classes 1, 2, 4, 5, ")
    assert comments[1].endswith(", 149, 150.")
    (tmp_path / "list.txt").write_text("\n".join([*comments, *names]))
    assert subsets.read_list(tmp_path / "list.txt") == names


def test_command_draws_with_a_seed(root, capsys):
    drawn = [draw(capsys, root, "--per-class", 1, "--seed", seed) for seed in (0, 0, *range(9))]
    assert drawn[0] == drawn[1]
    assert (
        drawn[0][0][0] == "# ADE20K train, 1 images per class, of 6 (names shuffled with seed 0)."
    )
    assert {len(names) for _, names in drawn} == {3}
    assert {name for _, names in drawn for name in names} == set(NAMES[:4]) | {NAMES[5]}


@pytest.mark.parametrize(
    "option", [("--per-class", "0"), ("--threads", "0"), ("--split", "test")], ids=str
)
def test_command_refuses_nonsense(root, capsys, option):
    with pytest.raises(SystemExit):
        ade20k_subset.main([str(root), *option])
    assert option[0] in capsys.readouterr().err


def test_command_without_images(root, tmp_path):
    with pytest.raises(DatasetError, match="no images to choose from"):
        ade20k_subset.main([str(root), "--split", "val"])
    with pytest.raises(DatasetNotFoundError, match=r"config/README\.md#ade20k"):
        ade20k_subset.main([str(tmp_path / "none")])
