"""The configuration, checked, and short functions that rules turn it into inputs and parameters with.

What the configuration means is told by `patchprobe.study`; here it meets paths and wildcards.
"""

from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError
from snakemake.pathvars import Pathvars
from snakemake.utils import validate

from patchprobe.code_digest import ROOT, code_digest
from patchprobe.errors import PatchprobeError
from patchprobe.study import config_files, config_values, drawing, folders, plan, validation

CONFIG_FILE = str(Path(workflow.workdir_init) / "config/config.yaml")  # if no other is given
CONFIG_SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"


def stop_on(problems, what):
    """Stop with a line for each problem, if there are any."""
    if problems:
        raise WorkflowError("\n  ".join([what, *problems]))


# Snakemake reads files of the command line or of a profile before this line, the paper's after it.
stop_on(
    config_files.mistakes(workflow.overwrite_configfiles or [CONFIG_FILE]),
    "Mistakes in the files of the configuration:",
)
if not workflow.overwrite_configfiles:

    configfile: CONFIG_FILE


config_values.settle(config)
stop_on(
    validation.mistakes(config, yaml.safe_load(CONFIG_SCHEMA.read_text())),
    "Mistakes in the configuration (see config/README.md):",
)
validate(config, str(CONFIG_SCHEMA))
folders.settle(config)
workflow.pathvars.update(Pathvars.from_config(config))  # Snakemake has read them as they were
PATHVARS = {name: workflow.pathvars.apply(f"<{name}>") for name in config.get("pathvars", {})}
config.get("pathvars", {}).update(PATHVARS)
stop_on(folders.mistakes(PATHVARS), "Mistakes in the configuration:")
stop_on(validation.contradictions(config), "The configuration contradicts itself:")
try:
    SUBSETS = plan.with_lists(config)
except PatchprobeError as error:
    raise WorkflowError(str(error)) from error
stop_on(validation.unlisted(config, SUBSETS), "The configuration contradicts itself:")

DATASETS = list(config["datasets"])
BACKBONES = list(config["backbones"])

# Columns of result tables that a protocol selects (see docs/differences.md).
PROTOCOLS = {
    "as_published": {"similarity": "dot", "label_rule": "centre", "descriptor": "flattened"},
    "as_text": {"similarity": "l2", "label_rule": "majority", "descriptor": "mean"},
}
PROTOCOL = PROTOCOLS[config["protocol"]]


wildcard_constraints:
    dataset="|".join(DATASETS),
    split="train|val|all",
    variant="clean|changed|whole",
    grid="[0-9]+x[0-9]+",
    subset="[A-Za-z0-9_]+",
    backbone="|".join(BACKBONES),
    representation="|".join(row[0] for row in drawing.every_representation(config)),
    experiment="subsets|layers",


def of(function, *keys):
    """Params function: `function` of the configuration and the named wildcards."""
    return lambda wildcards: function(config, *(wildcards[key] for key in keys))


def backbone(key):
    """Params function: one value of a backbone's entry."""
    return lambda wildcards: config["backbones"][wildcards.backbone].get(key)


def autoencoder(key):
    """Params function: one value of what a backbone's entry says about its encoder and decoder."""

    def value(wildcards):
        asked = backbone("autoencoder")(wildcards)
        if asked is None:
            raise WorkflowError(f"backbones: {wildcards.backbone}: `autoencoder` is needed.")
        return asked.get(key)

    return value


def code(script, *modules):
    """Params function: digest of a script and of modules that wildcards choose.

    Modules may name the {dataset}, or the {loader} of the backbone.
    """

    def digest(wildcards):
        named = dict(wildcards.items())
        if "backbone" in named:
            named["loader"] = config["backbones"][named["backbone"]]["loader"]
        return code_digest(script, *(module.format(**named) for module in modules))

    return digest


def generated(wildcards):
    """Input function: what says that a miniature dataset was generated; nothing for real ones."""
    dataset = getattr(wildcards, "dataset", "fair1m")
    if dataset not in DATASETS:
        raise WorkflowError(f"{dataset} is needed under `datasets` in the configuration.")
    marker = f"<results>/checks/miniature/{dataset}.json"
    return marker if plan.is_miniature(config, dataset) else []


