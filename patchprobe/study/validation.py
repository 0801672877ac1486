"""Mistakes in a configuration, each explained in a line."""

from difflib import get_close_matches

from jsonschema import Draft202012Validator

from patchprobe.datasets.base import NAMES
from patchprobe.study import (
    config_values,
    drawing,
    looks_validation,
    plan,
    removals_validation,
    scenes_validation,
)
from patchprobe.study.explaining import explain

MOVING = ("shift", "rotate", "scale")  # changes that labels must follow
FOLLOWING = ("fair1m",)  # datasets whose labels do, since they are polygons
VIDEOS = ("bdd100k", "mot17")
FIGURES = {*drawing.DATASET_OF, "tab2", "top_features"}  # that show backbones
PUBLISHED_SETS = ("train_36", "train_72", "train_72_prime", "train_144")
WEIGHTS_KEYS = ("weights", "url", "hub", "random_seed")


def mistakes(config, schema):
    """Lines about what the schema does not allow, by place; or about names that are no text."""
    if wrong := config_values.names(config):
        return wrong
    found = sorted(Draft202012Validator(schema).iter_errors(config), key=lambda e: e.json_path)
    return list(dict.fromkeys([*config_values.numbers(config), *map(explain, found)]))


def contradictions(config):
    """Lines about names that lead nowhere, which a schema cannot see."""
    return [
        *(line for name in config["datasets"] for line in _of_dataset(config, name)),
        *(line for name in config["backbones"] for line in _of_backbone(config, name)),
        *looks_validation.contradictions(config),
        *removals_validation.contradictions(config),
        *(line for figure in config["figures"] for line in _of_figure(config, figure)),
        *_of_reproduction(config),
    ]


def unlisted(config, subsets):
    """Lines about what shows only when lists are read.

    Scenes that are in two lists, videos of strips that are in none, gaps whose frames are not kept,
    more parts than images to cut.

    Parameters
    ----------
    config : dict
    subsets : dict
        See `patchprobe.study.plan.with_lists`.
    """
    found = [*scenes_validation.shared(config, subsets), *_of_parts(config, subsets)]
    for dataset, entry in config["datasets"].items():
        if "strip" not in entry or "query" not in entry:
            continue
        video, frame_gap = entry["strip"]["video"], entry["strip"]["frame_gap"]
        items = subsets[dataset][entry["query"]][1] or [video]
        where = f"datasets: {dataset}: strip"
        if video not in items:
            found.append(f"{where}: video: {video!r} is not in the query ({', '.join(items)})")
        if plan.frames(config, dataset) and frame_gap not in entry["frame_gaps"]:
            gaps = ", ".join(map(str, entry["frame_gaps"]))
            found.append(f"{where}: frame_gap: with query_every it must be one of {gaps}")
    return found


def _of_parts(config, subsets):
    n_parts = config["knn"]["parts"]
    for dataset in (x for x in plan.PATCHES if "query" in config["datasets"].get(x, {})):
        items = plan.listed_items(subsets, dataset, config["datasets"][dataset]["query"])
        if items and n_parts > len(items):  # none: how many will be drawn is not known yet
            images = f"{len(items)} image{'s' if len(items) > 1 else ''}"
            yield (
                f"knn: parts: {n_parts} parts of the query of {dataset}, which has {images}: "
                f"expected {len(items)} or fewer"
            )


def _of_dataset(config, dataset):
    entry = config["datasets"][dataset]
    splits = [split for split, named in entry["subsets"].items() for _ in named]
    names = [name for named in entry["subsets"].values() for name in named]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"datasets: {dataset}: subsets: {name!r} stands in two splits; rename one"
    asked = {"bank": [entry.get("bank")], "query": [entry.get("query")]}
    asked["published_pixels"] = entry["published_pixels"]
    asked["whole_frames"] = list(entry.get("whole_frames", {}).values())
    for key, subsets in asked.items():
        for name in subsets:
            if name is not None and name not in names:
                known = f"one of its subsets ({', '.join(names)})" if names else "named: list some"
                yield f"datasets: {dataset}: {key}: {name!r} is not {known}"
    if len(splits) and ("bank" in entry) != ("query" in entry):
        yield f"datasets: {dataset}: give both bank and query, or neither"
    if entry["changes"] and "query" not in entry:
        yield f"datasets: {dataset}: changes: a query is needed, whose images are changed"
    if "whole_frames" in entry:
        yield from _of_whole_frames(entry, dataset)
    moving = [family for family in MOVING if family in entry["changes"]]
    if moving and dataset not in FOLLOWING:
        yield (
            f"datasets: {dataset}: changes: {', '.join(moving)}: the content of images moves, "
            f"and labels of pixels cannot follow; possible for {', '.join(FOLLOWING)}"
        )
    for family in sorted(set(entry["excluded"]) - set(entry["changes"])):
        yield (
            f"datasets: {dataset}: excluded: there are no levels of {family} under changes "
            f"({', '.join(entry['changes']) or 'none'})"
        )
    yield from _of_videos(config, dataset)
    yield from scenes_validation.contradictions(config, dataset)


