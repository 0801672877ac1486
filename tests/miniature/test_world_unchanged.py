"""The generated datasets, file by file: trained weights and measured numbers hold for these."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from miniature.world.generate import generate

SEED = 3
STREETS = {"train": ["ahausen_000008_000019"], "val": ["dornum_000011_000019"]}
TILES = {"train": ["part1-4__1__0___0.224_0_0"], "val": ["3__1__0___0.224_0_0"]}
# dataset: what is used, n, and the hash of everything that is written
WORLDS = {
    "cityscapes": (
        STREETS,
        None,
        "b6cd7dba29a52327b75792bd0f539a8a3587a1a38d84f899196fa63297a8be22",
    ),
    "ade20k": (
        {"val": ["ADE_val_00000012"]},
        4,
        "57a7ec4690f32f5b5b0d06569962739f2e1c0d209003bf9a0fffb3ed53e36083",
    ),
    "fair1m": (TILES, None, "67ee24d22dd72265e4fe8eaa76fc274f8c776d6c33731b7d02c60f97011771e5"),
    "bdd100k": (
        {"val": ["00000000-00000001"]},
        2,
        "7c8cf203a4021d0d672a47b6f2eeda2a662448a7d6c929eaacce835e3385ee46",
    ),
    "mot17": ({}, 2, "e21b495dfae654efe6ed49affdfa532d743f705e151907ec77f16137eeeda094"),
    "uc_merced": ({}, 2, "2c15872e251de615fde42c207ef0f2ab59a3146a9ec093743de6b5d68b521bcd"),
    "resisc45": ({}, 2, "2535ec5175741bcf3e293c5e8749ae01b5523602beffa5881501d35c6bf3643a"),
    "eurosat": ({}, 2, "fc4d7fd725e7f095a4fa4512246a7e2123efa9e876661ffc89eb5556755beef9"),
}


def content(path):
    """Pixels of an image with their shape, bytes of any other file."""
    if path.suffix not in (".png", ".jpg", ".tif"):
        return path.read_bytes()
    with Image.open(path) as image:
        pixels = np.asarray(image)
    return repr(pixels.shape).encode() + pixels.tobytes()


def folder_hash(root):
    """SHA-256 over the names and contents of all files below a folder."""
    total = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        total.update(f"{name} {hashlib.sha256(content(path)).hexdigest()}\n".encode())
    return total.hexdigest()


@pytest.mark.parametrize("dataset", WORLDS)
def test_generated_files_are_those_of_the_measurements(tmp_path, dataset):
    used, n, expected = WORLDS[dataset]
    generate(dataset, tmp_path, used, SEED, n)
    assert folder_hash(tmp_path) == expected
