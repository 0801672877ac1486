"""Make Table 2: mean IoU of 1-NN and linear patch classifiers."""

from patchprobe.figures import style, tab2_segmentation, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
similarity, label_rule = params.protocol["similarity"], params.protocol["label_rule"]
knn = tables.where(
    tables.read(inputs.knn), metric="miou", similarity=similarity, label_rule=label_rule
)
linear = tables.where(tables.read(inputs.linear), metric="miou", label_rule=label_rule)
table = tab2_segmentation.build(knn, linear, representations, params.train_set)
table.to_csv(snakemake.output[0], index=False)
