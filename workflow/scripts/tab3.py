"""Make Table 3: pixels and patches of every category of FAIR1M, beside the printed numbers."""

import pandas as pd

from patchprobe.datasets import checks, fair1m_subset
from patchprobe.datasets.base import dataset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
((split, tiles),) = params.used.items()
bad = {}
if snakemake.config["on_bad_file"] == "quarantine":
    used = [(split, tile) for tile in tiles]
    bad = checks.bad_items(dataset("fair1m"), params.root, used, snakemake.threads)
good = [tile for tile in tiles if (split, tile) not in bad]
masks, present = fair1m_subset.read_masks(params.root, split, good, snakemake.threads)
table = fair1m_subset.table3(masks, present, pd.read_csv(snakemake.input.published))
table["n_left_out"] = len(bad)
table.to_csv(snakemake.output[0], index=False)
