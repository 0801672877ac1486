"""Draw a card of every backbone: its curves against those of the others."""

from patchprobe import records
from patchprobe.figures import card_panels, cards, style, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

params = snakemake.params
read = {
    name: tables.load(paths, params.protocol) for name, paths in snakemake.input.items() if paths
}
representations = style.representations(params.representations)
panels = card_panels.panels(representations, params.bank, **read)
note = tables.with_left_out(params.note, *read.values())
for backbone, path in zip(params.backbones, snakemake.output, strict=True):
    style.save(cards.draw(backbone, representations, panels), [path], note)
records.write(snakemake)
