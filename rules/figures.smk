"""Result tables -> figures (PNG, PDF, SVG) and tables of the paper; a rule's name is its figure."""


rule figure:
    """Template: `patchprobe.figures.<module>.draw`, given its inputs by name."""
    log:
        "<logs>/figure.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime="10m",
    params:
        protocol=PROTOCOL,
    script:
        "../workflow/scripts/figure.py"


use rule figure as fig1 with:
    """Figure 1: mean IoU of k-NN and linear probes by training-set size (target)."""
    input:
        knn=tables("knn", "fig1", "subsets"),
        linear=tables("linear", "fig1", "subsets"),
    output:
        **picture("fig1_segmentation", "k-NN and linear mIoU by training-set size"),
    log:
        "<logs>/fig1.log",
    priority: 10
    params:
        **drawing_of("fig1", "fig1_segmentation"),


use rule figure as fig2a with:
    """Figure 2a: variance of every feature (target)."""
    input:
        variance=[
            f"<results>/variance/cityscapes/{x}.csv"
            for x in drawing.backbones_shown(config, "fig2a")
        ],
    output:
        **picture("fig2a_variance", "variance of features"),
    log:
        "<logs>/fig2a.log",
    priority: 10
    params:
        **drawing_of("fig2a", "fig2a_variance"),
        protocol={},  # it changes nothing here


use rule figure as fig2b with:
    """Figure 2b: mean IoU without the features of highest variance, MAE (target)."""
    input:
        knn=tables("knn", "fig2b", "subsets"),
        linear=tables("linear", "fig2b", "subsets"),
    output:
        **picture("fig2b_removal", "removal of high-variance features, MAE"),
    log:
        "<logs>/fig2b.log",
    params:
        **drawing_of("fig2b", "fig2_removal", bank=bank_of("cityscapes")),


use rule figure as fig2c with:
    """Figure 2c: mean IoU without the features of highest variance, the others (target)."""
    input:
        knn=tables("knn", "fig2c", "subsets"),
        linear=tables("linear", "fig2c", "subsets"),
    output:
        **picture("fig2c_removal", "removal of high-variance features, others"),
    log:
        "<logs>/fig2c.log",
    params:
        **drawing_of("fig2c", "fig2_removal", bank=bank_of("cityscapes")),


use rule figure as fig3 with:
    """Figure 3: k-NN by layer and class (target)."""
    input:
        knn=tables("knn", "fig3", "layers"),
    output:
        **picture("fig3_layers", "k-NN by layer"),
    log:
        "<logs>/fig3.log",
    params:
        **drawing_of("fig3", "fig3_layers"),


use rule figure as fig4 with:
    """Figure 4: mean IoU on blurred and noisy images (target)."""
    input:
        clean_knn=tables("knn", "fig4", "subsets"),
        clean_linear=tables("linear", "fig4", "subsets"),
        changed=tables("robustness", "fig4", "changes"),
    output:
        **picture("fig4_robustness", "mIoU on degraded images"),
    log:
        "<logs>/fig4.log",
    params:
        **drawing_of("fig4", "fig4_robustness"),


use rule figure as fig5 with:
    """Figure 5: what patches of transformed and degraded images retrieve (target)."""
    input:
        retrieval=tables("retrieval", "fig5", "changes"),
    output:
        **picture("fig5_retrieval", "retrieval of patches of changed images"),
    log:
        "<logs>/fig5.log",
    params:
        **drawing_of("fig5", "fig5_retrieval"),


use rule figure as fig6 with:
    """Figure 6: what patches of blurred images retrieve without their own tile (target)."""
    input:
        retrieval=tables("retrieval", "fig6", "changes"),
    output:
        **picture("fig6_excluded", "retrieval without the own tile"),
    log:
        "<logs>/fig6.log",
    params:
        **drawing_of("fig6", "fig6_excluded"),


use rule figure as fig11 with:
    """Figure 11: Figure 5 with iBOT beside DINO and DINOv2 (target)."""
    input:
        retrieval=tables("retrieval", "fig11", "changes"),
    output:
        **picture("fig11_retrieval_ibot", "retrieval, iBOT beside DINO and DINOv2"),
    log:
        "<logs>/fig11.log",
    params:
        **drawing_of("fig11", "fig5_retrieval"),


