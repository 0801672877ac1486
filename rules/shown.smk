"""What rules of figures and tables take and make: result files, notes, report entries, params."""

from collections import defaultdict
from types import SimpleNamespace


def tables(evaluation, figure, name, suffix=".csv"):
    """Inputs of a figure: result files of all backbones that it shows."""
    return [
        f"<results>/{evaluation}/{dataset}/{backbone}/{name}{suffix}"
        for dataset in drawing.datasets_shown(config, figure)
        for backbone in drawing.backbones_shown(config, figure)
    ]


def taken_by(figures, evaluation, name):
    """Result files that some figures take, each once."""
    return sorted({path for figure in figures for path in tables(evaluation, figure, name)})


def backbones_of(figures):
    """Backbones that any of some figures shows."""
    shown = {x for figure in figures for x in drawing.backbones_shown(config, figure)}
    return [x for x in BACKBONES if x in shown]


# Datasets of Table 2 that are evaluated here, and the backbones that are run on them.
TAB2_DATASETS = [
    x
    for x in plan.PATCHES
    if x in plan.evaluated_datasets(config) and plan.backbones_on(config, x, "tab2")
]
TAB2_BACKBONES = [
    x for x in BACKBONES if any(x in plan.backbones_on(config, d, "tab2") for d in TAB2_DATASETS)
]


def tab2_inputs(evaluation):
    """Inputs of Table 2: result tables of all backbones on its datasets."""
    return [
        f"<results>/{evaluation}/{dataset}/{name}/subsets.csv"
        for dataset in TAB2_DATASETS
        for name in plan.backbones_on(config, dataset, "tab2")
    ]


# Grids of patches of these backbones, on each of the datasets, and the ceilings of their scores.
TAB2_GRIDS = {name: plan.grid(config, name) for name in TAB2_BACKBONES}
CEILINGS = [
    f"<results>/ceilings/{dataset}/{grid}.csv"
    for dataset in TAB2_DATASETS
    for grid in dict.fromkeys(
        TAB2_GRIDS[name] for name in plan.backbones_on(config, dataset, "tab2")
    )
]


# Result tables of all backbones whose patches are retrieved.
RETRIEVED = [
    f"<results>/retrieval/fair1m/{name}/changes.csv"
    for name in dict.fromkeys(row[1] for row in drawing.retrieved(config))
]


# Variances of the backbones of which features are removed, on the datasets that the paper compares.
COMPARED = ("cityscapes", "ade20k", "fair1m")
REMOVED = [row for row in drawing.every_representation(config, "top_features") if row[2]]
TOP_FEATURES = [
    f"<results>/variance/{dataset}/{name}.csv"
    for dataset in COMPARED
    if dataset in plan.evaluated_datasets(config)
    for name in dict.fromkeys(row[1] for row in REMOVED)
    if name in plan.backbones_on(config, dataset)
]


def note_of_retrieval(*backbones):
    """Small print of what shows backbones of the figures of retrieval, or some of them."""
    every = dict.fromkeys(row[1] for row in drawing.retrieved(config))
    datasets = [x for x in DATASETS if x == "fair1m"]
    return drawing.note(config, datasets, backbones or list(every))


def controls(dataset):
    """Input: what association scores without a backbone."""
    return f"<results>/association/{dataset}/controls.csv" if dataset in DATASETS else []


# What reports tell of figures and tables, by their files below the results.
SHOWN = {}


def told(file, category, number, shows, caption):
    """An output that is in reports: the page (rules/report.smk) and that of Snakemake."""
    SHOWN[file] = {
        "category": category,
        "number": number,
        "shows": shows,
        "caption": f"workflow/report/{caption}.rst",
    }
    return report(
        f"<results>/{file}",
        category=category,
        caption=f"../workflow/report/{caption}.rst",
        labels={category.removesuffix("s").lower(): number, "shows": shows},
    )


def picture(name, shows, caption=None, number=None):
    """Outputs of a figure, the PNG for reports: its file name, and what it shows in a few words.

    Its number is that of its name, unless it is told.
    """
    number = number or name.split("_")[0].removeprefix("fig")
    vector = [f"<results>/figures/{name}.pdf", f"<results>/figures/{name}.svg"]
    png = told(f"figures/{name}.png", "Figures", number, shows, caption or name)
    return {"png": png, "vector": vector}


def reported(name, number, shows, caption=None):
    """Output of a table, for reports."""
    return told(f"tables/{name}.csv", "Tables", number, shows, caption or name)


def drawing_of(figure, module, **arguments):
    """Params of a figure: the module that draws it, its code, what it shows, its note."""
    return {
        "code": code_digest("workflow/scripts/figure.py", f"patchprobe/figures/{module}.py"),
        "module": module,
        "representations": drawing.shown(config, figure),
        "arguments": arguments,
        "note": note_of(figure),
    }


def note_of(*figures):
    """Small print of a figure, or of what shows several of the same datasets."""
    datasets = [x for x in DATASETS if x in drawing.datasets_of(figures[0])]
    shown = dict.fromkeys(x for figure in figures for x in drawing.backbones_shown(config, figure))
    return drawing.note(config, datasets, list(shown))


def table_of(module, representations, note, **arguments):
    """Params of a table: the module that builds it, its code, what it shows, its note."""
    return {
        "code": code_digest("workflow/scripts/table.py", f"patchprobe/figures/{module}.py"),
        "module": module,
        "representations": representations,
        "arguments": arguments,
        "note": note,
    }


def shown_as(path):
    """The file of `SHOWN` that a path is of, the rule that makes it, and its wildcards."""
    maker = next(x for x in workflow.rules if x.is_producer(path))
    wildcards = maker.get_wildcards(path)
    filled = {x.format_map(defaultdict(str, wildcards)): x for x in SHOWN}
    file = next(filled[x] for x in filled if Path(path).match(x))
    return file, maker, SimpleNamespace(**wildcards)


def value_told(name, value):
    """A wildcard in words: the label of a representation, else "frame gap 3"."""
    labels = {row[0]: row[3] for row in drawing.every_representation(config)}
    return labels[value] if name == "representation" else f"{name.replace('_', ' ')} {value}"


def entry(path):
    """What the page tells of a figure or table, and what its caption is filled in with."""
    file, maker, wildcards = shown_as(path)
    return {
        **SHOWN[file],
        "path": path,
        "of": [value_told(*item) for item in vars(wildcards).items()],
        "params": {
            name: value(wildcards) if callable(value) else value
            for name, value in maker.params.items()
            if name in ("note", "representations", "arguments")
        },
    }


def is_told(path):
    """Whether the page tells of a file by itself; vector files lie beside their pictures."""
    return Path(path).suffix in (".png", ".csv") and "cards" not in Path(path).parts


def entries(wildcards, input):
    """Params function: what the page tells of every figure and table."""
    return [entry(path) for path in (*input.figures, *input.tables) if is_told(path)]


def absent(wildcards, input):
    """Params function: figures and tables that this configuration does not make."""
    made = {shown_as(path)[0] for path in (*input.figures, *input.tables) if is_told(path)}
    return [{**about, "of": []} for file, about in SHOWN.items() if file not in made]
