"""The images that the miniature backbones are trained on: scenes of every generator, in tiles.

`python -m miniature.training.images` paints them into the user's cache (3.5 GB), on all cores.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from miniature.world import fair1m, land_use, mot17
from miniature.world.aerial import land_classes
from miniature.world.bdd100k import video_seed
from miniature.world.drives.plaza import plaza
from miniature.world.drives.shot import shoot
from miniature.world.drives.world import drive
from miniature.world.scenes import scene
from miniature.world.seeds import scene_generator
from miniature.world.streets import street as streets
from patchprobe.crops.tiles import tile
from patchprobe.datasets import bdd100k, cityscapes

SEED = 240100463  # of the training world; no configuration may have it as `miniature: seed`
TILE_PX = 256
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "patchprobe/miniature"
FOLDER = CACHE / "images"
_N_FRAMES = 40  # of a film; one in ten is shown


@dataclass(frozen=True)
class Source:
    """How many scenes of a generator are painted, and how: number -> tiles and their labels."""

    n_scenes: int
    paint: Callable


def _street(number):
    image, ids = streets.paint_street(scene_generator(SEED, "train", f"street_{number}"))
    return tile(image, TILE_PX), [_most(ids) for ids in tile(ids, TILE_PX)]


def _most(label_ids):
    """The class that covers most of a tile, void apart if there is anything else."""
    counts = np.bincount(label_ids.ravel(), minlength=cityscapes.N_CLASSES)
    if not counts[list(cityscapes.EVALUATED)].any():
        return "void"
    return cityscapes.CLASS_NAMES[max(cityscapes.EVALUATED, key=lambda label: counts[label])]


def _drive(number):
    seed = video_seed(SEED, "train", f"film_{number}")
    film = drive(seed, _N_FRAMES, bdd100k.IMAGE_SIZE, bdd100k.FRAME_RATE)
    return _frames(film, "drive")


def _plaza(number):
    sequence = f"film_{number}"
    size, rate, camera = list(mot17.UNUSUAL.values())[number % len(mot17.UNUSUAL)]
    film = plaza(mot17.sequence_seed(SEED, sequence), _N_FRAMES, size, rate, camera)
    return _frames(film, "plaza")


def _frames(film, label):
    frames = [shoot(film, index).image for index in range(0, _N_FRAMES, 10)]
    tiles = np.concatenate([tile(_middle(frame), TILE_PX) for frame in frames])
    return tiles, [label] * len(tiles)


def _middle(image):
    """The middle of an image that whole tiles fill."""
    rows, columns = (length // TILE_PX * TILE_PX for length in image.shape[:2])
    top, left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns]


def _aerial(number):
    image = fair1m.paint_image(SEED, "train", str(number)).image
    tiles = tile(_middle(image), TILE_PX)
    return tiles, [fair1m.KIND_OF[number % len(fair1m.KIND_OF)]] * len(tiles)


def _place(number):
    rng = scene_generator(SEED, "train", f"place_{number}")
    image, _ = scene.paint_scene(rng, number)
    frame = cv2.resize(image, (3 * TILE_PX, 2 * TILE_PX), interpolation=cv2.INTER_CUBIC)
    tiles = tile(frame, TILE_PX)
    return tiles, [scene.plan(number)[0].category] * len(tiles)


_LAND_USE = [
    (dataset, name, place, fine)
    for dataset, places, fine in (
        ("uc_merced", land_classes.UC_MERCED, 1),
        ("resisc45", land_classes.RESISC45, 1),
        ("eurosat", land_classes.EUROSAT, land_classes.EUROSAT_FINE),
    )
    for name, place in places.items()
]


def _photograph(number):
    dataset, name, place, fine = _LAND_USE[number % len(_LAND_USE)]
    rng = scene_generator(SEED, "train", f"{dataset}_{name}_{number}")
    image = land_use.paint_place(rng, place, fine)
    image = cv2.resize(image, (TILE_PX, TILE_PX), interpolation=cv2.INTER_CUBIC)
    return image[None], [f"{dataset} {name}"]


SOURCES = {
    "cityscapes": Source(320, _street),
    "bdd100k": Source(30, _drive),
    "mot17": Source(20, _plaza),
    "fair1m": Source(160, _aerial),
    "ade20k": Source(300, _place),
    "land_use": Source(24 * len(_LAND_USE), _photograph),
}
AERIAL = ("fair1m", "land_use")


def paint(source, number):
    """Paint one training scene.

    Parameters
    ----------
    source : str
        Of `SOURCES`.
    number : int
        A scene depends on it, `SEED` and its generator alone.

    Returns
    -------
    tiles : numpy.ndarray of uint8, shape (n_tiles, 256, 256, 3)
    labels : list of str, length n_tiles
        What a tile shows: the class that covers most of it (streets), or the kind of place.
    """
    return SOURCES[source].paint(number)


def paint_all(folder=FOLDER, sources=SOURCES, n_processes=None):
    """Paint the scenes of every source into `folder`; what is there already is kept.

    Files: <source>.npy, uint8 tiles (n_tiles, 256, 256, 3), and <source>.json, their labels.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        if (folder / f"{name}.json").exists():
            continue
        jobs = [(name, number) for number in range(source.n_scenes)]
        with get_context("spawn").Pool(n_processes) as pool:
            scenes = list(tqdm(pool.imap(_paint, jobs), total=len(jobs), desc=name))
        np.save(folder / f"{name}.npy", np.concatenate([tiles for tiles, _ in scenes]))
        labels = [label for _, of_scene in scenes for label in of_scene]
        (folder / f"{name}.json").write_text(json.dumps(labels))


def _paint(job):
    return paint(*job)


class Tiles:
    """The painted tiles of some sources, mapped from disk.

    Attributes
    ----------
    labels : numpy.ndarray of int64, shape (n_tiles,)
    label_names : list of str
        Sorted.
    """

    def __init__(self, sources=tuple(SOURCES), folder=FOLDER):
        folder = Path(folder)
        self._parts = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in sources]
        self._ends = np.cumsum([len(part) for part in self._parts])
        named = [x for name in sources for x in json.loads((folder / f"{name}.json").read_text())]
        self.label_names, self.labels = np.unique(named, return_inverse=True)

    def __len__(self):
        return int(self._ends[-1])

    def __getitem__(self, number):
        """Tile (256, 256, 3), uint8."""
        part = int(np.searchsorted(self._ends, number, side="right"))
        return np.array(self._parts[part][number - (self._ends[part - 1] if part else 0)])


def main():
    """Paint all training images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    paint_all(parser.parse_args().folder)


if __name__ == "__main__":
    main()
