"""Keep two images of the query with their labels, from different groups, to be drawn."""

from patchprobe import records
from patchprobe.datasets import base, subsets
from patchprobe.logs import log_to
from patchprobe.results import write_arrays

log_to(snakemake.log[0])

params = snakemake.params
reader = base.dataset(snakemake.wildcards.dataset)
items = subsets.join(subsets.resolve(params.subsets, snakemake.input.drawn))
examples = base.examples(reader, params.root, items)
write_arrays(snakemake.output[0], **examples)
records.write(snakemake)
