"""The comparison with the paper and the report, made from the results of a run."""

import re

import pandas as pd
import pytest

from patchprobe.reproduction.evidence import Evidence

pytestmark = pytest.mark.workflow

TABLES = {
    "knn_subsets": "knn/*/*/subsets.csv",
    "knn_layers": "knn/*/*/layers.csv",
    "knn_variants": "knn/*/*/variants.csv",
    "linear_subsets": "linear/*/*/subsets.csv",
    "linear_variants": "linear/*/*/variants.csv",
    "robustness": "robustness/*/*/changes.csv",
    "context": "context/*/*/ridge.csv",
}


@pytest.fixture
def compared(finished):
    finished.config["reproduction"] = {
        "removed": [[200, 8], [10, 8]],
        "train_sets": {"train_36": "one", "train_144": "two"},
    }
    finished.run("report")
    return finished


def test_numbers_and_claims_of_a_run(compared):
    folder = compared.folder / "results/reproduction"
    values = pd.read_csv(folder / "values.csv", keep_default_na=False)
    of_mae = values[(values["shown_in"] == "Table 2") & (values["representation"] == "MAE-200")]
    (row,) = of_mae[(of_mae["dataset"] == "cityscapes")].to_dict("records")
    knn = pd.read_csv(compared.folder / "results/knn/cityscapes/mae/subsets.csv")
    knn = knn[(knn["train_set"] == "two") & (knn["metric"] == "miou") & (knn["n_removed"] == 8)]
    asked = knn[(knn["similarity"] == "dot") & (knn["label_rule"] == "centre")]
    assert float(row["obtained"]) == pytest.approx(asked["value"].item(), abs=1e-6)
    assert (row["published"], row["note"]) == (
        0.295,
        "8 features removed for 200; bank two for train_72",
    )
    assert set(values["verdict"]) == {"agrees", "differs", "distrusted", "not run"}
    assert (values[values["backbone"] == "dino"]["verdict"] == "not run").all()
    claims = pd.read_csv(folder / "claims.csv", keep_default_na=False)
    # one image has no interval: only exact numbers are decided
    assert {"not run", "undecided", "does not hold"} <= set(claims["verdict"])
    choices = pd.read_csv(folder / "choices.csv")
    assert set(choices["choice"]) == {"similarity", "label of a patch", "epoch of the probe"}
    leaders = pd.read_csv(folder / "leaderboard.csv")
    assert set(leaders["representation"]) == {"MAE", "MAE-8", "DINOv2"}


def test_the_report_is_one_page_of_all_that_was_made(compared):
    page = (compared.folder / "results/report.html").read_text()
    assert "A miniature world, not the paper" in page
    sources = re.findall(r'(?:src|poster)="([^"]*)"', page)
    made = [*(compared.folder / "results/figures").rglob("*.png")]
    assert len(sources) == len(made)
    assert all(source.startswith("data:image/") for source in sources)
    assert not re.search(r'<(?:script|link)[^>]*(?:src|href)="?http', page)
    for table in (compared.folder / "results/tables").glob("*.csv"):
        assert f'href="tables/{table.name}"' in page
    assert "Removing 200 features improves k-NN for MAE." in page
    assert "8 features removed for 200" in page
    assert compared.plan("report") == set()


def test_a_second_comparison_does_nothing_and_a_label_compares_anew(compared):
    assert compared.plan("reproduction") == set()
    compared.config["backbones"]["mae"]["label"] = "M"
    assert compared.plan("reproduction") == {("reproduction", "")}
    compared.config["protocol"] = "as_text"
    rules = {rule for rule, _ in compared.plan("reproduction")}
    assert rules == {"linear", "linear_variants", "robustness", "reproduction"}


@pytest.mark.parametrize("kind", TABLES)
def test_scores_from_counts_are_those_of_the_tables(finished, kind):
    for path in sorted((finished.folder / "results").glob(TABLES[kind])):
        evidence = Evidence({kind: [str(path)]}, {}, {})
        ((_, dataset, backbone),) = evidence._tables
        for row in pd.read_csv(path, keep_default_na=False).to_dict("records"):
            if row["metric"] not in ("miou", "iou", "pixel_accuracy", "r2"):
                continue
            if row["value"] == "" or row.get("crops") == "train":
                continue
            asked = {"setting": row["setting"], "train_set": row.get("train_set")}
            asked |= {x: row[x] for x in ("n_removed", "layer", "removal", "draw") if x in row}
            asked |= {x: row[x] for x in ("scaling", "vote", "middle") if x in row}
            asked |= {"k": row["k"]} if "vote" in row else {}
            asked |= {x: row[x] for x in ("regression",) if x in row}
            score = evidence.score(kind, dataset, backbone, row["metric"], row["class"], **asked)
            assert score.value == pytest.approx(float(row["value"]), abs=1e-6)
