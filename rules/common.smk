"""From the configuration to wildcard values and parameters: functions that rules use."""

import time
from difflib import get_close_matches
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

from patchprobe.code_digest import code_digest
from patchprobe.datasets.miniature.generate import module_of
from patchprobe.datasets.subsets import read_list
from patchprobe.errors import PatchprobeError
from patchprobe.backbones.weights_sources import how_to_get

CONFIG_SCHEMA = Path(workflow.basedir) / "workflow/schemas/config.schema.yaml"


def stop_on_mistakes(schema):
    """Stop on mistakes in the configuration, with a line for each."""
    mistakes = sorted(Draft202012Validator(schema).iter_errors(config), key=lambda e: e.json_path)
    if mistakes:
        lines = "\n  ".join(explain(mistake) for mistake in mistakes)
        raise WorkflowError(f"Mistakes in the configuration (see config/README.md):\n  {lines}")


def explain(mistake):
    """One line about a mistake: where it is, what is wrong, what was meant."""
    where = ": ".join(str(key) for key in mistake.absolute_path) or "top level"
    if mistake.validator == "additionalProperties" and isinstance(mistake.instance, dict):
        known = sorted(mistake.schema.get("properties", {}))
        unknown = sorted(set(mistake.instance) - set(known))
        meant = [key for name in unknown for key in get_close_matches(name, known, 1)]
        hint = f"did you mean {', '.join(meant)}?" if meant else f"known: {', '.join(known)}"
        return f"{where}: unknown key {', '.join(unknown)}; {hint}"
    about = mistake.schema.get("description", "")
    return f"{where}: {mistake.message}" + (f" ({about})" if about else "")


stop_on_mistakes(yaml.safe_load(CONFIG_SCHEMA.read_text()))
validate(config, str(CONFIG_SCHEMA))

DATASETS = list(config["datasets"])
BACKBONES = list(config["backbones"])


def backbones_on(dataset):
    """Backbones that are run on a dataset."""
    return [
        name for name, x in config["backbones"].items() if dataset in x.get("datasets", DATASETS)
    ]


OTHER_BACKBONES = [x for x in backbones_on("cityscapes") if x != config["removal_backbone"]]

# Columns of result tables that a protocol selects (see docs/differences.md).
PROTOCOLS = {
    "as_published": {"similarity": "dot", "label_rule": "centre"},
    "as_text": {"similarity": "l2", "label_rule": "majority"},
}
PROTOCOL = PROTOCOLS[config["protocol"]]


wildcard_constraints:
    dataset="|".join(DATASETS),
    split="train|val",
    variant="[a-z0-9_]+",
    subset="[A-Za-z0-9_]+",
    backbone="|".join(BACKBONES),
    experiment="sizes|sweep|layers",


WEIGHTS_KEYS = ("weights", "url", "hub", "random_seed")


def check_references():
    """Stop on names in the configuration that lead nowhere (the schema cannot see these)."""
    problems = []
    for name, dataset in config["datasets"].items():
        named = [("bank", "train", [dataset.get("bank")]), ("query", "val", [dataset.get("query")])]
        named.append(("published_pixels", "train", dataset.get("published_pixels", {})))
        for key, split, subsets in named if "bank" in dataset else []:
            for subset in set(subsets) - set(dataset["subsets"][split]):
                problems.append(
                    f"datasets: {name}: {key}: {subset!r} is not one of its {split} subsets "
                    f"({', '.join(dataset['subsets'][split])})"
                )
    if config["removal_backbone"] not in backbones_on("cityscapes"):
        problems.append(
            f"removal_backbone: {config['removal_backbone']!r} is not one of the backbones on "
            f"cityscapes ({', '.join(backbones_on('cityscapes'))})"
        )
    for name, entry in config["backbones"].items():
        sources = [key for key in WEIGHTS_KEYS if entry.get(key, False) is not False]
        if len(sources) > 1:
            problems.append(f"backbones: {name}: give one of {', '.join(sources)}, not all")
        if entry["hub"] and "." not in entry["architecture"]:
            problems.append(
                f"backbones: {name}: weights of timm's hub need an architecture with a tag, e.g. "
                f"{entry['architecture']}.augreg_in1k"
            )
        if entry["hub"] and entry["loader"] not in ("timm", "dinov2"):
            problems.append(
                f"backbones: {name}: files of timm's hub are read by `loader: timm` (DINOv2's by "
                f"`dinov2`), not {entry['loader']}"
            )
        if "gsd" in entry["loader_args"] and entry["loader"] != "scale_mae":
            problems.append(f"backbones: {name}: gsd is an argument of the loader scale_mae alone")
        unknown = sorted(set(entry.get("datasets", [])) - set(DATASETS))
        if unknown:
            problems.append(
                f"backbones: {name}: datasets: {', '.join(unknown)} is not one of the datasets "
                f"({', '.join(DATASETS)})"
            )
    if problems:
        raise WorkflowError("The configuration contradicts itself:\n  " + "\n  ".join(problems))


