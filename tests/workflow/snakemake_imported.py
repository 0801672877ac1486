"""What a run of Snakemake imports before it looks at the workflow, imported once."""

import pandas  # noqa: F401
import PIL.Image  # noqa: F401
import zarr  # noqa: F401
from snakemake import cli

cli.get_argument_parser()  # imports its plugins
