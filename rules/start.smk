"""Before the first job: look for the datasets and weights that planned jobs will read or fetch."""

import sys

from patchprobe.study import removals_validation

READERS_OF_DATA = (
    *("changed_labels", "crops", "draw_subset", "embed_scenes", "examples", "labels", "objects"),
    "tab3",
    "whole_labels",
)


def missing_data(job):
    """Lines about files of a dataset that a job will read and that are not there."""
    from patchprobe.datasets import base, checks

    dataset = getattr(job.wildcards, "dataset", "fair1m")
    if job.rule.name not in READERS_OF_DATA or plan.is_miniature(config, dataset):
        return []
    used = plan.used_items(SUBSETS[dataset])
    return checks.absent(base.dataset(dataset), config["datasets"][dataset]["root"], used)


def unfit_root(job):
    """Lines about the root of a dataset that a job will fetch, if it cannot be unpacked there."""
    from patchprobe.datasets import base, roots

    if job.rule.name != "download_dataset":
        return []
    root = config["datasets"][job.wildcards.dataset]["root"]
    if base.dataset(job.wildcards.dataset).missing(root) is None:
        return []
    message = roots.not_to_be_filled(root)
    return [message] if message else []


def missing_weights(job):
    """What to tell about the weights that a job will link or fetch, and what it will fetch."""
    from patchprobe.backbones.weights_sources import how_to_get

    if job.rule.name not in ("weights_file", "autoencoder_file"):
        return [], []
    name = job.wildcards.backbone
    entry = config["backbones"][name]
    if job.rule.name == "autoencoder_file":
        name, entry = f"the autoencoder of {name}", entry["autoencoder"]
    asked = {key: entry.get(key) for key in (*validation.WEIGHTS_KEYS, "architecture", "source")}
    is_fetched = "url" in entry or entry.get("hub")
    fetched = (
        [f"{name}: {entry.get('url', 'hub of timm')} -> {job.output[0]}"] if is_fetched else []
    )
    problem = how_to_get(name, **asked)
    return [problem] if problem else [], fetched


def stop_if_inputs_are_missing():
    """Name what planned jobs will miss of datasets and weights; nothing is decoded here."""
    problems, fetched = [], []
    for job in sorted(workflow.dag.needrun_jobs(), key=str):
        problems += missing_data(job) + unfit_root(job)
        weights, urls = missing_weights(job)
        problems += weights
        fetched += urls
    if problems:
        lines = ["Missing inputs, nothing was run:", *dict.fromkeys(problems)]
        if fetched:
            lines += ["A run will fetch (`snakemake weights` does it alone):", *fetched]
        raise WorkflowError("\n  ".join(lines))


def stop_if_removals_are_impossible():
    """Name numbers of features to remove that planned backbones do not have, where only the model
    tells how many it has; the others were checked with the configuration."""
    planned = {getattr(job.wildcards, "backbone", None) for job in workflow.dag.needrun_jobs()}
    untold = [name for name in removals_validation.untold(config) if name in planned]
    if not untold:
        return
    try:
        from patchprobe.backbones.features import n_features  # slow: imports torch
    except ModuleNotFoundError as error:  # it may be in the environment of the jobs alone
        names = ", ".join(untold)
        print(
            f"Whether {names} has the features to remove is not checked: {error}", file=sys.stderr
        )
        return
    problems = []
    for name in untold:
        asked = [config["backbones"][name][x] for x in ("loader", "architecture", "model_args")]
        try:
            problems += removals_validation.too_many(config, name, n_features(*asked))
        except ValueError as error:
            problems.append(f"backbones: {name}: {error}")
    stop_on(problems, "The configuration contradicts itself, nothing was run:")


def say_what_disk_is_needed():
    """Tell how much disk planned stores of videos and scenes will take, and what is free."""
    import shutil

    from patchprobe.datasets import base
    from patchprobe.datasets.land_use_splits import land_use
    from patchprobe.study import disk

    planned = {}
    for job in workflow.dag.needrun_jobs():
        dataset = getattr(job.wildcards, "dataset", None)
        is_large = dataset in (*plan.videos(config), *plan.SCENES)
        if job.rule.name in ("crops", "embed", "embed_scenes") and is_large:
            names = (getattr(job.wildcards, key, None) for key in ("variant", "backbone"))
            planned.setdefault(dataset, set()).add(tuple(names))
    found = []
    for name, stores in sorted(planned.items()):
        if plan.is_miniature(config, name):
            continue
        if name in plan.SCENES:
            backbones = {backbone for _, backbone in stores if backbone}
            is_cut = any(backbone is None for _, backbone in stores)
            found += disk.scenes(config, name, land_use(name), backbones, is_cut)
        else:
            used = plan.used_items(SUBSETS[name])
            items = [(split, item) for split in used for item in used[split]]
            root = config["datasets"][name]["root"]
            found += disk.stores(config, name, base.dataset(name), root, items, stores)
    if found:
        results = Path(config.get("pathvars", {}).get("results", "results"))
        results.mkdir(parents=True, exist_ok=True)
        print(disk.text(found, shutil.disk_usage(results).free), file=sys.stderr)


def forget_lost_weights():
    """Remove links to weights that are gone (moved files, a purged cache): Snakemake stops at them."""
    folder = Path(config.get("pathvars", {}).get("resources", "resources")) / "weights"
    for link in folder.glob("*.pth"):
        if link.is_symlink() and not link.exists():
            link.unlink()


onstart:
    forget_lost_weights()
    stop_if_removals_are_impossible()
    stop_if_inputs_are_missing()
    say_what_disk_is_needed()
