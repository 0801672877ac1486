"""Every configuration plans in a clone that has neither data nor weights."""

import re

import pytest

from .conftest import ROOT

ALL = ("all_figures", "all_tables", "report")
# Files that are merged, and targets, as README.md, config/README.md and the files themselves say.
CONFIGURATIONS = {
    ("config",): ALL,
    ("config", "more_backbones"): ALL,
    ("config", "cityscapes_full"): ("knn_scores", "fig2a"),
    ("miniature_backbones", "demo"): ALL,
    ("miniature_backbones", "miniature_measure"): ("fig2a", "fig2b", "fig2c"),
}


def planned(project, names, *targets):
    """How many jobs of each rule are planned, nothing being finished: {rule: number}."""
    files = [f"config/{name}.yaml" for name in names]
    done = project.snakemake_as_is(*targets, "-n", "--quiet", "rules", "--configfile", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout[done.stdout.index("Job stats:") :]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}


def test_all_files_are_tested():
    files = {path.stem for path in (ROOT / "config").glob("*.yaml")}
    assert {name for names in CONFIGURATIONS for name in names} == files


@pytest.mark.parametrize("names", CONFIGURATIONS, ids="+".join)
def test_jobs_are_planned(fresh_project, names):
    jobs = planned(fresh_project, names, *CONFIGURATIONS[names])
    assert sum(jobs.values()) == 2 * jobs["total"] > 0


def test_all_of_cityscapes_is_searched_in_parts_and_trains_no_probes(fresh_project):
    names = ("config", "cityscapes_full")
    jobs = planned(fresh_project, names, *CONFIGURATIONS[names])
    assert jobs == {
        "draw_subset": 2, "crops": 1, "labels": 2,  # two grids of patches
        "weights_file": 5, "embed": 5 * 8, "variance": 5, "fig2a": 1,
        "knn_part": 5 * 8, "knn_joined": 5, "knn_scores": 1,
        "total": 102,
    }  # fmt: skip
    # nor does anything else that may be asked for load the bank
    others = planned(fresh_project, names, "all_figures", "all_tables")
    assert not [rule for rule in others if rule.startswith(("linear", "knn", "robust"))]
