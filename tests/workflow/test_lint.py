"""Style of Python and of the workflow."""

import subprocess
import sys
import tomllib

import pytest
import yaml

from .conftest import ROOT


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "snakefmt", "--check", "Snakefile", "rules"],
        ["-m", "snakemake", "--lint"],
    ],
    ids=" ".join,
)
def test_lint(command):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plan_of_the_paper_needs_no_data():
    """The paper's configuration plans in a clone that has neither data nor weights."""
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "all"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_environment_file_names_the_packages_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "envs/patchprobe.yaml").read_text())
    assert environment["dependencies"][-1]["pip"] == project["dependencies"]


def test_constraints_allow_what_the_project_asks_for():
    """Every package of the project is pinned: what is installed is what was tested."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    asked = project["dependencies"] + optional["train"] + optional["test"]
    asked.remove("patchprobe[train]")
    pins = (ROOT / "envs/constraints.txt").read_text().lower().replace("_", "-")
    for package in asked:
        assert f"\n{package.split('>=')[0]}==" in pins
