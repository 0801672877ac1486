"""Mistakes in what a configuration asks of whole scenes, each explained in a line."""

from patchprobe.study import drawing, plan


def contradictions(config, dataset):
    """Lines about scales, normalisation and drawn parts of a dataset."""
    entry, where = config["datasets"][dataset], f"datasets: {dataset}"
    parts = _parts(entry)
    if dataset not in plan.SCENES:
        asked = [key for key in ("scales", "mean", "std") if entry.get(key)]
        asked += ["split_80_20"] if parts else []
        if asked:
            yield (
                f"{where}: {', '.join(asked)}: its images are not scenes of one class each; those "
                f"of {', '.join(plan.SCENES)} are"
            )
        return
    if ("mean" in entry) != ("std" in entry):
        yield f"{where}: give both mean and std, or neither"
    if "bank" in entry and not entry["scales"]:
        yield f"{where}: scales: give those at which its scenes are classified, e.g. [0.5, 1]"
    if entry["scales"] and 1 not in entry["scales"]:
        yield f"{where}: scales: 1 must be among them, at which features are ranked"
    seeds = {parts.get(entry.get(key), 0) for key in ("bank", "query")}
    if {entry.get("bank"), entry.get("query")} <= set(parts) and len(seeds) > 1:
        yield f"{where}: subsets: parts of two splits share images: give bank and query one seed"
    yield from _too_small(config, dataset)


def shared(config, subsets):
    """Lines about images that are listed both in the bank and in the query.

    Parameters
    ----------
    config : dict
    subsets : dict
        See `patchprobe.study.plan.with_lists`.
    """
    for dataset in (name for name in plan.SCENES if "bank" in config["datasets"].get(name, {})):
        entry = config["datasets"][dataset]
        bank, query = (subsets[dataset][entry[key]][1] or [] for key in ("bank", "query"))
        if both := sorted(set(bank) & set(query)):
            yield (
                f"datasets: {dataset}: {len(both)} images are both in {entry['bank']} and in "
                f"{entry['query']}, e.g. {both[0]}: each would be its own nearest neighbour"
            )


def _parts(entry):
    """Seed of every subset that is a part of a split."""
    named = [pair for named in entry["subsets"].values() for pair in named.items()]
    return {
        name: asked.get("seed", 0)
        for name, asked in named
        if isinstance(asked, dict) and "split_80_20" in asked
    }


def _too_small(config, dataset):
    """Lines about scales at which a scene is smaller than a patch."""
    asked = config["figures"].get("fig8")
    rows = drawing.representations(config, dataset)
    for backbone in dict.fromkeys(row[1] for row in rows if asked is None or row[0] in asked):
        patch_px = config["backbones"][backbone]["patch_px"]
        for scale, side_px in plan.sides(config, dataset):
            if side_px < patch_px:
                yield (
                    f"datasets: {dataset}: scales: {scale:g} makes scenes of {side_px} px, less "
                    f"than a patch of {backbone} ({patch_px} px)"
                )
