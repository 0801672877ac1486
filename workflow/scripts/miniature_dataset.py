"""Generate a miniature dataset in the layout of the real one, and list what was asked for."""

import json
from pathlib import Path

from miniature.world.generate import generate
from patchprobe import records
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
generate(snakemake.wildcards.dataset, params.root, params.used, params.seed, params.n)
about = {"root": params.root, "used": params.used, "n": params.n}
Path(snakemake.output[0]).write_text(json.dumps(about, indent=1), encoding="utf-8")
records.write(snakemake)