use rule figure as contact_sheet with:
    """Queries of one representation, and the crops that are retrieved for them."""
    input:
        neighbours=lambda wildcards: "<results>/retrieval/fair1m/{}/changes_neighbours.npz".format(
            drawing.backbone_of(config, wildcards.representation)
        ),
        original_crops="<results>/crops/fair1m/clean.zarr",
        changed_crops="<results>/crops/fair1m/changed.zarr",
    output:
        **picture("contact_sheets/{representation}", "queries and retrieved crops", "contact_sheet"),
    log:
        "<logs>/contact_sheet/{representation}.log",
    params:
        **{
            **drawing_of("fig5", "contact_sheet", **PROTOCOL),
            "representations": lambda wildcards: [
                row
                for row in drawing.every_representation(config)
                if row[0] == wildcards.representation
            ],
            "note": lambda wildcards: note_of_retrieval(
                drawing.backbone_of(config, wildcards.representation)
            ),
        },


use rule figure as fig10 with:
    """Figure 10: noise in four bands of frequency, its masks, and images with it (target)."""
    input:
        examples="<results>/examples/cityscapes.npz",
    output:
        **picture("fig10_frequency_noise", "noise in bands of frequency"),
    log:
        "<logs>/fig10.log",
    params:
        **drawing_of("fig10", "fig10_frequency_noise", seed=config["seed"], tile_px=256),
        protocol={},  # it changes nothing here


use rule figure as fig13 with:
    """Figure 13: predictions of k-NN and linear probes for two images (target)."""
    input:
        examples="<results>/examples/cityscapes.npz",
        knn=tables("knn", "fig13", "subsets"),
        linear=tables("linear", "fig13", "subsets"),
        predictions=[
            path
            for evaluation in ("knn", "linear")
            for path in tables(evaluation, "fig13", "subsets", "_predictions.npz")
        ],
    output:
        **picture("fig13_predictions", "predictions for two images"),
    log:
        "<logs>/fig13.log",
    params:
        **drawing_of("fig13", "fig13_predictions", bank=bank_of("cityscapes")),


rule table:
    """Template: `patchprobe.figures.<module>.build`, given its inputs by name."""
    log:
        "<logs>/table.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        protocol=PROTOCOL,
    script:
        "../workflow/scripts/table.py"


use rule table as tab2 with:
    """Table 2: mean IoU of k-NN and linear patch classifiers, two datasets (target)."""
    input:
        knn=tab2_inputs("knn"),
        linear=tab2_inputs("linear"),
    output:
        reported("tab2_segmentation", "2", "k-NN and linear mIoU"),
    log:
        "<logs>/tab2.log",
    params:
        **table_of(
            "tab2_segmentation",
            drawing.every_representation(config),
            note=drawing.note(config, TAB2_DATASETS, TAB2_BACKBONES),
            banks={name: bank_of(name) for name in TAB2_DATASETS},
        ),


use rule table as fig4_collapse with:
    """Beside Figure 4: share of the most frequent prediction on degraded images (target)."""
    input:
        **rules.fig4.input,
    output:
        reported("fig4_collapse", "beside Figure 4", "share of the most frequent prediction"),
    log:
        "<logs>/fig4_collapse.log",
    params:
        **table_of("fig4_collapse", drawing.shown(config, "fig4"), note=note_of("fig4")),


use rule table as fig5_outcomes with:
    """Beside Figures 5, 6 and 11: shares of what is retrieved, with intervals, and controls (target)."""
    input:
        retrieval=RETRIEVED,
    output:
        reported("fig5_outcomes", "beside Figures 5, 6, 11", "shares of what is retrieved"),
    log:
        "<logs>/fig5_outcomes.log",
    params:
        **table_of("fig5_outcomes", drawing.retrieved(config), note=note_of_retrieval()),


use rule table as fig5_hubness with:
    """Beside Figure 5: how few patches are retrieved for how many queries (target)."""
    input:
        retrieval=RETRIEVED,
    output:
        reported("fig5_hubness", "beside Figure 5", "hubs of the bank"),
    log:
        "<logs>/fig5_hubness.log",
    params:
        **table_of("fig5_hubness", drawing.retrieved(config), note=note_of_retrieval()),
        protocol={"label_rule": PROTOCOL["label_rule"]},


rule tab3:
    """Table 3: pixels and patches of every category of the FAIR1M tiles (target)."""
    input:
        published="config/paper_values/tab3_fair1m.csv",
        generated=generated,
    output:
        reported("tab3_fair1m", "3", "pixels and patches of every category"),
    log:
        "<logs>/tab3.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime="1h",
    params:
        code=code_digest("workflow/scripts/tab3.py"),
        root=lookup("datasets/fair1m/root", within=config, default=None),
        used=lambda wildcards: plan.used_items(SUBSETS.get("fair1m", {})),
    script:
        "../workflow/scripts/tab3.py"
