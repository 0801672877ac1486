"""Draw Figure 2b or 2c: mean IoU without the features of highest variance."""

from patchprobe.figures import fig2_removal, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
knn, linear = (
    tables.scores(paths, params.protocol, metric="miou") for paths in (inputs.knn, inputs.linear)
)
shown = [r for r in representations if r.backbone in set(knn["backbone"])]
figure = fig2_removal.draw(knn, linear, shown)
note = tables.with_left_out(params.note, knn, linear)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], note)
