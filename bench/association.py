"""Time and peak memory of pooling and associating the objects of a long video.

A synthetic video: tokens of tiled frames, objects at random places that all stay. Pooling and
association run in processes of their own, whose peak memory is told. Association is of 15 gaps,
two descriptors, three similarities, with and without 200 features; its time is told against that of
reading all descriptors once, float16 and all bins.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from patchprobe import devices, provenance, store
from patchprobe.crops.objects import BOX
from patchprobe.embeddings import descriptors
from patchprobe.embeddings.patches import patches_name
from patchprobe.evaluation.association_scores import AssociationScores
from patchprobe.evaluation.video_frames import videos

GAPS = range(1, 58, 4)
FEATURES, LAYER, TILES, GRID = 768, 12, [2, 2], [14, 14]


def write_video(folder, n_frames, n_objects):
    """A store of tokens, and the table of objects."""
    rng = np.random.default_rng(0)
    n_crops = n_frames * TILES[0] * TILES[1]
    images = [["train", "v", frame] for frame in range(n_frames)]
    about = {"images": images, "tiles": [TILES] * n_frames, "grid": GRID, "levels": ["clean"]}
    store.create(folder / "tokens", {**about, "crops": [0, n_crops, n_crops], "left_out": []})
    shape = (n_crops, GRID[0] * GRID[1], FEATURES)
    chunks = (32, *shape[1:])
    array = store.create_array(
        folder / "tokens", patches_name("clean", LAYER), shape, "float16", chunks
    )
    for first in range(0, n_crops, 32):
        n = min(32, n_crops - first)
        array[first : first + n] = rng.standard_normal((n, *shape[1:]), dtype=np.float32)
    store.seal(folder / "tokens")
    corners = rng.uniform(0, 400, (n_objects, 2))
    boxes = np.hstack([corners, corners + rng.uniform(10, 60, (n_objects, 2))])
    table = pd.DataFrame(np.tile(boxes, (n_frames, 1)), columns=list(BOX))
    table.insert(0, "split", "train")
    table["item"], table["rate"], table["visibility"] = "v", 30.0, 1.0
    table["frame"] = np.repeat(np.arange(n_frames), n_objects)
    table["id"] = np.tile(np.arange(n_objects).astype(str), n_frames)
    table["category"] = "pedestrian"
    table.to_csv(folder / "objects.csv", index=False)
    return table


def pool(folder, table, threads):
    from patchprobe.embeddings import pooling
    from patchprobe.embeddings.patches import Tokens

    devices.use_threads(threads)
    about = {"objects_sha256": provenance.file_digest(folder / "objects.csv")}
    pooling.write(folder / "descriptors", Tokens([folder / "tokens"]), table, LAYER, 16, about)


def associate(folder, table, threads):
    devices.use_threads(threads)
    scores = AssociationScores(videos(table), GAPS)
    order = np.random.default_rng(1).permutation(FEATURES)
    for name, parts in descriptors.load(folder / "descriptors", folder / "objects.csv").items():
        counts = scores.count(parts, [0, 200], order, threads=threads)
        scores.add_settings(counts, [0, 200], descriptor=name)


def read(folder, table, threads):
    devices.use_threads(threads)
    for parts in descriptors.load(folder / "descriptors", folder / "objects.csv").values():
        for part in parts:
            for first in range(0, len(table), 8192):
                part[first : first + 8192]


def timed(work, *arguments):
    """Seconds and peak memory in GiB of a call in a process of its own, imports left out."""

    def run(pipe):
        start = time.perf_counter()
        work(*arguments)
        seconds = time.perf_counter() - start
        pipe.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20))

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=run, args=(theirs,))
    process.start()
    process.join()
    return ours.recv()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[105, 1050])
    parser.add_argument("--objects", type=int, default=15, help="in every frame")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    for n_frames in asked.frames:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            table = write_video(folder, n_frames, asked.objects)
            found = {
                work.__name__: timed(work, folder, table, asked.threads)
                for work in (pool, read, associate)
            }
            for name, (seconds, peak) in found.items():
                ratio = seconds / found["read"][0]
                print(
                    f"{n_frames:5} frames {name:9} {seconds:7.2f} s {ratio:6.2f} x {peak:5.2f} GiB"
                )
