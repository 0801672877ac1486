"""Draw Figure 2c: mean IoU without the features of highest variance."""

from patchprobe.figures import fig2_removal, style, tables
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
shown = [r for r in representations if r.backbone in set(knn["backbone"])]
figure = fig2_removal.draw(knn, linear, shown)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], params.note)
