"""Classify the patches of changed images by k-NN and by the probes trained on clean ones."""

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.evaluation import classification, linear_heads
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens, changed, labels = Tokens(inputs.tokens), Tokens(inputs.changed), Labels(inputs.labels)
items = subsets.resolve(params.subsets, inputs.drawn)
scores = Segmentation(labels, items[params.query])
((train_set, (layer,), n_removed),) = params.searches
bank = classification.Bank(tokens, labels, pd.read_csv(inputs.variance), device)
bank.take(train_set, items[train_set])
heads = linear_heads.read(inputs.heads)[train_set]
query = changed.select(scores.selection.items)
for level in changed.levels:
    rows = changed.rows(query, layer, level).compute()
    classification.score_knn(scores, bank, rows, layer, n_removed, params.k, level=level)
    classification.score_probes(
        scores, heads, bank, rows, params.label_rule, n_removed, level=level
    )
scores.results.save(out.table, out.counts, out.predictions)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    changed=changed.provenance,
    query=scores.selection.items,
    k=params.k,
    left_out=bank.left_out + scores.selection.left_out,
)
