"""Label the patches of changed crops, and name the original patch that each of them shows."""

from patchprobe import provenance, records, store
from patchprobe.crops import changed_labels, changes
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

name, params = snakemake.wildcards.dataset, snakemake.params
store.attributes(snakemake.input.crops, dataset=name, variant="changed")  # else an error
changed_labels.write(
    snakemake.output[0],
    snakemake.input.crops,
    dataset(name),
    params.root,
    params.grid,
    changes.changes(params.changes),
    provenance.record(dataset=name),
    snakemake.threads,
)
records.write(snakemake)
