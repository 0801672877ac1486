"""patchprobe: what frozen Vision Transformers know locally, from raw images to figures."""

from snakemake.utils import min_version

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "rules/common.smk"
include: "rules/shown.smk"
include: "rules/datasets.smk"
include: "rules/embeddings.smk"
include: "rules/classification.smk"
include: "rules/retrieval.smk"
include: "rules/association.smk"
include: "rules/scenes.smk"
include: "rules/discussion.smk"
include: "rules/figures.smk"
include: "rules/tables.smk"
include: "rules/beyond.smk"
include: "rules/reproduction.smk"
include: "rules/cards.smk"
include: "rules/start.smk"


rule all_figures:
    """Draw every figure (default target)."""
    default_target: True
    input:
        rules.fig1.output if drawing.shown(config, "fig1") else [],
        rules.fig2a.output if drawing.shown(config, "fig2a") else [],
        rules.fig2b.output if drawing.shown(config, "fig2b") else [],
        rules.fig2b_controls.output if drawing.shown(config, "fig2b_controls") else [],
        rules.fig2c.output if drawing.shown(config, "fig2c") else [],
        rules.fig3.output if drawing.shown(config, "fig3") else [],
        rules.fig4.output if drawing.shown(config, "fig4") else [],
        rules.fig5.output if drawing.shown(config, "fig5") else [],
        rules.fig6.output if drawing.shown(config, "fig6") else [],
        rules.fig7.output if drawing.shown(config, "fig7") else [],
        rules.fig8.output if drawing.shown(config, "fig8") else [],
        rules.fig9.output if drawing.shown(config, "fig9") else [],
        rules.fig10.output if "cityscapes" in plan.evaluated_datasets(config) else [],
        rules.fig11.output if drawing.shown(config, "fig11") else [],
        expand(
            rules.contact_sheet.output.png,
            representation=[row[0] for row in drawing.retrieved(config)],
        ),
        rules.fig12.output if drawing.shown(config, "fig12") else [],
        [
            rules.strip.output.png.format(dataset=d, representation=r, video=v, frame_gap=g)
            for d, r, v, g in drawing.strips(config)
        ],
        rules.fig13.output if drawing.shown(config, "fig13") else [],
        rules.plot_similarities.output if drawing.shown(config, "similarities") else [],
        rules.plot_votes.output if drawing.shown(config, "votes") else [],
        rules.tab4_panel.output if drawing.shown(config, "tab4") else [],


rule all_tables:
    """Make every table (target)."""
    input:
        rules.tab1.output,
        rules.tab2.output if TAB2_DATASETS else [],
        rules.fig3_accuracies.output if drawing.shown(config, "fig3") else [],
        rules.layer_choice.output if drawing.shown(config, "layer_choice") else [],
        rules.ceilings.output if TAB2_DATASETS else [],
        rules.fig4_collapse.output if drawing.shown(config, "fig4") else [],
        rules.fig5_outcomes.output if drawing.retrieved(config) else [],
        rules.fig5_hubness.output if drawing.retrieved(config) else [],
        rules.fig7_accuracies.output if drawing.associated(config, "bdd100k") else [],
        rules.fig8_accuracies.output if drawing.shown(config, "fig8") else [],
        rules.fig9_accuracies.output if drawing.associated(config, "mot17") else [],
        rules.tab4.output if drawing.shown(config, "tab4") else [],
        rules.tab5.output if drawing.shown(config, "tab5") else [],
        rules.tab6.output if drawing.shown(config, "tab6") else [],
        rules.top_features.output if TOP_FEATURES else [],
        rules.batch_norm.output if drawing.shown(config, "batch_norm") else [],
        rules.similarities.output if drawing.shown(config, "similarities") else [],
        rules.votes.output if drawing.shown(config, "votes") else [],
        rules.hubs.output if drawing.shown(config, "hubs") else [],
        rules.norms.output if drawing.shown(config, "norms") else [],
        rules.tab3.output if "fair1m" in DATASETS else [],


include: "rules/report.smk"
include: "rules/local.smk"
include: "rules/records.smk"
