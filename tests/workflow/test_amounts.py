"""What `patchprobe.study.work` counts are jobs that Snakemake plans for the paper."""

import pytest
import yaml
from snakemake.utils import validate

from patchprobe.study import plan
from patchprobe.study.work import RULES, Work

from .conftest import ROOT


@pytest.fixture
def paper(fresh_project):
    """The workflow with the paper's configuration, and what that asks of a machine."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    fresh_project.config = config
    filled = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    validate(filled, str(ROOT / "workflow/schemas/config.schema.yaml"))
    return fresh_project, Work(filled, plan.with_lists(filled))


def named(wildcards):
    return dict(pair.split("=") for pair in wildcards.split(", ") if pair)


def test_every_counted_rule_is_planned_with_wildcards_that_are_known(paper):
    project, work = paper
    jobs = project.plan("all_figures", "all_tables", "reproduction")
    assert set(RULES) - {rule for rule, _ in jobs} == {"knn_part"}
    for rule, wildcards in jobs:
        done, n_bytes = work.of(rule, named(wildcards))
        assert (rule in RULES) == bool(done)
        assert all(amount > 0 for _, amount in done) and n_bytes >= 0


def test_parts_of_embeddings_add_up(paper):
    project, work = paper
    project.config["embedding"] = {"parts": 8}
    jobs = project.plan("fig2a")
    parts = [named(wildcards) for rule, wildcards in jobs if rule == "embed"]
    assert len(parts) == 5 * 8
    inputs = [amount for part in parts for _, amount in work.of("embed", part)[0]]
    assert sum(inputs) == 5 * (142 + 30) * 32


def test_parts_of_searches_add_up(paper):
    project, work = paper

    def searched():
        jobs = project.plan("fig3")
        rules = {rule for rule, _ in jobs if rule.startswith("knn")}
        done = [work.of(rule, named(wildcards))[0] for rule, wildcards in jobs if rule in rules]
        return rules, sum(pairs for of_job in done for _, pairs in of_job)

    rules, pairs = searched()
    project.config["knn"] = {"parts": 5}
    assert rules == {"knn"}
    assert searched() == ({"knn_part", "knn_joined"}, pytest.approx(pairs))
