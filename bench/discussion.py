"""Time of what the discussion and the tables beyond the paper add, at the paper's size.

Every part works on a slice with random numbers or random weights, and prints its own rate and what
follows for the paper: 451,584 bank patches, 188,160 query patches, 768 features; 2,304 and 960
crops. Seconds are processor time of all threads, so that other work beside it matters little.
"""

import argparse
import resource
import time

import numpy as np
import torch
from knn_speed import features

from patchprobe.backbones import mae_autoencoder as mae
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.embeddings import scaling, scenes
from patchprobe.evaluation import (
    ceilings,
    context,
    linear,
    reconstruction,
    reconstruction_scores,
)
from patchprobe.neighbours import knn

BANK, QUERY, N_FEATURES = 451_584, 188_160, 768
TRAIN_CROPS, QUERY_CROPS = 2304, 960
SWEEP = [0, 10, 20, 30, 40, 50, 100, 200, 400, 600, 750]
N_ORDERS = 4  # of controls: lowest variance, three random ones
CHANNELS = [torch.tensor(x).view(3, 1, 1) for x in (IMAGENET_MEAN, IMAGENET_STD)]


class timed:
    """Processor time of a block: `seconds`."""

    def __enter__(self):
        self.start = time.process_time()
        return self

    def __exit__(self, *error):
        self.seconds = time.process_time() - self.start


def tell(what, rate, paper_seconds):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what}: {rate}; the paper {paper_seconds / 3600:.2g} h (peak so far {memory:.2f} GiB)")


def searches(rng):
    """k-NN of controls, scaled features, votes and held-out layers, by pairs of patches."""
    bank, query = features(40_960, N_FEATURES, rng), features(1024, N_FEATURES, rng)
    pairs = len(bank) * len(query)
    knn.search(query[:64], bank[:2048])  # compiles
    kinds = {
        "plain": (1, [0], BANK * QUERY * (1 + len(scaling.SCALINGS))),
        "sweep": (1, SWEEP, BANK * QUERY * N_ORDERS),
        "100 neighbours": (100, [0], BANK * QUERY),
        "held out, 12 layers": (1, [0], BANK * BANK * 12),
    }
    for what, (k, n_removed, of_paper) in kinds.items():
        with timed() as run:
            knn.search(query, bank, n_removed=n_removed, k=k)
        rate = pairs / run.seconds
        tell(f"k-NN, {what}, three similarities", f"{rate:.3g} pairs/s", of_paper / rate)
    with timed() as run:
        moments = scaling.moments(bank)
        scaling.fit("whitened", *moments)(bank)
    tell("moments and whitening", f"{run.seconds:.1f} s for 40,960", run.seconds * BANK / len(bank))


def probes(rng):
    """Linear probes of the controls: four orders of eleven heads, 250 epochs."""
    rows, labels = features(20_480, N_FEATURES, rng), rng.integers(0, 34, 20_480)
    removed = [np.arange(m) for m in SWEEP]
    with timed() as run:
        linear.train(rows, labels, removed, 34, linear.Training(epochs=1), True)
    of_paper = run.seconds * BANK / len(rows) * 250 * N_ORDERS
    tell("probes, eleven heads", f"{len(rows) / run.seconds:.3g} patches/s an epoch", of_paper)


def ridge(rng):
    """All regressions of Table 6 at the paper's size, one backbone with 200 removed features."""
    rows = rng.standard_normal((TRAIN_CROPS, N_FEATURES)).astype(np.float32)
    shares = rng.random((TRAIN_CROPS, 3))
    sets = context.feature_sets(np.arange(N_FEATURES), [0, 200], 0)
    with timed() as run:
        for _, _, _, columns in sets:
            for make in context.REGRESSIONS.values():
                make().fit(rows[:, columns], shares)
    tell("ridge, both regressions, two middles", f"{2 * run.seconds:.0f} s", 2 * run.seconds)


