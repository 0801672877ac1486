"""Tell where the objects of video frames lie, who they are and their mean colour."""

from patchprobe import devices
from patchprobe.crops import objects
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

devices.use_threads(1)  # of Zarr: frames are read in threads of their own
found = objects.table(
    dataset(snakemake.wildcards.dataset),
    snakemake.params.root,
    snakemake.input.crops,
    snakemake.threads,
)
found.to_csv(snakemake.output[0], index=False)
