"""Draw Figure 1: mean IoU by training-set size."""

from patchprobe.figures import fig1_segmentation, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
knn, linear = (
    tables.scores(paths, params.protocol, metric="miou") for paths in (inputs.knn, inputs.linear)
)
figure = fig1_segmentation.draw(knn, linear, representations)
note = tables.with_left_out(params.note, knn, linear)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], note)
