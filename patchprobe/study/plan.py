"""What a configuration asks to compute: subsets, layers, removals. Plain facts, no files made.

All functions take the configuration as validated, with its defaults filled in.
"""

from patchprobe.crops.variants import CHANGED, CLEAN, WHOLE
from patchprobe.datasets.land_use_splits import land_use, read_split_list
from patchprobe.datasets.subsets import read_list

OF_LAYERS = ("fig3", "layer_choice")  # figures and tables of several layers
PATCHES = ("cityscapes", "ade20k")  # datasets whose patches are classified
SCENES = ("uc_merced", "resisc45", "eurosat")  # datasets of whole scenes of one class each


def backbones_on(config, dataset, figure=None):
    """Backbones that are run on a dataset, or those of them that a figure shows by default."""
    every = list(config["datasets"])
    return [
        name
        for name, entry in config["backbones"].items()
        if dataset in entry.get("datasets", every) and is_for(entry, figure)
    ]


def is_for(entry, figure):
    """Whether a figure shows a backbone, from its entry, unless the figure names its own."""
    return figure is None or figure in entry.get("figures", [figure])


def evaluated_datasets(config):
    """Datasets with a bank and queries."""
    return [name for name, entry in config["datasets"].items() if "bank" in entry]


def with_lists(config):
    """Subsets of every dataset: {dataset: {subset: [split, items]}}.

    Items are those of the list file; None for a subset that is drawn from the data.
    """
    return {
        dataset: {
            name: [split, _read(dataset, asked) if isinstance(asked, str) else None]
            for split, named in entry["subsets"].items()
            for name, asked in named.items()
        }
        for dataset, entry in config["datasets"].items()
    }


def _read(dataset, path):
    """Items of a list file; lists of scenes may be written as those who made them did."""
    if dataset in SCENES:
        return read_split_list(land_use(dataset), None, path)
    return read_list(path)


def used_items(subsets, names=None):
    """Items of subsets by split, sorted: {split: items}; those of drawn subsets are not known yet.

    Parameters
    ----------
    subsets : dict
        Of one dataset, see `with_lists`.
    names : list of str, optional
        Default: all subsets.
    """
    used = {}
    for name, (split, items) in subsets.items():
        if (names is None or name in names) and items is not None:
            used.setdefault(split, set()).update(items)
    return {split: sorted(items) for split, items in used.items()}


def checked_items(config, subsets, dataset):
    """Items of listed subsets by split, as `used_items`; {} where one is all of a split: all."""
    splits = config["datasets"][dataset]["subsets"].values()
    every = [asked for named in splits for asked in named.values()]
    is_all = any(isinstance(asked, dict) and "all" in asked for asked in every)
    return {} if is_all else used_items(subsets[dataset])


def listed_items(subsets, dataset, name):
    """Items of a listed subset as [[split, item], ...]; none if it is drawn or not there."""
    split, items = subsets.get(dataset, {}).get(name, (None, None))
    return [[split, item] for item in items or []]


def has_grid(config, dataset, asked):
    """Whether a backbone that is run on a dataset has a grid of patches, such as "14x14"."""
    return any(grid(config, name) == asked for name in backbones_on(config, dataset))


def videos(config):
    """Datasets of videos whose objects are associated."""
    return [name for name, entry in config["datasets"].items() if entry["frame_gaps"]]


def sides(config, dataset):
    """Height and width of whole scenes at every scale: [[scale, px], ...]."""
    native_px = land_use(dataset).image_px
    return [[scale, round(scale * native_px)] for scale in config["datasets"][dataset]["scales"]]


def pixel_statistic(config, dataset, backbone, key):
    """The "mean" or "std" that pixels of whole scenes are normalised with."""
    return config["datasets"][dataset].get(key, config["backbones"][backbone][key])


