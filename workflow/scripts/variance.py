"""Rank the features of every layer by their variance over the training patches."""

from importlib import import_module

import pandas as pd

from patchprobe import variance
from patchprobe.classification import Patches
from patchprobe.datasets import subsets
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs = snakemake.input
reader = import_module(f"patchprobe.datasets.{snakemake.wildcards.dataset}")
patches = Patches(inputs.crops, subsets.read_list(inputs.bank), reader.N_CLASSES)
rankings = []
for layer in snakemake.params.layers:
    variances = variance.feature_variance(patches.embeddings(inputs.embeddings, layer))
    ranking = variance.rank(variances)
    ranking.insert(0, "layer", layer)
    rankings.append(ranking)
pd.concat(rankings).to_csv(snakemake.output[0], index=False)
