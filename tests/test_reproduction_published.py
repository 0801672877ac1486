"""The paper's numbers: read, checked against its own totals, compared with a run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from patchprobe.errors import PatchprobeError
from patchprobe.figures import style
from patchprobe.reproduction import counted, leaderboard, paper_values, protocols, published
from patchprobe.reproduction.evidence import KINDS, Evidence
from patchprobe.reproduction.run import Run
from patchprobe.results import Results
from tests import made_up_run

FOLDER = Path(__file__).parents[1] / "config/paper_values"
OTHERS = ("tab1_augmentations", "cityscapes_label_pixels", "mae_features")
PATHS = sorted(path for path in FOLDER.glob("*.csv") if path.stem not in OTHERS)
SHOWN = style.representations(
    [
        ["dino", "dino", 0, "DINO", ""],
        ["mae", "mae", 0, "MAE", ""],
        ["mae_5", "mae", 5, "MAE-5", ""],
    ]
)


@pytest.fixture(scope="module")
def values():
    return paper_values.read(PATHS)


def row(**columns):
    """A published mean IoU of MAE's k-NN."""
    base = {"shown_in": "Table 2", "result": "knn_subsets", "dataset": "cityscapes"}
    base |= {"backbone": "mae", "n_removed": "0", "classifier": "knn", "layer": "12"}
    base |= {"metric": "miou", "value": 0.4, "tolerance": 0.02, "reliability": "trusted"}
    return pd.DataFrame([dict.fromkeys(paper_values.READ, "") | base | columns])


@pytest.fixture
def run(tmp_path):
    qualities = {"dino": 0.7, "mae": 0.4}
    paths = made_up_run.knn(tmp_path, qualities, (0, 5), 0.01, ("bank", "prime"))
    return Run(made_up_run.evidence(knn_subsets=paths))


# ------------------------------------------------------------------------------ as published


def test_all_values_are_read(values):
    assert len(values) > 1800
    assert set(values["result"]) <= {*KINDS, *published.COUNTED, "variance"}
    assert values[["value", "tolerance"]].notna().all(axis=None)
    assert (values["reason"] != "")[values["reliability"] == "distrusted"].all()
    keys = [name for name in paper_values.READ if name not in ("value", "tolerance", "reason")]
    assert not values.duplicated(keys).any()


def test_printed_numbers(values):
    table = values[values["shown_in"] == "Table 2"]
    keys = ["dataset", "backbone", "n_removed", "classifier"]
    printed = {tuple(key): value for *key, value in table[[*keys, "value"]].to_numpy().tolist()}
    assert printed["cityscapes", "mae", "0", "knn"] == 0.058
    assert printed["cityscapes", "mae", "0", "linear"] == 0.375
    assert printed["cityscapes", "mae", "200", "knn"] == 0.295
    assert ("cityscapes", "mae", "200", "linear") not in printed  # left blank
    assert printed["ade20k", "dinov2", "0", "linear"] == 0.161
    buses = values[(values["shown_in"] == "Sec. 6") & (values["class"] == "bus")]
    assert dict(zip(buses["layer"], buses["value"], strict=True)) == {"9": 0.059, "12": 0.729}


def test_draft_agrees_with_print_where_both_exist(values):
    """The mean over classes of Figure 3 is its mean IoU; Figure 1 and Table 2 agree."""
    figure = values[values["shown_in"] == "Figure 3"]
    classes = figure[figure["metric"] == "iou"].groupby(["backbone", "layer"])["value"].mean()
    means = figure[figure["metric"] == "miou"].set_index(["backbone", "layer"])["value"]
    trusted = [x for x in means.index if x[0] != "mae" or x[1] == "12"]
    assert len(trusted) == 4 * 12 + 1
    np.testing.assert_allclose(classes[trusted], means[trusted], atol=0.002)
    keys = ["classifier", "backbone"]
    of_bank = values[(values["shown_in"] == "Figure 1") & (values["train_set"] == "train_72")]
    table = values[(values["shown_in"] == "Table 2") & (values["dataset"] == "cityscapes")]
    table = table[(table["n_removed"] == "0") & (table["reliability"] == "trusted")]
    both = of_bank.merge(table, on=keys)
    assert len(both) == 9  # DINO's k-NN is distrusted since the two differ
    np.testing.assert_allclose(both["value_x"], both["value_y"], atol=0.005)


def test_table_6_averages_its_rows(values):
    rows = values[values["shown_in"] == "Table 6"]
    wide = rows.pivot(index="condition", columns="class", values="value")
    np.testing.assert_allclose(
        wide[["road", "building", "vegetation"]].mean(axis=1), wide["mean"], atol=0.001
    )


