"""Associate the objects of videos by their descriptors after every gap."""

from patchprobe import devices, provenance, records, store
from patchprobe.crops import objects
from patchprobe.datasets import subsets
from patchprobe.embeddings import descriptors
from patchprobe.embeddings.variance import feasible_removals, read_ranking, removal_order
from patchprobe.evaluation.association_scores import AssociationScores
from patchprobe.evaluation.video_frames import videos
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
wildcards = snakemake.wildcards
devices.use_threads(snakemake.threads)
items = subsets.join(subsets.resolve(params.query, inputs.drawn))
found = videos(objects.read(inputs.objects), items, params.min_visibility)
place = {"dataset": wildcards.dataset, "backbone": wildcards.backbone, "variant": wildcards.variant}
about = store.attributes(inputs.descriptors, **place)
left_out = subsets.left_out(items, about["left_out"])
order = None
if inputs.variance:
    ranking = read_ranking(inputs.variance, dataset=wildcards.dataset, backbone=wildcards.backbone)
    order = removal_order(ranking, params.layer)
scores = AssociationScores(found, params.frame_gaps, params.every)
for name, parts in descriptors.load(inputs.descriptors, inputs.objects).items():
    cuts = feasible_removals(params.n_removed, parts[0].shape[1], wildcards.backbone)
    scores.add_settings(
        scores.count(parts, cuts, order, threads=snakemake.threads),
        cuts,
        **place,
        descriptor=name,
        n_left_out=len(left_out),
    )
scores.results.save(out.table, out.counts)
provenance.write(
    out.provenance,
    descriptors={key: about[key] for key in ("embeddings", "objects_sha256", "layer")},
    videos=[[video.split, video.item] for video in found],
    left_out=left_out,
)
records.write(snakemake)
