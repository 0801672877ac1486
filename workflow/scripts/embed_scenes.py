"""Embed whole scenes at every scale."""

from patchprobe import devices, download, provenance, records, store
from patchprobe.backbones.load import check_model, load
from patchprobe.datasets.base import dataset
from patchprobe.embeddings import scenes
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
config = snakemake.config  # of the machine, or to check: no reason to run again
download.check(inputs.weights, config["backbones"][wildcards.backbone].get("checksum"))
device = devices.choose(
    snakemake.resources.get("device", "auto"), snakemake.threads, params.precision == "tf32"
)
preprocessing = {"mean": params.mean, "std": params.std}


def backbone_at(side_px):
    """The backbone for images of a size."""
    backbone = load(
        params.loader,
        params.architecture,
        inputs.weights,
        params.model_args,
        scenes.loader_args_at(params.loader, params.loader_args, params.position, side_px),
        side_px,
        **preprocessing,
        device=device,
        precision=params.precision,
        pixels=params.pixels,
    )
    check_model(backbone, params.depth, params.patch_px)
    return backbone


reader = dataset(wildcards.dataset)
images = store.attributes(inputs.crops, dataset=wildcards.dataset)["images"]
names = list(reader.classes(params.root).names)
about = provenance.record(
    backbone=wildcards.backbone,
    loader=params.loader,
    architecture=params.architecture,
    model_args=params.model_args,
    loader_args=params.loader_args,
    position=params.position,
    weights_sha256=provenance.file_digest(inputs.weights),
    preprocessing=preprocessing,
    precision=params.precision,
    pixels=params.pixels,
    names=names,
    labels=[names.index(reader.read(params.root, *image).group) for image in images],
)
batch_size = config["embedding"].get("batch_size")
scenes.extract(inputs.crops, snakemake.output[0], params.sides, backbone_at, about, batch_size)
records.write(snakemake)
