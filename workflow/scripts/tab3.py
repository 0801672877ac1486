"""Make Table 3: pixels and patches of every category of FAIR1M, beside the printed numbers."""

from patchprobe import records
from patchprobe.datasets import checks, fair1m
from patchprobe.figures import tab3_fair1m
from patchprobe.logs import log_to
from patchprobe.reproduction import paper_values
from patchprobe.results import write_table

log_to(snakemake.log[0])

params = snakemake.params
((split, tiles),) = params.used.items()
bad = {}
if snakemake.config["on_bad_file"] == "quarantine":
    used = [(split, tile) for tile in tiles]
    bad = checks.bad_items(fair1m.DATASET, params.root, used, snakemake.threads)
good = [tile for tile in tiles if (split, tile) not in bad]
masks, present = fair1m.read_masks(params.root, split, good, snakemake.threads)
printed = paper_values.of_table_3(paper_values.read([snakemake.input.published]))
table = tab3_fair1m.build(masks, present, printed)
table["n_left_out"] = len(bad)
write_table(table, snakemake.output[0])
records.write(snakemake)
