"""Rates of this machine: how many units of each kind of work it does in a second.

Kinds are those of `patchprobe.study.work`. On a CPU a rate is that of processor time, as if all
threads worked all the time, so that other work on the machine matters little; on a GPU it is wall
time.
"""

import importlib
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import cv2
import discussion
import numpy as np
import torch
from association import GAPS, associate, pool, write_video
from knn_memory import write as write_tokens
from knn_speed import features

from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, arguments_of, build
from patchprobe.crops import changes, labels, tiles
from patchprobe.crops.variants import CHANGED, CLEAN
from patchprobe.datasets.base import Classes, Dataset, Layout, Sample
from patchprobe.embeddings import variance
from patchprobe.evaluation import linear
from patchprobe.neighbours import knn
from patchprobe.study import plan

ON_GPU = ("embed", "knn", "probe", "decode")  # kinds of work that a GPU does, if there is one
FRAME = Layout((1024, 2048), 4, 8, 256)
FEW_BLOCKS = 3  # of a model, where all would take long
N_FEATURES = 768
FRAMES, OBJECTS = 64, 15  # of a made-up video


class Rates:
    """Rates by kind, each measured when it is first asked for.

    Parameters
    ----------
    work : patchprobe.study.work.Work
        Of the configuration, whose models and changes are measured.
    folder : path
        For stores, on the disk that is measured.
    device : {"cpu", "cuda"}
    threads : int
    seconds : float
        For each measurement, about; one that takes longer is done once.
    few_blocks : bool
        Measure models by some of their blocks.
    """

    def __init__(self, work, folder, device, threads, seconds, few_blocks):
        self.work, self.folder, self.device, self.threads = work, Path(folder), device, threads
        self.seconds, self.few_blocks = seconds, few_blocks
        self.rng = np.random.default_rng(0)
        self.found = {}

    def __call__(self, kind):
        """Units a second of a kind of work."""
        if kind not in self.found:
            print(f"measuring {' '.join(map(str, kind))} ...", file=sys.stderr, flush=True)
            run, amount = getattr(self, f"_{kind[0]}")(*kind[1:])
            self.found[kind] = amount / self._seconds(run, kind[0] in ON_GPU)
        return self.found[kind]

    def _seconds(self, run, on_gpu):
        """Seconds of a call; of the first alone, which warms up, only if it takes long."""
        is_cuda = on_gpu and self.device == "cuda"
        times = []
        while len(times) < 2 or sum(times[1:]) < self.seconds:
            start = time.perf_counter() if is_cuda else time.process_time()
            run()
            if is_cuda:
                torch.cuda.synchronize()
            end = time.perf_counter() if is_cuda else time.process_time()
            times.append((end - start) / (1 if is_cuda else self.threads))
            if times[0] >= self.seconds:
                return times[0]
        return float(np.mean(times[1:]))

    def _cut(self):
        dataset, items = made_up([FRAME] * 4, self.rng)
        path = self.folder / "crops.zarr"
        amount = len(items) * np.prod(FRAME.size)
        arguments = (path, dataset, ".", items, CLEAN, {})
        return lambda: tiles.write(*arguments, threads=self.threads), amount

    def _change(self, name):
        asked = changes.changes(plan.changes(self.work.config, name, CHANGED))
        layout = self.work.cut(name, CHANGED).layouts[0]
        dataset, items = made_up([layout], self.rng)
        arguments = (self.folder / "changed.zarr", dataset, ".", items, CHANGED, {}, asked)
        amount = sum(height * width for *_, height, width in layout.boxes) * len(asked)
        return lambda: tiles.write(*arguments, threads=self.threads), amount

    def _label(self, n_labels):
        dataset, items = made_up([FRAME] * 4, self.rng, n_labels)
        crops = self.folder / "labelled.zarr"
        tiles.write(crops, dataset, ".", items, CLEAN, {}, threads=self.threads)
        arguments = (self.folder / "labels.zarr", crops, dataset, ".", (14, 14), {}, self.threads)
        return lambda: labels.write(*arguments), len(items) * np.prod(FRAME.size)

    def _embed(self, architecture, height, width):
        entries = self.work.config["backbones"].values()
        entry = next(x for x in entries if x["architecture"] == architecture)
        is_large = height * width > 4 * tiles.CROP_PX**2
        depth = min(entry["depth"], FEW_BLOCKS) if is_large or self.few_blocks else entry["depth"]
        family = importlib.import_module(f"patchprobe.backbones.{entry['loader']}")
        asked = {**arguments_of(family, entry["model_args"]), "depth": depth}
        model = build(architecture, asked, img_size=(height, width))
        model = getattr(family, "prepare", lambda built: built)(model).eval().to(self.device)
        channels = [
            torch.tensor(x, device=self.device).view(3, 1, 1) for x in (IMAGENET_MEAN, IMAGENET_STD)
        ]
        backbone = Backbone(model, *channels, self.work.config["embedding"]["precision"])
        most = 32 if self.device == "cuda" else 4
        n = max(1, min(32, most * tiles.CROP_PX**2 // (height * width)))
        shape = (n, height, width, 3)
        crops = torch.from_numpy(self.rng.integers(0, 256, shape, dtype=np.uint8))
        return lambda: backbone.tokens(crops, [depth]), n * depth / entry["depth"]

    def _variance(self):
        n_crops = 256
        rows = write_tokens(self.folder / "tokens.zarr", n_crops, 196, N_FEATURES, self.rng)
        return lambda: variance.feature_variance(rows), 2 * np.prod(rows.shape)

    def _knn(self, n_settings, n_similarities, k):
        n_bank, n_queries = (131_072, 16_384) if self.device == "cuda" else (40_960, 1024)
        bank, queries = rows(n_bank), rows(n_bank + n_queries)[n_bank:]
        removed = [0, 200][:n_settings]
        if n_settings > 2:
            removed = np.linspace(0, 750, n_settings).astype(int)
        options = {
            "n_removed": removed,
            "similarities": knn.SIMILARITIES[-n_similarities:],
            "k": k,
            "device": self.device,
        }
        knn.search(queries[:64], bank[:2048], **options)  # compiles
        return lambda: knn.search(queries, bank, **options), n_bank * n_queries

    def _probe(self, n_heads, n_labels):
        batch_size = self.work.config["linear"]["batch_size"]
        n = batch_size * (16 if self.device == "cuda" else 2)
        x, y = rows(n), self.rng.integers(0, n_labels, n)
        removed = [np.arange(m) for m in np.linspace(0, 750, n_heads).astype(int)]
        training = linear.Training(epochs=1, batch_size=batch_size)
        arguments = (x, y, removed, n_labels, training, True, None, self.device)
        return lambda: linear.train(*arguments), n

    def _pool(self):
        table = self._video()
        return lambda: pool(self.folder, table, self.threads), 4 * FRAMES  # two by two tiles

    def _associate(self):
        table = self._video()
        pool(self.folder, table, self.threads)
        pairs = sum(max(0, FRAMES - gap) for gap in GAPS) * OBJECTS**2
        return lambda: associate(self.folder, table, self.threads), pairs

    @cache  # noqa: B019
    def _video(self):
        return write_video(self.folder, FRAMES, OBJECTS)

    def _decode(self):
        model, n = discussion.autoencoder(self.device), 4 if self.device == "cuda" else 1
        crops = torch.from_numpy(self.rng.integers(0, 256, (n, 256, 256, 3), dtype=np.uint8))
        noise = self.rng.random((n, 196))
        n_pictures = n * len(discussion.fills()) * len(discussion.reconstruction.RATIOS)
        return lambda: discussion.decode(model, crops, noise), n_pictures


@cache
def rows(n):
    """Patch-like features in float16."""
    return features(n, N_FEATURES, np.random.default_rng(0))


def made_up(layouts, rng, n_labels=34):
    """A dataset of smooth images with some noise, decoded from PNG as real ones; and its items."""

    def encoded(size, channels, high, noise):
        coarse = rng.integers(0, high, (size[0] // 32, size[1] // 32, channels)).astype(np.uint8)
        how = cv2.INTER_CUBIC if noise else cv2.INTER_NEAREST
        image = cv2.resize(coarse, size[::-1], interpolation=how).astype(int)
        image = image.reshape(*size, channels) + rng.integers(0, 1 + noise, (*size, channels))
        return cv2.imencode(".png", image.clip(0, 255).astype(np.uint8))[1]

    images = [(encoded(x.size, 3, 256, 8), encoded(x.size, 1, n_labels, 0)) for x in layouts]

    def read(root, split, item, frame=0):
        image, label_map = images[int(item)]
        return Sample(
            "group",
            lambda: cv2.imdecode(image, cv2.IMREAD_COLOR),
            lambda: cv2.imdecode(label_map, cv2.IMREAD_UNCHANGED),
        )

    dataset = Dataset(
        name="made up",
        splits=("val",),
        classes=lambda root: Classes(tuple(map(str, range(n_labels))), (1,)),
        missing=lambda root: None,
        items=lambda root, split: [],
        files=lambda root, split, item: [],
        problems=lambda root, split, item: (),
        layout=lambda root, split, item: layouts[int(item)],
        read=read,
    )
    return dataset, [("val", str(i)) for i in range(len(layouts))]


def disk(folder, n_bytes=2**28):
    """Bytes a second that are written to a disk, and read from it."""
    path, chunk = Path(folder) / "disk", os.urandom(2**24)
    start = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(n_bytes // len(chunk)):
            file.write(chunk)
        os.fsync(file.fileno())
    written = time.perf_counter()
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # not from memory
        again = time.perf_counter()
        while file.read(2**24):
            pass
    return n_bytes / (written - start), n_bytes / (time.perf_counter() - again)


def start():
    """Processor seconds that a job takes to begin: Python and what evaluations import."""
    code = "import timm, torchvision; from patchprobe.evaluation import classification"
    before = sum(os.times()[2:4])
    subprocess.run([sys.executable, "-c", code], check=True)
    return sum(os.times()[2:4]) - before
