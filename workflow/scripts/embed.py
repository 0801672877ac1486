"""Run a backbone over one part of the crops."""

from patchprobe import devices, download, provenance
from patchprobe.backbones.load import check_depth, load
from patchprobe.embeddings import extraction
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, wildcards = snakemake.params, snakemake.wildcards
config = snakemake.config  # of the machine, or to check: no reason to run again
download.check(snakemake.input.weights, config["backbones"][wildcards.backbone].get("checksum"))
part, n_parts = extraction.parse_part(wildcards.scatteritem)
preprocessing = {"mean": params.mean, "std": params.std}
backbone = load(
    params.loader,
    params.architecture,
    snakemake.input.weights,
    params.model_args,
    params.loader_args,
    **preprocessing,
    device=devices.choose(config["device"], snakemake.threads, params.precision == "tf32"),
    precision=params.precision,
)
check_depth(backbone.depth, params.depth)
about = provenance.record(
    backbone=wildcards.backbone,
    loader=params.loader,
    architecture=params.architecture,
    model_args=params.model_args,
    loader_args=params.loader_args,
    weights_sha256=provenance.file_digest(snakemake.input.weights),
    preprocessing=preprocessing,
)
extraction.extract(
    snakemake.input.crops,
    snakemake.output[0],
    backbone,
    levels=["clean"],
    layers=range(1, params.depth + 1),
    attributes=about,
    part=part,
    n_parts=n_parts,
    batch_size=config["embedding"]["batch_size"],
)
