"""Rank the features of every layer by their variance over the patches of the bank."""

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.datasets import subsets
from patchprobe.embeddings import variance
from patchprobe.embeddings.patches import Tokens
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
devices.use_threads(snakemake.threads)
tokens = Tokens(snakemake.input.tokens)
bank = tokens.select(subsets.join(subsets.resolve(params.bank, snakemake.input.drawn)))
rankings = []
for layer in params.layers:
    ranking = variance.rank(variance.feature_variance(tokens.rows(bank, layer)))
    ranking.insert(0, "layer", layer)
    ranking.insert(0, "backbone", snakemake.wildcards.backbone)
    ranking.insert(0, "dataset", snakemake.wildcards.dataset)
    ranking["n_left_out"] = len(bank.left_out)
    rankings.append(ranking)
pd.concat(rankings).to_csv(snakemake.output.table, index=False)
provenance.write(
    snakemake.output.provenance,
    embeddings=tokens.provenance,
    bank=bank.items,
    left_out=bank.left_out,
)
