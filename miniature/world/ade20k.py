"""Miniature ADE20K: scenes on disk, laid out and encoded like the SceneParsing release."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from miniature.world.folders import claim, write_atomically
from miniature.world.scenes.classes import FULL_NAMES
from miniature.world.scenes.scene import paint_scene, plan
from miniature.world.seeds import check_seed, scene_generator
from patchprobe.datasets.ade20k import SPLITS, image_path, label_path, split_of
from patchprobe.errors import DatasetError

JPEG_QUALITY = 90
_EXAMPLE = {split: f"ADE_{split}_00000001" for split in SPLITS}


def write(root, used, seed, n=None):
    """Paint scenes and write them in the layout of the folder ADEChallengeData2016.

    A scene depends on the seed, its split and its name alone, so that more scenes can be added
    later; writing again gives the same bytes. The number in its name chooses the kind of place and
    some of the things in it, so that some seven hundred consecutive ones show every class often
    enough for the subset of four training images a class. The tables objectInfo150.txt and
    sceneCategories.txt tell of all scenes that lie under `root`.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    used : dict of str to iterable of str
        Image names, such as ``ADE_train_00000001``, for the splits "train" and "val".
    seed : int
        Seed of the world, 0 or more.
    n : int, optional
        Training images to paint besides, ``ADE_train_00000001`` to number `n`.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a name is malformed.
    ValueError
        If the seed or a split is.
    """
    root, images = Path(root), {split: list(names) for split, names in used.items()}
    pool = [f"ADE_train_{number:08}" for number in range(1, (n or 0) + 1)]
    if pool:
        images["train"] = sorted({*images.get("train", []), *pool})
    _check(images, seed)
    claim(root)
    for split in SPLITS:
        for path_of in (image_path, label_path):
            path_of(root, split, _EXAMPLE[split]).parent.mkdir(parents=True, exist_ok=True)
    for split, names in images.items():
        for name in names:
            image, labels = paint_scene(scene_generator(seed, split, name), _number(name))
            _save(image_path(root, split, name), image, format="JPEG", quality=JPEG_QUALITY)
            _save(label_path(root, split, name), labels, format="PNG")
    _write_text(root / "sceneCategories.txt", _categories(root))
    _write_text(root / "objectInfo150.txt", _object_info(root))


def _check(images, seed):
    check_seed(seed)
    for split, names in images.items():
        if split not in SPLITS:
            raise ValueError(f"expected the splits {SPLITS}, found {split!r}; rename the split")
        for name in names:
            if split_of(name) != split:
                raise DatasetError(
                    f"{name} is the name of an image of {split_of(name)}, not of {split}: expected "
                    f"names such as {_EXAMPLE[split]}. Mend the subset list."
                )


def _number(name):
    return int(re.search(r"[0-9]+$", name)[0])


def _written(root, split):
    """Names of the scenes of a split that lie under `root`, sorted."""
    folder = label_path(root, split, _EXAMPLE[split]).parent
    return sorted(path.stem for path in folder.glob("ADE_*.png"))


def _categories(root):
    for split in SPLITS:
        for name in _written(root, split):
            yield f"{name} {plan(_number(name))[0].category}"


def _object_info(root):
    """Lines with the share of pixels and the number of images of every class, as found."""
    pixels = np.zeros(len(FULL_NAMES) + 1, dtype=np.int64)
    shown = {split: np.zeros(len(FULL_NAMES) + 1, dtype=np.int64) for split in SPLITS}
    for split in SPLITS:
        for name in _written(root, split):
            with Image.open(label_path(root, split, name)) as image:
                counts = np.array(image.histogram())[: len(pixels)]
            pixels += counts
            shown[split] += counts > 0
    shares = pixels / max(1, pixels.sum())
    yield "Idx\tRatio\tTrain\tVal\tName"
    for label, name in enumerate(FULL_NAMES, start=1):
        counts = "\t".join(str(shown[split][label]) for split in SPLITS)
        yield f"{label}\t{shares[label]:.4f}\t{counts}\t{name}"


def _save(path, pixels, **options):
    write_atomically(path, lambda file: Image.fromarray(pixels).save(file, **options))


def _write_text(path, lines):
    text = "".join(f"{line}\n" for line in lines)
    write_atomically(path, lambda file: file.write_text(text, encoding="utf-8"))
