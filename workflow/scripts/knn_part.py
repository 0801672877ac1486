"""Classify the patches of one part of the query images by their nearest neighbours."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import classification, prediction_parts
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
items = subsets.resolve(params.subsets, inputs.drawn)
query = tokens.select(items[params.query])
part = query.part(*params.part)
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = classification.Bank(tokens, labels, ranking, device)
predicted = []
for train_set, layers, n_removed in params.searches:
    bank.take(train_set, items[train_set])
    for layer in layers:
        rows = tokens.rows(part, layer)
        predicted += classification.predict_knn(bank, part, rows, layer, n_removed, params.k)
prediction_parts.write(
    snakemake.output[0],
    predicted,
    part,
    params.part,
    made_by={
        "embeddings": tokens.provenance,
        "searches": params.searches,
        "train": {name: provenance.list_digest(items[name]) for name, *_ in params.searches},
        "query": query.items,
        "k": params.k,
        "left_out": bank.left_out + query.left_out,
    },
    made_from=prediction_parts.digests(inputs),
)
records.write(snakemake)
