"""Cut the images of a split into crops."""

from importlib import import_module

from patchprobe import provenance
from patchprobe.crops import tiles
from patchprobe.datasets.checks import check
from patchprobe.logs import log_to

log_to(snakemake.log[0])

dataset, split = snakemake.wildcards.dataset, snakemake.wildcards.split
reader = import_module(f"patchprobe.datasets.{dataset}")
params, bad = snakemake.params, {}
if snakemake.config["on_bad_file"] == "quarantine":
    bad = check(reader.DATASET, params.root, {split: params.images}, snakemake.threads).bad.get(
        split, {}
    )
about = provenance.record(dataset=dataset, root=str(params.root), left_out=bad)
images = [image for image in params.images if image not in bad]
tiles.write(snakemake.output[0], reader, params.root, split, images, about, snakemake.threads)
