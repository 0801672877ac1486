"""Regress the classes of whole crops on the patch in their middle."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import feasible_removals, read_ranking, removal_order
from patchprobe.evaluation import context
from patchprobe.logs import log_to
from patchprobe.results import Results

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
devices.use_threads(snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
labels = Labels(inputs.labels, tokens)
items = subsets.resolve(params.subsets, inputs.drawn)
classes = labels.numbers_of(params.classes)
train, held_out = (
    context.Crops(tokens, labels, items[name], classes, params.layer)
    for name in (params.bank, params.query)
)
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
order = removal_order(ranking, params.layer)
removed = feasible_removals(params.n_removed, len(order), wildcards.backbone)
results = Results(held_out.images)
context.evaluate(
    results,
    train,
    held_out,
    params.classes,
    context.feature_sets(order, removed, params.seed),
    dataset=wildcards.dataset,
    backbone=wildcards.backbone,
    n_left_out=len(train.left_out) + len(held_out.left_out),
)
results.save(out.table, out.counts)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    bank=train.items,
    query=held_out.items,
    left_out=sorted({*train.left_out, *held_out.left_out}),
)
records.write(snakemake)
