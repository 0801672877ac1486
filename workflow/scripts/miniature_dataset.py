"""Generate a miniature dataset in the layout of the real one, and list what was made."""

import json
from pathlib import Path

from patchprobe.datasets import subsets
from patchprobe.datasets.miniature import cityscapes
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params = snakemake.params
stems = {
    split: sorted({stem for _, path in lists for stem in subsets.read_list(path)})
    for split, lists in (("train", params.train), ("val", params.val))
}
cityscapes.write_cityscapes(params.root, stems, params.seed)
Path(snakemake.output[0]).write_text(json.dumps({"root": params.root, **stems}, indent=1))
