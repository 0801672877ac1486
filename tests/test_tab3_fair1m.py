"""Table 3: counts of a few-shot set of FAIR1M beside the printed ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from patchprobe.datasets.fair1m_names import CLASS_NAMES, SUPER_NAMES, SUPER_OF
from patchprobe.errors import DatasetError
from patchprobe.figures import tab3_fair1m
from patchprobe.reproduction import paper_values

PAPER = Path(__file__).parents[1] / "config/paper_values/tab3.csv"
COUNTS = ["pixels", "patches_vit16", "patches_dinov2"]


@pytest.fixture
def published():
    return paper_values.of_table_3(paper_values.read([PAPER]))


def test_pixels_patches_and_tiles_are_counted(published):
    masks = np.zeros((3, 224, 224), np.uint8)
    masks[0] = 3
    masks[1, 8, 8] = 4  # the centre of the first of 14x14 patches of 16 px
    masks[1, 7, 7 + 14] = 5  # the centre of the second of 16x16 patches of 14 px
    masks[2, 100:, :] = 38
    table = tab3_fair1m.build(masks, [{3}, set(), {3, 38}], published)
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
    table = tab3_fair1m.build(masks, [set()], shuffled).set_index("category")
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
        tab3_fair1m.build(np.zeros((1, 224, 224), np.uint8), [set()], spoil(published))


def test_printed_table_adds_up(published):
    assert published["category"].tolist() == list(CLASS_NAMES)
    assert published[COUNTS].sum().tolist() == [14_801_920, 57_820, 75_520]
    assert [14_801_920, 57_820, 75_520] == [295 * 224**2, 295 * 14**2, 295 * 16**2]
    totals = published.groupby([SUPER_NAMES[i] for i in SUPER_OF])[COUNTS].sum()
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