def drawn(names):
    """Input function: list files of the subsets, among those that `names` tells, that are drawn."""

    def paths(wildcards):
        subsets = SUBSETS[wildcards.dataset]
        return [
            f"<results>/subsets/{wildcards.dataset}/{subsets[name][0]}/{name}.txt"
            for name in names(wildcards)
            if subsets[name][1] is None
        ]

    return paths


def listed(names):
    """Params function: [[subset, split, items or None], ...] of the subsets that `names` tells."""

    def lists(wildcards):
        return [[name, *SUBSETS[wildcards.dataset][name]] for name in names(wildcards)]

    return lists


def cut_subsets(wildcards):
    """Subsets whose images a variant holds."""
    return plan.cut_subsets(config, wildcards.dataset, wildcards.variant)


def whole_subsets(wildcards):
    """Subsets whose images are embedded as whole frames."""
    return plan.cut_subsets(config, wildcards.dataset, "whole")


def bank_of(dataset):
    """Name of the bank of a dataset; None without one."""
    return config["datasets"].get(dataset, {}).get("bank")


def bank(wildcards):
    """The bank, as a list of one subset."""
    return [bank_of(wildcards.dataset)]


def bank_and_query(wildcards):
    """Training subsets of an experiment and the query, each once."""
    if wildcards.get("experiment") == "subsets":
        train = plan.train_subsets(config, wildcards.dataset)
    else:
        train = bank(wildcards)
    return list(dict.fromkeys([*train, query(wildcards)]))


def query(wildcards):
    """Params function: name of the subset that is evaluated."""
    return config["datasets"][wildcards.dataset]["query"]


def searches(experiment=None):
    """Params function: what an experiment (default: the wildcard) evaluates."""
    return lambda wildcards: plan.searches(
        config, wildcards.dataset, wildcards.backbone, experiment or wildcards.experiment
    )


def part(wildcards):
    """Params function: number of a part, from 1, and that of all parts."""
    return [int(n) for n in wildcards.scatteritem.split("-of-")]


def tokens(variant):
    """Input: all parts of the tokens of a variant."""
    return gather.embed(
        f"<results>/embeddings/{{{{dataset}}}}/{variant}/{{{{backbone}}}}/{{scatteritem}}.zarr"
    )


def labels(variant):
    """Input function: labels of the images of a variant on the grid of the backbone."""

    def path(wildcards):
        grid = plan.grid(config, wildcards.backbone)
        return f"<results>/labels/{wildcards.dataset}/{variant}/{grid}.zarr"

    return path


def results_of(path):
    """Outputs of an evaluation: rows, counts per image, predictions, and what made them."""
    return {
        "table": f"{path}.csv",
        "counts": f"{path}_counts.npz",
        "predictions": f"{path}_predictions.npz",
        "provenance": f"{path}_provenance.json",
    }


def representation(wildcards):
    """Row [name, backbone, features removed, label, colour] of the wildcard."""
    every = drawing.every_representation(config)
    return next(row for row in every if row[0] == wildcards.representation)


def ranking(dataset, backbone, n_removed):
    """Input: variances by which features are removed, if any are."""
    return f"<results>/variance/{dataset}/{backbone}.csv" if n_removed else []


def local_stamp(weights):
    """Params function: size and time of a local weights file, so that another file is noticed.

    `weights` is a params function that tells its path, or None.
    """

    def stamp(wildcards):
        path = Path(weights(wildcards) or "")
        return [path.stat().st_size, path.stat().st_mtime_ns] if path.is_file() else []

    return stamp


def more_memory(mem_mb):
    """Resource function: memory that grows with every attempt."""
    return lambda wildcards, attempt: mem_mb * attempt


def more_time(hours=0, minutes=0):
    """Resource function: time limit in minutes that grows with every attempt."""
    return lambda wildcards, attempt: (60 * hours + minutes) * attempt