def _of_whole_frames(entry, dataset):
    where, shown = f"datasets: {dataset}: whole_frames", drawing.DATASET_OF["tab5"]
    if dataset != shown:
        yield f"{where}: Table 5 is of {shown} alone"
    if "bank" not in entry:
        yield f"{where}: a bank of the dataset is needed, whose variances rank features"


def _of_videos(config, dataset):
    entry, where = config["datasets"][dataset], f"datasets: {dataset}"
    if entry["frame_gaps"] and dataset not in VIDEOS:
        yield f"{where}: frame_gaps: it has no videos; those that do: {', '.join(VIDEOS)}"
    elif entry["frame_gaps"] and "query" not in entry:
        yield (
            f"{where}: frame_gaps: a query is needed, whose videos are evaluated, and a bank, "
            "whose variances rank features; they may be the same"
        )
    asked = entry["query_every"] > 1 or entry["min_visibility"] > 0 or "strip" in entry
    if asked and not entry["frame_gaps"]:
        yield f"{where}: query_every, min_visibility and strip need frame_gaps"
    if "strip" in entry:
        named = entry["strip"]["representations"]
        yield from _unknown(config, named, dataset, f"{where}: strip: representations")


def _of_backbone(config, name):
    entry = config["backbones"][name]
    sources = [key for key in WEIGHTS_KEYS if entry.get(key, False) is not False]
    if len(sources) > 1:
        yield f"backbones: {name}: give one of {', '.join(sources)}, not all"
    if entry["hub"] and "." not in entry["architecture"]:
        yield (
            f"backbones: {name}: weights of timm's hub need an architecture with a tag, e.g. "
            f"{entry['architecture']}.augreg_in1k"
        )
    if entry["hub"] and entry["loader"] not in ("timm", "dinov2"):
        yield (
            f"backbones: {name}: files of timm's hub are read by `loader: timm` (DINOv2's by "
            f"`dinov2`), not {entry['loader']}"
        )
    if "gsd" in entry["loader_args"] and entry["loader"] != "scale_mae":
        yield f"backbones: {name}: gsd is an argument of the loader scale_mae alone"
    yield from _of_autoencoder(config, name)
    for figure in sorted(set(entry.get("figures", [])) - FIGURES):
        known = ", ".join(sorted(FIGURES))
        yield f"backbones: {name}: figures: no figure or table {figure!r}; known: {known}"
    # a dataset without an entry is one that this study leaves out
    unknown = sorted(set(entry.get("datasets", [])) - {*config["datasets"], *NAMES})
    if unknown:
        yield (
            f"backbones: {name}: datasets: {', '.join(unknown)} is not one of the datasets "
            f"({', '.join(config['datasets'])})"
        )


def _of_reproduction(config):
    asked, where = config["reproduction"], "reproduction"
    named = config["datasets"].get("cityscapes", {}).get("subsets", {}).values()
    subsets = [name for of_split in named for name in of_split]
    for name, own in asked["train_sets"].items():
        if name not in PUBLISHED_SETS:
            known = ", ".join(PUBLISHED_SETS)
            yield f"{where}: train_sets: the paper has no training set {name!r}; it has {known}"
        if own not in subsets:
            yield f"{where}: train_sets: {name}: {own!r} is no subset of cityscapes"
    published = [m for m, _ in asked["removed"]]
    for m in sorted({m for m in published if published.count(m) > 1}):
        yield f"{where}: removed: expected one number that stands for {m}, found several"


def _of_autoencoder(config, name):
    entry = config["backbones"][name]
    if "autoencoder" not in entry:
        return
    where = f"backbones: {name}: autoencoder"
    if entry["loader"] != "mae":
        yield f"{where}: only files of the loader mae can be decoded, not of {entry['loader']}"
    if entry["pixels"] != "rgb":
        yield f"{where}: decoded pictures are of normalised pixels, not of {entry['pixels']}"
    if {"weights", "url"} <= set(entry["autoencoder"]):
        yield f"{where}: give one of weights, url, not both"
    if f"{name}_autoencoder" in config["backbones"]:
        yield f"{where}: its file has the name of the backbone {name}_autoencoder; rename one"


def _of_figure(config, figure):
    datasets = drawing.datasets_of(figure)
    named, where = config["figures"][figure], f"figures: {figure}"
    if len(datasets) > 1:
        datasets = drawing.datasets_shown(config, figure)
    for dataset in (x for x in datasets if x in config["datasets"]):  # else it is left out
        yield from _unknown(config, named, dataset, where)
        if figure == "tab4":
            yield from _without_decoder(config, named, where)


def _without_decoder(config, names, where):
    """Lines about representations whose backbones cannot decode pictures."""
    for name, backbone, *_ in drawing.every_representation(config):
        if name in names and "autoencoder" not in config["backbones"][backbone]:
            yield f"{where}: {name}: `autoencoder` in the entry of {backbone} is needed"


def _unknown(config, names, dataset, where):
    """Lines about representations that there are not, or not on a dataset."""
    known = [name for name, *_ in drawing.every_representation(config)]
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, 3)
            hint = f"did you mean {', '.join(close)}?" if close else f"known: {', '.join(known)}"
            yield f"{where}: no representation {name!r}; {hint}"
        elif drawing.backbone_of(config, name) not in plan.backbones_on(config, dataset):
            yield f"{where}: {name} is not run on {dataset} (`datasets` in its entry)"
