"""Figures 1, 2 and 3, and Table 2, from small tables: what is drawn is what the tables say."""

import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import FillBetweenPolyCollection, LineCollection, PathCollection

from patchprobe.figures import (
    fig1_segmentation,
    fig2_removal,
    fig2a_variance,
    fig3_layers,
    style,
    tab2_segmentation,
)
from tests.score_tables import BANK, SHOWN, SUBSETS, miou, score_table

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def styled():
    style.use()
    yield
    plt.close("all")


def drawn(figure):
    """The figure, laid out, so that what its layout warns of is an error."""
    figure.canvas.draw()
    return figure


def colours_of(artists):
    return [mpl.colors.to_hex(np.ravel(artist.get_facecolor())[:3]) for artist in artists]


def of_kind(axes, kind):
    return [artist for artist in axes.collections if type(artist) is kind]


def legend_texts(*legends):
    return [text.get_text() for legend in legends for text in legend.get_texts()]


# ------------------------------------------------------------------------------ Figure 1


def test_figure_1_shows_one_circle_for_each_training_set():
    figure = drawn(fig1_segmentation.draw(score_table("knn"), score_table("linear"), SHOWN))
    (axes,) = figure.axes
    circles = of_kind(axes, PathCollection)
    assert colours_of(circles) == [r.colour for r in SHOWN]
    for r, of_representation in zip(SHOWN, circles, strict=True):
        expected = [
            [miou(name, r.backbone, r.n_removed, train_set) for name in ("knn", "linear")]
            for train_set in SUBSETS
        ]
        np.testing.assert_allclose(of_representation.get_offsets(), expected)
        np.testing.assert_allclose(of_representation.get_sizes(), [60, 120])  # as 36 to 72
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("k-NN mIoU", "Linear probe mIoU")
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlim()[1] > miou("linear", "dino", 10, BANK) + 0.03  # the ends of all bars


def test_figure_1_draws_intervals():
    figure = fig1_segmentation.draw(score_table("knn"), score_table("linear"), SHOWN[:1])
    across, upright = of_kind(figure.axes[0], LineCollection)
    value = miou("knn", "dino", 0, "train_36")
    (left, right) = across.get_segments()[0]
    np.testing.assert_allclose([left[0], right[0]], [value - 0.02, value + 0.03])
    (low, high) = upright.get_segments()[0]
    np.testing.assert_allclose([low[1], high[1]], [value + 0.08, value + 0.13])


def many(template):
    """16 representations, and a table that repeats the rows of one backbone for each."""
    rows = [[f"b{i}", f"b{i}", 0, f"Backbone {i}", "#123456"] for i in range(16)]
    of_one = template[template["backbone"] == "dino"]
    table = pd.concat([of_one.assign(backbone=row[1]) for row in rows])
    return style.representations(rows), table


def extents(figure, legends):
    renderer = figure.canvas.get_renderer()
    return [legend.get_window_extent(renderer) for legend in legends]


def lie_within(boxes, figure):
    whole = figure.bbox
    return all(whole.x0 <= b.x0 and b.x1 <= whole.x1 and whole.y0 <= b.y0 for b in boxes)


def test_figure_1_has_room_for_many_representations():
    shown, knn = many(score_table("knn"))
    figure = drawn(fig1_segmentation.draw(knn, many(score_table("linear"))[1], shown))
    models, images = extents(figure, figure.findobj(mpl.legend.Legend))
    assert not models.overlaps(images)
    assert lie_within([models, images], figure)


def test_figure_1_bears_an_interval_that_misses_its_estimate():
    knn = score_table("knn")
    knn["low"] = knn["value"] + 0.001
    drawn(fig1_segmentation.draw(knn, score_table("linear"), SHOWN))


# ------------------------------------------------------------------------------ Figure 2


