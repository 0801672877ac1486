"""Label the patches of every crop."""

from patchprobe import provenance
from patchprobe.crops import labels
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

name, params = snakemake.wildcards.dataset, snakemake.params
labels.write(
    snakemake.output[0],
    snakemake.input.crops,
    dataset(name),
    params.root,
    params.grid,
    provenance.record(dataset=name),
    snakemake.threads,
)
