"""Figure 8 and the table beside it, from made-up results."""

import itertools

import pandas as pd
import pytest

from patchprobe.figures import fig8_accuracies, fig8_scenes, style

ROWS = [["s", "scale_mae", 0, "S", ""], ["s_8", "scale_mae", 8, "S-8", ""]]
SHOWN = style.representations(ROWS)
SCALES = {"eurosat": (0.25, 0.5, 1), "uc_merced": (0.125, 0.25, 0.5, 1)}


def value_of(pooling, m, scale, is_resized):
    return scale / 2 + (pooling == "mean") / 10 + m / 100 + is_resized / 5


def results():
    rows = []
    for dataset, scales in SCALES.items():
        for setting in itertools.product(("cls", "mean"), (0, 8), scales, (True, False)):
            value = value_of(*setting)
            about = {"dataset": dataset, "backbone": "scale_mae", "metric": "accuracy"}
            keys = dict(zip(("pooling", "n_removed", "scale", "resize_bank"), setting, strict=True))
            ends = {"value": value, "low": value - 0.05, "high": value + 0.05}
            gains = dict.fromkeys(("gain", "gain_low", "gain_high"), 0.5)
            counts = {"k": 20, "n_bank": 4, "n_images": 2, "n_left_out": 0}
            rows.append({**about, **keys, **ends, **gains, **counts})
            rows.append({**rows[-1], "metric": "class_accuracy", "value": 0})
    return pd.DataFrame(rows)


def test_fig8_has_a_panel_for_every_dataset_and_bank():
    figure = fig8_scenes.draw(results(), SHOWN)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["UC Merced", "EuroSAT", "", ""]
    panels = itertools.product((True, False), ("uc_merced", "eurosat"))
    for axes, (is_resized, dataset) in zip(figure.axes, panels, strict=True):
        settings = itertools.product((0, 8), ("cls", "mean"))
        for line, (m, pooling) in zip(axes.lines, settings, strict=True):
            expected = [value_of(pooling, m, scale, is_resized) for scale in SCALES[dataset]]
            assert line.get_ydata().tolist() == pytest.approx(expected)
            assert line.get_xdata() == pytest.approx([100 * s for s in SCALES[dataset]], rel=0.1)
            assert line.get_linestyle() == ("--" if pooling == "cls" else "-")
            assert line.get_color() == SHOWN[m // 8].colour
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["S, CLS", "S, mean of patches", "S-8, CLS", "S-8, mean of patches"]
    ticks = [label.get_text() for label in figure.axes[2].get_xticklabels()]
    assert ticks == ["12.5", "25", "50", "100"]


def test_a_representation_without_rows_is_an_error():
    other = style.representations([["x", "x", 0, "X", ""]])
    with pytest.raises(ValueError, match="no rows with .*'backbone': 'x'"):
        fig8_scenes.draw(results(), other)


def test_table_has_a_row_per_setting():
    table = fig8_accuracies.build(results(), SHOWN[1:])
    assert len(table) == 2 * 2 * (3 + 4)
    assert set(table["representation"]) == {"S-8"}
    row = table[(table["dataset"] == "eurosat") & table["resize_bank"] & (table["scale"] == 0.5)]
    assert row["pooling"].tolist() == ["cls", "mean"]
    assert row["accuracy"].tolist() == pytest.approx([0.53, 0.63])
    assert row["low"].tolist() == pytest.approx([0.48, 0.58])
    assert list(table)[:6] == [
        "representation", "dataset", "pooling", "scale", "resize_bank", "accuracy",
    ]  # fmt: skip