@pytest.mark.parametrize("shown", [SHOWN, SHOWN[::-1], SHOWN[:1]], ids=["all", "reversed", "one"])
def test_figure_2_shows_two_curves_and_bands_of_each_backbone(shown):
    figure = drawn(fig2_removal.draw(score_table("knn"), score_table("linear"), shown, "train_72"))
    (axes,) = figure.axes
    curves = [line for line in axes.lines if len(line.get_xdata()) == 3]
    levels = [line for line in axes.lines if line.get_linestyle() == ":"]
    whole = style.whole(shown)
    assert [line.get_color() for line in curves] == [r.colour for r in whole for _ in range(2)]
    bands = of_kind(axes, FillBetweenPolyCollection)
    assert len(bands) == len(levels) == len(curves)
    settings = [(r.backbone, name) for r in whole for name in ("knn", "linear")]
    for (backbone, name), curve, level, band in zip(settings, curves, levels, bands, strict=True):
        values = [miou(name, backbone, m, BANK) for m in (0, 5, 10)]
        np.testing.assert_allclose(curve.get_ydata(), values)
        np.testing.assert_array_equal(curve.get_xdata(), [0, 5, 10])
        np.testing.assert_allclose(level.get_ydata(), values[0])
        assert curve.get_linestyle() == {"knn": "-", "linear": "--"}[name]
        # the interval of the gain, around the curve
        corners = band.get_paths()[0].vertices
        for m, value in zip((0, 5, 10), values, strict=True):
            ends = np.unique(corners[corners[:, 0] == m][:, 1].round(9))
            np.testing.assert_allclose([ends.min(), ends.max()], [value - 0.01, value + 0.01])
    assert legend_texts(axes.get_legend()) == [*(r.label for r in whole), "k-NN", "linear"]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylabel() == "mIoU"
    assert "Features removed" in axes.get_xlabel()


def test_figure_2_bears_missing_intervals():
    knn = score_table("knn")
    knn[["gain_low", "gain_high"]] = np.nan
    drawn(fig2_removal.draw(knn, score_table("linear"), SHOWN, "train_72"))


# ------------------------------------------------------------------------------ Figure 2a


def test_figure_2a_shows_the_last_layer_of_each_backbone():
    tables = [
        pd.DataFrame(
            {
                "backbone": backbone,
                "layer": layer,
                "feature": [2, 0, 1],
                "rank": [3, 1, 2],
                "variance": np.array([1.0, 4, 2]) * layer * scale,
            }
        )
        for backbone, scale in (("dino", 1), ("mae", 10))
        for layer in (12, 3)
    ]
    figure = drawn(fig2a_variance.draw(pd.concat(tables), SHOWN))
    (axes,) = figure.axes
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert [line.get_label() for line in axes.lines] == ["DINO", "MAE"]
    for line, scale in zip(axes.lines, (1, 10), strict=True):
        assert line.get_xdata().tolist() == [1, 2, 3]
        assert line.get_ydata().tolist() == [48 * scale, 24 * scale, 12 * scale]


# ------------------------------------------------------------------------------ Figure 3


@pytest.fixture
def by_layer():
    """IoU grows with the layer; motorcycles are rare; nobody finds a train, none is there."""
    rows = []
    for backbone, best in (("dino", 0.6), ("mae", 0.3)):
        for layer in (1, 2, 3):
            values = dict.fromkeys(fig3_layers.PANELS, best * layer / 3)
            values |= {"motorcycle": 0.01 * layer * best, "train": np.nan, "rider": 0.0}
            rows += [("iou", name, backbone, layer, value) for name, value in values.items()]
            rows.append(("miou", "", backbone, layer, best * layer / 4))
    return pd.DataFrame(rows, columns=["metric", "class", "backbone", "layer", "value"])


def test_figure_3_has_a_panel_for_each_class_and_the_mean(by_layer):
    figure = drawn(fig3_layers.draw(by_layer, SHOWN))
    assert [axes.get_title() for axes in figure.axes] == [*fig3_layers.PANELS, "mean of classes"]
    for axes in figure.axes:
        assert [line.get_color() for line in axes.lines] == [SHOWN[0].colour, SHOWN[1].colour]
        assert axes.lines[0].get_xdata().tolist() == [1, 2, 3]
    np.testing.assert_allclose(figure.axes[0].lines[1].get_ydata(), [0.1, 0.2, 0.3])
    np.testing.assert_allclose(figure.axes[-1].lines[0].get_ydata(), [0.15, 0.3, 0.45])
    assert legend_texts(*figure.legends) == ["DINO", "MAE"]


