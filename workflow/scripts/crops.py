"""Cut the images of a split into crops."""

from importlib import import_module

from patchprobe import crops, provenance
from patchprobe.logs import log_to

log_to(snakemake.log[0])

dataset, split = snakemake.wildcards.dataset, snakemake.wildcards.split
reader = import_module(f"patchprobe.datasets.{dataset}")
params = snakemake.params
about = provenance.record(dataset=dataset, root=str(params.root))
crops.write(
    snakemake.output[0], reader, params.root, split, params.images, about, snakemake.threads
)
