"""Cut the images of a split into crops."""

from importlib import import_module

from patchprobe import crops, provenance
from patchprobe.datasets import subsets
from patchprobe.logs import log_to

log_to(snakemake.log[0])

dataset, split = snakemake.wildcards.dataset, snakemake.wildcards.split
reader = import_module(f"patchprobe.datasets.{dataset}")
stems = sorted({stem for path in snakemake.input.lists for stem in subsets.read_list(path)})
about = provenance.record(dataset=dataset, root=str(snakemake.params.root))
crops.write(
    snakemake.output[0], reader, snakemake.params.root, split, stems, about, snakemake.threads
)
