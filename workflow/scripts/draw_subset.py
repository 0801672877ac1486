"""Draw images of ADE20K by class."""

from pathlib import Path

from patchprobe.datasets import ade20k_subset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
text = ade20k_subset.draw(
    params.root, snakemake.wildcards.split, params.per_class, params.seed, snakemake.threads
)
Path(snakemake.output[0]).write_text(f"{text}\n", encoding="utf-8")
