"""A real SLURM of one node runs the workflow: what jobs ask for, what they make, how they fail."""

import pytest

from .one_node_slurm import OneNode, why_not

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.slurm,
    pytest.mark.skipif(why_not() is not None, reason=f"no SLURM here: {why_not()}"),
]

LAYERS = "results/knn/cityscapes/mae/layers.csv"
TABLES = (LAYERS, "results/variance/cityscapes/mae.csv")
TARGETS = ("fig2a", LAYERS)
# As profiles/slurm says for a cluster without accounting; and fast, since these jobs are short.
ON_CLUSTER = (
    *("--workflow-profile", "profiles/slurm", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "3", "--latency-wait", "10"),
)


def asked(job):
    """What SLURM tells of a job: its rule and wildcards, and what it asked for."""
    keys = ("Comment", "TresPerJob", "MinMemoryNode", "CPUs/Task", "TimeLimit", "JobState")
    return tuple(job.get(key) for key in keys)


def test_a_run_on_slurm(fresh_project, monkeypatch):
    """In one test, since painting images and starting jobs take most of its time."""
    project = fresh_project
    del project.config["backbones"]["dinov2"], project.config["datasets"]["ade20k"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # the node's GPUs are but names

    def tables():
        return {path: (project.folder / path).read_bytes() for path in TABLES}

    project.run(*TARGETS)
    of_one_part = tables()
    project.config["embedding"] = {"parts": 2}
    with OneNode() as slurm:

        def run(*arguments):
            return project.snakemake(*arguments, *ON_CLUSTER, environment=slurm.environment)

        done = run(*TARGETS)
        assert done.returncode == 0, done.stdout + done.stderr
        # the figure is drawn beside Snakemake
        job, gpu, ended = "rule_{}_wildcards_cityscapes_{}", "gres:gpu:1", "COMPLETED"
        assert {asked(x) for x in slurm.jobs()} == {
            (job.format("embed", "clean_mae_1-of-2"), gpu, "8000M", "8", "02:00:00", ended),
            (job.format("embed", "clean_mae_2-of-2"), gpu, "8000M", "8", "02:00:00", ended),
            (job.format("variance", "mae"), None, "2000M", "2", "01:00:00", ended),
            (job.format("knn", "mae_layers"), gpu, "6000M", "8", "06:00:00", ended),
        }
        assert len(slurm.jobs()) == 4
        assert tables() == of_one_part
        assert project.plan(*TARGETS) == set()  # here, after the cluster

        chunks = (
            project.folder / "results/embeddings/cityscapes/clean/mae/2-of-2.zarr/clean/layer_1"
        )
        next(x for x in (chunks / "patches/c").rglob("*") if x.is_file()).unlink()
        done = run(LAYERS, "--forcerun", "knn")
        assert done.returncode != 0
        told = done.stdout + done.stderr
        assert "SLURM status is: 'FAILED'" in told
        assert "StoreError" in told and "lacks 1 of its 2 chunks" in told  # the log of the job
        assert [asked(x)[2:] for x in slurm.jobs()[4:]] == [  # a second attempt has more
            ("6000M", "8", "06:00:00", "FAILED"),
            ("12000M", "8", "12:00:00", "FAILED"),
        ]
    assert not slurm.folder.exists()
