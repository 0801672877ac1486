"""Classify whole scenes by their nearest neighbours."""

from patchprobe import devices, provenance, records
from patchprobe.datasets import subsets
from patchprobe.embeddings.scenes import Scenes
from patchprobe.evaluation import scenes
from patchprobe.logs import log_to
from patchprobe.results import Results

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
device = devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads)
stored = Scenes(inputs.scenes, dataset=wildcards.dataset, backbone=wildcards.backbone)
items = subsets.resolve(params.subsets, inputs.drawn)
bank, query = stored.select(items[params.bank]), stored.select(items[params.query])
results = Results(query.images, labels=stored.labels(query), names=stored.names)
scenes.evaluate(
    results,
    stored,
    bank,
    query,
    params.n_removed,
    params.k,
    params.temperature,
    device,
    dataset=wildcards.dataset,
    backbone=wildcards.backbone,
    n_bank=len(bank.images),
    n_images=len(query.images),
    n_left_out=len(bank.left_out) + len(query.left_out),
)
results.save(out.table, out.counts, out.predictions)
provenance.write(
    out.provenance,
    embeddings=stored.provenance,
    bank=bank.items,
    query=query.items,
    temperature=params.temperature,
    left_out=sorted({*bank.left_out, *query.left_out}),
)
records.write(snakemake)
