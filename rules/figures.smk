"""Result tables -> figures of the paper (PNG, PDF, SVG); a rule's name is its figure."""


rule figure:
    """Template: `patchprobe.figures.<module>.draw`, given its inputs by name."""
    log:
        "<logs>/figure.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(minutes=10),
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
            representation(wildcards)[1]
        ),
        original_crops="<results>/crops/fair1m/clean.zarr",
        changed_crops="<results>/crops/fair1m/changed.zarr",
    output:
        **picture(
            "contact_sheets/{representation}",
            "queries and retrieved crops",
            "contact_sheet",
            number="beside Figure 5",
        ),
    log:
        "<logs>/contact_sheet/{representation}.log",
    params:
        **{
            **drawing_of(
                "fig5",
                "contact_sheet",
                similarity=PROTOCOL["similarity"],
                label_rule=PROTOCOL["label_rule"],
            ),
            "representations": lambda wildcards: [representation(wildcards)],
            "note": lambda wildcards: note_of_retrieval(representation(wildcards)[1]),
        },


use rule figure as fig7 with:
    """Figure 7: objects of BDD100K videos found again after a gap (target)."""
    input:
        association=tables("association", "fig7", "clean"),
        controls=controls("bdd100k"),
    output:
        **picture("fig7_association", "association of objects, BDD100K"),
    log:
        "<logs>/fig7.log",
    params:
        **drawing_of("fig7", "fig7_association", average="frames"),


use rule figure as fig8 with:
    """Figure 8: k-NN of whole scenes at several scales, by CLS and by the mean of patches (target)."""
    input:
        scenes=tables("scenes", "fig8", "knn"),
    output:
        **picture("fig8_scenes", "k-NN of whole scenes by scale"),
    log:
        "<logs>/fig8.log",
    params:
        **drawing_of("fig8", "fig8_scenes"),
        protocol={},  # it changes nothing here


use rule figure as fig9 with:
    """Figure 9: people of MOT17 videos found again after a gap (target)."""
    input:
        association=tables("association", "fig9", "clean"),
        controls=controls("mot17"),
    output:
        **picture("fig9_association_mot17", "association of objects, MOT17"),
    log:
        "<logs>/fig9.log",
    params:
        **drawing_of("fig9", "fig7_association", average="videos"),


use rule figure as fig12 with:
    """Figure 12: association of objects by embeddings of tiles and of whole frames (target)."""
    input:
        association=[
            *tables("association", "fig12", "clean"),
            *tables("association", "fig12", "whole"),
        ],
    output:
        **picture("fig12_whole_frames", "association by tiles and by whole frames"),
    log:
        "<logs>/fig12.log",
    params:
        **drawing_of("fig12", "fig12_whole_frames", average="frames"),


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


use rule figure as tab4_panel with:
    """Beside Table 4: crops, and what is decoded of them without features (target)."""
    input:
        reconstruction=tables("reconstruction", "tab4", "fills"),
        predictions=tables("reconstruction", "tab4", "fills", "_examples.npz"),
    output:
        **picture("tab4_panel", "reconstructions without features", number="beside Table 4"),
    log:
        "<logs>/tab4_panel.log",
    params:
        **drawing_of("tab4", "tab4_panel"),
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
