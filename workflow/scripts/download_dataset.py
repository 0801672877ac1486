"""Fetch a dataset and unpack it, unless it is there already."""

import json
import os
from pathlib import Path

from patchprobe import records
from patchprobe.datasets import archives, roots
from patchprobe.datasets.base import dataset
from patchprobe.errors import DownloadError
from patchprobe.files import write_text
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out = snakemake.params, Path(snakemake.output[0])
reader = dataset(snakemake.wildcards.dataset)
is_here = reader.missing(params.root) is None
if not is_here:
    if message := roots.not_to_be_filled(params.root):
        raise DownloadError(message)
    root = os.path.realpath(params.root)  # a link stays one
    archives.install(params.url, out.parent, root, params.inside, params.checksum)
about = {"root": params.root, "url": None if is_here else params.url}
write_text(out, json.dumps(about, indent=1))
records.write(snakemake)
