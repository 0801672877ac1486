"""The generated datasets, file by file: trained weights and measured numbers hold for these.

Processors round differently: with other vector instructions a few pixels of a photograph in ten
thousand differ by 1 or 2 of 255 (measured); names, label maps and annotations do not. So the
photographs are compared pixel by pixel only where NumPy has the instructions of the record.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from miniature.world.generate import generate

pytestmark = pytest.mark.painters
SEED = 3
RECORDED_WITH = ["X86_V3"]
STREETS = {"train": ["ahausen_000008_000019"], "val": ["dornum_000011_000019"]}
TILES = {"train": ["part1-4__1__0___0.224_0_0"], "val": ["3__1__0___0.224_0_0"]}


@dataclass(frozen=True)
class World:
    """What is generated, and what it was: SHA-256 of names, label maps and texts, mean level of
    the photographs (0..255), SHA-256 of their pixels."""

    used: dict
    n: int | None
    facts: str
    level: float
    pixels: str


WORLDS = {
    "cityscapes": World(
        STREETS,
        None,
        "3974b017a648a33404e7c033b4f3b78b8311fe1132439b8d53eed51375ce7727",
        75.169,
        "1a6e75804a882b45cf6c8b990dcd0721f7599e52c3979bd84a26c729617da01d",
    ),
    "ade20k": World(
        {"val": ["ADE_val_00000012"]},
        4,
        "1df47ee45a5dd77e18da074056c1adf481cac13c31a5d565f4e50767015c31f1",
        112.572,
        "5ce8b98664e4277655f8466d05aba05f4e0b20d202da79b9ab1755544ace8816",
    ),
    "fair1m": World(
        TILES,
        None,
        "309131f49d151d77a95ce660cfceb433c2de74732a8d47ec1e61b0b04b728aa4",
        127.144,
        "0832b6d642a087e95b26c2fd0b7a68231381209934af6217e92fd245c2e8faa0",
    ),
    "bdd100k": World(
        {"val": ["00000000-00000001"]},
        2,
        "557dc330ea467fae5edfebaf7b860f848bc0e2af2e15014cd5f5ff517bacb090",
        94.437,
        "63201fe81ae52211e6cc6b3eceec906b36098a4a304ff94ce943fb30c5c63a36",
    ),
    "mot17": World(
        {},
        2,
        "faf75f7ad0537788cb4a2717b09d8178d54072bc20870560905fe06c4bf9f0ca",
        78.017,
        "d5f085b9917fd50c8056aebaadbd4b3c0c34c70ae6e8b01994c7976ca1ddb0c4",
    ),
    "uc_merced": World(
        {},
        1,
        "3c57219e66acded1e11dd1a091fbc1760b70def4410ac47e50005f4e5734740e",
        106.799,
        "ff13feef562d4f8aedfa91176f73feebbcb95263d8fef7fecf9b3ad205cacfe1",
    ),
    "resisc45": World(
        {},
        1,
        "7b2a6e2d2900e1b5a207b76e329779cb0e723d0f270e095eebb3ab066ad4a5fe",
        109.047,
        "cee58a78c89bcb26d1da3905d64decd6a8829b7fbca178d5f8a9ee7920ea6e3a",
    ),
    "eurosat": World(
        {},
        1,
        "42bc5d7d429ae6a24bb5a9461bbbb7ea08e00206457f71393ac8413a71c5f6a1",
        95.797,
        "da41366a7df5fa25fcf9ff7294ba4ef5dfe5966f152afb157e6da522ca84225f",
    ),
}


def describe(root):
    """`facts`, `level` and `pixels` of all files below a folder, as in `World`."""
    facts, pixels, photographs = hashlib.sha256(), hashlib.sha256(), []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        content = read(path)
        is_photograph = isinstance(content, np.ndarray) and content.ndim == 3
        shape = content.shape if isinstance(content, np.ndarray) else "text"
        facts.update(f"{path.relative_to(root).as_posix()} {shape}\n".encode())
        (pixels if is_photograph else facts).update(bytes(content))
        photographs += [content] if is_photograph else []
    sums = [[image.sum(dtype=np.int64), image.size] for image in photographs]
    level = np.divide(*np.sum(sums, axis=0))
    return facts.hexdigest(), float(level), pixels.hexdigest()


def read(path):
    """Pixels of an image, bytes of any other file."""
    if path.suffix not in (".png", ".jpg", ".tif"):
        return path.read_bytes()
    with Image.open(path) as image:
        return np.array(image)


@pytest.mark.parametrize("dataset", WORLDS)
def test_generated_files_are_those_of_the_measurements(tmp_path, dataset):
    world = WORLDS[dataset]
    generate(dataset, tmp_path, world.used, SEED, world.n)
    facts, level, pixels = describe(tmp_path)
    assert facts == world.facts
    assert level == pytest.approx(world.level, abs=0.01)
    if np.show_config(mode="dicts")["SIMD Extensions"]["found"] == RECORDED_WITH:
        assert pixels == world.pixels
