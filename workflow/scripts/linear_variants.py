"""Train linear probes with the other BatchNorm, the other protocol, and controls of the sweep."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import linear, linear_variants
from patchprobe.evaluation.classification import Bank
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
bank = Bank(tokens, labels, ranking, device)
bank.take(params.bank, items[params.bank])
query = tokens.rows(tokens.select(items[params.query]), params.layer).compute()
probe = (scores, bank, query, params.layer, training, params.batch_norm, params.label_rule)
if params.other_norm:
    linear_variants.other_norm(*probe)
if params.n_removed:
    linear_variants.protocols(*probe, params.n_removed)
if params.controls:
    linear_variants.controls(*probe, params.controls, params.seed)
scores.results.save(out.table, out.counts)
provenance.write(
    out.provenance,
    embeddings=tokens.provenance,
    training=vars(training),
    bank=bank.selection.items,
    query=scores.selection.items,
    left_out=bank.left_out + scores.selection.left_out,
)
records.write(snakemake)
