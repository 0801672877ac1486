"""Draw a figure: the rule's inputs, by name, are arguments of the module's `draw`."""

from importlib import import_module

from patchprobe import records
from patchprobe.figures import style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

params = snakemake.params
module = import_module(f"patchprobe.figures.{params.module}")
read = {
    name: tables.load(paths, params.protocol)
    for name, paths in snakemake.input.items()
    if name != "predictions"  # read where the rows of a table say so
}
arguments = dict(params.arguments)
if params.representations:
    arguments["representations"] = style.representations(params.representations)
figure = module.draw(**read, **arguments)
note = tables.with_left_out(params.note, *read.values())
style.save(figure, [snakemake.output.png, *snakemake.output.vector], note)
records.write(snakemake)
