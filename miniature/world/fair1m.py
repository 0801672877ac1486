"""Miniature FAIR1M: scenes from above on disk, laid out and annotated like FAIR1M 2.0."""

import re
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from miniature.world.aerial.scenes import paint_scene
from miniature.world.folders import claim, write_atomically
from miniature.world.seeds import check_seed, scene_generator
from patchprobe.datasets.fair1m import items_of
from patchprobe.errors import DatasetError

SIDES = (700, 1501)  # pixels, from and below
# What images show in turn, by their numbers; airports and harbours have the rarest objects.
KIND_OF = (
    *("harbour", "suburb", "airport", "industrial town"),
    *("harbour", "river", "countryside", "airport"),
)
_KEYS = {
    "train": re.compile(r"(?:part[12]/)?(0|[1-9][0-9]*)"),
    "val": re.compile(r"(0|[1-9][0-9]*)"),
}
_FOLDERS = {"train": "train", "val": "validation"}


def write(root, used, seed, n=None):
    """Paint the scenes of listed tiles and write them in the layout of FAIR1M 2.0.

    Parameters and errors as for `write_images`, but `used` holds the names of tiles, such as
    ``part1-12__1__0___0.224_0_0``; `n` is not used.
    """
    write_images(root, {split: items_of(tiles) for split, tiles in used.items()}, seed)


def write_images(root, images, seed):
    """Paint scenes and write them in the layout of FAIR1M 2.0.

    A scene depends on the seed, its split and its key alone, so that more scenes can be added
    later; writing again gives the same bytes. Its number chooses what it shows, in turn those of
    `KIND_OF`; its sides have 700 to 1500 pixels.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    images : dict of str to iterable of str
        Keys for the splits "train", such as ``part1/12``, or ``12`` for one without parts, and
        "val", such as ``12``.
    seed : int
        Seed of the world, 0 or more.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a key is malformed.
    ValueError
        If the seed or a split is.
    """
    images = {split: list(keys) for split, keys in images.items()}
    _check(images, seed)
    claim(root)
    for split, keys in images.items():
        for key in keys:
            scene = paint_image(seed, split, key)
            _write_tiff(image_path(root, split, key), scene.image)
            _write_xml(label_path(root, split, key), scene, key)


def image_path(root, split, key):
    """Path of the image of a key, such as ``part1/12``."""
    return _folder(root, split, key) / "images" / f"{_number(split, key)}.tif"


def label_path(root, split, key):
    """Path of the annotation of a key."""
    return _folder(root, split, key) / "labelXml" / f"{_number(split, key)}.xml"


def paint_image(seed, split, key):
    """The scene of a key: its size and everything on it."""
    rng = scene_generator(seed, split, key)
    height, width = (int(side) for side in rng.integers(*SIDES, size=2))
    return paint_scene(rng, KIND_OF[int(_number(split, key)) % len(KIND_OF)], height, width)


def _folder(root, split, key):
    return Path(root) / _FOLDERS[split] / Path(key).parent


def _number(split, key):
    match = _KEYS[split].fullmatch(key)
    if match is None:
        example = "part1/12 or 12" if split == "train" else "12"
        raise DatasetError(
            f"{key!r} is not the key of a FAIR1M image: expected {example} in the split {split}. "
            "Mend the subset list."
        )
    return match[1]


def _check(images, seed):
    check_seed(seed)
    for split, keys in images.items():
        if split not in _KEYS:
            raise ValueError(
                f"expected the splits {tuple(_KEYS)}, found {split!r}; rename the split"
            )
        for key in keys:
            _number(split, key)


def _write_tiff(path, image):
    write_atomically(path, lambda file: Image.fromarray(image).save(file, format="TIFF"))


def _write_xml(path, scene, key):
    tree = ElementTree.ElementTree(_annotation(scene, f"{Path(key).name}.tif"))
    ElementTree.indent(tree)
    write_atomically(path, lambda file: tree.write(file, encoding="utf-8", xml_declaration=True))


def _annotation(scene, file_name):
    height, width, depth = scene.image.shape
    root = ElementTree.Element("annotation")
    _fill(root, "source", filename=file_name, origin="GF2/GF3")
    _fill(root, "research", version="1.0", author="patchprobe", pluginname="miniature")
    _fill(root, "size", width=width, height=height, depth=depth)
    objects = ElementTree.SubElement(root, "objects")
    for thing in scene.objects:
        element = _fill(objects, "object", coordinate="pixel", type="rectangle", description="None")
        _fill(element, "possibleresult", name=thing.name)
        points = ElementTree.SubElement(element, "points")
        for x, y in [*thing.corners, thing.corners[0]]:
            ElementTree.SubElement(points, "point").text = f"{x:.6f},{y:.6f}"
    return root


def _fill(parent, tag, **texts):
    """Append an element with one child of text for each keyword."""
    element = ElementTree.SubElement(parent, tag)
    for name, text in texts.items():
        ElementTree.SubElement(element, name).text = str(text)
    return element
