"""Classify the patches of changed images by k-NN and by the probes trained on clean ones."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import classification, linear_heads
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
changed = Tokens(inputs.changed, tokens, variant="changed")
items = subsets.resolve(params.subsets, inputs.drawn)
scores = Segmentation(labels, items[params.query])
((train_set, (layer,), n_removed),) = params.searches
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = classification.Bank(tokens, labels, ranking, device)
bank.take(train_set, items[train_set])
heads = linear_heads.read(inputs.heads, dataset=wildcards.dataset, backbone=wildcards.backbone)[
    train_set
]
query = changed.select(scores.selection.items)
for level in changed.levels:
    rows = changed.rows(query, layer, level).compute()
    classification.score_knn(scores, bank, rows, layer, n_removed, params.k, level=level)
    classification.score_probes(
        scores, heads, bank, rows, params.label_rule, n_removed, level=level
    )
scores.results.save(out.table, out.counts, out.predictions)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    changed=changed.provenance,
    train={train_set: provenance.list_digest(items[train_set])},
    query=scores.selection.items,
    k=params.k,
    left_out=bank.left_out + scores.selection.left_out,
)
records.write(snakemake)
