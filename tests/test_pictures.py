"""Images that are not what they claim, or not what Pillow makes of them, in every reader."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from patchprobe.datasets import ade20k, bdd100k, cityscapes, mot17, pictures, resisc45, videos
from patchprobe.errors import DatasetError
from tests import (
    test_ade20k,
    test_bdd100k,
    test_cityscapes,
    test_fair1m_damage,
    test_land_use,
    test_mot17,
)

SIDE_PX = 60_000


def chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(width, height, n_bits, colour_type, rows):
    """A PNG file by hand: `rows` are the bytes of all rows, each after its filter."""
    head = struct.pack(">IIBBBBB", width, height, n_bits, colour_type, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def claim_in_png(path, colour_type=2):
    path.write_bytes(png(SIDE_PX, SIDE_PX, 8, colour_type, b"\x00" * 1000))


def claim_in_grey_png(path):
    claim_in_png(path, colour_type=0)


def claim_in_jpeg(path):
    """Write a small JPEG and change the size in its head."""
    Image.new("RGB", (16, 16)).save(path, "JPEG")
    content = bytearray(path.read_bytes())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", SIDE_PX, SIDE_PX)
    path.write_bytes(content)


def save_16_bits(path, size=(2048, 1024)):
    """A colour PNG of 16 bits, which Pillow opens as RGB of 8."""
    pixels = np.full((*size[::-1], 3), 40_000, np.uint16)
    assert cv2.imwrite(str(path.with_suffix(".png")), pixels)
    path.with_suffix(".png").rename(path)
    with Image.open(path) as image:
        assert image.mode == "RGB"


def save_4_bits(path, size=(2048, 1024)):
    """Grey labels 1 in 4 bits, which Pillow opens as 17."""
    row = b"\x00" + b"\x11" * (size[0] // 2)
    path.write_bytes(png(*size, 4, 0, row * size[1]))
    with Image.open(path) as image:
        assert (image.mode, image.getpixel((0, 0))) == ("L", 17)


def read_cityscapes(folder, damage, kind):
    test_cityscapes.write_pair(folder)
    path = folder / {"image": test_cityscapes.IMAGE, "labels": test_cityscapes.LABELS}[kind]
    damage(path)
    read = {"image": cityscapes.read_image, "labels": cityscapes.read_labels}[kind]
    return path, lambda: read(folder, "train", test_cityscapes.STEM)


def read_ade20k(folder, damage, kind):
    path = folder / {"image": test_ade20k.IMAGE, "labels": test_ade20k.LABELS}[kind]
    path.parent.mkdir(parents=True)
    damage(path)
    read = {"image": ade20k.read_image, "labels": ade20k._read_labels}[kind]
    return path, lambda: read(folder, "train", test_ade20k.ITEM)


def read_bdd100k(folder, damage, _):
    test_bdd100k.write_video(folder, [test_bdd100k.frame(0, [test_bdd100k.label("a")])])
    path = folder / f"{test_bdd100k.FOLDER}/{test_bdd100k.VIDEO}-0000001.jpg"
    damage(path)
    return path, lambda: bdd100k.DATASET.read(folder, "val", test_bdd100k.VIDEO).image


def read_mot17(folder, damage, _):
    test_mot17.write_sequence(folder, size=(2048, 1024))
    path = folder / test_mot17.FOLDER / "img1/000001.jpg"
    damage(path)
    return path, lambda: mot17.DATASET.read(folder, "train", test_mot17.SEQUENCE).image


def read_resisc45(folder, damage, _):
    test_land_use.write_two(folder, "resisc45")
    item = test_land_use.TWO_ITEMS["resisc45"][0]
    damage(folder / item)
    return folder / item, lambda: resisc45.LAND_USE.read_image(folder, item)


BOMBS = {
    "an image of Cityscapes": (read_cityscapes, claim_in_png, "image"),
    "labels of Cityscapes": (read_cityscapes, claim_in_grey_png, "labels"),
    "an image of ADE20K": (read_ade20k, claim_in_jpeg, "image"),
    "labels of ADE20K": (read_ade20k, claim_in_grey_png, "labels"),
    "a frame of BDD100K": (read_bdd100k, claim_in_jpeg, None),
    "a frame of MOT17": (read_mot17, claim_in_png, None),
    "an image of RESISC45": (read_resisc45, claim_in_jpeg, None),
}


@pytest.mark.parametrize(("prepare", "damage", "kind"), BOMBS.values(), ids=BOMBS.keys())
def test_a_size_that_cannot_be_is_refused_before_memory_is_taken(
    tmp_path, monkeypatch, prepare, damage, kind
):
    path, read = prepare(tmp_path, damage, kind)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(DatasetError, match="exceeds limit") as raised:
        read()
    assert str(path) in str(raised.value)


DEPTHS = {
    "an image of Cityscapes": (read_cityscapes, save_16_bits, "image", 16),
    "labels of Cityscapes": (read_cityscapes, save_4_bits, "labels", 4),
    "labels of ADE20K": (read_ade20k, save_4_bits, "labels", 4),
    "a frame of MOT17": (read_mot17, save_16_bits, None, 16),
}


@pytest.mark.parametrize(
    ("prepare", "damage", "kind", "n_bits"), DEPTHS.values(), ids=DEPTHS.keys()
)
def test_numbers_of_other_than_8_bits_are_refused(tmp_path, prepare, damage, kind, n_bits):
    path, read = prepare(tmp_path, damage, kind)
    with pytest.raises(DatasetError) as raised:
        read()
    assert str(raised.value).startswith(
        f"{path}: expected numbers of 8 bits, found {n_bits} bits, which would become other numbers"
    )


def test_the_largest_images_of_fair1m_are_no_bombs(tmp_path):
    path = tmp_path / test_fair1m_damage.IMAGE
    test_fair1m_damage.write_image(path, (10_000, 10_000))
    warned = pytest.warns(Image.DecompressionBombWarning)
    with warned, pictures.opened(path, ("TIFF",), "") as image:
        assert image.size == (10_000, 10_000)


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    path = tmp_path / "frame.jpg"
    Image.new("RGB", (30, 40)).save(path)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(pictures.Image, "open", refuse)
    with pytest.raises(DatasetError, match="cannot be read .Permission denied.: change its perm"):
        videos.read_frame(path, (40, 30), (28, 28))
