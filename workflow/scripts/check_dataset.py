"""Check the subsets of a dataset, and record what is there."""

import json
from importlib import import_module
from pathlib import Path

from patchprobe.logs import log_to

log_to(snakemake.log[0])

reader = import_module(f"patchprobe.datasets.{snakemake.wildcards.dataset}")
params = snakemake.params
report = {"root": str(params.root), "subsets": {}}
for split, subsets in (("train", params.train), ("val", params.val)):
    for name, stems in subsets:
        reader.check(params.root, split, stems)
        report["subsets"][name] = {"split": split, "n_images": len(stems)}
Path(snakemake.output[0]).write_text(json.dumps(report, indent=1))
