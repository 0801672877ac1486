"""Train linear probes, all heads of a removal sweep together, and score their predictions."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import classification, linear, linear_heads
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
items = subsets.resolve(params.subsets, inputs.drawn)
scores = Segmentation(labels, items[params.query])
training = linear.Training.of(params)
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
bank = classification.Bank(tokens, labels, ranking, device)
query = tokens.rows(tokens.select(items[params.query]), params.searches[0][1][0]).compute()
heads = {}
for train_set, (layer,), n_removed in params.searches:
    bank.take(train_set, items[train_set])
    heads[train_set] = classification.train_probes(
        scores, bank, query, layer, n_removed, training, params.batch_norm, params.label_rule
    )
    classification.score_probes(scores, heads[train_set], bank, query, params.label_rule)
linear_heads.save(heads, out.heads, dataset=wildcards.dataset, backbone=wildcards.backbone)
scores.results.save(out.table, out.counts, out.predictions)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    training=vars(training),
    batch_norm=params.batch_norm,
    searches=params.searches,
    train={name: provenance.list_digest(items[name]) for name, *_ in params.searches},
    query=scores.selection.items,
    left_out=bank.left_out + scores.selection.left_out,
)
records.write(snakemake)
