"""Numbers of features to remove that a backbone does not have, each explained in a line."""

from patchprobe.study import disk, plan

_SWEPT = ("fig2b", "fig2b_controls", "fig2c")  # figures that show the removal sweep


def contradictions(config):
    """Lines about backbones whose entry tells how many features they have."""
    for name, entry in config["backbones"].items():
        given = entry["model_args"].get("embed_dim", 1)
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            yield (
                f"backbones: {name}: model_args: embed_dim: expected the number of features, such "
                f"as 768, found {given!r}"
            )
        elif (n_features := disk.width(entry)) is not None:
            yield from too_many(config, name, n_features)


def untold(config):
    """Backbones whose features must be counted on the model, since something is removed."""
    return [
        name
        for name, entry in config["backbones"].items()
        if disk.width(entry) is None and list(too_many(config, name, 0))
    ]


def too_many(config, name, n_features):
    """Lines about what cannot be removed from a backbone of so many features.

    A sweep is written for the widest backbone, so that others may show a part of it, but not none.
    """
    of_backbone = [m for m in config["backbones"][name]["remove"] if m >= n_features]
    if of_backbone:
        yield (
            f"backbones: {name}: remove: {_listed(of_backbone)}: expected less than the "
            f"{n_features} features that it has"
        )
    is_swept = any(plan.is_for(config["backbones"][name], figure) for figure in _SWEPT)
    for dataset in plan.evaluated_datasets(config):
        sweep = config["datasets"][dataset]["removal_sweep"]
        is_on = is_swept and name in plan.backbones_on(config, dataset)
        if is_on and sweep and min(sweep) >= n_features:
            yield (
                f"datasets: {dataset}: removal_sweep: {_listed(sweep)}: expected a number below "
                f"the {n_features} features of {name}; add smaller ones"
            )


def _listed(numbers):
    return ", ".join(map(str, numbers))
