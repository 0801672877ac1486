"""Classify the patches of training images by those of other cities, layer by layer."""

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.evaluation import classification
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens, labels = Tokens(inputs.tokens), Labels(inputs.labels)
items = subsets.resolve(params.subsets, inputs.drawn)[params.bank]
scores = Segmentation(labels, items)
bank = classification.Bank(tokens, labels, pd.read_csv(inputs.variance), device)
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
