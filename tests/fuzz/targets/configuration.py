"""Configurations: their structure after YAML, and the text of the file."""

import copy
import os
import shutil
from pathlib import Path

import yaml
from snakemake.common.configfile import load_configfile
from snakemake.utils import validate

from patchprobe.study import (
    config_files,
    config_values,
    drawing,
    folders,
    plan,
    summary,
    validation,
)
from tests.configs import SCHEMA, SCHEMA_PATH
from tests.fuzz.mutators.files import change_some
from tests.fuzz.mutators.structures import change_structure
from tests.fuzz.target import Target

ROOT = Path(__file__).parents[3]
FILES = ["config.yaml", "demo.yaml", "miniature_backbones.yaml", "more_backbones.yaml"]
MERGED = [["config.yaml"], ["config.yaml", "more_backbones.yaml"],
          ["miniature_backbones.yaml", "demo.yaml"]]  # fmt: skip


def run(config):
    """What `rules/common.smk` does with a configuration; whether it is accepted."""
    config_values.settle(config)
    if validation.mistakes(config, SCHEMA):
        return False
    validate(config, str(SCHEMA_PATH))
    folders.settle(config)
    if folders.mistakes(config.get("pathvars", {})) or validation.contradictions(config):
        return False
    subsets = plan.with_lists(config)
    if validation.unlisted(config, subsets):
        return False
    _look(config, subsets)
    return True


def _look(config, subsets):
    """What rules ask of an accepted configuration before the first job."""
    drawing.every_representation(config)
    for dataset in config["datasets"]:
        plan.used_items(subsets[dataset])
        plan.frames(config, dataset)
        plan.cut_subsets(config, dataset, "clean")
        plan.cut_subsets(config, dataset, "whole")
        plan.published_counts(config, subsets, dataset)
        for backbone in plan.backbones_on(config, dataset):
            plan.grid(config, backbone)
            plan.layers(config, dataset, backbone)
            if "bank" in config["datasets"][dataset]:
                for experiment in ("subsets", "layers", "changes"):
                    plan.searches(config, dataset, backbone, experiment)
        if config["datasets"][dataset].get("scales"):
            plan.sides(config, dataset)
        drawing.associated(config, dataset)
    for figure in drawing.DATASET_OF:
        drawing.datasets_shown(config, figure)
        drawing.shown(config, figure)
    drawing.retrieved(config)
    drawing.strips(config)
    summary.of_run(config, subsets)


def merge(into, other):
    """As Snakemake merges several files."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
    return into


class _Configuration(Target):
    def prepare(self, world):
        import matplotlib.colors  # noqa: F401 - writes a cache of its own, which is no finding

        (world / "config").mkdir()
        shutil.copytree(ROOT / "config" / "subsets", world / "config" / "subsets")
        shutil.copytree(ROOT / "config" / "paper_values", world / "config" / "paper_values")
        for name in FILES:
            shutil.copy(ROOT / "config" / name, world / "config" / name)


class Structure(_Configuration):
    """The configuration as Snakemake hands it on: dictionaries with other keys and values."""

    name = "configuration"

    def learn(self, world):
        self.configs = []
        for names in MERGED:
            whole = {}
            for name in names:
                merge(whole, yaml.safe_load((world / "config" / name).read_text("utf-8")))
            self.configs.append(whole)
        self.config = copy.deepcopy(self.configs[0])

    def damage(self, folder, change):
        self.config = change.rng.choice(self.configs)
        for _ in range(change.rng.choice([1, 1, 1, 2, 3])):
            self.config = change_structure(change, self.config)
        (folder / "changed.txt").write_text(repr(self.config), "utf-8", "backslashreplace")

    def use(self, folder):
        return isinstance(self.config, dict) and run(copy.deepcopy(self.config))


class Text(_Configuration):
    """The text of the files, read by Snakemake if nothing is found wrong with it."""

    name = "yaml"

    def learn(self, world):
        self.names = MERGED[0]

    def damage(self, folder, change):
        self.names = change.rng.choice(MERGED)
        lists = [str(p.relative_to(folder)) for p in (folder / "config/subsets").rglob("*.txt")]
        files = [f"config/{name}" for name in self.names]
        change_some(change, folder, files if change.rng.random() < 0.9 else lists)

    def use(self, folder):
        config, paths = {}, [os.path.join("config", name) for name in self.names]
        if config_files.mistakes(paths):
            return False
        for path in paths:
            merge(config, load_configfile(path))
        return run(config)
