"""Put the weights file of a backbone where the workflow expects it."""

from patchprobe import download
from patchprobe.backbones import weights
from patchprobe.backbones.load import check_entry
from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.errors import CheckpointError
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out, name = snakemake.params, snakemake.output[0], snakemake.wildcards.backbone
entry = snakemake.config["backbones"][name]  # what changes no file: no reason to run again
check_entry(params.loader, params.architecture, params.model_args, entry["depth"])
if params.random_seed is not None:
    weights.random(out, params.loader, params.architecture, params.model_args, params.random_seed)
elif params.hub:
    weights.link(weights.from_hub(params.architecture), out, entry.get("checksum"))
elif params.url is not None:
    download.fetch(params.url, out, entry.get("checksum"))
elif params.weights is not None:
    weights.link(params.weights, out, entry.get("checksum"))
else:
    raise CheckpointError(how_to_get(name, source=entry.get("source")))
