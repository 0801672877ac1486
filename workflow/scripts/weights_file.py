"""Put the weights file of a backbone where the workflow expects it."""

from patchprobe import records
from patchprobe.backbones import weights
from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.errors import CheckpointError
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out, name = snakemake.params, snakemake.output[0], snakemake.wildcards.backbone
model = {key: params[key] for key in ("loader", "architecture", "model_args")}
entry = snakemake.config["backbones"][name]  # what changes no file: no reason to run again
checksum = entry.get("checksum")
if params.weights is not None:
    weights.link(params.weights, out, checksum)
elif params.random_seed is not None:
    weights.random(out, **model, seed=params.random_seed)
elif params.hub or params.url is not None:
    weights.fetch(out, **model, depth=entry["depth"], url=params.url, checksum=checksum)
else:
    raise CheckpointError(how_to_get(name, source=entry.get("source")))
records.write(snakemake)