def test_patches_of_labels_are_those_of_72_images(values):
    patches = values[(values["result"] == "labels") & (values["metric"] == "patches")]
    assert patches["value"].sum() == 402_957
    pixels = pd.read_csv(FOLDER / "cityscapes_label_pixels.csv")
    rows = paper_values.of_label_pixels(pixels, [str(i) for i in range(34)])
    assert rows["value"].sum() == 72 * 1024 * 2048


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop(columns="source"), "expected the columns shown_in, result"),
        (lambda t: t.assign(source="rumour"), "expected source printed or draft or digitised"),
        (lambda t: t.assign(reliability=""), "expected reliability trusted or distrusted"),
        (lambda t: t.assign(value="high"), "expected numbers in value; found 'high'"),
        (lambda t: t.assign(tolerance=""), "expected numbers in tolerance; found ''"),
    ],
)
def test_bad_tables_are_refused(tmp_path, spoil, message):
    path = tmp_path / "tab2.csv"
    spoil(pd.read_csv(FOLDER / "tab2.csv", dtype=str, keep_default_na=False)).to_csv(
        path, index=False
    )
    with pytest.raises(PatchprobeError, match=message):
        paper_values.read([path])


# ------------------------------------------------------------------------------ compared


@pytest.mark.parametrize("content", [None, b"", b"a,b\n1,2\n1,2,3\n", b"a\n\xa5\xff\n", "folder"])
def test_files_that_are_no_tables_are_refused(tmp_path, content):
    path = tmp_path / "fig1.csv"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(PatchprobeError, match=r"(?s)fig1\.csv: expected a table of published"):
        paper_values.read([path])


def test_a_number_agrees_within_its_tolerance(run):
    obtained = made_up_run.miou(made_up_run.confusions(0.4, seed=1))
    for shift, verdict in ((0.019, "agrees"), (-0.019, "agrees"), (0.021, "differs")):
        (found,) = published.compare(row(value=obtained + shift), run).to_dict("records")
        assert found["verdict"] == verdict
        assert found["difference"] == pytest.approx(-shift)
        assert found["low"] < obtained < found["high"]
    assert found["obtained"] == pytest.approx(obtained)


def test_distrusted_numbers_are_shown_but_not_judged(run):
    asked = row(value=0.9, reliability="distrusted", reason="a mistake")
    (found,) = published.compare(asked, run).to_dict("records")
    assert found["verdict"] == "distrusted"
    assert (found["representation"], found["note"]) == ("MAE", "a mistake; bank bank for train_72")
    assert np.isfinite(found["difference"])


@pytest.mark.parametrize(
    "columns",
    [
        {"backbone": "ibot"},
        {"n_removed": "200"},
        {"dataset": "ade20k"},
        {"train_set": "train_36"},
        {"result": "whole_frames"},
        {"result": "variance", "condition": "other_dataset=ade20k"},
        {"result": "tiles", "metric": "pixels", "class": "bus"},
    ],
)
def test_what_was_not_run(run, columns):
    (found,) = published.compare(row(**columns), run).to_dict("records")
    assert found["verdict"] == "not run"
    assert np.isnan(found["obtained"])
    assert found["note"] == ""


def test_what_stands_for_the_paper_is_told(run):
    mapped = Run(run.evidence, removed={200: 5}, train_sets={"train_72_prime": "prime"})
    asked = row(n_removed="200", train_set="train_72_prime")
    (found,) = published.compare(asked, mapped).to_dict("records")
    assert found["representation"] == "MAE-200"
    assert found["n_train_images"] == 72
    assert found["note"] == "5 features removed for 200; prime for train_72_prime"
    expected = made_up_run.miou(made_up_run.confusions(0.4 + 0.05 + 0.02, seed=1))
    assert found["obtained"] == pytest.approx(expected)


def test_counts_are_compared_exactly(run):
    tiles = pd.DataFrame(
        {"category": ["bus"], "pixels": [2451], "patches_vit16": [8], "patches_dinov2": [14]}
    )
    counting = Run(run.evidence, counted=counted.of_tiles(tiles))
    of = {"result": "tiles", "dataset": "fair1m", "class": "bus", "tolerance": 0}
    rows = pd.concat(
        [row(**of, metric=m, value=n) for m, n in (("patches_vit16", 8), ("patches_dinov2", 13))]
    )
    assert published.compare(rows, counting)["verdict"].tolist() == ["agrees", "differs"]


def test_shared_features():
    rankings = {
        ("cityscapes", "mae"): [3, 1, 2, 0],
        ("ade20k", "mae"): [1, 0, 3, 2],
    }
    variances = {
        key: pd.DataFrame({"feature": order, "variance": [8.0, 4, 2, 2]})
        for key, order in rankings.items()
    }
    run = Run(made_up_run.evidence(), removed={200: 2}, variances=variances, features=[3, 2, 1])
    assert run.shared_features("cityscapes", "ade20k", "mae", 200).value == 1
    assert run.shared_features("cityscapes", None, "mae", 200).value == 1
    assert run.shared_features("cityscapes", "fair1m", "mae", 200) is None
    assert run.share_of_variance("mae", 200).value == 0.75
    assert run.spread_of_variances("mae").value == 8 / 3


# ------------------------------------------------------------------------------ leaderboard


