"""Rank the features of every layer by their variance over the patches of the bank."""

import pandas as pd

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings import variance
from patchprobe.embeddings.patches import Tokens
from patchprobe.logs import log_to
from patchprobe.results import write_table

log_to(snakemake.log[0])

params = snakemake.params
wildcards = snakemake.wildcards
devices.use_threads(snakemake.threads)
tokens = Tokens(
    snakemake.input.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone, variant="clean"
)
bank = tokens.select(subsets.join(subsets.resolve(params.bank, snakemake.input.drawn)))
rankings = []
for layer in params.layers:
    ranking = variance.rank(variance.feature_variance(tokens.rows(bank, layer)))
    ranking.insert(0, "layer", layer)
    ranking.insert(0, "backbone", wildcards.backbone)
    ranking.insert(0, "dataset", wildcards.dataset)
    ranking["n_left_out"] = len(bank.left_out)
    rankings.append(ranking)
write_table(pd.concat(rankings), snakemake.output.table)
provenance.write(
    snakemake.output.provenance,
    embeddings=tokens.provenance,
    table_sha256=provenance.file_digest(snakemake.output.table),
    bank=bank.items,
    left_out=bank.left_out,
)
records.write(snakemake)
