"""Runs that find results of which `.snakemake` knows nothing: nothing stale is taken for new."""

import os
import shutil

import pytest

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
def test_an_edited_result_is_made_again_and_said(forgetful, path, edit):
    file = forgetful.folder / path
    text, times = file.read_text(), file.stat()
    assert edit(text) != text
    file.write_text(edit(text))
    try:
        done = forgetful.snakemake(*TARGETS, "-n")
    finally:
        file.write_text(text)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    said = [x for x in done.stderr.splitlines() if x.startswith("Changed since it was made")]
    assert len(said) == 1 and path.removesuffix("/zarr.json") in said[0]
    assert "before: it was changed since it was made" in done.stdout


def test_a_second_clone_believes_the_records_and_not_its_own(forgetful):
    """Another clone made the results with k = 3: what this one knows of them is wrong."""
    path = forgetful.folder / "results/records/knn/ade20k/mae/subsets.csv.json"
    text = path.read_text()
    path.write_text(text.replace('"k": "1"', '"k": "3"'))
    try:
        planned = forgetful.plan(*TARGETS)
    finally:
        path.write_text(text)
    assert ("knn", "dataset=ade20k, backbone=mae, experiment=subsets") in planned
    assert not any("cityscapes" in wildcards for _, wildcards in planned)
    assert forgetful.plan(*TARGETS) == set()
