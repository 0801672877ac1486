"""Check the subsets of a dataset, and record what is there."""

import json
from importlib import import_module
from pathlib import Path

from patchprobe.datasets import subsets
from patchprobe.logs import log_to

log_to(snakemake.log[0])

reader = import_module(f"patchprobe.datasets.{snakemake.wildcards.dataset}")
params = snakemake.params
report = {"root": str(params.root), "subsets": {}}
for split, lists in (("train", params.train), ("val", params.val)):
    for name, path in lists:
        stems = subsets.read_list(path)
        reader.check(params.root, split, stems)
        report["subsets"][name] = {"split": split, "n_images": len(stems)}
Path(snakemake.output[0]).write_text(json.dumps(report, indent=1))