check_references()


def representations(dataset):
    """What figures of a dataset draw, in the order of legends.

    Rows [backbone, features removed, label, colour or ""]. Backbones that are not run on the
    dataset stand without a label, since colours go by position.
    """
    rows = []
    for name, entry in config["backbones"].items():
        is_shown, colour = name in backbones_on(dataset), entry.get("colour", "")
        for m in (0, *entry["remove"]):
            label = f"{entry['label']}-{m}" if m else entry["label"]
            rows.append([name, m, label if is_shown else "", "" if m else colour])
    return rows


def read_subsets():
    """What the lists of every dataset name: {dataset: {split: [[name, items], ...]}}.

    Subsets that are drawn by class are not known before the dataset is there.
    """
    lists = {name: x.get("subsets", {}) for name, x in config["datasets"].items()}
    for name, key in (("fair1m", "tiles"), ("bdd100k", "videos")):
        if name in lists:
            entry = config["datasets"][name]
            lists[name] = {entry.get("split", "val"): {key: entry[key]}}
    try:
        return {
            name: {
                split: [[x, read_list(path)] for x, path in named.items() if isinstance(path, str)]
                for split, named in by_split.items()
            }
            for name, by_split in lists.items()
        }
    except PatchprobeError as error:
        raise WorkflowError(str(error)) from error


SUBSETS = read_subsets()


def subsets_of(dataset, split):
    """Subsets of a split with their images: [[name, images], ...]."""
    return SUBSETS[dataset][split]


def images_of(split=None):
    """Params function: all images of a split (default: the wildcard), sorted."""

    def images(wildcards):
        subsets = subsets_of(wildcards.dataset, split or wildcards.split)
        return sorted({image for _, listed in subsets for image in listed})

    return images


def named_subset(key, split):
    """Params function: images of the subset that `key` (bank or query) of the dataset names."""
    return lambda wildcards: dict(subsets_of(wildcards.dataset, split))[
        config["datasets"][wildcards.dataset][key]
    ]


def used_items(wildcards):
    """Params function: what of a dataset is used, {split: items}; {} if it is all.

    Images that are drawn by class are looked at when they are drawn.
    """
    listed = SUBSETS[wildcards.dataset]
    return {split: images_of(split)(wildcards) for split in listed if listed[split]}


def published_counts(wildcards):
    """Params function: [subset, split, images, path of its published counts], ..."""
    published = config["datasets"][wildcards.dataset].get("published_pixels", {})
    named = dict(SUBSETS[wildcards.dataset].get("train", []))
    return [[subset, "train", named[subset], path] for subset, path in published.items()]


def train_sets(wildcards):
    """Training subsets of an experiment: all of them for `sizes`, else the bank."""
    every = subsets_of(wildcards.dataset, "train")
    bank = config["datasets"][wildcards.dataset]["bank"]
    return every if wildcards.experiment == "sizes" else [x for x in every if x[0] == bank]


def layers_of(wildcards):
    """Layers of an experiment: all of them for `layers`, else the last."""
    depth = config["backbones"][wildcards.backbone]["depth"]
    return list(range(1, depth + 1)) if wildcards.experiment == "layers" else [depth]


