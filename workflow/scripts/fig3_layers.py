"""Draw Figure 3: k-NN by layer and class."""

from patchprobe.figures import fig3_layers, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
knn = tables.scores(inputs.knn, params.protocol)
figure = fig3_layers.draw(knn, representations)
note = tables.with_left_out(params.note, knn)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], note)
