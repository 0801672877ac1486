"""Pool the patch embeddings under the boxes of objects."""

from patchprobe import devices, provenance, records
from patchprobe.crops import objects
from patchprobe.embeddings import pooling
from patchprobe.embeddings.patches import Tokens
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
wildcards = snakemake.wildcards
devices.use_threads(snakemake.threads)
place = dict(wildcards.items())
tokens = Tokens(inputs.tokens, **place)
about = provenance.record(
    **place,
    embeddings=tokens.provenance,
    objects_sha256=provenance.file_digest(inputs.objects),
    left_out=tokens.attributes["left_out"],
)
pooling.write(
    snakemake.output[0],
    tokens,
    objects.read(inputs.objects),
    params.layer,
    params.patch_px,
    about,
)
records.write(snakemake)
