"""Classify patches by variants of k-NN, and tell hubs and norms of the patches."""

import pandas as pd

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation.classification import Bank
from patchprobe.evaluation.knn_variants import Variants
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to
from patchprobe.results import write_table

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
items = subsets.resolve(params.subsets, inputs.drawn)
scores = Segmentation(labels, items[params.query])
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = Bank(tokens, labels, ranking, device)
bank.take(params.bank, items[params.bank])
query = tokens.rows(tokens.select(items[params.query]), params.layer)
variants = Variants(scores, bank, query, params.layer)
variants.votes(params.n_removed, params.ks, params.temperature)
variants.scalings()
variants.norms(params.n_removed)
if params.controls:
    variants.controls(params.controls, params.seed)
scores.results.save(out.table, out.counts)
write_table(pd.DataFrame(variants.patches), out.patches, float_format="%.6g")
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    bank=bank.selection.items,
    query=scores.selection.items,
    left_out=bank.left_out + scores.selection.left_out,
)
records.write(snakemake)
