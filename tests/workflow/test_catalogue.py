"""What the public catalogue of Snakemake workflows asks for: workflow/Snakefile, settings."""

import subprocess
import sys

import yaml

from .conftest import ROOT

BY_CATALOGUE = ("--snakefile", "workflow/Snakefile")


def test_settings_have_the_keys_that_the_catalogue_reads():
    settings = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert set(settings) == {"mandatory-flags", "software-stack-deployment"}
    assert set(settings["mandatory-flags"]) == {"desc", "flags"}
    deployment = settings["software-stack-deployment"]
    assert set(deployment) == {"conda", "apptainer", "apptainer+conda", "report"}
    assert all(isinstance(value, bool) for value in deployment.values())


def test_the_catalogue_finds_what_it_searches_for():
    readme = (ROOT / "README.md").read_text().lower()
    assert "snakemake" in readme and "workflow" in readme
    assert (ROOT / "config/README.md").is_file()
    assert not (ROOT / "workflow/rules").exists()  # a folder without .smk files is refused


def test_its_snakefile_plans_the_same_jobs(fresh_project):
    targets = ("all_figures", "all_tables")
    jobs = fresh_project.plan(*targets)
    assert len(jobs) > 50
    assert fresh_project.plan(*targets, *BY_CATALOGUE) == jobs


def test_its_snakefile_finds_scripts_captions_and_the_package(fresh_project):
    """Nor does another Snakefile re-run what is finished."""
    fresh_project.run("tab1", *BY_CATALOGUE)
    assert (fresh_project.folder / "results/tables/tab1_augmentations.csv").is_file()
    assert fresh_project.plan("tab1") == set()
    assert fresh_project.snakemake("tab1", *BY_CATALOGUE, "--report", "r.html").returncode == 0


def test_its_snakefile_is_clean():
    for command in (
        ["-m", "snakemake", *BY_CATALOGUE, "--lint"],
        ["-m", "snakefmt", "--check", "workflow/Snakefile"],
    ):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
