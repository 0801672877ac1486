"""Make Table 2: mean IoU of 1-NN and linear patch classifiers."""

from patchprobe.figures import style, tab2_segmentation, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
knn, linear = (
    tables.scores(paths, params.protocol, metric="miou") for paths in (inputs.knn, inputs.linear)
)
table = tab2_segmentation.build(knn, linear, representations, params.train_set)
table.to_csv(snakemake.output[0], index=False)
