"""Association: what is nearest after a gap, counted by hand and by brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.errors import DatasetError
from patchprobe.evaluation import association, video_frames
from patchprobe.evaluation.association import COUNTS


def table_of(ids_of_frames, item="v", rate=5.0, category=None, visibility=np.nan):
    """Objects by frame; the category of an id is its letter in capitals unless told."""
    rows = [
        {
            "split": "val",
            "item": item,
            "frame": frame,
            "rate": rate,
            "id": identity,
            "category": (category or {}).get(identity, "car"),
            "visibility": visibility,
        }
        for frame, ids in enumerate(ids_of_frames)
        for identity in ids
    ]
    return pd.DataFrame(rows)


def one_hot(table):
    """A descriptor that tells who an object is."""
    codes = np.unique(table["id"], return_inverse=True)[1]
    return np.eye(codes.max() + 1)[codes]


def count(table, parts, gaps, cuts=(0,), order=None, every=1, similarities=("dot",), threads=1):
    (video,) = video_frames.videos(table)
    return association.count(video, parts, gaps, cuts, order, every, similarities, threads)


def named(counts):
    return dict(zip(COUNTS, counts.tolist(), strict=True))


# ------------------------------------------------------------------------------ by hand

# "a" leaves and comes back, "b" stays, "c" enters late; nothing is annotated in frame 2.
SEQUENCE = [["a", "b"], ["b"], [], ["c", "a", "b"], ["b", "c"]]
CATEGORIES = {"a": "car", "b": "bus", "c": "car"}


def test_queries_and_candidates_by_hand():
    table = table_of(SEQUENCE, category=CATEGORIES)
    counts = count(table, [one_hot(table)], [1, 2, 3, 4])[0, 0]
    queries, candidates = counts[..., 0], counts[..., 1]
    # frames with objects are 0, 1, 3 and 4
    assert queries.tolist() == [[1, 0, 2, 0], [0, 1, 0, 0], [2, 1, 0, 0], [1, 0, 0, 0]]
    assert candidates.tolist() == [[1, 0, 2, 0], [0, 3, 0, 0], [3, 2, 0, 0], [2, 0, 0, 0]]
    # of the candidates of frame 3, two are cars and one is a bus
    assert counts[2, 0].tolist() == [2, 3, 2, 2, 0, 3]


def test_a_descriptor_of_identity_finds_every_object_at_every_gap():
    table = table_of(SEQUENCE, category=CATEGORIES)
    for similarity in association.SIMILARITIES:
        counts = count(table, [one_hot(table)], [1, 2, 3, 4], similarities=[similarity])
        np.testing.assert_array_equal(counts[..., 2], counts[..., 0])
        np.testing.assert_array_equal(counts[..., 3], counts[..., 0])
        assert not counts[..., 4].any()


def test_hits_of_category_after_a_miss():
    table = table_of([["a", "b"], ["a", "b", "c"]], category=CATEGORIES)
    # "a" is nearest to "c", a car as well; "b" is nearest to "a", which is none of its category
    descriptor = np.array([[0.0], [10.0], [11.0], [30.0], [1.0]])
    counts = named(count(table, [descriptor], [1], similarities=["l2"])[0, 0, 0, 0])
    assert counts == {
        **{"queries": 2, "candidates": 3, "same_instance": 0, "same_category": 1},
        **{"same_category_missed": 1, "candidates_of_category": 3},
    }


def test_vanished_objects_are_no_queries_but_new_ones_are_candidates():
    table = table_of([["gone", "b"], ["b", "new"]])
    descriptor = np.array([[5.0], [1.0], [3.0], [1.0]])
    counts = named(count(table, [descriptor], [1], similarities=["l2"])[0, 0, 0, 0])
    assert (counts["queries"], counts["candidates"], counts["same_instance"]) == (1, 2, 0)


def test_similarities_disagree_where_they_should():
    """q = (1, 0): the dot product prefers b, the Euclidean distance a, the cosine c."""
    table = table_of([["q"], ["a", "b", "c", "q"]])
    rows = [[1, 0], [0.9, 0.1], [5, 5], [0.1, 0], [-1, 0]]
    (video,) = video_frames.videos(table)
    found = {}
    for similarity in association.SIMILARITIES:
        links = association.links(video, [np.array(rows)], [0], 1, 0, None, similarity)
        found[similarity] = table["id"][links[0][1][0]]
    assert found == {"dot": "b", "l2": "a", "cosine": "c"}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("similarity", association.SIMILARITIES)
def test_of_equal_candidates_the_first_is_retrieved(dtype, similarity):
    ids = [f"x{i}" for i in range(40)]
    table = table_of([ids, ids])
    rng = np.random.default_rng(0)
    same = np.repeat(rng.normal(size=(1, 50)), 80, axis=0).astype(dtype)
    (video,) = video_frames.videos(table)
    links = association.links(video, [same, same], [0], 1, 0, None, similarity)
    assert set(links[0][1]) == {40}


def test_zero_descriptors_are_compared_without_warnings():
    table = table_of([["a", "b"], ["a", "b"]])
    for similarity in association.SIMILARITIES:
        counts = count(table, [np.zeros((4, 3))], [1], similarities=[similarity])
        assert named(counts[0, 0, 0, 0])["same_instance"] == 1  # the first


def test_no_pairs_beyond_the_end():
    table = table_of([["a"]] * 4)
    assert not count(table, [one_hot(table)], [4, 57]).any()
    assert count(table, [one_hot(table)], [3, 57])[0, 0, :, :, 0].sum(axis=1).tolist() == [1, 0]


def test_a_video_of_one_frame_has_no_queries():
    table = table_of([["a", "b"]])
    assert not count(table, [one_hot(table)], [1, 2]).any()


@pytest.mark.parametrize("gap", [0, -1])
def test_gap_is_at_least_one_frame(gap):
    table = table_of([["a"]] * 4)
    with pytest.raises(ValueError, match="at least one frame"):
        count(table, [one_hot(table)], [gap])


def test_unknown_similarity_is_refused():
    table = table_of([["a"]] * 4)
    with pytest.raises(ValueError, match="expected a similarity"):
        count(table, [one_hot(table)], [1], similarities=["manhattan"])


# ------------------------------------------------------------------------------ brute force


def scores(query, candidates, similarity):
    if similarity == "dot":
        return candidates @ query
    if similarity == "l2":
        return -np.linalg.norm(candidates - query, axis=1)
    return candidates @ query / np.linalg.norm(candidates, axis=1)


def brute_force(table, descriptor, gap, similarity, every=1):
    """Counts of all frames, one query after the other."""
    total = np.zeros(len(COUNTS), int)
    for frame in table["frame"].unique():
        if frame % every:
            continue
        later = table[table["frame"] == frame + gap]
        of_frame = np.zeros(len(COUNTS), int)
        for row, query in table[table["frame"] == frame].iterrows():
            if query["id"] not in set(later["id"]):
                continue
            best = np.argmax(scores(descriptor[row], descriptor[later.index], similarity))
            nearest = later.iloc[best]
            is_same = nearest["id"] == query["id"]
            is_alike = nearest["category"] == query["category"]
            of_category = (later["category"] == query["category"]).sum()
            of_frame += [1, 0, is_same, is_alike, is_alike and not is_same, of_category]
            of_frame[1] = len(later)
        total += of_frame
    return total


@st.composite
def sequences(draw):
    frames = draw(
        st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=2, max_size=9)
    )
    assume_any = frames if any(frames) else [["a"], *frames]
    return table_of(assume_any, category=dict(zip("abcdefgh", "xxyyyzzz", strict=True)))


@settings(max_examples=40, deadline=None)
@given(
    sequences(), st.integers(0, 99), st.sampled_from(association.SIMILARITIES), st.integers(1, 3)
)
def test_counts_equal_brute_force(table, seed, similarity, every):
    rng = np.random.default_rng(seed)
    descriptor = rng.normal(size=(len(table), 12))
    gaps = [1, 2, 4]
    parts = np.split(descriptor, 3, axis=1)
    counts = count(table, parts, gaps, every=every, similarities=[similarity], threads=2)
    for gap, found in zip(gaps, counts[0, 0], strict=True):
        expected = brute_force(table, descriptor, gap, similarity, every)
        np.testing.assert_array_equal(found.sum(axis=0), expected)


def moving(n_frames=12, seed=3):
    """A table of objects that come and go, and noisy descriptors in three parts, float16."""
    rng = np.random.default_rng(seed)
    ids = [[i for i in "abcdefghij" if rng.random() < 0.7] for _ in range(n_frames)]
    table = table_of(ids)
    values = one_hot(table) @ rng.normal(size=(10, 30)) + rng.normal(size=(len(table), 30))
    return table, np.split(values.astype(np.float16), 3, axis=1)


def test_removed_features_are_those_of_the_order_in_every_part():
    table, parts = moving()
    order = np.random.default_rng(0).permutation(10)
    cuts = [0, 3, 7]
    counts = count(table, parts, [1, 3], cuts, order, similarities=association.SIMILARITIES)
    for number, n_removed in enumerate(cuts):
        kept = [part[:, np.sort(order[n_removed:])] for part in parts]
        whole = count(table, kept, [1, 3], similarities=association.SIMILARITIES)
        np.testing.assert_array_equal(counts[:, number], whole[:, 0])
    assert not np.array_equal(counts[:, 0], counts[:, 2])


def test_a_feature_must_be_left():
    table, parts = moving()
    with pytest.raises(ValueError, match="fewer than 10 features to remove, found 10"):
        count(table, parts, [1], [0, 10], np.arange(10))


def test_frames_at_once_and_threads_change_nothing(monkeypatch):
    table, parts = moving()
    expected = count(table, parts, [1, 4])
    monkeypatch.setattr(association, "_FRAMES_AT_ONCE", 2)
    np.testing.assert_array_equal(count(table, parts, [1, 4], threads=4), expected)


def test_links_are_what_is_counted():
    table, parts = moving()
    (video,) = video_frames.videos(table)
    links = association.links(video, parts, video.frames, 3, 0, None, "l2")
    counts = count(table, parts, [3], similarities=["l2"])[0, 0, 0]
    assert sorted(links) == video.frames[counts[:, 0] > 0].tolist()
    for frame, (queries, nearest) in links.items():
        assert set(table["frame"][queries]) == {frame}
        assert set(table["frame"][nearest]) == {frame + 3}
        hits = (table["id"][queries].to_numpy() == table["id"][nearest].to_numpy()).sum()
        assert hits == counts[video.frames == frame, 2].item()


# ------------------------------------------------------------------------------ videos


def test_videos_of_a_table():
    table = pd.concat([table_of([["a"], [], ["a", "b"]], "v"), table_of([[], ["a"]], "w", 30.0)])
    table = table.reset_index(drop=True)
    v, w = video_frames.videos(table)
    assert (v.item, v.rate, w.item, w.rate) == ("v", 5.0, "w", 30.0)
    assert v.frames.tolist() == [0, 2]
    assert [rows.tolist() for rows in v.rows] == [[0], [1, 2]]
    assert [rows.tolist() for rows in w.rows] == [[3]]
    assert [video.item for video in video_frames.videos(table, [("val", "w")])] == ["w"]


def test_hidden_objects_are_left_out():
    table = table_of([["a", "b"], ["a", "b"]])
    table["visibility"] = [0.2, 0.25, np.nan, 1.0]
    (video,) = video_frames.videos(table, min_visibility=0.25)
    assert [rows.tolist() for rows in video.rows] == [[1], [2, 3]]


def test_the_same_id_twice_in_a_frame_is_refused():
    with pytest.raises(ValueError, match="v: expected every id once a frame, found b more often"):
        video_frames.videos(table_of([["a"], ["b", "b"]]))


def test_a_video_is_found_by_its_name():
    videos = video_frames.videos(table_of([["a"]]))
    assert video_frames.find(videos, "v") is videos[0]
    with pytest.raises(DatasetError, match="no objects of a video 'w': expected one of v"):
        video_frames.find(videos, "w")
