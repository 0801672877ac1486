"""Make Table 2: mean IoU of 1-NN and linear patch classifiers."""

from patchprobe.figures import style, tab2_segmentation, tables
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
scores = {
    (dataset, classifier): tables.load(
        [path for path in inputs[classifier] if f"/{dataset}/" in path], params.protocol
    )
    for dataset, _ in params.banks
    for classifier in ("knn", "linear")
}
representations = style.representations(params.representations)
table = tab2_segmentation.build(scores, representations, dict(params.banks))
table.to_csv(snakemake.output[0], index=False)
