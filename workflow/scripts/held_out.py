"""Classify the patches of training images by those of other cities, layer by layer."""

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
items = subsets.resolve(params.subsets, inputs.drawn)[params.bank]
scores = Segmentation(labels, items)
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = classification.Bank(tokens, labels, ranking, device)
bank.take(params.bank, items)
excluded = bank.rows_of_own_group()
for layer in params.layers:
    query = bank.rows(layer)
    classification.score_knn(scores, bank, query, layer, [0], params.k, excluded)
scores.results.save(out.table, out.counts)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    layers=params.layers,
    bank=bank.selection.items,
    k=params.k,
    left_out=bank.left_out,
)
records.write(snakemake)
