"""Fetch a dataset and unpack it, unless it is there already."""

import json
from importlib import import_module
from pathlib import Path

from patchprobe import download
from patchprobe.datasets import archives
from patchprobe.logs import log_to

log_to(snakemake.log[0])

params, out = snakemake.params, Path(snakemake.output[0])
reader = import_module(f"patchprobe.datasets.{snakemake.wildcards.dataset}")
is_here = reader.DATASET.missing(params.root) is None
if not is_here:
    archive = out.with_suffix(".zip")
    download.fetch(params.url, archive, params.checksum)
    archives.unpack(archive, params.root, params.inside)
    archive.unlink()
about = {"root": params.root, "url": None if is_here else params.url}
out.write_text(json.dumps(about, indent=1))
