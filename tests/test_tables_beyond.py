"""Tables and figures beyond the paper, from made-up results."""

import numpy as np
import pandas as pd
import pytest

from patchprobe.figures import (
    batch_norm,
    fig2b_controls,
    fig3_accuracies,
    hubs,
    layer_choice,
    norms,
    plot_similarities,
    plot_votes,
    similarities,
    style,
    votes,
)
from tests.score_tables import BANK, SHOWN, score_table

BACKBONES = {"dino": 0.5, "mae": 0.2}
SIMILARITIES = {"dot": 0.0, "l2": 0.01, "cosine": 0.02}
SCALINGS = {"none": 0.0, "centred": 0.001, "standardised": 0.002, "whitened": 0.003}


def scored(value, **keys):
    ends = {"value": value, "low": value - 0.1, "high": value + 0.1}
    gains = {"gain": 0.01, "gain_low": 0.0, "gain_high": 0.02}
    row = {"metric": "miou", "class": "", "layer": 12, "n_left_out": 0, "n_removed": 0, "k": 1}
    setting = {"removal": "highest", "draw": 0, "scaling": "none", "vote": "majority"}
    return {**row, **setting, **ends, **gains, **keys}


def knn():
    return pd.concat(
        [
            score_table("knn", similarity=name, k=1).assign(value=lambda x, s=shift: x["value"] + s)
            for name, shift in SIMILARITIES.items()
        ]
    )


def variants():
    """Scaled features, votes of 1 and 5 neighbours, other removals; every value its own."""
    rows = []
    for backbone, base in BACKBONES.items():
        for similarity, shift in SIMILARITIES.items():
            own = {"backbone": backbone, "similarity": similarity}
            rows += [
                scored(base + shift + more, scaling=name, **own) for name, more in SCALINGS.items()
            ]
            for m in (0, 10):
                for k in (1, 5):
                    of_k = base + shift + m / 1000 + k / 10_000
                    rows.append(scored(of_k, k=k, n_removed=m, **own))
                    if similarity == "cosine":
                        rows.append(scored(of_k + 0.05, k=k, n_removed=m, vote="soft", **own))
            for removal, draws in (("lowest", 1), ("random", 3)):
                for draw in range(draws):
                    for m in (0, 5, 10):
                        less = base + shift - m / 100 - draw / 1000
                        rows.append(scored(less, removal=removal, draw=draw, n_removed=m, **own))
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------ tables


def test_similarities():
    table = similarities.build(knn(), variants(), SHOWN, BANK)
    assert len(table) == 2 * 5 * 3
    table = table.set_index(["backbone", "features", "similarity"])
    assert table.loc[("MAE", "all", "dot"), "mIoU"] == pytest.approx(0.2 + 0.072)
    assert table.loc[("MAE", "without 10", "l2"), "mIoU"] == pytest.approx(0.2 + 0.112 + 0.01)
    assert table.loc[("DINO", "whitened", "cosine"), "mIoU"] == pytest.approx(0.523)
    assert table.loc[("DINO", "standardised", "dot"), "gain_high"] == pytest.approx(0.02)


def test_votes():
    table = votes.build(variants(), SHOWN)
    # MAE with all features has rows of k = 1 from its scaled ones as well: the first is taken
    assert not table.duplicated(["representation", "similarity", "vote", "k"]).any()
    assert len(table) == 3 * (3 + 1) * 2
    chosen = table[(table["representation"] == "MAE-10") & (table["vote"] == "soft")]
    assert chosen["mIoU"].tolist() == pytest.approx([0.2 + 0.08 + 0.0001, 0.2 + 0.08 + 0.0005])


def by_layer(values, **columns):
    rows = [
        scored(value, backbone=backbone, layer=layer, **columns)
        for backbone, of_layers in values.items()
        for layer, value in of_layers.items()
    ]
    return pd.DataFrame(rows)


def test_layer_choice():
    query = by_layer({"dino": {1: 0.1, 8: 0.7, 12: 0.6}, "mae": {1: 0.1, 8: 0.2, 12: 0.3}})
    train = by_layer({"dino": {1: 0.1, 8: 0.4, 12: 0.5}, "mae": {1: 0.1, 8: 0.6, 12: 0.5}})
    table = layer_choice.build(query, train, SHOWN)
    assert table[["backbone", "choice", "layer", "mIoU", "mIoU_held_out"]].values.tolist() == [
        ["DINO", "last", 12, 0.6, 0.5],
        ["DINO", "held_out", 12, 0.6, 0.5],
        ["DINO", "oracle", 8, 0.7, 0.4],
        ["MAE", "last", 12, 0.3, 0.5],
        ["MAE", "held_out", 8, 0.2, 0.6],
        ["MAE", "oracle", 12, 0.3, 0.5],
    ]


