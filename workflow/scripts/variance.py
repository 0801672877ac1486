"""Rank the features of every layer by their variance over the training patches."""

from importlib import import_module

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.embeddings import variance
from patchprobe.embeddings.patches import Patches
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
devices.use_threads(snakemake.threads)
reader = import_module(f"patchprobe.datasets.{snakemake.wildcards.dataset}")
patches = Patches(inputs.crops, params.bank, reader.N_CLASSES)
rankings = []
for layer in params.layers:
    variances = variance.feature_variance(patches.embeddings(inputs.embeddings, layer))
    ranking = variance.rank(variances)
    ranking.insert(0, "layer", layer)
    ranking["n_left_out"] = len(patches.left_out)
    rankings.append(ranking)
pd.concat(rankings).to_csv(snakemake.output.table, index=False)
provenance.write(
    snakemake.output.about,
    embeddings=provenance.of_parts(inputs.embeddings),
    bank=patches.images,
    left_out=patches.left_out,
)
