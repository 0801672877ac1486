"""Accuracies of association: averages worked out by hand, chance, intervals from blocks."""

import numpy as np
import pandas as pd
import pytest

from patchprobe.errors import DatasetError
from patchprobe.evaluation import association_controls, association_scores, video_frames
from patchprobe.evaluation.association_scores import AssociationScores
from tests.test_association import one_hot, table_of


def values(rows, **chosen):
    """{metric: value} of chosen rows."""
    table = pd.DataFrame(rows)
    for key, value in chosen.items():
        table = table[table[key] == value]
    return dict(zip(table["metric"], table["value"], strict=True))


def two_videos():
    """Two videos of 2 and 1 frames with queries, and counts that are worked out below."""
    table = pd.concat([table_of([["a"]] * 3, "v"), table_of([["a"]] * 2, "w", 30.0)])
    videos = video_frames.videos(table.reset_index(drop=True))
    # queries, candidates, same instance, same category, of these missed, candidates of category
    counts = [[4, 8, 1, 3, 2, 12], [2, 2, 2, 2, 0, 4], [0] * 6, [10, 5, 5, 8, 3, 30], [0] * 6]
    scores = AssociationScores(videos, [1])
    scores.add(np.array([counts]))
    scores.add(np.array([counts]), association_scores.CHANCE, control="chance")
    return scores.results.rows


def test_averages_by_hand():
    rows = [row for row in two_videos() if row["setting"] == 0 and row["video"] == "all"]
    instance, category = (0.25 + 1 + 0.5) / 3, (0.75 + 1 + 0.8) / 3
    assert values(rows, average="frames") == pytest.approx(
        {
            "instance_accuracy": instance,
            "category_accuracy": category,
            "category_after_miss": (category - instance) / (1 - instance),
        }
    )
    assert values(rows, average="objects") == pytest.approx(
        {
            "instance_accuracy": 8 / 16,
            "category_accuracy": 13 / 16,
            "category_after_miss": 5 / 8,  # of the missed queries
        }
    )
    instance, category = (0.625 + 0.5) / 2, (0.875 + 0.8) / 2
    assert values(rows, average="videos") == pytest.approx(
        {
            "instance_accuracy": instance,
            "category_accuracy": category,
            "category_after_miss": (category - instance) / (1 - instance),
        }
    )


def test_each_video_has_rows_of_its_own():
    rows = [row for row in two_videos() if row["setting"] == 0]
    assert values(rows, video="v", average="frames")["instance_accuracy"] == pytest.approx(0.625)
    assert values(rows, video="w", average="objects")["category_accuracy"] == pytest.approx(0.8)
    table = pd.DataFrame(rows).drop_duplicates("video").set_index("video")
    assert table.loc["all", ["seconds_from", "seconds_to"]].tolist() == pytest.approx([1 / 30, 0.2])
    assert table.loc["v", ["seconds_from", "seconds_to"]].tolist() == pytest.approx([0.2, 0.2])
    assert table["n_queries"].to_dict() == {"all": 16, "v": 6, "w": 10}
    assert table["n_frames"].to_dict() == {"all": 3, "v": 2, "w": 1}
    assert set(table_["average"] for table_ in rows if table_["video"] == "v") == {
        "frames",
        "objects",
    }


def test_chance_by_hand():
    rows = [row for row in two_videos() if row["setting"] == 1 and row["video"] == "all"]
    # one of 8, 2 and 5 candidates; 12 of 32, 4 of 4 and 30 of 50 are of the query's category
    assert values(rows, average="frames") == pytest.approx(
        {
            "instance_accuracy": (1 / 8 + 1 / 2 + 1 / 5) / 3,
            "category_accuracy": (12 / 32 + 1 + 30 / 50) / 3,
        }
    )
    assert values(rows, average="objects") == pytest.approx(
        {
            "instance_accuracy": (4 / 8 + 2 / 2 + 10 / 5) / 16,
            "category_accuracy": (12 / 8 + 4 / 2 + 30 / 5) / 16,
        }
    )


def test_no_queries_at_a_gap_are_no_number(caplog):
    table = table_of([["a"]] * 3)
    scores = AssociationScores(video_frames.videos(table), [1, 9])
    scores.add(scores.count([one_hot(table)], similarities=["dot"])[0, 0])
    rows = pd.DataFrame(scores.results.rows)
    assert rows[rows["frame_gap"] == 9]["value"].isna().all()
    assert (rows[rows["frame_gap"] == 9]["n_queries"] == 0).all()
    assert "no object is in two frames that lie 9 frames apart" in caplog.text
    found = values(rows[rows["frame_gap"] == 1], video="all", average="frames")
    assert found["instance_accuracy"] == 1


