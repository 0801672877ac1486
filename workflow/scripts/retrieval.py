"""Retrieve the patches of changed images among those of the originals, and score the outcomes."""

import numpy as np
import pandas as pd

from patchprobe import devices, provenance
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import ChangedLabels, Labels, Tokens
from patchprobe.embeddings.variance import feasible_removals, removal_order
from patchprobe.evaluation import retrieval
from patchprobe.evaluation.retrieval_scores import RetrievalScores
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens, changed = Tokens(inputs.tokens), Tokens(inputs.changed)
items = subsets.resolve(params.subsets, inputs.drawn)
scores = RetrievalScores(
    Labels(inputs.labels),
    ChangedLabels(inputs.changed_labels),
    items[params.bank],
    items[params.query],
    dataset=snakemake.wildcards.dataset,
    backbone=snakemake.wildcards.backbone,
)
order = removal_order(pd.read_csv(inputs.variance), params.layer)
found = retrieval.search(
    scores,
    tokens,
    changed,
    order,
    params.layer,
    feasible_removals(params.n_removed, len(order), snakemake.wildcards.backbone),
    params.excluded,
    params.seed,
    device,
)
scores.results.save(out.table, out.counts)
np.savez_compressed(out.neighbours, **found)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    changed=changed.provenance,
    bank=scores.bank.items,
    query=scores.query.items,
    left_out=sorted({*scores.bank.left_out, *scores.query.left_out}),
)
