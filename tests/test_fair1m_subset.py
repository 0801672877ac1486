"""Few-shot set of FAIR1M: presence in the tiles, greedy selection, Table 3."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.datasets.fair1m_names import CLASS_NAMES, N_CLASSES, SUPER_NAMES, SUPER_OF
from patchprobe.datasets.fair1m_subset import presence, read_masks, select, table3
from patchprobe.errors import DatasetError
from tests.test_fair1m import thing, write_item

PAPER = Path(__file__).parents[1] / "config/paper_values/tab3_fair1m.csv"
COUNTS = ["pixels", "patches_vit16", "patches_dinov2"]


def box(left, top, right, bottom):
    return ((left, top), (right, top), (right, bottom), (left, bottom))


# ------------------------------------------------------------------------------ presence


def test_presence_in_all_tiles_of_images(tmp_path):
    van, bridge = thing("Van", box(10, 10, 30, 20)), thing("Bridge", box(200, 20, 240, 30))
    write_item(tmp_path / "train/part1", 7, van, bridge, size=(300, 200))
    write_item(tmp_path / "train/part2", 7, thing("Bus", box(820, 30, 860, 50)), size=(1100, 200))
    found = presence(tmp_path, "train", ["part2/7", "part1/7"], threads=2)
    assert list(found) == sorted(found)
    assert len(found) == 16 + 2 * 16  # the other image has two windows, at 0 and 100
    assert {name: set(there) for name, there in found.items() if there} == {
        "part1-7__1__0___0.224_0_0": {26, 38},  # 24 of the 40 px of the bridge
        "part1-7__1__0___0.224_0_1": {38},  # 16 of them
        "part2-7__1__0___0.224_0_3": {23},
        "part2-7__1__100___0.224_0_3": {23},
    }


def test_presence_of_images_without_objects(tmp_path):
    write_item(tmp_path / "validation", 7, "")
    assert set(presence(tmp_path, "val", ["7"]).values()) == {frozenset()}


def test_masks_of_listed_tiles_with_what_is_present(tmp_path):
    write_item(tmp_path / "validation", 7, thing("Van", box(10, 10, 30, 20)), size=(1000, 1000))
    bridge = thing("Bridge", box(200, 20, 240, 30))
    write_item(tmp_path / "validation", 12, bridge, size=(1100, 1000))
    names = ["7__1__0___0.224_0_0", "12__1__0___0.224_0_1", "7__1__0___0.224_3_3"]
    masks, present = read_masks(tmp_path, "val", names, threads=2)
    assert (masks.shape, masks.dtype) == ((3, 224, 224), np.uint8)
    assert np.count_nonzero(masks[0] == 26) == np.count_nonzero(masks[0]) == 21 * 11
    assert masks[1, 20:31, :17].all() and np.count_nonzero(masks[1]) == 11 * 17
    assert not masks[2].any()
    assert [set(there) for there in present] == [{26}, {38}, set()]  # 16 of 40 px


# ------------------------------------------------------------------------------ selection


def test_tiles_are_taken_from_the_last_category_to_the_first():
    there = {"a": {1, 3}, "b": {2, 3}, "c": {2}, "d": {1, 2}, "e": {1}, "f": {1}, "g": set()}
    assert select(there, 1) == ["a", "b", "d"]  # for 3, 2 and 1
    assert select(there, 1, order=[3, 2, 1]) == ["a", "b", "d"]
    assert select(there, 2) == ["a", "b", "c", "d", "e", "f"]  # two each
    assert select(there, 1, order=[1, 2, 3]) == ["a", "b"]
    assert select(there, 5, order=[3]) == ["a", "b"]


def test_eight_tiles_of_37_categories_but_seven_with_a_bus_are_295():
    categories = set(range(1, N_CLASSES)) - {CLASS_NAMES.index("a320")}
    bus = CLASS_NAMES.index("bus")
    pool = {f"{c:02}_{i}": {c} for c in categories for i in range(7 if c == bus else 12)}
    chosen = select(pool)
    assert len(chosen) == 295 == 37 * 8 - 1
    assert sum(pool[name] == {bus} for name in chosen) == 7


pools = st.dictionaries(
    st.integers(0, 999).map(str), st.frozensets(st.integers(1, 38), max_size=5), min_size=1
)


@settings(deadline=None)
@given(pools, st.integers(1, 9), st.none() | st.integers(0, 9), st.randoms())
def test_selection(pool, n, seed, shuffle):
    def choose(there):
        return select(there, n, rng=None if seed is None else np.random.default_rng(seed))

    chosen = choose(pool)
    assert chosen == sorted(set(chosen))
    assert set(chosen) <= set(pool)
    for category in range(1, N_CLASSES):
        available = sum(category in there for there in pool.values())
        assert sum(category in pool[name] for name in chosen) >= min(n, available)
    present = set().union(*pool.values())
    assert len(chosen) <= n * len(present)
    assert all(pool[name] for name in chosen)
    names = list(pool)
    shuffle.shuffle(names)
    assert choose({name: pool[name] for name in names}) == chosen


def test_seeds_give_different_selections():
    pool = {str(i): {1 + i % 3} for i in range(100)}
    chosen = [select(pool, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert all(len(names) == 24 for names in chosen)


def test_nothing_to_select_from_is_refused():
    with pytest.raises(DatasetError, match="there are no tiles to choose from"):
        select({})
    with pytest.raises(ValueError, match="expected at least 1 tile per category, found 0"):
        select({"a": {1}}, 0)


# ------------------------------------------------------------------------------ Table 3


@pytest.fixture
def published():
    return pd.read_csv(PAPER)


def test_pixels_patches_and_tiles_are_counted(published):
    masks = np.zeros((3, 224, 224), np.uint8)
    masks[0] = 3
    masks[1, 8, 8] = 4  # the centre of the first of 14x14 patches of 16 px
    masks[1, 7, 7 + 14] = 5  # the centre of the second of 16x16 patches of 14 px
    masks[2, 100:, :] = 38
    table = table3(masks, [{3}, set(), {3, 38}], published)
    assert table["category"].tolist() == list(CLASS_NAMES)
    assert table["super"].tolist()[::19] == ["background", "ship", "road"]
    found = table.set_index("category")[[*COUNTS, "tiles"]]
    assert found.loc["boeing747"].tolist() == [224**2, 196, 256, 2]
    assert found.loc["boeing787"].tolist() == [1, 1, 0, 0]
    assert found.loc["a320"].tolist() == [1, 0, 1, 0]
    # rows from 100: patches centred at 104, 120, ... and at 105, 119, ...
    assert found.loc["bridge"].tolist() == [124 * 224, 8 * 14, 9 * 16, 1]
    assert found[COUNTS].sum().tolist() == [3 * 224**2, 3 * 196, 3 * 256]


def test_printed_numbers_stand_beside_the_found_ones(published):
    masks = np.zeros((1, 224, 224), np.uint8)
    shuffled = published.sample(frac=1, random_state=0)
    table = table3(masks, [set()], shuffled).set_index("category")
    assert list(table) == [
        *("super", *COUNTS, "tiles"),
        *("pixels_paper", "patches_vit16_paper", "patches_dinov2_paper", "note_paper"),
    ]
    assert table.loc["bridge", "pixels_paper"] == 19755
    assert table.loc["bus", "patches_dinov2_paper"] == 13
    assert table["note_paper"].notna().sum() == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.iloc[1:],
        lambda table: table.replace("bus", "coach"),
        lambda table: pd.concat([table, table.iloc[:1]]),
    ],
)
def test_a_table_with_other_categories_is_refused(published, spoil):
    with pytest.raises(DatasetError, match="published table: expected the 39 categories"):
        table3(np.zeros((1, 224, 224), np.uint8), [set()], spoil(published))


def test_printed_table_adds_up(published):
    assert published["category"].tolist() == list(CLASS_NAMES)
    assert published["super"].tolist() == [SUPER_NAMES[i] for i in SUPER_OF]
    assert published[COUNTS].sum().tolist() == [14_801_920, 57_820, 75_520]
    assert [14_801_920, 57_820, 75_520] == [295 * 224**2, 295 * 14**2, 295 * 16**2]
    totals = published.groupby("super")[COUNTS].sum()
    printed = {
        "background": [13_305_235, 51_970, 67_897],
        "airplane": [554_797, 2171, 2818],
        "ship": [397_209, 1560, 2011],
        "car": [124_185, 500, 637],
        "court": [268_491, 1043, 1370],
        "road": [152_003, 576, 787],
    }
    assert {name: totals.loc[name].tolist() for name in totals.index} == printed
    objects = published[published["category"] != "background"]
    assert objects[COUNTS].sum().tolist()[1:] == [5850, 7623]


def test_corrected_numbers_are_marked(published):
    (noted,) = published[published["note"].notna()].to_dict("records")
    assert [noted[name] for name in ("category", *COUNTS)] == ["a330", 69_216, 269, 350]
    assert noted["note"].startswith("corrected")
    assert published.set_index("category").loc["a320", COUNTS].tolist() == [0, 0, 0]
