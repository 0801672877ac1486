"""Figures 7, 9 and 12, their table, the strip and the animation, from made-up results."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from PIL import Image

from patchprobe.crops import tiles
from patchprobe.datasets.base import Layout
from patchprobe.evaluation import association, video_frames
from patchprobe.figures import (
    fig7_accuracies,
    fig7_association,
    fig12_whole_frames,
    strip,
    style,
    tables,
)
from tests import fakes
from tests.test_association import one_hot, table_of

SHOWN = style.representations([["mae", "mae", 0, "MAE", ""], ["mae_8", "mae", 8, "MAE-8", ""]])
GAPS = (1, 5, 9)


@pytest.fixture(autouse=True, scope="module")
def styled():
    style.use()


def rows_of(metrics, gap, rates=(5.0,), **keys):
    seconds = [gap / rate for rate in rates]
    about = {
        **{"frame_gap": gap, "seconds_from": min(seconds), "seconds_to": max(seconds)},
        **{"n_queries": 40, "n_frames": 9, "n_left_out": 0, **keys},
    }
    places = [("all", "frames"), ("all", "objects"), ("all", "videos"), ("v", "frames")]
    return [
        {**about, "video": video, "average": average, "metric": metric, "value": value}
        | {"low": value - 0.1, "high": value + 0.1}
        for video, average in places
        for metric, value in metrics.items()
    ]


def results(category=0.9, rates=(5.0,)):
    rows = []
    for gap in GAPS:
        for variant in ("clean", "whole"):
            for descriptor in ("flattened", "mean"):
                for m in (0, 8):
                    values = {
                        "instance_accuracy": 0.8 / gap + m / 100,
                        "category_accuracy": category,
                        "category_after_miss": 0.5,
                    }
                    keys = {"variant": variant, "descriptor": descriptor, "similarity": "dot"}
                    rows += rows_of(values, gap, rates, backbone="mae", n_removed=m, **keys)
    return pd.DataFrame(rows)


def controls(category=0.4, rates=(5.0,)):
    values = {"instance_accuracy": 0.3, "category_accuracy": category}
    rows = []
    for gap in GAPS:
        for name in ("geometry", "colour", "chance"):
            rows += rows_of(values, gap, rates, control=name)
    return pd.DataFrame(rows)


def of_protocol(table, variant="clean"):
    chosen = tables.select_protocol(table, {"descriptor": "flattened", "similarity": "dot"})
    return chosen[chosen["variant"] == variant]


def words_of(figure):
    return [text.get_text() for text in figure.findobj(lambda x: hasattr(x, "get_text"))]


def lines_of(axes):
    return [
        (line.get_linestyle(), line.get_color(), line.get_ydata().tolist()) for line in axes.lines
    ]


def test_fig7_draws_instances_solid_and_categories_dashed():
    figure = fig7_association.draw(of_protocol(results()), controls(), SHOWN, "frames")
    axes = figure.axes[0]
    found = lines_of(axes)
    instance = [0.8, 0.16, pytest.approx(0.8 / 9)]
    assert ("-", SHOWN[0].colour, instance) in found
    assert ("--", SHOWN[1].colour, [0.9] * 3) in found
    assert len(found) == 2 * len(SHOWN) + 4  # three controls, and chance of a category
    assert axes.get_xticks().tolist() == list(GAPS)
    for word in ("MAE-8", "same category", "random choice", "0.2", "1.8", "Gap, seconds"):
        assert word in words_of(figure)


def test_fig9_has_one_category_and_several_rates():
    of_protocol_ = of_protocol(results(category=1.0, rates=(14.0, 30.0)))
    figure = fig7_association.draw(of_protocol_, controls(1.0, (14.0, 30.0)), SHOWN, "videos")
    assert not {"same category", "same instance"} & set(words_of(figure))
    assert "0.03–0.07" in words_of(figure)
    assert len(figure.axes[0].lines) == len(SHOWN) + 3


def test_ticks_show_the_first_and_the_last_gap():
    figure, axes = plt.subplots()
    gaps = np.arange(1, 58, 4)
    rows = pd.DataFrame({"frame_gap": gaps, "seconds_from": gaps / 5, "seconds_to": gaps / 5})
    fig7_association.label_gaps(axes, rows)
    assert axes.get_xticks().tolist() == [1, 13, 25, 33, 45, 57]
    plt.close(figure)


def test_fig12_opens_the_markers_of_whole_frames():
    both = pd.concat([of_protocol(results(), variant) for variant in ("clean", "whole")])
    figure = fig12_whole_frames.draw(both, SHOWN, "frames")
    faces = [line.get_markerfacecolor() for line in figure.axes[0].lines]
    assert faces == [SHOWN[0].colour, "white", SHOWN[1].colour, "white"]
    assert [axes.get_title() for axes in figure.axes] == ["Same instance", "Same category"]


def test_table_has_every_setting_and_the_controls():
    table = fig7_accuracies.build(results(), controls(), SHOWN)
    assert len(table) == 2 * 2 * 2 * 4 * 3 + 3 * 4 * 3
    assert set(table["representation"]) == {"MAE", "MAE-8", "geometry", "colour", "chance"}
    row = table[(table["representation"] == "MAE-8") & (table["frame_gap"] == 5)].iloc[0]
    assert row["instance_accuracy"] == pytest.approx(0.24)
    assert row["instance_accuracy_low"] == pytest.approx(0.14)
    assert row["category_after_miss"] == 0.5
    chance = table[table["representation"] == "chance"]
    assert chance["category_after_miss"].isna().all()
    assert (chance["category_accuracy"] == 0.4).all()


# ------------------------------------------------------------------------------ strip


def scene(tmp_path, n_frames=7):
    """Frames of one red and one blue object that move; what is nearest is right for "a" alone."""
    layout = Layout((32, 64), 1, 2, 32, n_frames=n_frames)
    dataset = fakes.dataset({"v": layout}, with_labels=False)
    tiles.write(tmp_path / "c.zarr", dataset, ".", [("val", "v")], "clean", {})
    table = table_of([["a", "b"]] * n_frames)
    table["x1"], table["y1"] = 2 + 3 * table["frame"], np.where(table["id"] == "a", 3, 18)
    table["x2"], table["y2"] = table["x1"] + 10, table["y1"] + 8
    descriptor = np.where(one_hot(table)[:, :1] > 0, 1.0, np.where(table[["frame"]] % 2, 1.0, 2.0))
    (video,) = video_frames.videos(table)
    links = association.links(video, [descriptor], video.frames, 1, 0, None, "l2")
    return table, links, strip.reader(tmp_path / "c.zarr", "v")


def test_reader_puts_frames_together(tmp_path):
    _, _, read = scene(tmp_path)
    np.testing.assert_array_equal(read(4), fakes.image_of("v", (32, 64), 4))


def test_strip_links_right_green_and_wrong_red(tmp_path):
    table, links, read = scene(tmp_path)
    figure = strip.draw([2, 3, 4], table, links, read, "MAE")
    collections = figure.axes[0].collections
    assert len(collections) == 2  # between three frames
    ends = collections[0].get_segments()
    # centres of "a" in frames 2 and 3, the later one below
    np.testing.assert_allclose(ends[0], [[13, 7], [16, 7 + 32 + strip._SPACE_PX]])
    colours = [tuple(np.round(np.array(c[:3]) * 255)) for c in collections[0].get_colors()]
    assert colours == [(0, 158, 115), (213, 94, 0)]
    boxes = [patch.get_edgecolor() for patch in figure.axes[0].patches]
    drawn = {name: boxes.count(to_rgba(name)) for name in (strip.RIGHT, strip.WRONG, strip.NEITHER)}
    assert drawn == {strip.RIGHT: 2, strip.WRONG: 2, strip.NEITHER: 6}  # all, then the queries
    words = words_of(figure)
    for word in ("MAE", "frame 3", "nearest is the same object", "nearest is another"):
        assert word in words


def test_strip_starts_where_most_is_linked():
    links = {0: ([1], [2]), 5: ([1, 2], [3, 4]), 10: ([1, 2], [3, 4]), 15: ([1], [2])}
    assert strip.start(links, 5) == 5


def test_animation_shows_one_frame_after_the_other(tmp_path):
    table, links, read = scene(tmp_path)
    strip.animate(tmp_path / "a.gif", sorted(links), 1, table, links, read, "MAE", rate=30)
    with Image.open(tmp_path / "a.gif") as moving:
        assert moving.n_frames == 6
        assert moving.info["duration"] == 200
