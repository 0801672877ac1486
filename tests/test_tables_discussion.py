"""Table 6, and the features of highest variance that datasets share, from made-up results."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from patchprobe.embeddings.variance import rank
from patchprobe.figures import style, tab1_augmentations, tab6_context, tables, top_features

SHOWN = style.representations([["mae", "mae", 0, "MAE", ""], ["mae_8", "mae", 8, "MAE-8", ""]])


def rows_of(what, m, draw, value):
    keys = {"backbone": "mae", "features": what, "n_removed": m, "draw": draw, "n_left_out": 0}
    return [
        {**keys, "middle": middle, "regression": regression, "crops": crops, "metric": "r2"}
        | {"class": name, "value": value + add, "low": value - 0.1, "high": value + 0.1}
        for middle in ("one", "four")
        for regression in ("ridge", "ridge_cv")
        for crops in ("train", "held_out")
        for name, add in (("road", -0.01), ("building", 0.01), ("mean", 0))
    ]


def test_table_6_names_sets_of_features_and_averages_draws():
    rows = rows_of("all", 0, 0, 0.6)
    for m in (4, 8):
        rows += rows_of("kept", m, 0, 0.5) + rows_of("removed", m, 0, 0.4)
        rows += rows_of("random", m, 0, 0.1) + rows_of("random", m, 1, 0.3)
    table = tab6_context.build(pd.DataFrame(rows), SHOWN)
    names = ["MAE", "MAE-8", "MAE, the first 8 alone", "MAE, 8 random ones alone"]
    assert table["features"].drop_duplicates().tolist() == names
    assert len(table) == len(names) * 8
    random = table[table["features"] == names[-1]].iloc[0]
    assert random[["road", "building", "mean"]].tolist() == pytest.approx([0.19, 0.21, 0.2])
    assert random["sd"] == pytest.approx(np.std([0.1, 0.3], ddof=1), abs=1e-4)
    whole = table[table["features"] == "MAE"]
    assert whole["sd"].isna().all()
    assert (whole["mean"] == 0.6).all()
    assert whole["low"].tolist() == pytest.approx([0.5] * 8)


def rankings():
    """Of 20 features: two datasets share 5 of their first 8."""
    first = np.array([100.0, 50, 20, 10, 9, 8, 7, 6] + [1.0] * 12)
    second = first[[0, 1, 2, 3, 4, 8, 9, 10, 5, 6, 7, *range(11, 20)]]
    tables = []
    for dataset, values in (("cityscapes", first), ("ade20k", second)):
        for layer in (1, 2):
            of_layer = values if layer == 2 else values[::-1]
            tables.append(rank(of_layer).assign(dataset=dataset, backbone="mae", layer=layer))
    return pd.concat(tables)


def test_shared_features_by_hand():
    table = top_features.build(rankings(), SHOWN[1:])
    (shared,) = table[table["what"] == "shared features"].to_dict("records")
    assert (shared["dataset"], shared["other_dataset"], shared["m"]) == ("cityscapes", "ade20k", 8)
    assert shared["value"] == 5
    # hypergeometric: mean 8 * 8 / 20, variance 8 * .4 * .6 * 12 / 19
    assert shared["chance"] == pytest.approx(3.2)
    assert shared["chance_sd"] == pytest.approx(np.sqrt(8 * 0.4 * 0.6 * 12 / 19), abs=1e-4)
    share = table[(table["what"] == "share of variance") & (table["dataset"] == "cityscapes")]
    assert share["value"].tolist() == [pytest.approx(210 / 222, abs=1e-4)]
    assert share["chance"].tolist() == [0.4]


def test_the_paper_chance_of_200_of_768_features():
    wide = pd.concat(
        rank(np.arange(768.0)[::step]).assign(dataset=name, backbone="mae", layer=12)
        for name, step in (("cityscapes", 1), ("fair1m", -1))
    )
    paper = style.representations([["mae_200", "mae", 200, "MAE-200", ""]])
    shared = top_features.build(wide, paper).iloc[0]
    assert shared["value"] == 0
    assert shared["chance"] == pytest.approx(52.1, abs=0.05)
    assert shared["chance_sd"] == pytest.approx(5.3, abs=0.05)


def test_one_dataset_has_shares_alone():
    table = top_features.build(rankings()[lambda x: x["dataset"] == "ade20k"], SHOWN[1:])
    assert set(table["what"]) == {"share of variance"}


def test_table_1_has_five_models_and_a_source_for_each():
    path = Path(__file__).parents[1] / "config/paper_values/tab1_augmentations.csv"
    table = tab1_augmentations.build(tables.load([str(path)], {}), [])
    models = ["Supervised ViT", "DINO", "DINOv2", "MAE", "SimMIM"]
    assert table["model"].tolist() == models
    assert (table["source"] != "").all()
    assert "table" not in table
