"""Associate the objects of videos by boxes alone, by mean colours alone, and at random."""

from patchprobe import records, store
from patchprobe.crops import objects
from patchprobe.datasets import subsets
from patchprobe.evaluation import association_controls
from patchprobe.evaluation.association_scores import AssociationScores
from patchprobe.evaluation.video_frames import videos
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params = snakemake.input, snakemake.params
items = subsets.join(subsets.resolve(params.query, inputs.drawn))
table = objects.read(inputs.objects)
scores = AssociationScores(
    videos(table, items, params.min_visibility), params.frame_gaps, params.every
)
crops = store.attributes(inputs.crops, dataset=snakemake.wildcards.dataset)
left_out = subsets.left_out(items, crops["left_out"])
association_controls.add(
    scores, table, dataset=snakemake.wildcards.dataset, n_left_out=len(left_out)
)
scores.results.save(snakemake.output.table, snakemake.output.counts)
records.write(snakemake)