def test_no_queries_at_all_are_an_error():
    table = table_of([["a"], ["b"]])
    scores = AssociationScores(video_frames.videos(table), [1, 2])
    with pytest.raises(
        DatasetError, match="no object is in two frames that lie a gap of 1, 2 apart"
    ):
        scores.count([one_hot(table)])
    with pytest.raises(DatasetError, match="found none"):
        AssociationScores([], [1])


# ------------------------------------------------------------------------------ intervals


def long_video(n_blocks, per_block=25, item="v"):
    return table_of([["a"]] * (n_blocks * per_block), item)


def test_frames_are_drawn_in_blocks_of_five_seconds():
    table = pd.concat([long_video(6), long_video(3, item="w")]).reset_index(drop=True)
    blocks = AssociationScores(video_frames.videos(table), [1]).blocks
    assert blocks.starts.tolist() == [0, 25, 50, 75, 100, 125, 150, 175, 200]
    assert blocks.video_of_block.tolist() == [0] * 6 + [1] * 3
    # a video never drops out; of n blocks n - 1 are drawn
    np.testing.assert_allclose(blocks.drawn[:, :6].sum(axis=1), 6)
    np.testing.assert_allclose(blocks.drawn[:, 6:].sum(axis=1), 3)
    assert set(np.unique(blocks.drawn[:, 6:])) <= {0, 1.5, 3}


def test_interval_is_that_of_resampled_blocks():
    scores = AssociationScores(video_frames.videos(long_video(8)), [1])
    hits = np.random.default_rng(0).integers(0, 2, 8)
    counts = np.zeros((1, 200, 6), int)
    counts[..., 0], counts[..., 1] = 1, 2
    counts[..., 2] = np.repeat(hits, 25)  # frames of a block succeed or fail together
    scores.add(counts)
    rows = pd.DataFrame(scores.results.rows)
    (row,) = rows[
        (rows["metric"] == "instance_accuracy")
        & (rows["average"] == "frames")
        & (rows["video"] == "all")
    ].to_dict("records")
    draws = (scores.blocks.drawn @ hits) / 8
    assert row["value"] == hits.mean()
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])))
    assert row["high"] - row["low"] > 0.4
    assert np.var(draws) == pytest.approx(hits.var(ddof=1) / 8, rel=0.15)  # unbiased


def test_too_few_blocks_have_no_interval():
    scores = AssociationScores(video_frames.videos(long_video(4)), [1])
    counts = np.ones((1, 100, 6), int)
    scores.add(counts)
    assert pd.DataFrame(scores.results.rows)[["low", "high"]].isna().all(axis=None)


def test_a_video_of_one_block_has_no_interval():
    videos = [long_video(6), long_video(1, item="w")]
    scores = AssociationScores(video_frames.videos(pd.concat(videos, ignore_index=True)), [1])
    scores.add(np.tile([1, 1, 1, 1, 0, 1], (1, 175, 1)))
    rows = pd.DataFrame(scores.results.rows)
    rows = rows[rows["metric"] == "instance_accuracy"]
    assert rows[rows["video"] != "v"]["low"].isna().all()
    assert rows[rows["video"] == "v"]["low"].notna().all()


def test_after_no_miss_there_is_no_category_accuracy():
    """All instances are right, but one changes its category."""
    table = table_of([["a"]] * 3)
    scores = AssociationScores(video_frames.videos(table), [1])
    scores.add(np.array([[[2, 2, 2, 1, 0, 2], [0] * 6, [0] * 6]]))
    rows = pd.DataFrame(scores.results.rows)
    assert rows[rows["metric"] == "category_after_miss"]["value"].isna().all()


# ------------------------------------------------------------------------------ controls


def test_controls_by_hand():
    """Objects that keep their place but swap their colours."""
    table = table_of([["a", "b"], ["a", "b", "c"]])
    boxes = [[0, 0, 10, 10], [50, 50, 60, 70], [2, 1, 12, 11], [50, 48, 60, 68], [9, 9, 9, 9]]
    colours = [[200, 0, 0], [0, 0, 200], [0, 0, 190], [190, 0, 0], [90, 90, 90]]
    table[["x1", "y1", "x2", "y2"]], table[["red", "green", "blue"]] = boxes, colours
    np.testing.assert_array_equal(association_controls.geometry(table)[1], [55, 60, 10, 20])
    scores = AssociationScores(video_frames.videos(table), [1])
    association_controls.add(scores, table, dataset="bdd100k")
    rows = [row for row in scores.results.rows if row["video"] == "all"]
    found = {
        name: values(rows, control=name, average="frames")["instance_accuracy"]
        for name in ("geometry", "colour", "chance")
    }
    assert found == pytest.approx({"geometry": 1, "colour": 0, "chance": 1 / 3})
    assert {row["dataset"] for row in rows} == {"bdd100k"}
