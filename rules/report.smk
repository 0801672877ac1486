"""All that was made -> one HTML page that tells what holds of the paper on this run."""

from collections import defaultdict
from types import SimpleNamespace

from patchprobe.study import summary

PAGE_PARTS = ("page.html.jinja", "macros.html.jinja", "page.css", "page.js")


def shown_as(path):
    """The file of `SHOWN` that a path is of, the rule that makes it, and its wildcards."""
    maker = next(x for x in workflow.rules if x.is_producer(path))
    wildcards = maker.get_wildcards(path)
    filled = {x.format_map(defaultdict(str, wildcards)): x for x in SHOWN}
    file = next(filled[x] for x in filled if path.endswith(f"/{x}"))
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
    return Path(path).suffix in (".png", ".csv") and "/figures/cards/" not in path


def entries(wildcards, input):
    """Params function: what the page tells of every figure and table."""
    return [entry(path) for path in (*input.figures, *input.tables) if is_told(path)]


def absent(wildcards, input):
    """Params function: figures and tables that this configuration does not make."""
    made = {shown_as(path)[0] for path in (*input.figures, *input.tables) if is_told(path)}
    return [{**about, "of": []} for file, about in SHOWN.items() if file not in made]


rule report:
    """What holds of the paper on this run: one page, results/report.html (target)."""
    input:
        figures=rules.all_figures.input,
        tables=rules.all_tables.input,
        reproduction=rules.reproduction.output,
        cards=rules.cards.output,
        captions=sorted({about["caption"] for about in SHOWN.values()}),
        parts=expand("patchprobe/report/templates/{part}", part=PAGE_PARTS),
    output:
        "<results>/report.html",
    log:
        "<logs>/report.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/report.py"),
        about=lambda wildcards: summary.of_run(config, SUBSETS),
        config=config,  # captions name what they want of it
        shown=entries,
        absent=absent,
        benchmarks=config.get("pathvars", {}).get("benchmarks", "benchmarks"),
    script:
        "../workflow/scripts/report.py"