def test_ranks_and_what_cannot_be_told_from_the_best(run):
    table = leaderboard.build(run, SHOWN).set_index("representation")
    assert set(table["task"]) == {"Patches by k-NN"}
    assert table["rank"].to_dict() == {"DINO": 1, "MAE-5": 2, "MAE": 3}
    assert table["is_best"].to_dict() == {"DINO": True, "MAE-5": False, "MAE": False}
    twins = style.representations([["a", "dino", 0, "A", ""], ["b", "dino", 0, "B", ""]])
    table = leaderboard.build(run, twins)
    assert table["rank"].tolist() == [1, 1]
    assert table["is_best"].all()


def test_nothing_was_run():
    empty = Run(made_up_run.evidence())
    assert list(leaderboard.build(empty, SHOWN)) == leaderboard.COLUMNS
    for build in (protocols.side_by_side, protocols.choices, leaderboard.build):
        assert build(empty, SHOWN).empty


# ------------------------------------------------------------------------------ protocols


def test_protocols_side_by_side(tmp_path):
    qualities = {("dot", "centre"): 0.3, ("l2", "centre"): 0.5, ("dot", "majority"): 0.35}
    qualities["l2", "majority"] = 0.55
    base = {"layer": 12, "train_set": "bank", "n_removed": 0, "k": 1}
    settings = [
        ({**base, "similarity": s, "label_rule": r}, made_up_run.confusions(quality))
        for (s, r), quality in qualities.items()
    ]
    path = made_up_run.write(tmp_path, "knn_subsets", "dino", settings)
    run = Run(made_up_run.evidence(knn_subsets=[path]))
    score = {key: made_up_run.miou(made_up_run.confusions(q)) for key, q in qualities.items()}
    (found,) = protocols.side_by_side(run, SHOWN).to_dict("records")
    assert found["as_published"] == pytest.approx(score["dot", "centre"])
    assert found["as_text"] == pytest.approx(score["l2", "majority"])
    assert found["difference_low"] <= found["difference"] <= found["difference_high"]
    table = protocols.choices(run, SHOWN).set_index("choice")
    assert table["other"].to_dict() == pytest.approx(
        {"similarity": score["l2", "centre"], "label of a patch": score["dot", "majority"]}
    )
    assert table.loc["similarity", ["published", "text"]].tolist() == ["dot", "l2"]


def test_noise_of_training_sets(run, values):
    mapped = Run(run.evidence, train_sets={"train_72": "bank", "train_72_prime": "prime"})
    table = protocols.subset_noise(mapped, values, SHOWN)
    of = table.set_index(["classifier", "representation"])
    assert of.loc[("linear", "MAE"), "published"] == pytest.approx(0.375 - 0.359)
    expected = [made_up_run.miou(made_up_run.confusions(q, seed=1)) for q in (0.4, 0.42)]
    assert of.loc[("knn", "MAE"), "obtained"] == pytest.approx(expected[0] - expected[1])
    assert np.isnan(of.loc[("linear", "DINO"), "obtained"])


def test_protocols_do_not_depend_on_that_of_the_run(tmp_path):
    """Retrieval: as published is inner products and centre labels, whatever the run draws."""
    shares = {("dot", "centre"): 3, ("l2", "majority"): 7, ("dot", "majority"): 5}
    results = Results([("val", f"tile_{i}", 0) for i in range(6)])
    for (similarity, rule), n in shares.items():
        counts = np.tile([n, 0, 0, 0, 10 - n, 10], (6, 1))
        keys = {"dataset": "fair1m", "backbone": "dino", "level": "blur-2", "removal": "highest"}
        keys |= {"n_removed": 0, "standardised": False, "excluded": "", "query_label": "changed"}
        keys |= {"similarity": similarity, "label_rule": rule}
        results.add([{"metric": "same_patch", "value": n / 10}], counts, **keys)
    results.save(tmp_path / "changes.csv", tmp_path / "changes_counts.npz")
    for protocol in ({"similarity": "dot", "label_rule": "centre"}, {"similarity": "l2"}):
        evidence = Evidence({"retrieval": [str(tmp_path / "changes.csv")]}, protocol, {})
        (found,) = protocols.side_by_side(Run(evidence), SHOWN).to_dict("records")
        assert (found["as_published"], found["as_text"]) == (0.3, 0.7)


def test_other_numbers_of_neighbours_are_not_the_papers(tmp_path):
    settings = [({"layer": 12, "train_set": "bank", "n_removed": 0, "k": 20},)]
    path = made_up_run.write(
        tmp_path, "knn_subsets", "mae", [(*settings[0], made_up_run.confusions(0.4))]
    )
    tables = {"knn_subsets": [path]}
    asked = {**made_up_run.PROTOCOL, "k": 1}
    run = Run(Evidence(tables, asked, {"cityscapes": "bank"}))
    assert published.compare(row(), run)["verdict"].tolist() == ["not run"]
    assert not leaderboard.build(Run(made_up_run.evidence(**tables)), SHOWN).empty