def test_figure_3_has_room_for_many_representations(by_layer):
    shown, knn = many(by_layer)
    figure = drawn(fig3_layers.draw(knn, shown))
    assert lie_within(extents(figure, figure.legends), figure)


def test_figure_3_scales_panels_of_rare_classes(by_layer):
    figure = fig3_layers.draw(by_layer, SHOWN)
    top = {axes.get_title(): axes.get_ylim()[1] for axes in figure.axes}
    assert top["road"] == pytest.approx(0.66)
    assert top["motorcycle"] == pytest.approx(1.1 * 0.018)
    assert top["train"] > 0 and top["rider"] > 0
    assert {axes.get_ylim()[0] for axes in figure.axes} == {0}


def test_figure_3_needs_every_class(by_layer):
    with pytest.raises(ValueError, match="no rows with .*'class': 'wall'"):
        fig3_layers.draw(by_layer[by_layer["class"] != "wall"], SHOWN)


# ------------------------------------------------------------------------------ Table 2


def test_table_2_takes_the_bank_of_each_dataset():
    scores = {}
    for name in ("knn", "linear"):
        few = score_table(name, sweep=(0,))
        only_dino = few[few["backbone"] == "dino"].assign(n_left_out=2, dataset="ade20k")
        scores[name] = pd.concat([score_table(name).assign(dataset="cityscapes"), only_dino])
    banks = {"cityscapes": "train_72", "ade20k": "train_36"}
    table = tab2_segmentation.build(**scores, representations=SHOWN, banks=banks)
    assert table[["dataset", "representation"]].to_numpy().tolist() == [
        ["cityscapes", "DINO"], ["cityscapes", "MAE"], ["cityscapes", "MAE-10"], ["ade20k", "DINO"]
    ]  # fmt: skip
    expected = [
        miou("knn", *setting)
        for setting in (
            ("dino", 0, "train_72"), ("mae", 0, "train_72"), ("mae", 10, "train_72"),
            ("dino", 0, "train_36"),
        )
    ]  # fmt: skip
    np.testing.assert_allclose(table["knn_miou"], expected, atol=0.0005)
    np.testing.assert_allclose(table["linear_miou"], np.add(expected, 0.1), atol=0.0005)
    np.testing.assert_allclose(table["knn_low"], np.subtract(expected, 0.02), atol=0.0005)
    np.testing.assert_allclose(table["linear_high"], np.add(expected, 0.13), atol=0.0005)
    assert table["n_left_out"].tolist() == [0, 0, 0, 2]
    assert table.columns[-1] == "n_left_out"


# ------------------------------------------------------------------------------ text


def texts_drawn(figure, tmp_path):
    """All text of a figure as it is written to a vector file, where mathematics has no dollars."""
    style.save(figure, [tmp_path / "figure.svg"], "costs $5 and $6")
    return " ".join(ElementTree.parse(tmp_path / "figure.svg").getroot().itertext()).split()


@pytest.mark.parametrize("largest", [2, 2_000], ids=["less than a decade", "decades"])
def test_a_dollar_is_a_dollar_and_powers_are_powers(tmp_path, largest):
    rows = [["mae", "mae", 0, "$a$ and $b$", ""], ["dino", "dino", 0, "$x^{", ""]]
    table = pd.DataFrame({"layer": 1, "rank": [1, 2, 3], "variance": [largest, 1.2, 1.1]})
    tables = [table.assign(backbone=name) for name in ("mae", "dino")]
    figure = fig2a_variance.draw(pd.concat(tables), style.representations(rows))
    words = texts_drawn(figure, tmp_path)
    for text in ("$a$ and $b$", "$x^{", "costs $5 and $6"):
        assert all(word in words for word in text.split())
    assert not any("mathdefault" in word for word in words)
    ticks = [
        t
        for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)
        for t in axis.get_ticklabels("both")
    ]
    assert any("mathdefault" in tick.get_text() for tick in ticks)
    assert all(tick.get_parse_math() for tick in ticks if tick.get_text())
