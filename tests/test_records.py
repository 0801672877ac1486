"""Records of what made results: told wherever the folders lie, and compared with the files."""

import errno
import hashlib
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from patchprobe import records, store


class Named(list):
    """As Snakemake's parameters: values, some with names."""

    def __init__(self, **named):
        super().__init__(named.values())
        self.named = named

    def items(self):
        return self.named.items()


def job(results="results", resources="resources", **params):
    """A finished job, with a table and a store."""
    os.makedirs(f"{results}/knn", exist_ok=True)
    Path(f"{results}/knn/mae.csv").write_text("k,value\n1,0.5\n")
    for path in (f"{results}/variance/mae.csv", f"{resources}/weights/mae.pth"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(path)
    store.create(f"{results}/knn/mae.zarr", {"grid": [1, 1]})
    store.create_array(f"{results}/knn/mae.zarr", "a", (2,), "uint8", (1,))[:] = np.arange(2)
    store.seal(f"{results}/knn/mae.zarr")
    return SimpleNamespace(
        rule="knn",
        output=[f"{results}/knn/mae.csv", f"{results}/knn/mae.zarr"],
        input=[f"{results}/variance/mae.csv", f"{resources}/weights/mae.pth", "data/a.png"],
        params=Named(k=1, code="abc", **params),
        log=["logs/knn.log"],
        config={"pathvars": {"results": results, "resources": resources}},
    )


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def folders(results="results", resources="resources"):
    return {"results": results, "resources": resources}


def one(**where):
    (record,), damaged = records.read(folders(**where))
    assert damaged == []
    return record


def test_a_record_tells_the_job():
    records.write(job(derived=[1]), derived=("derived",))
    record = one()
    assert record.rule == "knn"
    assert list(record.outputs) == ["results/knn/mae.csv", "results/knn/mae.zarr"]
    assert record.inputs == {
        "data/a.png": None,
        "resources/weights/mae.pth": hashlib.sha256(b"resources/weights/mae.pth").hexdigest(),
        "results/variance/mae.csv": hashlib.sha256(b"results/variance/mae.csv").hexdigest(),
    }
    assert record.params == ["'abc'", "1"]
    about = json.loads(Path("results/records/knn/mae.csv.json").read_text())
    assert about["params"] == {"k": "1", "code": "'abc'"}


def test_results_that_moved_keep_their_records(tmp_path):
    records.write(job())
    shutil.move("results", tmp_path / "scratch disk")
    record = one(results=f"{tmp_path}/scratch disk", resources="/pool/weights")
    assert next(iter(record.outputs)) == f"{tmp_path}/scratch disk/knn/mae.csv"
    assert "/pool/weights/weights/mae.pth" in record.inputs
    assert all(records.is_as_made(path, known) for path, known in record.outputs.items())


def test_folders_within_each_other_and_with_a_slash_at_the_end():
    records.write(job("all", "all/resources"))
    record = one(results="all/", resources="all/resources/")
    assert list(record.inputs)[:2] == ["all/variance/mae.csv", "all/resources/weights/mae.pth"]


def test_a_copy_with_another_time_is_as_it_was_made():
    records.write(job())
    record = one()
    os.utime("results/knn/mae.csv", (1, 1))
    assert all(records.is_as_made(path, known) for path, known in record.outputs.items())


@pytest.mark.parametrize("text", ["k,value\n1,0.6\n", "k,value\n1,0", "", None])
def test_an_edited_torn_or_lost_table_is_not(text):
    records.write(job())
    known = one().outputs["results/knn/mae.csv"]
    if text is None:
        os.remove("results/knn/mae.csv")
    else:
        Path("results/knn/mae.csv").write_text(text)
    assert not records.is_as_made("results/knn/mae.csv", known)


def test_nor_is_another_store():
    records.write(job())
    known = one().outputs["results/knn/mae.zarr"]
    store.zarr.open_group("results/knn/mae.zarr", mode="r+").attrs["grid"] = [14, 14]
    store.seal("results/knn/mae.zarr")
    assert not records.is_as_made("results/knn/mae.zarr", known)
    shutil.rmtree("results/knn/mae.zarr")
    assert not records.is_as_made("results/knn/mae.zarr", known)


def test_weights_are_told_by_the_content_of_what_they_link():
    made = job()
    Path("resources/weights/mae.pth").rename("official.pth")
    Path("resources/weights/mae.pth").symlink_to("../../official.pth")
    made.output = ["resources/weights/mae.pth"]
    records.write(made)
    (record,), _ = records.read(folders())
    (known,) = record.outputs.values()
    assert known["sha256"] == hashlib.sha256(b"resources/weights/mae.pth").hexdigest()
    Path("official.pth").write_text("other weights")
    assert not records.is_as_made("resources/weights/mae.pth", known)


def test_times_are_kept_so_that_files_are_not_read_again(monkeypatch):
    records.write(job())
    for path in ("results/knn/mae.csv", "results/knn/mae.zarr/zarr.json"):
        os.utime(path, (1, 1))
    records.keep_times(one())
    text = Path("results/records/knn/mae.csv.json").read_text()
    monkeypatch.setattr(records, "file_digest", None)
    assert all(records.is_as_made(path, known) for path, known in one().outputs.items())
    records.keep_times(one())
    assert Path("results/records/knn/mae.csv.json").read_text() == text


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_times_that_cannot_be_kept_stop_nothing(monkeypatch, number):
    def fails(*_, **__):
        raise OSError(number, os.strerror(number))

    records.write(job())
    text = Path("results/records/knn/mae.csv.json").read_text()
    os.utime("results/knn/mae.csv", (1, 1))
    monkeypatch.setattr(Path, "write_text", fails)
    records.keep_times(one())
    assert Path("results/records/knn/mae.csv.json").read_text() == text


def test_the_newest_record_comes_last():
    for rule in ("b", "c", "a"):
        made = job()
        made.rule = rule
        made.output = [f"results/knn/{rule}.csv"]
        Path(made.output[0]).touch()
        records.write(made)
    assert [record.rule for record in records.read(folders())[0]] == ["b", "c", "a"]


@pytest.mark.parametrize("path", ["<results>/a\0.csv", "<results>/a\ud800.csv"])
def test_a_record_of_a_file_that_cannot_be_is_damaged(path):
    records.write(job())
    file = Path("results/records/knn/mae.csv.json")
    about = json.loads(file.read_text())
    about["outputs"][path] = about["outputs"]["<results>/knn/mae.csv"]
    file.write_text(json.dumps(about))
    assert records.read(folders()) == ([], [file])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rule": "knn"}', '{"outputs": 3}', "\xff"])
def test_a_damaged_record_is_named(content):
    records.write(job())
    path = "results/records/knn/mae.csv.json"
    Path(path).write_text(content, encoding="latin-1")
    found, damaged = records.read(folders())
    assert (found, [str(x) for x in damaged]) == ([], [path])


@pytest.mark.parametrize("known", [[], 3, "x", {}, {"size": 1}, {"size": 1, "mtime_ns": 2}])
def test_a_record_of_another_content_is_damaged(known):
    records.write(job())
    path = Path("results/records/knn/mae.csv.json")
    about = json.loads(path.read_text())
    about["outputs"]["<results>/knn/mae.csv"] = known
    path.write_text(json.dumps(about))
    assert records.read(folders()) == ([], [path])


def test_a_record_that_is_nested_without_end_is_damaged():
    records.write(job())
    path = Path("results/records/knn/mae.csv.json")
    path.write_text("[" * 100_000)
    assert records.read(folders()) == ([], [path])


@pytest.mark.parametrize("what", ["loop", "below a file", "folder"])
def test_an_output_that_something_else_replaced_is_not_as_made(what):
    records.write(job())
    known = one().outputs["results/knn/mae.csv"]
    shutil.rmtree("results/knn")
    if what == "below a file":
        Path("results/knn").touch()
    elif what == "folder":
        Path("results/knn/mae.csv").mkdir(parents=True)
    else:
        Path("results/knn").mkdir()
        Path("results/knn/mae.csv").symlink_to("mae.csv")
    assert not records.is_as_made("results/knn/mae.csv", known)


def test_what_has_no_record_is_found():
    records.write(job())
    Path("results/more.csv").touch()
    Path("results/.hidden").touch()
    shutil.copytree("results/knn/mae.zarr", "results/deep/er/b.zarr")
    found = records.unrecorded("results", one().outputs)
    assert found == ["results/deep/er/b.zarr", "results/more.csv", "results/variance/mae.csv"]
    assert records.unrecorded("nowhere", {}) == []


def test_folders_that_are_links_are_looked_into(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/a.csv").touch()
    (tmp_path / "disk/above").symlink_to(tmp_path)
    Path("results").mkdir()
    Path("results/knn").symlink_to(tmp_path / "disk")
    assert "results/knn/a.csv" in records.unrecorded("results", {})


def test_an_output_elsewhere_has_no_place_for_its_record():
    made = job()
    made.output = ["/somewhere/else.csv"]
    with pytest.raises((ValueError, FileNotFoundError)):
        records.write(made)


def test_every_script_ends_with_its_record():
    scripts = Path(__file__).parents[1] / "workflow/scripts"
    without = {
        path.name
        for path in scripts.glob("*.py")
        if not path.read_text().splitlines()[-1].startswith("records.write(snakemake")
    }
    assert without == {"check_data.py"}  # prints a report, has no output
