"""Make Table 3: pixels and patches of every category of FAIR1M, beside the printed numbers."""

import pandas as pd

from patchprobe.datasets import fair1m
from patchprobe.datasets.checks import check
from patchprobe.figures import tab3_fair1m
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, bad = snakemake.params, {}
if snakemake.config["on_bad_file"] == "quarantine":
    used = {params.split: params.tiles}
    bad = check(fair1m.DATASET, params.root, used, snakemake.threads).bad.get(params.split, {})
good = [tile for tile in params.tiles if tile not in bad]
masks, present = fair1m.read_masks(params.root, params.split, good, snakemake.threads)
table = tab3_fair1m.build(masks, present, pd.read_csv(snakemake.input.published))
table["n_left_out"] = len(params.tiles) - len(good)
table.to_csv(snakemake.output[0], index=False)
