"""Generate a miniature dataset in the layout of the real one, and list what was asked for."""

import json

from miniature.world.generate import generate
from patchprobe import records
from patchprobe.files import write_text
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
generate(snakemake.wildcards.dataset, params.root, params.used, params.seed, params.n)
about = {"root": params.root, "used": params.used, "n": params.n}
write_text(snakemake.output[0], json.dumps(about, indent=1))
records.write(snakemake)