def test_accuracies_by_layer():
    values = {"dino": {2: 0.4, 1: 0.1}, "mae": {1: 0.2, 2: 0.3}}
    tables = [by_layer(values)]
    for metric, more in (("pixel_accuracy", 0.2), ("patch_accuracy", 0.3)):
        raised = {name: {k: v + more for k, v in x.items()} for name, x in values.items()}
        tables.append(by_layer(raised, metric=metric))
    table = fig3_accuracies.build(pd.concat(tables), SHOWN)
    assert table["layer"].tolist() == [1, 2, 1, 2]
    np.testing.assert_allclose(table["mIoU"], [0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(table["pixel_accuracy"], table["mIoU"] + 0.2)
    np.testing.assert_allclose(table["patch_accuracy"], table["mIoU"] + 0.3)


def test_hubs_and_norms():
    rows = []
    for backbone in BACKBONES:
        for m in (0, 10):
            own = {"backbone": backbone, "n_removed": m, "scaling": "none"}
            for similarity in ("dot", "l2"):
                for metric in ("hub_largest", "hub_skewness", "hub_top_share"):
                    of_hub = {"similarity": similarity, "patches": "", "metric": metric}
                    rows.append({**own, **of_hub, "value": m + len(metric)})
            for patches in ("bank", "query"):
                for what in ("mean", "sd", "min", "q01", "median", "q99", "max"):
                    of_norm = {"similarity": "", "patches": patches, "metric": f"norm_{what}"}
                    rows.append({**own, **of_norm, "value": 100 + m})
    table = hubs.build(pd.DataFrame(rows), SHOWN)
    assert table["representation"].tolist() == ["DINO"] * 2 + ["MAE"] * 2 + ["MAE-10"] * 2
    assert table["hub_top_share"].tolist() == [13] * 4 + [23] * 2
    table = norms.build(pd.DataFrame(rows), SHOWN)
    assert table["patches"].tolist() == ["bank", "query"] * 3
    assert table["q99"].tolist() == [100] * 4 + [110] * 2


def test_batch_norm():
    linear = score_table("linear")
    others = pd.DataFrame(
        [
            scored(0.9 if backbone == "dino" else 0.1, backbone=backbone, batch_norm=norm)
            for backbone, norm in (("dino", True), ("mae", False))
        ]
    )
    knn_l2 = variants()[lambda x: x["similarity"] == "l2"]
    table = batch_norm.build(knn_l2, linear, others, SHOWN, BANK, ["mae"])
    expected = [
        ["DINO", "knn", False, 0.51],
        ["DINO", "knn", True, 0.512],
        ["DINO", "linear", False, 0.672],
        ["DINO", "linear", True, 0.9],
        ["MAE", "knn", False, 0.21],
        ["MAE", "knn", True, 0.212],
        ["MAE", "linear", False, 0.1],
        ["MAE", "linear", True, 0.372],
    ]
    found = table[["backbone", "classifier", "batch_norm", "mIoU"]].values.tolist()
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    assert [row[3] for row in found] == pytest.approx([row[3] for row in expected])


# ------------------------------------------------------------------------------ figures


@pytest.fixture(autouse=True)
def screenless():
    style.use()


def test_plot_of_similarities():
    figure = plot_similarities.draw(knn(), variants(), SHOWN, BANK)
    assert [axes.get_title() for axes in figure.axes] == [
        "Inner product", "Euclidean distance", "Cosine",
    ]  # fmt: skip
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert labels == ["DINO", "MAE"]
    dots = figure.axes[1].containers[1].lines[0]  # without 10, by L2
    np.testing.assert_allclose(np.asarray(dots.get_xdata(), float), [0.5 + 0.122, 0.2 + 0.122])
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["all", "without 10", "centred", "standardised", "whitened"]


def test_plot_of_votes():
    figure = plot_votes.draw(variants(), SHOWN, "l2")
    left, right = figure.axes
    assert left.get_title() == "Majority, Euclidean distance"
    assert len(left.lines) == len(right.lines) == 3
    assert left.lines[0].get_xdata().tolist() == [1, 5]
    np.testing.assert_allclose(right.lines[2].get_ydata(), [0.2801, 0.2805])
    assert [line.get_color() for line in left.lines] == [r.colour for r in SHOWN]


def test_controls_of_removal():
    mae = [r for r in SHOWN if r.name == "mae"]
    l2 = [x[x["similarity"] == "l2"] for x in (knn(), variants())]
    others = variants()[lambda x: (x["similarity"] == "dot") & (x["scaling"] == "none")]
    others = others.drop(columns="scaling")
    figure = fig2b_controls.draw(l2[0], score_table("linear"), l2[1], others, mae, BANK)
    left, right = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ["MAE, k-NN", "MAE, linear probe"]
    random, lowest, highest, standardised, whitened = left.lines
    np.testing.assert_allclose(random.get_ydata(), [0.209, 0.159, 0.109])
    np.testing.assert_allclose(lowest.get_ydata(), [0.21, 0.16, 0.11])
    np.testing.assert_allclose(highest.get_ydata(), [0.282, 0.302, 0.322])
    assert standardised.get_ydata()[0] == pytest.approx(0.212)
    assert whitened.get_ydata()[0] == pytest.approx(0.213)
    assert len(right.lines) == 3
