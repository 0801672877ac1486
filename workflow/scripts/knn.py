"""Classify patches by their nearest neighbours, and score the predictions."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import classification
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
items = subsets.resolve(params.subsets, inputs.drawn)
scores = Segmentation(labels, items[params.query])
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = classification.Bank(tokens, labels, ranking, device)
for train_set, layers, n_removed in params.searches:
    bank.take(train_set, items[train_set])
    for layer in layers:
        query = tokens.rows(tokens.select(items[params.query]), layer)
        classification.score_knn(scores, bank, query, layer, n_removed, params.k)
scores.results.save(out.table, out.counts, out.predictions)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    searches=params.searches,
    train={name: provenance.list_digest(items[name]) for name, *_ in params.searches},
    query=scores.selection.items,
    k=params.k,
    left_out=bank.left_out + scores.selection.left_out,
)
records.write(snakemake)
