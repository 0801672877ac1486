"""Compare a run with the paper: values, claims, protocols, leaderboard."""

import pandas as pd

from patchprobe import records
from patchprobe.figures import style
from patchprobe.logs import log_to
from patchprobe.reproduction import (
    claims,
    counted,
    leaderboard,
    paper_values,
    protocols,
    published,
    statements,
)
from patchprobe.reproduction.evidence import KINDS, Evidence
from patchprobe.reproduction.run import Run
from patchprobe.result_files import read_table
from patchprobe.results import write_table

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
results = {kind: inputs.get(kind) or [] for kind in KINDS}
evidence = Evidence(results, params.protocol, params.banks)
of_paper = Evidence(results, {**params.protocol, "k": 1}, params.banks)  # all of its k-NN are 1-NN
values = paper_values.read(inputs.published)
counts = {}
if inputs.tiles:
    counts |= counted.of_tiles(read_table(inputs.tiles))
if inputs.labels:
    of_labels, names = counted.of_labels(inputs.labels, params.bank_items)
    counts |= of_labels
    pixels = read_table(inputs.label_pixels)
    values = pd.concat([values, paper_values.of_label_pixels(pixels, names)], ignore_index=True)
run = Run(
    of_paper,
    dict(params.removed),
    params.train_sets,
    counted.variances(inputs.variance),
    counts,
    read_table(inputs.features, "feature")["feature"].tolist(),
)
representations = style.representations(params.representations)
own = Run(evidence)  # numbers of removed features, and k, as they are
labels = {r.backbone: r.label for r in representations if r.is_whole}
tables = {
    "values": published.compare(values, run),
    "claims": claims.judge(statements.EVERY, run, labels),
    "protocols": protocols.side_by_side(own, representations),
    "choices": protocols.choices(own, representations),
    "subset_noise": protocols.subset_noise(run, values, representations),
    "leaderboard": leaderboard.build(own, representations),
}
for name, table in tables.items():
    write_table(table, out[name], float_format="%.6g")
records.write(snakemake)
