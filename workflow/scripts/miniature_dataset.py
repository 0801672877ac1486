"""Generate a miniature dataset in the layout of the real one, and list what was asked for."""

import json
from importlib import import_module
from pathlib import Path

from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, dataset = snakemake.params, snakemake.wildcards.dataset
generator = import_module(f"patchprobe.datasets.miniature.{params.generator}")
generator.write(dataset, params.root, params.used, params.seed, params.n)
about = {"root": params.root, "items": params.used, "n": params.n}
Path(snakemake.output[0]).write_text(json.dumps(about, indent=1), encoding="utf-8")
