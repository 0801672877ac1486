"""Make Table 3: pixels and patches of every category of FAIR1M, beside the printed numbers."""

import pandas as pd

from patchprobe.datasets import fair1m_subset
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
masks, present = fair1m_subset.read_masks(
    params.root, params.split, params.tiles, snakemake.threads
)
table = fair1m_subset.table3(masks, present, pd.read_csv(snakemake.input.published))
table.to_csv(snakemake.output[0], index=False)
