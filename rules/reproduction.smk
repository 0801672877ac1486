"""Result tables -> the paper's numbers and claims beside those of the run (CSV, one job)."""

# Figures and tables whose backbones are evaluated with every training subset.
OF_SUBSETS = ("fig1", "fig2b", "fig2c", "fig4", "fig13", "batch_norm", "protocols", "similarities")
EVIDENCE = {
    **{
        f"{x}_subsets": list(dict.fromkeys([*taken_by(OF_SUBSETS, x, "subsets"), *tab2_inputs(x)]))
        for x in ("knn", "linear")
    },
    "knn_layers": taken_by(["fig3"], "knn", "layers"),
    "knn_variants": taken_by(
        ["similarities", "votes", "batch_norm", "fig2b_controls"], "knn", "variants"
    ),
    "linear_variants": taken_by(
        ["batch_norm", "fig2b_controls", "protocols"], "linear", "variants"
    ),
    "robustness": taken_by(["fig4"], "robustness", "changes"),
    "whole_frames": taken_by(["tab5"], "whole_frames", "scores"),
    "retrieval": RETRIEVED,
    "association": taken_by(["fig7", "fig9", "fig12"], "association", "clean"),
    "association_whole": taken_by(["fig12"], "association", "whole"),
    "scenes": taken_by(["fig8"], "scenes", "knn"),
    "context": taken_by(["tab6"], "context", "ridge"),
    "reconstruction": taken_by(["tab4"], "reconstruction", "fills"),
}
OF_FIG2A = [
    f"<results>/variance/cityscapes/{x}.csv" for x in drawing.backbones_shown(config, "fig2a")
]
PAPER_VALUES = [
    f"config/paper_values/{name}.csv"
    for name in (
        *("tab2", "tab3", "tab5", "tab6", "fig1", "fig2b", "fig3", "fig4", "fig5", "fig7"),
        *("fig12", "text", "labels"),
    )
]
# The bank of Cityscapes, whose labels are counted (not of a miniature), as [split, item].
BANK_ITEMS = (
    plan.listed_items(SUBSETS, "cityscapes", bank_of("cityscapes"))
    if plan.is_real(config, "cityscapes")
    else []
)
LABELS_OF_BANK = (
    "<results>/labels/cityscapes/clean/14x14.zarr"
    if BANK_ITEMS and plan.has_grid(config, "cityscapes", "14x14")
    else []
)


rule reproduction:
    """Compare the run with the paper: numbers, claims, protocols, leaderboard (target)."""
    input:
        **EVIDENCE,
        variance=sorted({*OF_FIG2A, *TOP_FEATURES}),
        tiles=rules.tab3.output[0] if plan.is_real(config, "fair1m") else [],
        labels=LABELS_OF_BANK,
        label_pixels="config/paper_values/cityscapes_label_pixels.csv",
        features="config/paper_values/mae_features.csv",
        published=PAPER_VALUES,
    output:
        **{
            name: f"<results>/reproduction/{name}.csv"
            for name in (
                "values",
                "claims",
                "protocols",
                "choices",
                "subset_noise",
                "leaderboard",
            )
        },
    log:
        "<logs>/reproduction.log",
    benchmark:
        "<benchmarks>/reproduction.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(6000),
        runtime=more_time(hours=1),
    params:
        code=code_digest("workflow/scripts/reproduction.py"),
        protocol=PROTOCOL,
        banks={name: bank_of(name) for name in DATASETS if bank_of(name)},
        bank_items=BANK_ITEMS,
        removed=config["reproduction"]["removed"],
        train_sets=config["reproduction"]["train_sets"],
        representations=drawing.every_representation(config),
    script:
        "../workflow/scripts/reproduction.py"
