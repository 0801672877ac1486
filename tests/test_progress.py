"""The lines that `make demo` shows of a run of Snakemake."""

import io
import runpy
from pathlib import Path

import pytest

PROGRESS = Path(__file__).parents[1] / "workflow/progress.py"
RUN = """Building DAG of jobs...
Job stats:
job       count
------  -------
fig1          1
knn           2
tab1          1
total         4

[Thu Nov 26 01:46:55 2026]
rule knn:
    input: a.zarr
    log: knn.log
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
FAILURE = """Error in rule knn:
    message: None
    jobid: 7
    log: logs/a b.log (check log file(s) for error details)
"""


@pytest.fixture
def progress():
    return runpy.run_path(str(PROGRESS))


@pytest.fixture
def follower(progress):
    """Every look at its clock takes thirty seconds."""
    clock = iter(range(0, 3000, 30))
    return progress["Follower"](lambda: next(clock))


def lines(follower, text):
    return [shown for line in text.splitlines() for shown in follower.read(line)]


def test_a_line_for_every_finished_job_and_what_is_left_by_what_jobs_take(follower):
    # twice 12 s of k-NN and 2.5 s of Table 1 are left; 60 s have passed, with the thirty that the
    # first guess counts, for 60 + 2.5 s of work: 26.5 * 60 / 62.5 = 25.44
    assert lines(follower, RUN) == [
        ("Building DAG of jobs...", True),
        ("4 jobs", True),
        (
            "1 of 4 jobs, 0:30, about 0:25 left | made: fig1 | running: knn cityscapes mae layers",
            True,
        ),
        ("4 of 4 jobs, 1:00 | done: knn cityscapes mae layers", True),
    ]


def test_lines_of_computations_may_be_overwritten(follower):
    line = lines(follower, RUN.replace("4 of 4 steps (100%)", "2 of 4 steps (50%)"))[-1]
    assert line[0].startswith("2 of 4 jobs, 1:00, about 0:")
    assert line[1] is False


def test_the_end_of_a_run_tells_what_to_open(follower):
    lines(follower, RUN)
    told = follower.ending("demo/results")
    assert "Open demo/results/report.html" in told
    assert "demo/results/figures/fig1_segmentation.png" in told
    assert follower.ending("") == ""


def test_where_nothing_is_to_be_done_the_end_is_the_same(follower):
    message = "Nothing to be done (all requested files are present and up to date)."
    assert lines(follower, message) == [(message, True)]
    assert "report.html" in follower.ending("demo/results")


def test_named_figures_are_made_by_the_workflow(follower):
    lines(follower, RUN)
    names = [
        line.split("/")[-1].removesuffix(".png")
        for line in follower.ending("demo/results").splitlines()
        if line.endswith(".png")
    ]
    rules = (PROGRESS.parents[1] / "rules/figures.smk").read_text()
    assert len(names) == 3
    assert all(f'picture("{name}"' in rules for name in names)


def test_errors_are_passed_on_whole_and_the_end_names_their_logs(follower):
    told = lines(follower, RUN.replace("4 of 4", "2 of 4") + FAILURE)
    assert told[-4:] == [(line, True) for line in FAILURE.splitlines()]
    assert follower.ending("demo/results") == (
        "\nNot finished. What went wrong is told above and in logs/a b.log."
    )


def test_a_job_that_fails_once_is_no_failure(follower):
    begun, finished = RUN.split("Finished jobid: 7")
    lines(follower, begun + FAILURE)
    assert follower.running == {}
    lines(follower, f"Finished jobid: 7{finished.replace('4 of 4', '2 of 4')}")
    assert follower.ending("demo/results") == "\nNot finished. What went wrong is told above."
    lines(follower, "4 of 4 steps (100%) done")
    assert "report.html" in follower.ending("demo/results")


def test_a_run_that_ends_early_is_not_finished(follower):
    lines(follower, "Building DAG of jobs...\n")
    assert follower.ending("demo/results") == "\nNot finished. What went wrong is told above."


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_line_overwrites_the_last(progress, monkeypatch):
    monkeypatch.setenv("COLUMNS", "11")
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("sys.stdin", io.StringIO("x\n"))
    progress["show"]("a computation", False, True)
    progress["show"]("a figure that is long", True, True)
    progress["main"]()
    shown = progress["sys"].stdout.getvalue()
    assert shown.startswith("\r\033[Ka computat\r\033[Ka figure that is long\n\r\033[Kx\n")
