"""Draw Figure 2a: variance of every feature."""

from patchprobe.figures import fig2a_variance, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params = snakemake.input, snakemake.params
representations = style.representations(params.representations)
named = dict(zip(params.backbones, inputs.variance, strict=True))
variances = tables.read_named(named)
figure = fig2a_variance.draw(variances, representations)
note = tables.with_left_out(params.note, variances)
style.save(figure, [snakemake.output.png, *snakemake.output.vector], note)
