"""Tell where the objects of video frames lie, who they are and their mean colour."""

from patchprobe import devices, records
from patchprobe.crops import objects
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to
from patchprobe.results import write_table

log_to(snakemake.log[0])

devices.use_threads(1)  # of Zarr: frames are read in threads of their own
found = objects.table(
    dataset(snakemake.wildcards.dataset),
    snakemake.params.root,
    snakemake.input.crops,
    snakemake.threads,
)
write_table(found, snakemake.output[0])
records.write(snakemake)
