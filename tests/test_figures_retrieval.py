"""Figures 5, 6 and 11, their tables and the contact sheet, from made-up results."""

import numpy as np
import pandas as pd
import pytest

from patchprobe import store
from patchprobe.evaluation.outcomes import OUTCOMES
from patchprobe.figures import (
    contact_sheet,
    fig5_hubness,
    fig5_outcomes,
    fig5_retrieval,
    fig6_excluded,
    retrieval_tables,
    style,
)

SHOWN = style.representations([["mae", "mae", 0, "MAE", ""], ["mae_8", "mae", 8, "MAE-8", ""]])
LEVELS = ("clean", "shift-4", "shift-1", "scale-1.2", "scale-0.8", "blur-2", "blur-10")
SHARES = dict(zip(OUTCOMES, (0.4, 0.3, 0.1, 0.05, 0.15), strict=True))


@pytest.fixture(autouse=True, scope="module")
def styled():
    style.use()


def rows_of(level, n_removed, removal="highest", excluded="", query_label="changed", **columns):
    keys = {
        "backbone": "mae",
        "level": level,
        "n_removed": n_removed,
        "removal": removal,
        "standardised": False,
        "similarity": "dot",
        "label_rule": "centre",
        "excluded": excluded,
        "query_label": query_label,
        "n_left_out": 0,
        **columns,
    }
    values = {"n_queries": 200, **SHARES, "attainable": 0.9}
    values |= {"hub_largest": 7, "hub_skewness": 2.5, "hub_top_share": 0.25}
    return [
        {**keys, "metric": name, "value": value, "low": value - 0.1, "high": value + 0.1}
        for name, value in values.items()
    ]


def results():
    rows = []
    for level in LEVELS:
        for m in (0, 8):
            rows += rows_of(level, m) + rows_of(level, m, query_label="same_place")
        rows += rows_of(level, 8, "random") + rows_of(level, 0, standardised=True)
    for level in ("blur-2", "blur-10"):
        rows += rows_of(level, 0, excluded="tile") + rows_of(level, 8, excluded="tile")
    return pd.DataFrame(rows)


def words_of(figure):
    return [text.get_text() for text in figure.findobj(lambda x: hasattr(x, "get_text"))]


def areas(axes):
    """Lower and upper edge of each stacked area at every level."""
    edges = []
    for area in axes.collections:
        points = area.get_paths()[0].vertices
        xs = np.unique(points[:, 0])
        edges.append(
            [(points[points[:, 0] == x, 1].min(), points[points[:, 0] == x, 1].max()) for x in xs]
        )
    return np.array(edges)


def test_figure_5_stacks_shares_below_the_bound():
    figure = fig5_retrieval.draw(results(), SHOWN)
    assert len(figure.axes) == 3 * 2  # shift, scale, blur
    axes = figure.axes[0]
    np.testing.assert_allclose(areas(axes)[:, :, 1], np.array([[40], [70], [80]]) * np.ones(3))
    (bound,) = axes.lines
    np.testing.assert_allclose(bound.get_ydata(), 90)
    words = words_of(figure)
    for word in ("MAE", "MAE-8", "same patch", "same super-category", "same patch, upper bound"):
        assert word in words
    assert "Shift, px\n% of queries" in words


@pytest.mark.parametrize(
    ("family", "values"), [("shift", [0, 1, 4]), ("scale", [0.8, 1, 1.2]), ("blur", [1, 2, 10])]
)
def test_the_unchanged_images_stand_at_their_level(family, values):
    rows = retrieval_tables.select_outcomes(results(), SHOWN[0])
    assert fig5_retrieval.levels_of(rows, family)["value"].tolist() == values


def test_figure_6_counts_patches_without_the_own_tile():
    figure = fig6_excluded.draw(results(), SHOWN)
    assert len(figure.axes) == 2
    top = areas(figure.axes[0])[:, :, 1]
    np.testing.assert_allclose(top, np.cumsum([[60], [20], [10], [30]], axis=0) * np.ones(2))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["2", "10"]


def test_figure_6_of_one_level_has_bars():
    one = results()
    one = one[(one["excluded"] == "") | (one["level"] == "blur-2")]
    figure = fig6_excluded.draw(one, SHOWN)
    assert len(figure.axes[0].patches) == 4
    assert figure.axes[0].patches[-1].get_y() == pytest.approx(90)


def test_figure_of_another_setting_is_refused():
    missing = style.representations([["mae_9", "mae", 9, "MAE-9", ""]])
    with pytest.raises(ValueError, match="no rows with"):
        fig5_retrieval.draw(results(), missing)


