"""Classify the patches of the same images as tiles and as whole frames: k-NN and linear probes."""

from patchprobe import devices, provenance, records
from patchprobe.crops.variants import CLEAN, WHOLE
from patchprobe.datasets import subsets
from patchprobe.embeddings.patches import Labels, Tokens
from patchprobe.embeddings.variance import read_ranking
from patchprobe.evaluation import linear, whole_frames
from patchprobe.evaluation.classification import Bank
from patchprobe.evaluation.scores import Segmentation
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
items = subsets.resolve(params.subsets, inputs.drawn)
training = linear.Training.of(params)
# of tiles, for whole frames too
ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
scores, banks = {}, {}
for frames, variant in zip(whole_frames.FRAMES, (CLEAN, WHOLE), strict=True):
    tokens = Tokens(
        inputs[frames], dataset=wildcards.dataset, backbone=wildcards.backbone, variant=variant
    )
    labels = Labels(inputs[f"{frames}_labels"], tokens)
    scores[frames] = Segmentation(labels, items[params.query])
    banks[frames] = Bank(tokens, labels, ranking, device)
    banks[frames].take(params.bank, items[params.bank])
    whole_frames.score(
        scores[frames],
        banks[frames],
        items[params.query],
        frames,
        params.layer,
        params.n_removed,
        params.k,
        training,
        params.batch_norm,
        params.label_rule,
    )
whole_frames.compare(scores["tiles"], scores["whole"]).save(out.table, out.counts)
provenance.write(
    out.provenance,
    tiles=banks["tiles"].tokens.provenance,
    whole=banks["whole"].tokens.provenance,
    training=vars(training),
    batch_norm=params.batch_norm,
    k=params.k,
    bank=banks["whole"].selection.items,
    query=scores["whole"].selection.items,
    left_out=sorted({*banks["whole"].left_out, *scores["whole"].selection.left_out}),
)
records.write(snakemake)
