"""patchprobe: what frozen Vision Transformers know locally, from raw images to figures."""

from snakemake.utils import min_version

min_version("9.27")


# A file given with --configfile takes the place of the paper's, in jobs on a cluster too.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/datasets.smk"
include: "rules/embeddings.smk"
include: "rules/variance.smk"
include: "rules/classification.smk"
include: "rules/figures.smk"
include: "rules/start.smk"


rule all_figures:
    """Draw every figure (default target)."""
    default_target: True
    input:
        rules.fig1.input,
        rules.fig2a.input,
        rules.fig2b.input,
        rules.fig2c.input if OTHER_BACKBONES else [],
        rules.fig3.input,


rule all_tables:
    """Make every table (target)."""
    input:
        rules.tab2.input,
        rules.tab3.input if "fair1m" in DATASETS else [],
