"""Run a backbone over one part of the crops."""

from patchprobe import devices, download, provenance, records, store
from patchprobe.backbones.load import check_model, input_size, load
from patchprobe.embeddings import extraction
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, wildcards = snakemake.params, snakemake.wildcards
config = snakemake.config  # of the machine, or to check: no reason to run again
download.check(snakemake.input.weights, config["backbones"][wildcards.backbone].get("checksum"))
preprocessing = {"mean": params.mean, "std": params.std, "pixels": params.pixels}
device = snakemake.resources.get("device", "auto")
crops = store.attributes(
    snakemake.input.crops, dataset=wildcards.dataset, variant=wildcards.variant
)
backbone = load(
    params.loader,
    params.architecture,
    snakemake.input.weights,
    params.model_args,
    params.loader_args,
    input_size(crops["input_px"], params.patch_px),
    **preprocessing,
    device=devices.choose(device, snakemake.threads, params.precision == "tf32"),
    precision=params.precision,
)
check_model(backbone, params.depth, params.patch_px)
about = provenance.record(
    backbone=wildcards.backbone,
    loader=params.loader,
    architecture=params.architecture,
    model_args=params.model_args,
    loader_args=params.loader_args,
    weights_sha256=provenance.file_digest(snakemake.input.weights),
    preprocessing=preprocessing,
)
part, n_parts = params.part
extraction.extract(
    snakemake.input.crops,
    snakemake.output[0],
    backbone,
    params.layers,
    about,
    part,
    n_parts,
    batch_size=config["embedding"].get("batch_size"),
)
records.write(snakemake)
