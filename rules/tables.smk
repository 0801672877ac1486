"""Result tables -> tables of the paper, and those beside its figures (CSV)."""


rule table:
    """Template: `patchprobe.figures.<module>.build`, given its inputs by name."""
    log:
        "<logs>/table.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime=more_time(minutes=10),
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
            drawing.every_representation(config, "tab2"),
            note=drawing.note(config, TAB2_DATASETS, TAB2_BACKBONES),
            banks={name: bank_of(name) for name in TAB2_DATASETS},
        ),


use rule table as ceilings with:
    """Beside Table 2: the best mean IoU of any labels of patches, and the share that is reached (target)."""
    input:
        ceilings=CEILINGS,
        knn=tab2_inputs("knn"),
        linear=tab2_inputs("linear"),
    output:
        reported("ceilings", "beside Table 2", "the best mIoU of any labels of patches"),
    log:
        "<logs>/ceilings.log",
    params:
        **table_of(
            "ceilings",
            drawing.every_representation(config, "tab2"),
            note=drawing.note(config, TAB2_DATASETS, TAB2_BACKBONES),
            banks={name: bank_of(name) for name in TAB2_DATASETS},
            grids=TAB2_GRIDS,
            protocol=PROTOCOL,
        ),
        protocol={},  # ceilings are shown under both label rules


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


use rule table as fig7_accuracies with:
    """Beside Figures 7 and 12: accuracies of association, with intervals, and controls (target)."""
    input:
        association=sorted(
            {
                *tables("association", "fig7", "clean"),
                *tables("association", "fig12", "clean"),
                *tables("association", "fig12", "whole"),
            }
        ),
        controls=controls("bdd100k"),
    output:
        reported("fig7_accuracies", "beside Figures 7, 12", "association of objects, BDD100K"),
    log:
        "<logs>/fig7_accuracies.log",
    params:
        **table_of(
            "fig7_accuracies", drawing.associated(config, "bdd100k"), note=note_of("fig7", "fig12")
        ),
        protocol={},  # it shows all


use rule table as fig8_accuracies with:
    """Beside Figure 8: accuracies of k-NN of whole scenes, with intervals (target)."""
    input:
        scenes=tables("scenes", "fig8", "knn"),
    output:
        reported("fig8_accuracies", "beside Figure 8", "k-NN of whole scenes by scale"),
    log:
        "<logs>/fig8_accuracies.log",
    params:
        **table_of("fig8_accuracies", drawing.shown(config, "fig8"), note=note_of("fig8")),
        protocol={},


use rule table as fig9_accuracies with:
    """Beside Figure 9: accuracies of association, with intervals, and controls (target)."""
    input:
        association=tables("association", "fig9", "clean"),
        controls=controls("mot17"),
    output:
        reported(
            "fig9_accuracies",
            "beside Figure 9",
            "association of objects, MOT17",
            caption="fig7_accuracies",
        ),
    log:
        "<logs>/fig9_accuracies.log",
    params:
        **table_of("fig7_accuracies", drawing.associated(config, "mot17"), note=note_of("fig9")),
        protocol={},  # it shows all


use rule table as tab1 with:
    """Table 1: augmentations of the five models of the paper, with their sources (target)."""
    input:
        augmentations="config/paper_values/tab1_augmentations.csv",
    output:
        reported("tab1_augmentations", "1", "augmentations of the models"),
    log:
        "<logs>/tab1.log",
    params:
        **table_of("tab1_augmentations", [], note=""),
        protocol={},  # it changes nothing here


use rule table as tab4 with:
    """Table 4: errors of pictures decoded from features without those of highest variance (target)."""
    input:
        reconstruction=tables("reconstruction", "tab4", "fills"),
    output:
        reported("tab4_reconstruction", "4", "errors of reconstruction without features"),
    log:
        "<logs>/tab4.log",
    params:
        **table_of("tab4_reconstruction", drawing.shown(config, "tab4"), note=note_of("tab4")),
        protocol={},


use rule table as tab5 with:
    """Table 5: k-NN and linear mean IoU of tiles and of whole frames (target)."""
    input:
        scores=tables("whole_frames", "tab5", "scores"),
    output:
        reported("tab5_whole_frames", "5", "mIoU of tiles and of whole frames"),
    log:
        "<logs>/tab5.log",
    params:
        **table_of("tab5_whole_frames", drawing.shown(config, "tab5"), note=note_of("tab5")),


use rule table as tab6 with:
    """Table 6: what the patch in the middle tells about the classes of the whole crop (target)."""
    input:
        context=tables("context", "tab6", "ridge"),
    output:
        reported("tab6_context", "6", "global context in the middle patch"),
    log:
        "<logs>/tab6.log",
    params:
        **table_of("tab6_context", drawing.shown(config, "tab6"), note=note_of("tab6")),
        protocol={},


use rule table as top_features with:
    """In the text: features of highest variance that datasets share, their share of variance (target)."""
    input:
        variance=TOP_FEATURES,
    output:
        reported("top_features", "in the text", "features of highest variance on several datasets"),
    log:
        "<logs>/top_features.log",
    params:
        **table_of(
            "top_features",
            REMOVED,
            note=drawing.note(
                config, [x for x in COMPARED if x in DATASETS], [row[1] for row in REMOVED]
            ),
        ),
        protocol={},


rule tab3:
    """Table 3: pixels and patches of every category of the FAIR1M tiles (target)."""
    input:
        published="config/paper_values/tab3.csv",
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
        runtime=more_time(hours=1),
    params:
        code=code_digest("workflow/scripts/tab3.py"),
        root=lookup("datasets/fair1m/root", within=config, default=None),
        used=lambda wildcards: plan.used_items(SUBSETS.get("fair1m", {})),
    script:
        "../workflow/scripts/tab3.py"
