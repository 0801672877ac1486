"""Tables that are torn, edited, or of another run are errors when they are read."""

import json
import os

import numpy as np
import pandas as pd
import pytest

from patchprobe import provenance, results
from patchprobe.embeddings import variance
from patchprobe.errors import ResultError, StoreError
from patchprobe.evaluation import linear_heads
from patchprobe.figures import tables
from patchprobe.files import replacing

IMAGES = [("val", "ulm_1", 0), ("val", "jena_1", 0)]


@pytest.fixture
def path(tmp_path):
    """A table of four settings with two rows each, its counts and predictions."""
    found = results.Results(IMAGES)
    for layer in range(4):
        values = [
            {"metric": "miou", "class": "", "value": 0.1 * layer, "low": 0.05, "high": 0.5},
            {"metric": "iou", "class": "road", "value": 0.2, "low": np.nan, "high": np.nan},
        ]
        found.add(values, np.ones((2, 2), int), np.zeros((2, 4), int), layer=layer)
    path = tmp_path / "layers.csv"
    found.save(path, results.beside(path, "counts"), results.beside(path, "predictions"))
    return path


def test_a_table_as_it_was_written(path):
    table = tables.read([path])
    assert len(table) == 8
    assert tables.predictions_of(table.iloc[-1])["predictions"].shape == (2, 4)


def cut(text):
    return text[: 3 * len(text) // 4]


EDITS = {
    "cut at three quarters": cut,
    "cut at a line": lambda text: "\n".join(text.splitlines()[:-2]) + "\n",
    "a row less": lambda text: "\n".join(text.splitlines()[:-1]) + "\n",
    "another value": lambda text: text.replace("0.300000", "0.310000"),
    "empty": lambda text: "",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_table_that_was_edited_is_not_that_of_its_counts(path, edit):
    row = tables.read([path]).iloc[-1]
    path.write_text(edit(path.read_text()))
    message = r"layers\.csv is not the table that layers_counts\.npz was written with .*--force"
    with pytest.raises(ResultError, match=message):
        tables.read([path])
    with pytest.raises(ResultError, match="layers_predictions"):
        tables.predictions_of(row)


def test_counts_of_an_unknown_table(path):
    counts = results.beside(path, "counts")
    np.savez(counts, counts=np.ones((4, 2, 2)))
    with pytest.raises(ResultError, match="is not the table that layers_counts"):
        tables.read([path])


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (("0.300000", "5.000000"), r"found value 5\.0 of miou, which lies in \[0, 1\]"),
        (("0.300000", "-0.100000"), r"found value -0\.1 of miou"),
        (("0.500000", "inf"), "found high inf of miou"),
        (("2,2,", "5,2,"), "found a setting without rows"),
    ],
)
def test_what_no_table_holds_is_seen_without_counts(path, edit, match):
    results.beside(path, "counts").unlink()
    path.write_text(path.read_text().replace(*edit))
    with pytest.raises(ResultError, match=rf"layers\.csv: expected a whole table .*{match}"):
        tables.read([path])


def test_a_table_whose_counts_are_lost(path):
    results.beside(path, "counts").unlink()
    with pytest.raises(ResultError, match=r"layers\.csv: .* found no counts beside it"):
        tables.read([path])


def test_an_empty_table_and_rows_of_two_lengths(tmp_path):
    for text in ("", "a,b\n1,2\n1,2,3\n", "dataset,k\n"):
        (tmp_path / "a.csv").write_text(text)
        with pytest.raises(ResultError, match=r"a\.csv: expected .* found no (table|rows)"):
            tables.read([tmp_path / "a.csv"])


# ------------------------------------------------------------------------------ variances


def rankings():
    rng = np.random.default_rng(0)
    found = []
    for layer in (1, 2):
        table = variance.rank(rng.uniform(0, 3, 6))
        table.insert(0, "layer", layer)
        table.insert(0, "backbone", "mae")
        table.insert(0, "dataset", "ade20k")
        found.append(table)
    return pd.concat(found, ignore_index=True)


def edited(column, row, value):
    def edit(table):
        table = table.astype({column: object})
        table.loc[row, column] = value
        return table

    return edit


