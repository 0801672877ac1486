"""What a cluster is told: which rules are its jobs, what they ask for; the profile for SLURM."""

import json

import pytest
import yaml

from .conftest import ROOT, Project

pytestmark = pytest.mark.workflow

PROFILE = (ROOT / "profiles/slurm/config.yaml").read_text()
# What decodes datasets, embeds and evaluates. Anything else runs beside Snakemake.
JOBS = {
    *("check_dataset", "crops", "draw_subset", "examples", "miniature_dataset", "objects", "tab3"),
    *("changed_labels", "labels", "whole_labels"),
    *("descriptors", "embed", "embed_scenes", "variance"),
    *(
        "held_out",
        "knn",
        "knn_joined",
        "knn_part",
        "knn_variants",
        "linear",
        "linear_variants",
        "robustness",
    ),
    *("association", "association_controls", "retrieval", "scenes", "whole_frames"),
    *("context", "grid_ceiling", "reconstruction", "reproduction"),
}
TELLS_RULES = """
include: "Snakefile"

import json


def of_attempt(asked, n):
    about = {"attempt": n, "input": [], "threads": 1, "rulename": "", "async_run": None}
    return asked.evaluate({}, **about).value


told = {
    x.name: {
        "is_job": x.name not in workflow._localrules,
        **{
            key: [of_attempt(asked, n) for n in (1, 2)]
            for key, asked in x.resources.items()
            if key in ("gpu", "mem_mb", "runtime")
        },
    }
    for x in workflow.rules
    if not x.norun
}
print("TOLD", json.dumps(told))
"""


def uncommented(start):
    """The settings of the profile's example that begins with the line "# start:"."""
    lines = PROFILE[PROFILE.index(f"\n# {start}:") :].splitlines()[1:]
    taken = [lines[0]]
    for line in lines[1:]:
        if not line.startswith("#   "):
            break
        taken.append(line)
    return yaml.safe_load("\n".join(line[2:] for line in taken))[start]


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """{rule: whether it is a job of a cluster, and what it asks for at its first two attempts}."""
    project = Project(tmp_path_factory.mktemp("told"))
    (project.folder / "tells_rules.smk").write_text(TELLS_RULES)
    done = project.snakemake("tab1", "-n", "--snakefile", "tells_rules.smk")
    assert done.returncode == 0, done.stdout + done.stderr
    told = next(x for x in done.stdout.splitlines() if x.startswith("TOLD "))
    return json.loads(told.removeprefix("TOLD "))


def test_what_fetches_and_what_takes_seconds_runs_beside_snakemake(rules):
    assert {name for name, about in rules.items() if about["is_job"]} == JOBS


def test_every_attempt_has_more_memory_and_more_time(rules):
    for name in JOBS:
        for key in ("mem_mb", "runtime"):
            first, second = rules[name][key]
            assert second == 2 * first > 0, (name, key)
    assert rules["knn"]["runtime"] == [360, 720]  # minutes


def test_every_rule_that_asks_for_a_gpu_is_in_the_example_of_the_profile(rules):
    asking = {name for name, about in rules.items() if "gpu" in about}
    assert asking <= JOBS
    example = uncommented("set-resources")
    assert set(example) == asking
    assert all(about["slurm_partition"] == "gpu" for about in example.values())


def test_groups_of_the_profile_are_jobs(rules):
    assert set(uncommented("groups")) <= JOBS


def test_profile_sets_what_a_cluster_needs():
    profile = yaml.safe_load(PROFILE)
    assert profile["executor"] == "slurm"
    assert profile["show-failed-logs"] is True
    assert profile["retries"] == 1
    alike = ("rerun-triggers", "rerun-incomplete", "retries", "show-failed-logs")
    local = yaml.safe_load((ROOT / "profiles/default/config.yaml").read_text())
    assert [profile[key] for key in alike] == [local[key] for key in alike]
