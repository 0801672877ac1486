"""Ceilings of mean IoU, against all labellings of a few patches."""

from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchprobe.embeddings.patches import Labels
from patchprobe.evaluation import ceilings, metrics
from patchprobe.evaluation.scores import Segmentation
from patchprobe.figures import ceilings as ceilings_table
from patchprobe.figures import style, tables
from tests import fakes
from tests.score_tables import BANK, ROWS, miou, score_table

EVALUATED = [1, 2, 3]  # label 0 is void


def mean_iou(labels, pixels, absent="skip", evaluated=EVALUATED):
    """Mean IoU of labels of the patches of one crop."""
    confusion = metrics.image_confusions(labels[None], pixels[None], np.zeros(1, int))[0]
    return metrics.mean_iou(metrics.iou(confusion, evaluated), absent)


def optimum(pixels, absent, evaluated=EVALUATED):
    """Best mean IoU of all labellings, void ones and those by absent classes among them."""
    n_patches, n_labels = pixels.shape
    every = np.array(list(product(range(n_labels), repeat=n_patches)))
    confusions = np.einsum("pt,lpc->ltc", pixels, np.eye(n_labels, dtype=int)[every])
    return np.nanmax(metrics.mean_iou(metrics.iou(confusions, evaluated), absent))


def random_pixels(seed, n_patches=5, n_labels=4):
    """Few pixels, so that ties, patches of one class, void patches and absent classes happen."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 7, (n_patches, n_labels)) * rng.integers(0, 2, (n_patches, n_labels))
    pixels[:, rng.random(n_labels) < 0.15] = 0
    return pixels


# ------------------------------------------------------------------------------ the bracket


@settings(max_examples=60)
@given(st.integers(0, 100_000), st.sampled_from(["skip", "zero"]))
def test_the_optimum_is_within_the_bracket(seed, absent):
    pixels = random_pixels(seed)
    bound = metrics.mean_iou(ceilings.best_ious(ceilings.scored_pixels(pixels, EVALUATED)), absent)
    found = ceilings.labellings(pixels[None], EVALUATED)
    if not pixels[:, 1:].any():
        assert np.isnan(bound) if absent == "skip" else bound == 0
        return
    most, ascent = (mean_iou(found[name], pixels, absent) for name in ("most_scored", "ascent"))
    best = optimum(pixels, absent)
    assert most - 1e-12 <= ascent <= best + 1e-12
    assert best <= bound + 1e-12


@settings(max_examples=30)
@given(st.integers(0, 100_000))
def test_no_change_of_one_patch_betters_an_ascent(seed):
    pixels = random_pixels(seed, n_patches=12)
    labels = ceilings.labellings(pixels[None], EVALUATED)["ascent"]
    reached = np.nan_to_num(mean_iou(labels, pixels))
    for patch, label in product(range(12), range(4)):
        other = labels.copy()
        other[patch] = label
        assert np.nan_to_num(mean_iou(other, pixels)) <= reached + 1e-9


@given(st.integers(0, 100_000))
def test_the_best_iou_of_a_class_is_that_of_the_best_set_of_patches(seed):
    pixels = random_pixels(seed, n_patches=6)
    found = ceilings.best_ious(ceilings.scored_pixels(pixels, EVALUATED))
    size, patches = pixels[:, 1:].sum(axis=1), range(6)
    for c, iou in zip(EVALUATED, found, strict=True):
        hits, n = pixels[:, c], pixels[:, c].sum()
        sets = map(list, chain.from_iterable(combinations(patches, k) for k in range(7)))
        ious = [hits[s].sum() / (n + (size - hits)[s].sum()) if n else np.nan for s in sets]
        np.testing.assert_allclose(iou, max(ious))


@given(st.integers(0, 100_000))
def test_without_void_every_patch_is_of_a_class(seed):
    pixels = random_pixels(seed, n_labels=3) + 1
    labels = ceilings.labellings(pixels[None], [0, 1, 2])["ascent"]
    assert set(labels) <= {0, 1, 2}
    most = pixels.argmax(axis=1)
    reached = mean_iou(labels, pixels, evaluated=[0, 1, 2])
    assert mean_iou(most, pixels, evaluated=[0, 1, 2]) - 1e-12 <= reached
    assert reached <= optimum(pixels, "skip", evaluated=[0, 1, 2]) + 1e-12


# ------------------------------------------------------------------------------ by hand


def test_the_majority_is_not_best_for_a_rare_class():
    # 90 px of the first class, 4 of the second, and a patch of six and four
    pixels = np.array([[0, 90, 0, 0], [0, 0, 4, 0], [0, 6, 4, 0]])
    found = ceilings.labellings(pixels[None], EVALUATED)
    assert found["most_scored"].tolist() == [1, 2, 1]
    assert mean_iou(found["most_scored"], pixels) == pytest.approx((96 / 100 + 4 / 8) / 2)
    assert found["ascent"].tolist() == [1, 2, 2]
    assert mean_iou(found["ascent"], pixels) == pytest.approx((90 / 96 + 8 / 14) / 2)
    bound = ceilings.best_ious(ceilings.scored_pixels(pixels, EVALUATED))
    np.testing.assert_allclose(bound, [96 / 100, 8 / 14, np.nan])


def test_void_spoils_no_class():
    pixels = np.array([[0, 100, 0, 0], [0, 0, 100, 0], [0, 0, 0, 100], [0, 4, 3, 3]])
    found = ceilings.labellings(pixels[None], EVALUATED)
    assert found["most_scored"].tolist() == [1, 2, 3, 1]
    assert found["ascent"].tolist() == [1, 2, 3, 0]
    reached = mean_iou(found["ascent"], pixels)
    assert reached == pytest.approx((100 / 104 + 2 * 100 / 103) / 3)
    assert reached > mean_iou(found["most_scored"], pixels)
    assert reached == pytest.approx(optimum(pixels, "skip"))


def test_void_pixels_do_not_count():
    pixels = np.array([[50, 1, 0, 0], [9, 0, 2, 0], [5, 0, 0, 0]])
    assert ceilings.labellings(pixels[None], EVALUATED)["ascent"].tolist() == [1, 2, 0]
    bound = ceilings.best_ious(ceilings.scored_pixels(pixels, EVALUATED))
    np.testing.assert_array_equal(bound, [1, 1, np.nan])


def test_ties_go_to_the_first_class():
    pixels = np.array([[0, 0, 3, 3], [0, 5, 5, 0]])
    assert ceilings.labellings(pixels[None], EVALUATED)["most_scored"].tolist() == [2, 1]


def test_no_evaluated_class_is_an_error():
    with pytest.raises(ValueError, match="at least one evaluated class"):
        ceilings.scored_pixels(np.ones((1, 2, 3), int), [])


# ------------------------------------------------------------------------------ as results


def scored(folder, absent="skip"):
    """Results of four images of two crops whose patches have a few pixels of a second class."""
    rng = np.random.default_rng(0)
    centre = rng.integers(0, 5, (8, 16))
    images = [["val", f"{name}_1", 0] for name in ("ulm", "jena", "bonn", "trier")]
    path = folder / f"{absent}.zarr"
    majority = np.where(rng.random(centre.shape) < 0.2, 1, centre)
    fakes.write_labels(path, centre, images, (4, 4), (1, 2), majority=majority, absent=absent)
    scores = Segmentation(Labels(path), fakes.items([image[1] for image in images]))
    scores.pixels = scores.pixels + rng.integers(0, 3, scores.pixels.shape).astype(np.uint32)
    ceilings.score(scores, dataset="cityscapes", grid="4x4", n_left_out=0)
    return scores, pd.DataFrame(scores.results.rows)


@pytest.mark.parametrize("absent", ["skip", "zero"])
def test_scores_are_those_of_the_labellings(tmp_path, absent):
    scores, table = scored(tmp_path, absent)
    of = table[table["class"] == ""].set_index(["labelling", "metric"])["value"]
    flat, evaluated = scores.pixels.reshape(-1, 6), scores.evaluated
    found = {**scores.labels, **ceilings.labellings(scores.pixels, evaluated)}
    assert list(found) == ["centre", "majority", "most_scored", "ascent"]
    for name, labels in found.items():
        assert of[name, "miou"] == mean_iou(labels, flat, absent, evaluated)
    assert of["centre", "patch_accuracy"] == of["majority", "patch_accuracy"] == 1
    assert of["most_scored", "miou"] < of["ascent", "miou"] < of["ascent", "miou_bound"] < 1
    ious = table[table["metric"] == "iou_bound"]
    assert ious["class"].tolist() == list(fakes.NAMES[1:])
    assert ious["value"].mean() == pytest.approx(of["ascent", "miou_bound"])
    is_bound = table["metric"].isin(["iou_bound", "miou_bound"])
    assert set(table.loc[is_bound, "setting"]) == {3}
    ends = table[table["metric"] == "miou_bound"][["low", "high"]]
    assert ends.isna().all(axis=None)


def test_an_ascent_is_the_same_again(tmp_path):
    pixels = scored(tmp_path)[0].pixels
    once, again = (ceilings.labellings(pixels, [1, 2, 3])["ascent"] for _ in range(2))
    np.testing.assert_array_equal(once, again)


# ------------------------------------------------------------------------------ the table


def both_protocols(classifier):
    """Scores under two label rules; those of the centre rule are the ones of `score_table`."""
    table = score_table(classifier, dataset="cityscapes", label_rule="centre")
    other = table.assign(label_rule="majority", value=table["value"] / 2)
    return pd.concat([other, table], ignore_index=True)


def test_table_of_ceilings(tmp_path):
    results = scored(tmp_path)[0].results
    results.save(tmp_path / "ceilings.csv", tmp_path / "ceilings_counts.npz")
    ceiling = tables.read([tmp_path / "ceilings.csv"])
    coarse = ceiling.assign(grid="2x2", value=ceiling["value"] / 2)
    settings_of = {
        "representations": style.representations([*ROWS, ["ibot", "ibot", 0, "iBOT", ""]]),
        "banks": {"cityscapes": BANK},
        "grids": {"dino": "4x4", "mae": "2x2", "ibot": "4x4"},
        "protocol": {"similarity": "dot", "label_rule": "centre"},
    }
    classifiers = both_protocols("knn"), both_protocols("linear")
    table = ceilings_table.build(pd.concat([ceiling, coarse]), *classifiers, **settings_of)
    names = ["upper bound", "ascent", "most scored pixels", "majority rule", "centre rule"]
    assert table["labelling"].tolist() == [*names * 2, *np.repeat(["DINO", "MAE", "MAE-10"], 2)]
    assert table["grid"].tolist() == ["4x4"] * 5 + ["2x2"] * 5 + ["4x4"] * 2 + ["2x2"] * 4
    assert table["classifier"].tolist() == [""] * 10 + ["knn", "linear"] * 3
    assert table["share"][[1, 6]].tolist() == [1, 1]
    assert table["low"].isna().tolist() == [True] * 10 + [False] * 6  # four images tell none
    last = table.iloc[-1]
    assert last["miou"] == pytest.approx(miou("linear", "mae", 10, BANK), abs=1e-4)
    assert last["share"] == pytest.approx(last["miou"] / table["miou"][6], abs=1e-3)
    with pytest.raises(ValueError, match="no rows with .*'grid': '9x9'"):
        settings_of["grids"]["mae"] = "9x9"
        ceilings_table.build(pd.concat([ceiling, coarse]), *classifiers, **settings_of)
