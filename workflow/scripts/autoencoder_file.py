"""Put the file of MAE's encoder and decoder where the workflow expects it."""

from patchprobe import records
from patchprobe.backbones import weights
from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.errors import CheckpointError
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out, name = snakemake.params, snakemake.output[0], snakemake.wildcards.backbone
model = {"loader": "mae", "architecture": params.architecture, "model_args": params.model_args}
entry = snakemake.config["backbones"][name]  # what changes no file: no reason to run again
asked, depth = entry["autoencoder"], entry["depth"]
checksum = asked.get("checksum")
if params.weights is not None:
    weights.link(params.weights, out, checksum)
elif params.url is not None:
    weights.fetch(out, **model, depth=depth, url=params.url, checksum=checksum)
else:
    raise CheckpointError(how_to_get(f"the autoencoder of {name}", source=asked.get("source")))
records.write(snakemake)
