"""Label the patches of every crop."""

from patchprobe import provenance, records, store
from patchprobe.crops import labels
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

name, params = snakemake.wildcards.dataset, snakemake.params
store.attributes(snakemake.input.crops, dataset=name, variant="clean")  # else an error
labels.write(
    snakemake.output[0],
    snakemake.input.crops,
    dataset(name),
    params.root,
    params.grid,
    provenance.record(dataset=name),
    snakemake.threads,
)
records.write(snakemake)