def removals(wildcards):
    """Numbers of removed features of an experiment."""
    if wildcards.experiment == "sweep":
        return config["removal_sweep"]
    shown = config["backbones"][wildcards.backbone]["remove"]
    return [0, *shown] if wildcards.experiment == "sizes" else [0]


def last_layer(wildcards):
    """Depth of a backbone."""
    return config["backbones"][wildcards.backbone]["depth"]


DOWNLOADABLE = [
    name
    for name, entry in config["datasets"].items()
    if "download" in entry and "miniature_seed" not in entry
]


def is_miniature(dataset):
    """Whether the dataset is generated."""
    return "miniature_seed" in config["datasets"][dataset]


def miniature_marker(wildcards):
    """Input function: what says that a miniature dataset was generated; nothing for real ones."""
    marker = "<results>/checks/miniature/{dataset}.json"
    return marker if is_miniature(wildcards.dataset) else []


def fair1m_marker(wildcards):
    """As `miniature_marker`, for rules of FAIR1M alone."""
    if "fair1m" not in DATASETS:
        raise WorkflowError("Table 3 needs `fair1m` under `datasets` in the configuration.")
    return "<results>/checks/miniature/fair1m.json" if is_miniature("fair1m") else []


def fair1m_tiles(wildcards):
    """Params function: tiles of FAIR1M."""
    ((_, tiles),) = next(iter(SUBSETS["fair1m"].values()))
    return tiles


def miniature_size(wildcards):
    """Params function: frames of a video, or images of a class, that are generated."""
    entry = config["datasets"][wildcards.dataset]
    return entry.get("miniature_frames", entry.get("miniature_images"))


def backbone(key):
    """Params function: one value of a backbone's entry."""
    return lambda wildcards: config["backbones"][wildcards.backbone].get(key)


def reader_code(script):
    """Params function: digest of a script and of the reader of its dataset."""
    return lambda wildcards: code_digest(script, f"patchprobe/datasets/{wildcards.dataset}.py")


def generator_code(script):
    """Params function: digest of a script and of the generator of its dataset."""
    return lambda wildcards: code_digest(
        script, f"patchprobe/datasets/miniature/{module_of(wildcards.dataset)}.py"
    )


def loader_code(script):
    """Params function: digest of a script and of the loader of its backbone."""
    return lambda wildcards: code_digest(
        script, f"patchprobe/backbones/{config['backbones'][wildcards.backbone]['loader']}.py"
    )


def random_init_code(script):
    """Params function: digest of what makes random weights; nothing for weights that are had."""
    is_random = lambda name: config["backbones"][name].get("random_seed") is not None
    code = loader_code(script)
    return lambda wildcards: code(wildcards) if is_random(wildcards.backbone) else ""


def forget_lost_weights():
    """Remove links to weights that are gone (moved files, a purged cache): Snakemake stops at them."""
    folder = Path(config.get("pathvars", {}).get("resources", "resources")) / "weights"
    for link in folder.glob("*.pth"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def local_weights_stamp(wildcards):
    """Params function: size and time of a local weights file, so that another file is noticed."""
    path = Path(config["backbones"][wildcards.backbone].get("weights", ""))
    return [path.stat().st_size, path.stat().st_mtime_ns] if path.is_file() else []


def figure_note(dataset):
    """Small print of figures of a dataset: the configuration's note, and what is not real there."""
    drawn = {name: config["backbones"][name] for name in backbones_on(dataset)}
    trained = [name for name, x in drawn.items() if x["miniature"]]
    random = [name for name, x in drawn.items() if x.get("random_seed") is not None]
    warnings = ["miniature scenes"] if is_miniature(dataset) else []
    for what, named in (
        ("miniature backbones trained on miniature scenes", trained),
        ("random weights", random),
    ):
        which = "" if len(named) == len(drawn) else f" ({', '.join(named)})"
        warnings += [f"{what}{which}"] if named else []
    warning = f"Not the paper's numbers: {'; '.join(warnings)}" if warnings else ""
    return ". ".join(text for text in (config["note"], warning) if text)


def more_memory(mem_mb):
    """Resource function: memory that grows with every attempt."""
    return lambda wildcards, attempt: mem_mb * attempt
