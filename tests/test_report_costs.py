"""Time, memory and disk, worked out by hand; and what made the results."""

import json

import pytest

from patchprobe.provenance import list_digest
from patchprobe.report import costs, origins

from . import report_material as material
from .test_report_tables import texts

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tcpu_time\n"


def write(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))


@pytest.fixture
def benchmarks(tmp_path):
    write(tmp_path / "knn/cityscapes-mae.tsv", "10.5\t0:00:10\t100\t0\t9")
    write(tmp_path / "knn/cityscapes-dino.tsv", "20\t0:00:20\t50\t0\t9")
    write(tmp_path / "embed/ade20k/dino.tsv", "3600\t1:00:00\t2000\t0\t9", "1\t0:00:01\tNA\t0\t0")
    write(tmp_path / "quick.tsv", "-\t-\t-\t-\t-")
    write(tmp_path / "nothing.tsv")
    return tmp_path


def test_costs_of_rules_by_hand(benchmarks):
    mebibyte = 1024 * 1024
    assert costs.of_rules(benchmarks) == [
        costs.Cost("embed", 2, 3601.0, 3600.0, "ade20k/dino", 2000 * mebibyte),
        costs.Cost("knn", 2, 30.5, 20.0, "cityscapes-dino", 100 * mebibyte),
        costs.Cost("quick", 1, 0.0, 0.0, "", 0.0),
    ]


def test_costs_of_all_rules_by_hand(benchmarks):
    total = costs.in_all(costs.of_rules(benchmarks))
    assert (total.n_jobs, total.seconds, total.longest) == (5, 3631.5, 3600.0)
    assert costs.in_all([]).n_jobs == 0


def test_table_of_costs(benchmarks):
    assert texts(costs.rule_sheet(costs.of_rules(benchmarks))) == [
        ["embed", "2", "1:00:01", "1:00:00", "2.1 GB"],
        ["knn", "2", "30.5 s", "20.0 s", "105 MB"],
        ["quick", "1", "0.0 s", "0.0 s", "0 B"],
    ]


def test_no_benchmarks_have_no_costs(tmp_path):
    assert costs.of_rules(tmp_path / "absent") == []


def test_disk_of_folders_by_hand(tmp_path):
    for name, n_bytes in (("a/x", 10), ("a/b/y", 5), ("c/z", 2000), ("page.html", 99)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(n_bytes))
    (tmp_path / "empty").mkdir()
    folders = costs.of_folders(tmp_path)
    assert folders == [("c", 2000, 1), ("a", 15, 2), ("empty", 0, 0)]
    assert texts(costs.disk_sheet(folders)) == [
        ["c", "2 kB", "1"],
        ["a", "15 B", "2"],
        ["empty", "0 B", "0"],
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (59.96, "1:00"), (3599.6, "1:00:00"), (90061, "25:01:01")],
)
def test_clock(seconds, text):
    assert costs.clock(seconds) == text


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(999, "999 B"), (1000, "1 kB"), (999_600, "1 MB"), (2.5e6, "2 MB"), (1.26e9, "1.3 GB")],
)
def test_size(n_bytes, text):
    assert costs.size(n_bytes) == text


@pytest.fixture
def found(tmp_path):
    write = material.write_provenance
    write(tmp_path / "knn/cityscapes/mae/subsets_provenance.json", bank=material.BANK)
    write(
        tmp_path / "knn/cityscapes/dino/subsets_provenance.json",
        "dino",
        None,
        left_out=[["train", "c"]],
    )
    write(tmp_path / "variance/cityscapes/mae_provenance.json", bank=material.BANK[::-1])
    old = {"backbone": "mae", "weights_sha256": "0ld", "left_out": [["train", "c"], ["train", "d"]]}
    old |= {"software": {"numpy": ["1.26", "2.0"], "faiss": None}, "git_commit": [None, "def456"]}
    path = tmp_path / "reconstruction/cityscapes/mae/fills_provenance.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(old))
    return origins.records(tmp_path)


def test_networks_are_told_once_with_what_used_them(found):
    assert [(x.backbone, x.weights, x.evaluations) for x in origins.networks(found)] == [
        ("dino", None, ("knn",)),
        ("mae", "f00d", ("knn", "variance")),
        ("mae", "0ld", ("reconstruction",)),
    ]
    assert texts(origins.network_sheet(origins.networks(found)))[0] == [
        *("dino", "none: random weights", "mae", "vit", "float16", "knn"),
    ]


def test_sets_of_images_are_called_by_their_names_whatever_their_order(found):
    digest = list_digest(material.BANK)
    assert texts(origins.image_sheet(found, {digest: "two"})) == [
        ["cityscapes", "bank", "two", "2", digest, "knn, variance"]
    ]
    assert texts(origins.image_sheet(found, {}))[0][2] == "–"


def test_digest_of_a_list_depends_on_splits_and_items_alone():
    assert list_digest([["a", "b"]]) == list_digest([("a", "b")])
    assert list_digest([["a", "b"]]) != list_digest([["a", "c"]]) != list_digest([["ab", "c"]])


def test_versions_and_commits_of_all_records(found):
    versions, commits = origins.software(found)
    assert versions == {
        "faiss": ["not installed"],
        "numpy": ["1.26", "2.0", "2.4.6"],
        "python": ["3.11.7"],
    }
    assert commits == ["abc123", "def456", "unknown"]


def test_what_could_not_be_read_is_counted_once(found):
    assert origins.n_left_out(found) == {"cityscapes": 2}
