"""What a configuration asks to draw: which representations a figure shows, and its small print.

A representation is what a legend names: a backbone, or one without its m features of highest
variance. It is called by the backbone's name, or that and the number: `mae`, `mae_200`.
"""

from patchprobe.study import plan

# The dataset of every figure, or several, and of tables of one dataset. Figure 10 shows no
# representation.
DATASET_OF = {
    "fig1": "cityscapes",
    "fig2a": "cityscapes",
    "fig2b": "cityscapes",
    "fig2b_controls": "cityscapes",
    "fig2c": "cityscapes",
    "fig3": "cityscapes",
    "fig4": "cityscapes",
    "fig5": "fair1m",
    "fig6": "fair1m",
    "fig7": "bdd100k",
    "fig8": plan.SCENES,
    "fig9": "mot17",
    "fig10": "cityscapes",
    "fig11": "fair1m",
    "fig12": "bdd100k",
    "fig13": "cityscapes",
    "tab4": "cityscapes",
    "tab5": "cityscapes",
    "tab6": "cityscapes",
    **dict.fromkeys(
        ("batch_norm", "hubs", "layer_choice", "norms", "protocols", "similarities", "votes"),
        "cityscapes",
    ),
}


def every_representation(config, figure=None):
    """Rows [name, backbone, features removed, label, the backbone's colour or ""] of all.

    Or of those whose backbones a figure of several datasets shows.
    """
    rows = []
    for backbone, entry in config["backbones"].items():
        if not plan.is_for(entry, figure):
            continue
        for m in (0, *entry["remove"]):
            name = f"{backbone}_{m}" if m else backbone
            label = f"{entry['label']}-{m}" if m else entry["label"]
            rows.append([name, backbone, m, label, entry.get("colour", "")])
    return rows


def backbone_of(config, representation):
    """Backbone of a representation."""
    return next(row[1] for row in every_representation(config) if row[0] == representation)


def representations(config, dataset):
    """Rows of all representations on a dataset."""
    on = plan.backbones_on(config, dataset)
    return [row for row in every_representation(config) if row[1] in on]


def datasets_of(figure):
    """Names of the datasets that a figure can show."""
    names = DATASET_OF[figure]
    return (names,) if isinstance(names, str) else names


def datasets_shown(config, figure):
    """Datasets of a figure that are there, with all that it asks of them."""
    return [name for name in datasets_of(figure) if _is_evaluated(config, figure, name)]


def shown(config, figure):
    """Rows of the representations of a figure, in the order of legends.

    Those that `figures` names, else all that are run on all of its datasets and whose backbones are
    for it; of Table 4, which decodes pictures, those of backbones with a decoder. Figure 2b shows
    MAE unless it is told otherwise, Figure 2c those that Figure 2b does not, Figure 8 Scale-MAE.
    """
    datasets = datasets_shown(config, figure)
    if figure == "fig10" or not datasets:
        return []
    on_each = [representations(config, dataset) for dataset in datasets]
    every = [row for row in on_each[0] if all(row in rows for rows in on_each)]
    if figure == "tab4":
        every = [row for row in every if "autoencoder" in config["backbones"][row[1]]]
    asked = config["figures"].get(figure)
    if asked is not None:
        by_name = {row[0]: row for row in every}
        return [by_name[name] for name in asked]
    every = [row for row in every if plan.is_for(config["backbones"][row[1]], figure)]
    if figure == "fig2b_controls":
        return shown(config, "fig2b")
    if figure == "fig2b":
        return [row for row in every if row[0] == "mae"] or every[:1]
    if figure == "fig8":
        of_scale_mae = [x for x in every if config["backbones"][x[1]]["loader"] == "scale_mae"]
        return of_scale_mae or every
    if figure == "fig2c":
        elsewhere = {row[1] for row in shown(config, "fig2b")}
        return [row for row in every if row[1] not in elsewhere]
    return every


def retrieved(config):
    """Rows of all representations of the figures of retrieval, each once."""
    return [
        row
        for row in every_representation(config)
        if any(row in shown(config, figure) for figure in ("fig5", "fig6", "fig11"))
    ]


def associated(config, dataset):
    """Rows of all representations of the figures of association on a dataset, each once."""
    figures = [x for x in ("fig7", "fig9", "fig12") if DATASET_OF[x] == dataset]
    return [
        row
        for row in every_representation(config)
        if any(row in shown(config, figure) for figure in figures)
    ]


def removal_controls(config, dataset, backbone):
    """Numbers of other features removed beside the sweep of Figure 2b, for its backbones."""
    shown_there = backbones_shown(config, "fig2b_controls")
    is_shown = dataset == DATASET_OF["fig2b_controls"] and backbone in shown_there
    return config["datasets"][dataset]["removal_sweep"] if is_shown else []


def removals_of_protocols(config, backbone):
    """Numbers of removed features whose probes are trained by both protocols, if there are any."""
    is_shown = backbone in backbones_shown(config, "protocols")
    return [0, *config["backbones"][backbone]["remove"]] if is_shown else []


def strips(config):
    """[dataset, representation, video, gap], ... of the pictures of associated objects."""
    return [
        [dataset, representation, entry["strip"]["video"], entry["strip"]["frame_gap"]]
        for dataset, entry in config["datasets"].items()
        if "strip" in entry
        for representation in entry["strip"]["representations"]
    ]


def _is_evaluated(config, figure, dataset):
    """Whether a dataset of a figure is there, with all that the figure asks of it."""
    entry = config["datasets"].get(dataset, {})
    changed = ("bank", "changes")
    asked = {
        **dict.fromkeys(("fig4", "fig5", "fig11"), changed),
        "fig6": (*changed, "excluded"),
        **dict.fromkeys(("fig7", "fig9", "fig12"), ("bank", "frame_gaps")),
        "fig8": ("bank", "scales"),
        "tab5": ("bank", "whole_frames"),
        "fig2b_controls": ("bank", "removal_sweep"),
    }
    if figure == "layer_choice" and entry.get("layers") == "last":
        return False
    return all(entry.get(key) for key in asked.get(figure, ("bank",)))


def backbones_shown(config, figure):
    """Backbones of a figure, each once."""
    return list(dict.fromkeys(row[1] for row in shown(config, figure)))


def note(config, datasets, backbones):
    """Small print of a figure: the configuration's note, and what of it is not real."""
    entries = {name: config["backbones"][name] for name in backbones}
    trained = [name for name, entry in entries.items() if entry["miniature"]]
    random = [name for name, entry in entries.items() if entry.get("random_seed") is not None]
    is_miniature = any(plan.is_miniature(config, name) for name in datasets)
    warnings = ["miniature scenes"] if is_miniature else []
    for what, named in (
        ("miniature backbones trained on miniature scenes", trained),
        ("random weights", random),
    ):
        which = "" if len(named) == len(entries) else f" ({', '.join(named)})"
        warnings += [f"{what}{which}"] if named else []
    warning = f"Not the paper's numbers: {'; '.join(warnings)}" if warnings else ""
    return ". ".join(text for text in (config["note"], warning) if text)