def grids(rng):
    """Ceilings of the paper's grid: blocks of one class, one patch in three on a border of two."""
    labels = rng.integers(0, 34, (QUERY_CROPS, 196)) // 2 * 2
    share = np.where(rng.random(labels.shape) < 1 / 3, rng.integers(1, 334, labels.shape), 0)
    pixels = np.zeros((*labels.shape, 34), np.uint32)
    for values, of_class in ((334 - share, labels), (share, labels + 1)):
        np.put_along_axis(pixels, of_class[..., None], values[..., None].astype(np.uint32), -1)
    with timed() as run:
        scored = ceilings.scored_pixels(pixels, range(7, 34))
        ceilings.ascend(scored)
        ceilings.best_ious(scored)
    tell("ceilings, 188,160 patches, 34 labels", f"{run.seconds:.1f} s", run.seconds)


def autoencoder(device="cpu"):
    """MAE's encoder and decoder with random weights."""
    decoder = mae.Decoder(N_FEATURES, 512, 8, 16, 196, 16).eval()
    channels = [values.to(device) for values in CHANNELS]
    return mae.Autoencoder(build("vit_base_patch16_224").to(device), decoder.to(device), *channels)


def fills():
    """What Table 4 fills for one backbone with 200 removed features."""
    return reconstruction.every_fill(np.arange(N_FEATURES), np.zeros(N_FEATURES), [200], 0)


def decode(model, crops, noise):
    """Decode and score crops for all fills at both ratios."""
    for ratio in reconstruction.RATIOS:
        original, hidden, made = reconstruction.reconstruct(model, crops, noise, ratio, fills())
        for predicted, pasted in made:
            for i in range(len(crops)):
                areas = [np.ones_like(hidden[i]), hidden[i]][: 1 + bool(ratio)]
                reconstruction_scores.scores(original[i], predicted[i], areas[:1])
                if ratio:
                    reconstruction_scores.scores(original[i], pasted[i], areas)


def pictures(rng, n=4):
    """Reconstruction: all fills at both ratios, and their scores."""
    model = autoencoder()
    crops = torch.from_numpy(rng.integers(0, 256, (n, 256, 256, 3), dtype=np.uint8))
    with timed() as encoding:
        model.encode(crops, torch.arange(196).expand(n, -1))
    with timed() as run:
        decode(model, crops, rng.random((n, 196)))
    of_paper = run.seconds / n * QUERY_CROPS + encoding.seconds / n * TRAIN_CROPS
    tell(f"reconstruction, {len(fills())} fills", f"{run.seconds / n:.1f} s a crop", of_paper)


def whole_scenes(rng, n=8):
    """Scenes of the three datasets at all scales, by ViT-L; and their k-NN."""
    n_images = {"uc_merced": 2100, "resisc45": 31_500, "eurosat": 27_000}
    sides = {
        "uc_merced": (256, 128, 64, 32),
        "resisc45": (256, 128, 64, 32),
        "eurosat": (64, 32, 16),
    }
    seconds = {}
    for side in {x for of_dataset in sides.values() for x in of_dataset}:
        model = build("vit_large_patch16_224", img_size=side)
        images = torch.from_numpy(rng.integers(0, 256, (n, side, side, 3), dtype=np.uint8))
        scenes.embed(Backbone(model, *CHANNELS), images[:1])  # warms up
        with timed() as run:
            scenes.embed(Backbone(model, *CHANNELS), images)
        seconds[side] = run.seconds / n
    of_paper = sum(n_images[x] * seconds[side] for x in sides for side in sides[x])
    rates = ", ".join(f"{side} px {1 / seconds[side]:.2g}/s" for side in sorted(seconds))
    tell("scenes, ViT-L", rates, of_paper)
    bank, query = features(25_200, 1024, rng), features(630, 1024, rng)
    with timed() as run:
        knn.search(query, bank, np.arange(1024), [0, 200], ("cosine",), 20)
    searched = run.seconds * 10 * 4 * 2 * 2  # scales, banks, CLS and mean
    tell("k-NN of RESISC45 scenes", f"{run.seconds:.1f} s for a tenth of one search", searched)


def main():
    parts = {x.__name__: x for x in (searches, probes, ridge, grids, pictures, whole_scenes)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=parts, help="one part; default: all")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for name in [args.only] if args.only else parts:
        parts[name](np.random.default_rng(0))


if __name__ == "__main__":
    main()
