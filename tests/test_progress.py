"""The lines that `make demo` shows of a run of Snakemake."""

import runpy
from pathlib import Path

import pytest

PROGRESS = Path(__file__).parents[1] / "workflow/progress.py"
RUN = """Building DAG of jobs...
[Thu Nov 26 01:46:55 2026]
rule knn:
    input: a.zarr
    jobid: 7
    wildcards: dataset=cityscapes, backbone=mae, experiment=layers
    resources: gpu=1

[Thu Nov 26 01:46:56 2026]
localrule fig1:
    jobid: 3
Finished jobid: 3 (Rule: fig1)
1 of 4 steps (25%) done
Select jobs to execute...
Finished jobid: 7 (Rule: knn)
4 of 4 steps (100%) done
"""


@pytest.fixture
def follow():
    """What is printed of some lines; every look at the clock takes ten seconds."""

    def lines(text):
        clock = iter(range(0, 1000, 10))
        follower = runpy.run_path(str(PROGRESS))["Follower"](lambda: next(clock))
        return [shown for line in text.splitlines() for shown in follower.read(line)]

    return lines


def test_a_line_for_every_finished_job(follow):
    assert follow(RUN) == [
        "Building DAG of jobs...",
        "[Thu Nov 26 01:46:55 2026]",
        "1 of 4 jobs, 0:10, about 0:30 left | running: knn cityscapes mae layers | made: fig1",
        "4 of 4 jobs, 0:20 | made: fig1",
    ]


def test_errors_are_passed_on_whole(follow):
    error = "Error in rule knn:\n    message: a\n    log: knn.log\n"
    assert follow(f"{RUN}{error}")[-3:] == error.splitlines()
