"""A copy of the workflow in a temporary folder, run on a tiny miniature world."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pytest
import yaml

from . import fork_client

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "rules", "workflow", "patchprobe", "miniature", "config", "envs", "profiles")
BEYOND = ("batch_norm", "hubs", "layer_choice", "norms", "protocols", "similarities", "votes")
TINY_MODEL = {"embed_dim": 32, "depth": 2, "num_heads": 2}


def tiny_config():
    """Two backbones of two layers, a few images: everything happens, nothing takes long."""
    return {
        "note": "Test",
        "datasets": {
            "cityscapes": {
                "root": "data/cityscapes",
                "miniature": {"seed": 0},
                "bank": "two",
                "query": "val",
                "subsets": {
                    "train": {"one": "lists/one.txt", "two": "lists/two.txt"},
                    "val": {"val": "lists/val.txt"},
                },
                "layers": "all",
                "removal_sweep": [0, 8, 24, 40],  # one more than the backbones have features
                "changes": {"blur": [10, 40], "frequency": [1, 4]},
            },
            "ade20k": {
                "root": "data/ade20k",
                "miniature": {"seed": 0, "n": 3},
                "bank": "drawn",
                "query": "ade_val",
                "subsets": {
                    "train": {"drawn": {"per_class": 1}},
                    "val": {"ade_val": "lists/ade_val.txt"},
                },
            },
        },
        "backbones": {
            "mae": {
                "label": "MAE",
                "loader": "mae",
                "architecture": "vit_base_patch16_224",
                "model_args": TINY_MODEL,
                "depth": 2,
                "random_seed": 1,
                "batch_norm": True,
                "remove": [8],
            },
            "dinov2": {
                "label": "DINOv2",
                "loader": "dinov2",
                "architecture": "vit_base_patch14_dinov2",
                "model_args": TINY_MODEL,
                "depth": 2,
                "patch_px": 14,
                "random_seed": 2,
                "datasets": ["cityscapes"],
            },
        },
        # what is beyond the paper is shown of one backbone
        "figures": {name: ["mae"] for name in BEYOND},
        "linear": {"epochs": 3},
    }


def words_of(svg):
    """All text of a figure."""
    return " ".join(" ".join(ElementTree.parse(svg).getroot().itertext()).split())


COMPILE = """
import compileall, glob
import numpy as np
from patchprobe.code_digest import code_digest
from patchprobe.neighbours import knn

sources = glob.glob("**/*.py", recursive=True)
for source in sources:
    compileall.compile_file(source, quiet=1)
code_digest(*sources)
knn.search(*np.zeros((2, 4, 8), np.float16))
"""


@cache
def compiled_workflow():
    """A copy of the workflow, whose code is compiled once for all copies of it."""
    folder = TemporaryDirectory()  # removed at the end of the process
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, Path(folder.name, part))
    compiling = [sys.executable, "-c", COMPILE]
    subprocess.run(compiling, cwd=folder.name, env=environment_of(folder.name), check=True)
    return folder


def environment_of(folder):
    """Environment in which Python finds the package in a copy of the workflow."""
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": ""}


@cache
def fork_server():
    """Folder of the socket of a server; both are gone at the end of this process."""
    folder = TemporaryDirectory()
    program = Path(__file__).with_name("fork_server.py")
    command = [sys.executable, program, Path(folder.name, "socket")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    server.stdout.readline()  # it listens
    return folder


class Project:
    """A copy of the workflow, or of a finished one; `config` is written for each call."""

    def __init__(self, folder, finished=None):
        self.folder, self.config = folder, tiny_config()
        if finished:
            shutil.copytree(finished, folder)
            return
        shutil.copytree(compiled_workflow().name, folder, dirs_exist_ok=True)
        (folder / "lists").mkdir()
        (folder / "lists/one.txt").write_text("ahausen_000008_000019\n")
        (folder / "lists/two.txt").write_text("ahausen_000008_000019\nbergstadt_000004_000019\n")
        (folder / "lists/val.txt").write_text("dornum_000011_000019\n")
        (folder / "lists/ade_val.txt").write_text("ADE_val_00000001\n")

    def snakemake(self, *arguments, environment=()):
        """Run Snakemake; the finished process with its output as text."""
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump(self.config, sort_keys=False))
        arguments = (*arguments, "--configfile", "tiny.yaml")
        return self.snakemake_as_is(*arguments, environment=environment)

    def snakemake_as_is(self, *arguments, environment=()):
        """Run Snakemake without the configuration."""
        environment = {**environment_of(self.folder), **dict(environment)}
        command, server = ["snakemake", *arguments], Path(fork_server().name, "socket")
        with (
            TemporaryFile("w+", encoding="utf-8") as out,
            TemporaryFile("w+", encoding="utf-8") as err,
        ):
            printed = out.fileno(), err.fileno()
            code = fork_client.run(server, command, self.folder, environment, printed)
            texts = [file.seek(0) or file.read() for file in (out, err)]
        return subprocess.CompletedProcess(command, code, *texts)

    def run(self, *arguments):
        """Run Snakemake on two cores; an error with its output if it fails."""
        done = self.snakemake(*arguments, "-c2", "--max-threads", "1", "--resources", "gpu=2")
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def plan(self, *targets):
        """Jobs that a run would do: {(rule, wildcards), ...}; wildcards as "a=1, b=2"."""
        # at its end Snakemake waits for its look at new jobs, by default a second after the last
        done = self.snakemake(*targets, "-n", "--max-jobs-per-timespan", "1000/1ms")
        assert done.returncode == 0, done.stdout + done.stderr
        jobs, rule = set(), None
        for line in done.stdout.splitlines():
            if line.startswith(("rule ", "localrule ")):
                rule, wildcards = line.split()[1].rstrip(":"), ""
            elif rule and line.startswith("    wildcards: "):
                wildcards = line.removeprefix("    wildcards: ")
            elif rule and line.startswith("    resources: "):
                jobs.add((rule, wildcards))
                rule = None
        return jobs

    def edit(self, path, old, new):
        """Replace text in a file of the copy; returns what undoes it."""
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
        return lambda: file.write_text(text)


@pytest.fixture
def fresh_project(tmp_path):
    """A copy in which nothing was run."""
    return Project(tmp_path)


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A copy in which all figures and tables were made; tests leave it as they found it."""
    made = Project(tmp_path_factory.mktemp("with ünïcode"))
    made.run("all_figures", "all_tables")
    return made


@pytest.fixture
def finished(project):
    """The finished copy; its configuration and its results are put back after the test."""
    before = {path: path.read_bytes() for path in (project.folder / "results").rglob("*.csv")}
    yield project
    project.config = tiny_config()
    assert before == {path: path.read_bytes() for path in before}
