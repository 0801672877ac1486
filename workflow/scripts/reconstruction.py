"""Reconstruct the crops of the query from features that are filled with other values."""

from patchprobe import devices, download, provenance, records
from patchprobe.backbones import mae_autoencoder
from patchprobe.datasets import subsets
from patchprobe.embeddings.variance import feasible_removals, rank
from patchprobe.evaluation import reconstruction, reconstruction_pictures
from patchprobe.logs import log_to
from patchprobe.result_files import read_arrays
from patchprobe.results import Results, write_arrays, write_table

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
name, config = snakemake.wildcards.backbone, snakemake.config
batch_size = config["embedding"]["batch_size"]  # changes no result: no reason to run again
download.check(inputs.weights, config["backbones"][name]["autoencoder"].get("checksum"))
model = mae_autoencoder.load(
    inputs.weights,
    params.architecture,
    params.model_args,
    params.decoder_heads,
    params.mean,
    params.std,
    devices.choose(snakemake.resources.get("device", "auto"), snakemake.threads),
)
items = subsets.resolve(params.subsets, inputs.drawn)
bank = reconstruction.Crops.of(inputs.crops, items[params.bank])
query = reconstruction.Crops.of(inputs.crops, items[params.query])
means, variances = reconstruction.moments(model, bank, batch_size)
ranking = rank(variances)
write_table(ranking, out.variance)
removed = feasible_removals(params.n_removed, len(ranking), name)
fills = reconstruction.every_fill(ranking["feature"].to_numpy(), means, removed, params.seed)
scored = query.every(params.every)
results = Results(scored.selection.images)
reconstruction.evaluate(
    results,
    reconstruction.measure(model, scored, fills, params.seed, batch_size, snakemake.threads),
    scored,
    fills,
    dataset=snakemake.wildcards.dataset,
    backbone=name,
    n_left_out=len(bank.selection.left_out) + len(query.selection.left_out),
)
results.save(out.table, out.counts)
examples = read_arrays(inputs.examples)
shown = query.only(reconstruction_pictures.tiles_to_show(examples, query.tile_px))
pictures = reconstruction_pictures.pictures(model, shown, fills, params.seed)
write_arrays(out.examples, **pictures)
provenance.write(
    out.provenance,
    backbone=name,
    weights_sha256=provenance.file_digest(inputs.weights),
    bank=bank.selection.items,
    query=query.selection.items,
    every=params.every,
    left_out=sorted({*bank.selection.left_out, *query.selection.left_out}),
)
records.write(snakemake)
