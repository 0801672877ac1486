"""Draw Figure 1: training-set size against mean IoU."""

from patchprobe.figures import fig1_segmentation, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
similarity, label_rule = params.protocol["similarity"], params.protocol["label_rule"]
knn = tables.where(
    tables.read(inputs.knn), metric="miou", similarity=similarity, label_rule=label_rule
)
linear = tables.where(tables.read(inputs.linear), metric="miou", label_rule=label_rule)
figure = fig1_segmentation.draw(knn, linear, representations)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], params.note)
