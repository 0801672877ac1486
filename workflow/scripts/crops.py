"""Cut the images of a dataset into crops."""

from functools import partial

from patchprobe import provenance, records
from patchprobe.crops import changes, tiles
from patchprobe.datasets import checks, subsets
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, wildcards = snakemake.params, snakemake.wildcards
reader = dataset(wildcards.dataset)
listed = {
    f"listed in {split}": [(split, x) for x in names] for split, names in params.listed.items()
}
drawn = subsets.resolve(params.drawn, snakemake.input.drawn)
used = subsets.join({**listed, **drawn}) or reader.all_items(params.root)
left_out = {}
if snakemake.config["on_bad_file"] == "quarantine":
    left_out = checks.bad_items(reader, params.root, used, snakemake.threads)
about = provenance.record(
    dataset=wildcards.dataset, root=str(params.root), left_out=[list(item) for item in left_out]
)
tiles.write(
    snakemake.output[0],
    reader,
    params.root,
    [item for item in used if item not in left_out],
    wildcards.variant,
    about,
    changes.changes(params.changes),
    params.seed,
    snakemake.threads,
    partial(tiles.some_frames, **params.frames) if params.frames else range,
)
records.write(snakemake)
