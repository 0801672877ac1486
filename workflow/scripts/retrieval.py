"""Retrieve the patches of changed images among those of the originals, and score the outcomes."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import ChangedLabels, Labels, Tokens
from patchprobe.embeddings.variance import feasible_removals, read_ranking, removal_order
from patchprobe.evaluation import retrieval
from patchprobe.evaluation.retrieval_scores import RetrievalScores
from patchprobe.logs import log_to
from patchprobe.results import write_arrays

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
tokens = Tokens(inputs.tokens, dataset=wildcards.dataset, backbone=wildcards.backbone)
changed = Tokens(inputs.changed, tokens, variant="changed")
items = subsets.resolve(params.subsets, inputs.drawn)
scores = RetrievalScores(
    Labels(inputs.labels, tokens),
    ChangedLabels(inputs.changed_labels, changed),
    items[params.bank],
    items[params.query],
    dataset=wildcards.dataset,
    backbone=wildcards.backbone,
)
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
order = removal_order(ranking, params.layer)
found = retrieval.search(
    scores,
    tokens,
    changed,
    order,
    params.layer,
    feasible_removals(params.n_removed, len(order), wildcards.backbone),
    params.excluded,
    params.seed,
    device,
)
scores.results.save(out.table, out.counts)
write_arrays(out.neighbours, **found)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    changed=changed.provenance,
    bank=scores.bank.items,
    query=scores.query.items,
    left_out=sorted({*scores.bank.left_out, *scores.query.left_out}),
)
records.write(snakemake)