WRONG = {
    "a feature twice": (edited("feature", 7, 0), "of layer 2 not each feature from 0 to 5 once"),
    "a rank twice": (edited("rank", 2, 5), "of layer 1 not each rank from 1 to 6 once"),
    "a row less": (lambda t: t.drop(index=3), "of layer 1 not each feature from 0 to 4 once"),
    "fewer features": (lambda t: t[t["feature"].lt(5) | t["layer"].eq(1)], "each rank|widths"),
    "ranks of another order": (
        lambda t: t.assign(variance=t["variance"][::-1].to_numpy()),
        "ranks that do not follow the variances",
    ),
    "negative": (edited("variance", 5, -1.0), "variances that are negative or not finite"),
    "not finite": (edited("variance", 0, np.inf), "negative or not finite"),
    "no ranks": (lambda t: t.drop(columns="rank"), "no column rank"),
    "another backbone": (lambda t: t.assign(backbone="dino"), "backbone dino, not mae"),
    "another dataset": (lambda t: t.assign(dataset="fair1m"), "dataset fair1m, not ade20k"),
}


def test_rankings_come_back(tmp_path):
    results.write_table(rankings(), tmp_path / "mae.csv")
    found = variance.read_ranking(tmp_path / "mae.csv", dataset="ade20k", backbone="mae")
    pd.testing.assert_frame_equal(found, rankings())
    assert len(tables.read([tmp_path / "mae.csv"])) == 12


def test_a_ranking_is_the_one_of_its_provenance(tmp_path):
    path = tmp_path / "mae.csv"
    results.write_table(rankings(), path)
    provenance.write(tmp_path / "mae_provenance.json", table_sha256=provenance.file_digest(path))
    assert len(variance.read_ranking(path)) == 12
    results.write_table(rankings().query("layer == 1"), path)  # whole in itself
    for read in (variance.read_ranking, lambda path: tables.read([path])):
        with pytest.raises(ResultError, match="not the table that mae_provenance"):
            read(path)


@pytest.mark.parametrize(("edit", "match"), WRONG.values(), ids=WRONG)
def test_wrong_rankings(tmp_path, edit, match):
    path = tmp_path / "mae.csv"
    edit(rankings()).to_csv(path, index=False)
    with pytest.raises(ResultError, match=rf"mae\.csv: expected the variance .*found .*{match}"):
        variance.read_ranking(path, dataset="ade20k", backbone="mae")


# ------------------------------------------------------------------------------ tables together


def result(path, dataset, **about):
    """A table with its provenance."""
    row = {"dataset": dataset, "metric": "miou", "value": 0.5}
    results.write_table(pd.DataFrame([row]), path)
    results.beside(path, "provenance").write_text(json.dumps(about))
    return path


@pytest.mark.parametrize(
    ("key", "value", "other"),
    [
        ("k", 1, 5),
        ("training", {"selection": "last"}, {"selection": "best"}),
        ("query", [["val", "ulm_1"]], [["val", "jena_1"]]),
        ("bank", [["train", "ulm_1"]], []),
        ("train", {"all": "0123456789abcdef"}, {"all": "fedcba9876543210"}),
        ("temperature", 0.07, 0.1),
    ],
)
def test_tables_that_are_joined_agree(tmp_path, key, value, other):
    same = {key: value, "left_out": []}
    paths = [result(tmp_path / f"{x}.csv", "cityscapes", **same) for x in ("mae", "dino")]
    assert len(tables.read(paths)) == 2
    paths.append(result(tmp_path / "ibot.csv", "cityscapes", **{**same, key: other}))
    message = rf"ibot\.csv and .*mae\.csv were made with different {key}"
    with pytest.raises(ResultError, match=message):
        tables.read(paths)


def test_tables_of_two_datasets_have_queries_of_their_own(tmp_path):
    first = result(tmp_path / "a.csv", "cityscapes", k=1, query=[["val", "ulm_1"]])
    second = result(tmp_path / "b.csv", "ade20k", k=1, query=[["val", "ADE_val_00000001"]])
    assert len(tables.read([first, second])) == 2


# ------------------------------------------------------------------------------ files


def test_heads_of_another_backbone(tmp_path):
    path = tmp_path / "heads.safetensors"
    heads = {"all": linear_heads.Heads(4, 3, [[], [1]], seed=0)}
    heads["all"].about = {"removed": [0, 1]}
    linear_heads.save(heads, path, dataset="cityscapes", backbone="mae")
    assert set(linear_heads.read(path, dataset="cityscapes", backbone="mae")) == {"all"}
    with pytest.raises(StoreError, match="heads of backbone 'mae', expected 'dino'"):
        linear_heads.read(path, backbone="dino")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")
    with pytest.raises(OSError, match="full"), replacing(path) as unfinished:
        unfinished.write_text("half")
        assert path.read_text() == "before"
        raise OSError("full")
    assert (path.read_text(), os.listdir(tmp_path)) == ("before", ["a.csv"])
    with replacing(path) as unfinished:
        assert unfinished.suffix == ".csv"
        unfinished.write_text("after")
    assert (path.read_text(), os.listdir(tmp_path)) == ("after", ["a.csv"])
