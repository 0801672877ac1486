"""Check a dataset and report what is there; problems are told by the rule check_data."""

import json

from patchprobe import records
from patchprobe.datasets.base import dataset
from patchprobe.datasets.checks import check
from patchprobe.files import write_text
from patchprobe.logs import log_to
from patchprobe.result_files import read_table

log_to(snakemake.log[0])

params = snakemake.params
reader = dataset(snakemake.wildcards.dataset)
published = [(*asked, read_table(path)) for *asked, path in params.published]
report = check(reader, params.root, params.used, snakemake.threads, published, params.is_miniature)
write_text(
    snakemake.output[0],
    json.dumps({"text": report.text(), **report.as_dict()}, indent=1, ensure_ascii=False),
    errors="backslashreplace",  # names of files that are no UTF-8; JSON writes them so, too
)
records.write(snakemake)