def test_table_of_outcomes():
    table = fig5_outcomes.build(results(), SHOWN)
    assert table.columns[:7].tolist() == [
        *("representation", "removal", "standardised", "excluded", "query_label", "level"),
        "n_queries",
    ]
    of_mae = table[table["representation"] == "MAE"]
    assert len(of_mae) == 7 * 2 + 7 + 2  # both queries; standardised; without the own tile
    assert of_mae["level"].iloc[:2].tolist() == ["clean", "clean"]
    row = of_mae[(of_mae["level"] == "shift-4") & (of_mae["query_label"] == "changed")].iloc[0]
    assert (row["n_queries"], row["same_patch"], row["attainable"]) == (200, 0.4, 0.9)
    assert (row["same_category_low"], row["same_category_high"]) == (0.2, 0.4)
    assert set(table[table["representation"] == "MAE-8"]["removal"]) == {"highest", "random"}


def test_table_of_hubs():
    both = pd.concat([results(), results().assign(similarity="l2")])
    table = fig5_hubness.build(both, SHOWN)
    assert set(table["similarity"]) == {"dot", "l2"}
    assert (table["hub_skewness"] == 2.5).all()
    assert (table["n_queries"] == 200).all()
    assert len(table[table["representation"] == "MAE"]) == 2 * (7 + 7 + 2)


def neighbours():
    """Four queries at each of two levels; patches of two crops of 2 x 2 patches."""
    labels = np.array([1, 1, 2, 0] * 2)
    return {
        "level": np.repeat(["shift-1", "blur-2"], 4),
        "patch": np.array([0, 3, 5, 6] * 2),
        "original": np.array([0, 3, -1, 6] * 2),
        "n_removed": np.array([0, 8]),
        "similarities": np.array(["dot", "l2", "cosine"]),
        "found": np.tile(np.array([0, 3, 1, 6] * 2), (2, 3, 1)),
        "labels_centre": labels,
        "labels_majority": labels,
        "bank_labels_centre": np.array([1, 0, 0, 0, 0, 2, 0, 0]),
        "bank_labels_majority": np.zeros(8, int),
        "query_crops": np.array([0, 1]),
        "bank_crops": np.array([0, 1]),
        "grid": np.array([2, 2]),
        "names": np.array(["background", "tug", "van"]),
        "super_categories": np.array(["background", "ship", "car"]),
        "evaluated": np.array([1, 2]),
    }


def test_examples_are_right_ones_then_wrong_ones():
    found = contact_sheet.examples(neighbours(), 8, "l2", "centre")
    assert list(found) == ["shift-1", "blur-2"]
    assert [x["query"] for x in found["shift-1"]] == [0, 1, 2]  # the fourth is no object
    assert [x["outcome"] for x in found["shift-1"]] == ["same_patch", "same_patch", "background"]
    assert found["blur-2"][2] == {
        "query": 6, "row": 1, "outcome": "background", "names": ["van", "background"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "n"), [([0, 3, 5, 6], 2), ([1, 1, 1, 1], 2), ([0, 3, 2, 6], 3)], ids=str
)
def test_examples_where_all_are_right_or_wrong(found, n):
    known = neighbours()
    known["original"] = np.array([0, 3, 5, 6] * 2)
    known["found"] = np.tile(np.array(found * 2), (2, 3, 1))
    assert [len(x) for x in contact_sheet.examples(known, 0, "dot", "centre").values()] == [n, n]


def test_no_example_where_no_query_is():
    known = neighbours()
    known["labels_centre"] = np.array([0, 0, 0, 0, 1, 1, 2, 0])
    assert contact_sheet.examples(known, 0, "dot", "centre")["shift-1"] == []


def test_contact_sheet_frames_patches_of_the_crops(tmp_path):
    crops = np.arange(2)[:, None, None, None] * np.full((1, 8, 8, 3), 100, np.uint8)
    for name, levels in (("clean", ["clean"]), ("changed", ["shift-1", "blur-2"])):
        store.create(tmp_path / f"{name}.zarr", {})
        for level in levels:
            shape = (tmp_path / f"{name}.zarr", f"{level}/crops", crops.shape)
            store.create_array(*shape, "uint8", (1, 8, 8, 3))[:] = crops
        store.seal(tmp_path / f"{name}.zarr")
    figure = contact_sheet.draw(
        neighbours(), tmp_path / "clean.zarr", tmp_path / "changed.zarr", SHOWN[1:], "l2", "centre"
    )
    assert "MAE-8: queries and, on their right, what they retrieve" in words_of(figure)
    query, found = figure.axes[4], figure.axes[5]  # the first wrong one: patch 5 retrieves row 1
    assert query.images[0].get_array().max() == 100
    assert found.images[0].get_array().max() == 0
    assert query.patches[0].get_xy() == (3.5, -0.5)
    assert found.patches[0].get_xy() == (3.5, -0.5)
    assert (query.get_title(), found.get_title()) == ("van", "background")
