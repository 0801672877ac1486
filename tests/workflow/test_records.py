"""Runs that find results of which `.snakemake` knows nothing: nothing stale is taken for new."""

import json
import os
import shutil
from contextlib import contextmanager

import pytest

from patchprobe.provenance import file_digest

pytestmark = pytest.mark.workflow

TARGETS = ("all_figures", "all_tables")
SUMS = {"all_figures", "all_tables"}
CHANGES = {
    "k": ("knn", {"k": 3}),
    "epochs": ("linear", {"epochs": 4}),
    "seed": ("seed", 7),
    "precision": ("embedding", {"precision": "bfloat16"}),
    "a list": ("list", "lists/other.txt"),
    "a backbone": ("backbone", "dino"),
}


@pytest.fixture
def forgetful(finished):
    """The finished copy, whose `.snakemake` is put back after the test."""
    kept = finished.folder.parent / "kept"
    shutil.copytree(finished.folder / ".snakemake", kept, symlinks=True)
    yield finished
    shutil.rmtree(finished.folder / ".snakemake")
    kept.rename(finished.folder / ".snakemake")


def forget(project):
    shutil.rmtree(project.folder / ".snakemake")


def change(config, key, value):
    if key == "list":
        config["datasets"]["cityscapes"]["subsets"]["train"]["one"] = value
    elif key == "backbone":
        entry = {**config["backbones"]["mae"], "label": "DINO", "loader": "dino", "remove": []}
        config["backbones"][value] = entry
    else:
        config[key] = value


def test_records_tell_what_snakemake_knew(forgetful):
    forget(forgetful)
    assert forgetful.plan(*TARGETS) == set()


@pytest.mark.parametrize(("key", "value"), CHANGES.values(), ids=CHANGES)
def test_another_configuration_is_noticed_without_snakemakes_records(forgetful, key, value):
    (forgetful.folder / "lists/other.txt").write_text("bergstadt_000004_000019\n")
    change(forgetful.config, key, value)
    known = forgetful.plan(*TARGETS)
    forget(forgetful)
    assert forgetful.plan(*TARGETS) == known
    assert known - {(rule, "") for rule in SUMS}


def test_results_on_another_disk_are_known(forgetful, tmp_path):
    forgetful.config["pathvars"] = {"results": str(tmp_path / "scratch/results")}
    (tmp_path / "scratch").mkdir()
    shutil.copytree(  # with times, as `mv` and `cp -a` keep them
        forgetful.folder / "results", tmp_path / "scratch/results", symlinks=True
    )
    assert forgetful.plan(*TARGETS) == set()
    forgetful.config["knn"] = {"k": 3}
    assert ("knn", "dataset=cityscapes, backbone=mae, experiment=layers") in forgetful.plan()


def test_what_nothing_is_known_of_is_made_again_and_said(forgetful, tmp_path):
    records = forgetful.folder / "results/records"
    shutil.move(records / "knn/ade20k", tmp_path / "ade20k")
    forget(forgetful)
    done = forgetful.snakemake(*TARGETS, "-n")
    shutil.move(tmp_path / "ade20k", records / "knn/ade20k")
    line = next(x for x in done.stderr.splitlines() if x.startswith("Not in .snakemake"))
    assert "nor in results/records, and is made again if this run needs it" in line
    assert "results/knn/ade20k/mae/subsets.csv" in line
    assert "before: nothing is known of what made it" in done.stdout
    assert "rule knn:" in done.stdout


