"""Label the patches of whole frames, whose grid follows from their size."""

from patchprobe import provenance, records, store
from patchprobe.crops import labels
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

name, crops = snakemake.wildcards.dataset, snakemake.input.crops
about = store.attributes(crops, dataset=name, variant="whole")
labels.write(
    snakemake.output[0],
    crops,
    dataset(name),
    snakemake.params.root,
    [side // snakemake.params.patch_px for side in about["input_px"]],
    provenance.record(dataset=name),
    snakemake.threads,
)
records.write(snakemake)
