"""Put the weights file of a backbone where the workflow expects it."""

from patchprobe import weights
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out = snakemake.params, snakemake.output[0]
model = (params.architecture, params.model_args)
if params.random_seed is not None:
    weights.random(out, params.loader, *model, params.random_seed)
elif params.is_on_hub:
    weights.from_hub(out, *model)
else:
    name = snakemake.wildcards.backbone
    weights.provide(out, name, params.path, params.url, params.sha256, params.source)
