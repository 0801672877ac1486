"""Style of Python and of the workflow."""

import subprocess
import sys

import pytest

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
