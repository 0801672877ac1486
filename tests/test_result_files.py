"""Damaged tables, arrays and provenance are errors that name the file and what to do."""

import json

import numpy as np
import pandas as pd
import pytest

from patchprobe import results
from patchprobe.crops import objects
from patchprobe.embeddings import variance
from patchprobe.errors import ResultError
from patchprobe.figures import tables
from patchprobe.report import origins
from patchprobe.reproduction import statistics


@pytest.fixture
def path(tmp_path):
    """A table with all that lies beside it."""
    found = results.Results([("val", "ulm_1", 0), ("val", "jena_1", 0)], evaluated=[0, 1])
    row = {"metric": "miou", "class": "", "value": 0.5}
    about = {"dataset": "cityscapes", "backbone": "mae"}
    found.add([row], np.arange(8).reshape(2, 2, 2), np.zeros((2, 4), int), **about)
    path = tmp_path / "mae.csv"
    found.save(path, results.beside(path, "counts"), results.beside(path, "predictions"))
    results.beside(path, "provenance").write_text('{"k": 1}')
    return path


def replaced(name, content):
    """What a file holds when it is put in place of another: bytes, a folder, or a loop of links."""

    def damage(path):
        path.unlink()
        if content == "folder":
            path.mkdir()
        elif content == "loop":
            path.symlink_to(path.name)
        elif content is not None:
            path.write_bytes(content)

    return pytest.param(damage, id=name)


def flipped(path):
    """One bit in the middle of every array: its checksum does not fit."""
    content = bytearray(path.read_bytes())
    for start in range(40, len(content) - 200, 40):
        content[start] ^= 1
    path.write_bytes(content)


def without_arrays(path):
    np.savez(path, other=np.ones(3))


def pickled(path):
    np.savez(path, counts=np.array([{}], dtype=object), table_sha256=np.array([{}], dtype=object))


ARRAYS = [
    replaced("none", b""), replaced("text", b"<html>"), replaced("half a zip", b"PK\3\4" * 9),
    replaced("folder", "folder"), replaced("loop", "loop"), flipped, without_arrays, pickled,
]  # fmt: skip


@pytest.mark.parametrize("damage", ARRAYS)
def test_arrays(path, damage):
    row = tables.read([path]).iloc[0]
    for what in ("counts", "predictions"):
        damage(results.beside(path, what))
    for read, named in (
        (lambda: tables.read([path]), "mae_counts"),
        (lambda: tables.predictions_of(row), "mae_predictions"),
        (lambda: statistics.load(results.beside(path, "counts")), "mae_counts"),
    ):
        with pytest.raises(ResultError, match=rf"(?s){named}\.npz.*snakemake --force "):
            read()


def test_arrays_that_are_not_there(path):
    row = tables.read([path]).iloc[0]
    for what in ("counts", "predictions"):
        results.beside(path, what).unlink()
    with pytest.raises(ResultError, match=r"mae_predictions\.npz: .*snakemake --force"):
        tables.predictions_of(row)
    with pytest.raises(ResultError, match=r"mae_counts\.npz: .*snakemake --force"):
        statistics.load(results.beside(path, "counts"))
    with pytest.raises(ResultError, match=r"other\.npz: .*snakemake --force"):
        tables.load(str(path.with_name("other.npz")), {})


PROVENANCE = [
    replaced("none", b""), replaced("cut", b'{"k": 1, "ba'), replaced("list", b'["k"]'),
    replaced("no text", b"\xa5\xff"), replaced("deep", b"[" * 100_000),
    replaced("folder", "folder"),
]  # fmt: skip


@pytest.mark.parametrize("damage", PROVENANCE)
def test_provenance(path, damage):
    damage(results.beside(path, "provenance"))
    with pytest.raises(ResultError, match=r"mae_provenance\.json: .*snakemake --force"):
        tables.read([path])


@pytest.mark.parametrize("damage", PROVENANCE)
def test_provenance_in_the_report(path, damage):
    damage(results.beside(path, "provenance"))
    with pytest.raises(ResultError, match=r"mae_provenance\.json: .*snakemake --force"):
        origins.records(path.parent)


TABLES = [
    replaced("nothing there", None), replaced("folder", "folder"), replaced("loop", "loop"),
    replaced("no text", b"a,b\n\xa5\xff,1\n"), replaced("lengths", b"a,b\n1,2\n1,2,3\n"),
    replaced("none", b""), replaced("NUL", b"\0" * 30), replaced("quote", b'a,b\n"1,2\n'),
]  # fmt: skip


@pytest.mark.parametrize("damage", TABLES)
@pytest.mark.parametrize("beside", [True, False], ids=["beside counts", "alone"])
def test_tables(path, damage, beside):
    if not beside:
        results.beside(path, "counts").unlink()
    damage(path)
    with pytest.raises(ResultError, match=r"(?s)mae\.csv.*snakemake --force"):
        tables.read([path])


@pytest.mark.parametrize("damage", TABLES)
def test_tables_of_objects(path, damage):
    damage(path)
    with pytest.raises(ResultError, match=r"(?s)mae\.csv: .*snakemake --force"):
        objects.read(path)


@pytest.mark.parametrize("damage", TABLES)
def test_rankings_that_are_no_tables(path, damage):
    damage(path)
    with pytest.raises(ResultError, match=r"(?s)mae\.csv.*snakemake --force"):
        variance.read_ranking(path, dataset="cityscapes")


@pytest.mark.parametrize("column", ["layer", "feature", "variance", "rank"])
@pytest.mark.parametrize("value", ["x", "1.5", "", "True", "9" * 40])
def test_rankings_that_are_no_numbers(tmp_path, column, value):
    ranking = variance.rank(np.array([3.0, 1.0])).assign(layer=1, dataset="fake")
    ranking = ranking.astype({column: object})
    ranking.loc[0, column] = value
    ranking.to_csv(tmp_path / "mae.csv", index=False)
    if (column, value) == ("variance", "1.5"):
        assert variance.read_ranking(tmp_path / "mae.csv")["variance"][0] == 1.5
        return
    with pytest.raises(ResultError, match=rf"mae\.csv: .* found .*{column}.*snakemake --force"):
        variance.read_ranking(tmp_path / "mae.csv")


def test_rankings_without_a_column_that_is_asked_for(tmp_path):
    variance.rank(np.array([3.0, 1.0])).assign(layer=1).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ResultError, match=r"a\.csv: expected .* found no column dataset"):
        variance.read_ranking(tmp_path / "a.csv", dataset="fake")


def test_whole_files_are_read(path):
    assert json.loads(results.beside(path, "provenance").read_text()) == {"k": 1}
    assert isinstance(tables.read([path]), pd.DataFrame)