EDITS = {
    "results/knn/cityscapes/mae/layers.csv": lambda text: text[: 3 * len(text) // 4],
    "results/variance/cityscapes/mae.csv": lambda text: text.replace(",1,", ",2,", 1),
    "results/embeddings/cityscapes/clean/mae/1-of-1.zarr/zarr.json": (
        lambda text: text.replace('"float32"', '"bfloat16"')
    ),
}


@pytest.mark.parametrize(("path", "edit"), EDITS.items(), ids=EDITS)
def test_an_edited_result_is_made_again_and_said(finished, path, edit):
    text = (finished.folder / path).read_text()
    assert edit(text) != text
    with edited(finished.folder / path, text, edit(text)):
        done = finished.snakemake(*TARGETS, "-n")
    said = [x for x in done.stderr.splitlines() if x.startswith("Changed since it was made")]
    assert len(said) == 1 and path.removesuffix("/zarr.json") in said[0]
    assert "before: it was changed since it was made" in done.stdout


@contextmanager
def edited(path, old, new):
    """A file with other text, put back with its time."""
    text, times = path.read_text(), path.stat()
    assert old in text
    path.write_text(text.replace(old, new))
    try:
        yield
    finally:
        path.write_text(text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_values_that_change_places_are_noticed(finished):
    """The same values: 3 epochs, evaluated every 5, and 5 epochs, evaluated every 3."""
    finished.config["linear"] = {"epochs": 5, "evaluate_every": 3}
    assert ("linear", "dataset=ade20k, backbone=mae, experiment=subsets") in finished.plan(*TARGETS)


def test_results_of_other_weights_are_made_again(finished):
    """As on results that a clone with other weights of the same name made."""
    record = "results/records/embeddings/ade20k/clean/mae/1-of-1.zarr.json"
    digest = file_digest(finished.folder / "resources/weights/mae.pth")
    with edited(finished.folder / record, digest, "0" * 64):
        done = finished.snakemake(*TARGETS, "-n")
        planned = finished.plan(*TARGETS)
    assert "Made from other inputs, and is made again" in done.stderr
    embed = ("embed", "dataset=ade20k, variant=clean, backbone=mae, scatteritem=1-of-1")
    assert {job for job in planned if job[0] == "embed"} == {embed}
    assert finished.plan(*TARGETS) == set()


def test_a_figure_of_other_tables_is_drawn_again(finished):
    """As where tables of another run were put under a figure, older than it."""
    table = finished.folder / "results/knn/cityscapes/mae/layers.csv"
    record = finished.folder / "results/records/figures/fig3_layers.png.json"
    with edited(record, file_digest(table), "0" * 64):
        assert finished.plan("fig3") == {("fig3", "")}
    assert finished.plan("fig3") == set()


def test_folders_of_results_that_are_links(forgetful, tmp_path):
    folder = forgetful.folder / "results/knn"
    shutil.move(folder, tmp_path / "knn")
    folder.symlink_to(tmp_path / "knn")
    try:
        forget(forgetful)
        assert forgetful.plan(*TARGETS) == set()
    finally:
        folder.unlink()
        shutil.move(tmp_path / "knn", folder)


def test_records_serve_a_database_of_snakemake_too(forgetful):
    forget(forgetful)
    backend = ("--persistence-backend", "db")
    assert "Nothing to be done" in forgetful.snakemake(*TARGETS, "-n", *backend).stdout
    forgetful.config["knn"] = {"k": 3}
    assert "rule knn:" in forgetful.snakemake(*TARGETS, "-n", *backend).stdout


def test_touch_accepts_results_as_they_are(forgetful):
    """However short its jobs: they may begin and end at one tick of a file system's clock."""
    forgetful.config["knn"] = {"k": 3}
    forgetful.run(*TARGETS, "--touch")
    touched = [*(forgetful.folder / ".snakemake/metadata").rglob("*")]
    touched = {path: json.loads(path.read_text()) for path in touched if path.is_file()}
    touched = {path: known for path, known in touched.items() if known["rule"] == "knn"}
    assert touched
    for path, known in touched.items():
        path.write_text(json.dumps({**known, "starttime": known["endtime"]}))
    assert forgetful.plan(*TARGETS) == set()
    forget(forgetful)
    assert ("knn", "dataset=ade20k, backbone=mae, experiment=subsets") in forgetful.plan(*TARGETS)


def test_a_second_clone_believes_the_records_and_not_its_own(forgetful):
    """Another clone made the results with k = 3: what this one knows of them is wrong."""
    path = forgetful.folder / "results/records/knn/ade20k/mae/subsets.csv.json"
    table = forgetful.folder / "results/knn/ade20k/mae/subsets.csv"
    made_at = table.stat().st_mtime_ns
    os.utime(table, ns=(made_at, made_at - 10**8))
    with edited(path, '"k": "1"', '"k": "3"'):
        planned = forgetful.plan(*TARGETS)
    assert ("knn", "dataset=ade20k, backbone=mae, experiment=subsets") in planned
    assert not any("cityscapes" in wildcards for _, wildcards in planned)
    assert forgetful.plan(*TARGETS) == set()
