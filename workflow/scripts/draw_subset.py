"""Draw items of a dataset by class."""

from pathlib import Path

from patchprobe.datasets import subsets
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, wildcards = snakemake.params, snakemake.wildcards
text = subsets.draw(
    dataset(wildcards.dataset),
    params.root,
    wildcards.split,
    params.per_class,
    params.seed,
    snakemake.threads,
)
Path(snakemake.output[0]).write_text(f"{text}\n", encoding="utf-8")
