"""Draw items of a dataset by class, or list all."""

from patchprobe import records
from patchprobe.datasets import draw
from patchprobe.files import write_text
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, wildcards = snakemake.params, snakemake.wildcards
text = draw.text(
    wildcards.dataset,
    params.root,
    wildcards.split,
    per_class=params.per_class,
    split_80_20=params.split_80_20,
    n_all=params.n_all,
    seed=params.seed,
    threads=snakemake.threads,
)
write_text(snakemake.output[0], f"{text}\n")
records.write(snakemake)
