"""Draw objects of a video and what is nearest to them after a gap, and animate it."""

import numpy as np

from patchprobe import devices, records
from patchprobe.crops import objects
from patchprobe.embeddings import descriptors
from patchprobe.embeddings.variance import read_ranking, removal_order
from patchprobe.errors import DatasetError
from patchprobe.evaluation import association, video_frames
from patchprobe.figures import strip, style
from patchprobe.logs import log_to

log_to(snakemake.log[0])
style.use()

inputs, params, out = snakemake.input, snakemake.params, snakemake.output
item, frame_gap = snakemake.wildcards.video, int(snakemake.wildcards.frame_gap)
devices.use_threads(snakemake.threads)
(r,) = style.representations([params.representation])
table = objects.read(inputs.objects)
video = video_frames.find(video_frames.videos(table, min_visibility=params.min_visibility), item)
order = None
if inputs.variance:
    place = {"dataset": snakemake.wildcards.dataset, "backbone": r.backbone}
    order = removal_order(read_ranking(inputs.variance, **place), params.layer)
parts = descriptors.load(
    inputs.descriptors, inputs.objects, dataset=snakemake.wildcards.dataset, backbone=r.backbone
)[params.descriptor]
links = association.links(
    video, parts, video.frames, frame_gap, r.n_removed, order, params.similarity
)
if not links:
    raise DatasetError(
        f"nothing to draw: no object of {item} is in two frames that lie {frame_gap} apart (with "
        "query_every, of the frames that were kept)"
    )
of_video = table.loc[np.concatenate(video.rows)]
read = strip.reader(inputs.crops, item)
first = strip.start(links, frame_gap)
title = f"{r.label}, {item}: {frame_gap} frames ({frame_gap / video.rate:.3g} s) later"
figure = strip.draw(
    [f for f in range(first, first + strip.N_FRAMES * frame_gap, frame_gap) if f in video.frames],
    of_video,
    links,
    read,
    title,
)
style.save(figure, [out.png], params.note)
frames = sorted(links)
strip.animate(out.gif, frames, frame_gap, of_video, links, read, title, video.rate, params.note)
records.write(snakemake)
