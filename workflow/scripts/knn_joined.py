"""Score the predictions of k-NN for all parts of the query images."""

import json

from patchprobe import records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels
from patchprobe.evaluation.prediction_parts import Joined
from patchprobe.evaluation.scores import Segmentation
from patchprobe.files import write_text
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
labels = Labels(inputs.labels, dataset=wildcards.dataset)
scores = Segmentation(labels, subsets.resolve(params.subsets, inputs.drawn)[params.query])
joined = Joined(
    inputs.parts,
    scores.selection,
    labels,
    dataset=wildcards.dataset,
    backbone=wildcards.backbone,
    searches=params.searches,
    k=params.k,
)
for setting, classes in joined.predictions():
    scores.add(classes, **setting)
scores.results.save(out.table, out.counts, out.predictions)
write_text(out.provenance, json.dumps(joined.provenance, indent=1))
records.write(snakemake)
