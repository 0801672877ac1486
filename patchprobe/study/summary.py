"""What a run is, in a few facts, for who reads its results and not its configuration."""

from patchprobe.provenance import list_digest
from patchprobe.study import plan


def of_run(config, subsets):
    """Facts about a run: plain values that a rule can hand to its job.

    Parameters
    ----------
    config : dict
        As validated, with its defaults filled in.
    subsets : dict
        See `patchprobe.study.plan.with_lists`.
    """
    evaluated = plan.evaluated_datasets(config)
    return {
        "note": config["note"],
        "protocol": config["protocol"],
        "selection": config["linear"]["selection"],
        "datasets": [_dataset(config, name) for name in evaluated],
        "subsets": _names_by_digest({name: subsets[name] for name in evaluated}),
        "backbones": [_backbone(config, name) for name in backbones_run(config)],
    }


def backbones_run(config):
    """Backbones that are run on any dataset."""
    evaluated = plan.evaluated_datasets(config)
    on_any = {name for dataset in evaluated for name in plan.backbones_on(config, dataset)}
    return [name for name in config["backbones"] if name in on_any]


def _dataset(config, name):
    entry = config["datasets"][name]
    return {
        "name": name,
        "is_miniature": plan.is_miniature(config, name),
        "bank": entry["bank"],
        "query": entry["query"],
    }


def _names_by_digest(subsets):
    """{digest of the images: names}; subsets that are drawn from the data are not known here."""
    names = {}
    for of_dataset in subsets.values():
        for name, (split, items) in of_dataset.items():
            if items is not None:
                names.setdefault(list_digest([split, x] for x in items), []).append(name)
    return {digest: ", ".join(dict.fromkeys(found)) for digest, found in names.items()}


def _backbone(config, name):
    entry = config["backbones"][name]
    return {
        "name": name,
        "label": entry["label"],
        "loader": entry["loader"],
        "architecture": entry["architecture"],
        "patch_px": entry["patch_px"],
        "depth": entry["depth"],
        "model_args": entry.get("model_args", {}),
        "remove": entry["remove"],
        "random_seed": entry.get("random_seed"),
        "is_miniature": entry["miniature"],
    }
