"""All that was made -> one HTML page that tells what holds of the paper on this run."""

from patchprobe.study import summary

PAGE_PARTS = ("page.html.jinja", "macros.html.jinja", "page.css", "page.js")


rule report:
    """What holds of the paper on this run: one page, results/report.html (target)."""
    input:
        figures=rules.all_figures.input,
        tables=rules.all_tables.input,
        reproduction=rules.reproduction.output,
        cards=rules.cards.output,
        captions=sorted({about["caption"] for about in SHOWN.values()}),
        cards_caption="workflow/report/cards.rst",
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
        runtime=more_time(minutes=10),
    params:
        code=code_digest("workflow/scripts/report.py"),
        about=lambda wildcards: summary.of_run(config, SUBSETS),
        config=config,  # captions name what they want of it
        shown=entries,
        absent=absent,
        cards_note=rules.cards.params.note,
        benchmarks=config.get("pathvars", {}).get("benchmarks", "benchmarks"),
    script:
        "../workflow/scripts/report.py"
