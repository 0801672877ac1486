"""Make a table: the rule's inputs, by name, are arguments of the module's `build`."""

from importlib import import_module

from patchprobe import records
from patchprobe.figures import style, tables
from patchprobe.logs import log_to
from patchprobe.results import write_table

log_to(snakemake.log[0])

params = snakemake.params
module = import_module(f"patchprobe.figures.{params.module}")
read = {name: tables.load(paths, params.protocol) for name, paths in snakemake.input.items()}
representations = style.representations(params.representations)
table = module.build(**read, representations=representations, **params.arguments)
write_table(table, snakemake.output[0])
records.write(snakemake)
