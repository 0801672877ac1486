"""Generate a miniature dataset in the layout of the real one, and list what was made."""

import json
from pathlib import Path

from patchprobe.datasets.miniature import cityscapes
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
stems = {"train": params.train, "val": params.val}
cityscapes.write_cityscapes(params.root, stems, params.seed)
Path(snakemake.output[0]).write_text(json.dumps({"root": params.root, **stems}, indent=1))
