"""Score the best labellings of patches, and those by label rules."""

from patchprobe import provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels
from patchprobe.evaluation import ceilings
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
items = subsets.join(subsets.resolve(params.query, inputs.drawn))
grid = [int(n) for n in wildcards.grid.split("x")]
scores = Segmentation(Labels(inputs.labels, dataset=wildcards.dataset, grid=grid), items)
left_out = scores.selection.left_out
ceilings.score(scores, dataset=wildcards.dataset, grid=wildcards.grid, n_left_out=len(left_out))
scores.results.save(out.table, out.counts, out.predictions)
provenance.write(out.provenance, query=scores.selection.items, left_out=left_out)
records.write(snakemake)
