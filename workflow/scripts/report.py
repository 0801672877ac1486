"""Write the page that tells what holds of the paper on this run."""

from pathlib import Path

from patchprobe import records
from patchprobe.logs import log_to
from patchprobe.report import page

log_to(snakemake.log[0])

out, params = snakemake.output[0], snakemake.params
page.write(
    out,
    about=params.about,
    config=params.config,
    entries=params.shown,
    absent=params.absent,
    reproduction={Path(path).stem: path for path in snakemake.input.reproduction},
    cards=snakemake.input.cards,
    cards_caption=(snakemake.input.cards_caption, {"note": params.cards_note}),
    results=Path(out).parent,
    benchmarks=params.benchmarks,
)
records.write(snakemake, derived=("shown", "absent"))