def cut_subsets(config, dataset, variant):
    """Subsets whose images a variant holds: all of them, unless one of these is asked for.

    Of changed images it is the query; of whole ones it may be those of `whole_frames`.
    """
    entry = config["datasets"][dataset]
    if variant == CHANGED:
        return [entry["query"]]
    if variant == WHOLE and "whole_frames" in entry:
        return list(dict.fromkeys(entry["whole_frames"][key] for key in ("bank", "query")))
    return [name for named in entry["subsets"].values() for name in named]


def changes(config, dataset, variant):
    """Levels of the changes that a variant holds: {family: levels}."""
    entry = config["datasets"].get(dataset, {})
    return entry.get("changes", {}) if variant == CHANGED else {}


def frames(config, dataset):
    """Frames of videos that are cut: {} for all; or every n-th one and what lies a gap after it.

    These are told by their residues: a new gap of a known residue needs no other frames.
    """
    entry = config["datasets"][dataset]
    every = entry["query_every"]
    residues = sorted({gap % every for gap in (0, *entry["frame_gaps"])})
    return {"every": every, "residues": residues} if len(residues) < every else {}


def train_subsets(config, dataset):
    """Names of training subsets: those of the split of the bank, the query left out."""
    entry = config["datasets"][dataset]
    named = next(named for named in entry["subsets"].values() if entry["bank"] in named)
    return [name for name in named if name != entry["query"] or name == entry["bank"]]


def layers(config, dataset, backbone, variant="clean"):
    """Layers whose tokens are kept: as the dataset asks; of changed and whole images, the last.

    The last layer is always among them, and the only one where no figure of layers shows the
    backbone by default.
    """
    entry = config["backbones"][backbone]
    depth, is_layered = entry["depth"], any(is_for(entry, figure) for figure in OF_LAYERS)
    asked = config["datasets"][dataset]["layers"] if variant == CLEAN and is_layered else "last"
    every = list(range(1, depth + 1))
    if asked == "all":
        return every
    return [layer for layer in every if layer == depth or (asked != "last" and layer in asked)]


def removals(config, dataset, backbone, subset):
    """Numbers of removed features that are evaluated with a training subset, 0 first."""
    shown = config["backbones"][backbone]["remove"]
    entry = config["datasets"][dataset]
    sweep = entry["removal_sweep"] if subset == entry["bank"] else []
    return sorted({0, *shown, *sweep})


def searches(config, dataset, backbone, experiment):
    """What an experiment evaluates: [[training subset, layers, removed], ...].

    `subsets`: the last layer with every training subset, and the removal sweep with the bank.
    `layers`: every layer with the bank. `changes`: the last layer with the bank.
    """
    bank = config["datasets"][dataset]["bank"]
    last = [config["backbones"][backbone]["depth"]]
    if experiment == "subsets":
        return [
            [name, last, removals(config, dataset, backbone, name)]
            for name in train_subsets(config, dataset)
        ]
    if experiment == "layers":
        return [[bank, layers(config, dataset, backbone), [0]]]
    return [[bank, last, [0, *config["backbones"][backbone]["remove"]]]]


def grid(config, backbone, height=224, width=224):
    """Rows and columns of patches in an input, as text: "14x14"."""
    patch = config["backbones"][backbone]["patch_px"]
    return f"{height // patch}x{width // patch}"


def is_miniature(config, dataset):
    """Whether the dataset is generated."""
    return "miniature" in config["datasets"][dataset]


def is_real(config, dataset):
    """Whether there is an entry of the dataset, and it is not generated."""
    return dataset in config["datasets"] and not is_miniature(config, dataset)


def downloadable(config):
    """Datasets that are free to fetch and not generated."""
    return [
        name
        for name, entry in config["datasets"].items()
        if "download" in entry and not is_miniature(config, name)
    ]


def published_counts(config, subsets, dataset):
    """[subset, split, items, path of its published counts], ..."""
    published = config["datasets"][dataset]["published_pixels"]
    return [[name, *subsets[dataset][name], path] for name, path in published.items()]
