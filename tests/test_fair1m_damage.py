"""FAIR1M on disk: what each kind of damage is called."""

import os

import numpy as np
import pytest
import tifffile
from PIL import Image

from patchprobe.datasets import fair1m, fair1m_annotations, fair1m_images
from patchprobe.datasets.checks import check
from patchprobe.errors import DatasetError
from tests import test_fair1m_images
from tests.test_fair1m_images import SQUARE, annotation, thing, write_image

IMAGE, LABEL = "validation/images/7.tif", "validation/labelXml/7.xml"
BOMB = """<?xml version="1.0"?>
<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><source><filename>&b;</filename></source><objects/></annotation>"""

THEFT = """<!DOCTYPE annotation [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<annotation><source><filename>&a;</filename></source><objects/></annotation>"""

root = test_fair1m_images.root


def put(path, content):
    """What replaces a file of the dataset: `damage(root)` for a table of broken inputs."""
    content = content.encode() if isinstance(content, str) else content
    return lambda root: (root / path).write_bytes(content)


def replace(old, new):
    def damage(root):
        text = (root / LABEL).read_text(encoding="utf-8")
        assert old in text
        (root / LABEL).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def cut(path, share):
    def damage(root):
        content = (root / path).read_bytes()
        (root / path).write_bytes(content[: int(len(content) * share)])

    return damage


def link_to_itself(path):
    def damage(root):
        (root / path).unlink()
        (root / path).symlink_to(path.split("/")[-1])

    return damage


def put_folder(path):
    return lambda root: ((root / path).unlink(), (root / path).mkdir())


def put_pipe(path):
    return lambda root: ((root / path).unlink(), os.mkfifo(root / path))


def objects(*things):
    return put(LABEL, annotation(7, *things))


def claim_size(width, height):
    """Change the size in the header of a TIFF without compression."""

    def damage(root):
        content = bytearray((root / IMAGE).read_bytes())
        for tag, value in ((256, width), (257, height)):
            entry = content.index(tag.to_bytes(2, "little") + b"\x04\x00\x01\x00\x00\x00")
            content[entry + 8 : entry + 12] = value.to_bytes(4, "little")
        (root / IMAGE).write_bytes(content)

    return damage


def save(mode, **options):
    return lambda root: write_image(root / IMAGE, mode=mode, **options)


def save_png(root):
    Image.new("RGB", (100, 80)).save(root / IMAGE, "PNG")


def save_16_bit(root):
    tifffile.imwrite(root / IMAGE, np.zeros((80, 100, 3), np.uint16), photometric="rgb")


BROKEN = {
    # images
    "no image": (lambda root: (root / IMAGE).unlink(), rf"missing: .*{IMAGE}\. Wanted is FAIR1M"),
    "cut in the middle": (cut(IMAGE, 0.5), rf"{IMAGE} cannot be decoded as TIFF .*unpack it again"),
    "cut in the header": (cut(IMAGE, 0.0003), rf"{IMAGE} cannot be decoded as TIFF"),
    "no bytes": (put(IMAGE, ""), rf"{IMAGE} cannot be decoded as TIFF"),
    "a web page": (
        put(IMAGE, "<html>log in</html>"),
        rf"{IMAGE} cannot be .*cannot identify",
    ),
    "another format": (save_png, rf"{IMAGE} cannot be decoded as TIFF \(cannot identify"),
    "an image that is a folder": (put_folder(IMAGE), rf"{IMAGE} cannot be .*it is not a file"),
    "an image that is a pipe": (put_pipe(IMAGE), rf"{IMAGE} cannot be .*it is not a file"),
    "a link to itself": (link_to_itself(IMAGE), rf"{IMAGE} cannot be .*(symbolic|symlink)"),
    "alpha": (
        save("RGBA"),
        rf"{IMAGE}: expected RGB of 8 bits, found mode RGBA, bits \(8, 8, 8, 8",
    ),
    "grey": (save("L"), rf"{IMAGE}: expected RGB of 8 bits, found mode L"),
    "palette": (save("P"), rf"{IMAGE}: expected RGB of 8 bits, found mode P"),
    "CMYK": (save("CMYK"), rf"{IMAGE}: expected RGB of 8 bits, found mode CMYK"),
    "16 bits": (save_16_bit, rf"{IMAGE}: expected RGB of 8 bits, .*bits \(16, 16, 16\)"),
    "too many pixels": (
        claim_size(20_001, 20_000),
        rf"{IMAGE} cannot be decoded as TIFF \(Image size \(400020000 pixels\) exceeds limit",
    ),
    # annotations
    "no annotation": (lambda root: (root / LABEL).unlink(), rf"missing: .*{LABEL}\. Wanted"),
    "an annotation that is a folder": (put_folder(LABEL), rf"{LABEL} cannot be .*it is not a file"),
    "an annotation that is a pipe": (put_pipe(LABEL), rf"{LABEL} cannot be .*it is not a file"),
    "a link of an annotation": (link_to_itself(LABEL), rf"{LABEL} cannot be .*(symbolic|symlink)"),
    "an empty annotation": (put(LABEL, ""), rf"{LABEL} cannot be read as XML \(no element found"),
    "a cut annotation": (cut(LABEL, 0.7), rf"{LABEL} cannot be read as XML"),
    "no UTF-8": (put(LABEL, "<a>é</a>".encode("latin1")), rf"{LABEL} cannot be read .*utf-8"),
    "UTF-16 that lost a byte": (
        put(LABEL, annotation(7).replace("utf-8", "utf-16").encode("utf-16")[:-1]),
        rf"{LABEL} cannot be read as XML .*truncated",
    ),
    "gb2312 that is UTF-8": (
        replace('"utf-8"', '"gb2312"'),
        rf"{LABEL} cannot be read as XML \(it declares gb2312, but is not in it",
    ),
    "UTF-8 that is gb2312": (
        put(LABEL, annotation(7).encode("gb2312")),
        rf"{LABEL} cannot be read as XML \(it declares utf-8, but is not in it",
    ),
    "UTF-8 that is UTF-16": (
        put(LABEL, annotation(7).encode("utf-16")),
        rf"{LABEL} cannot be read as XML \(it declares utf-8, but is UTF-16",
    ),
    "UTF-16 that is UTF-8": (
        put(LABEL, annotation(7).replace('"utf-8"', '"utf-16"')),
        rf"{LABEL} cannot be read as XML \(it declares utf-16, but is not in it",
    ),
    "gb2312 with the mark of UTF-8": (
        put(LABEL, "﻿" + annotation(7).replace('"utf-8"', '"gb2312"')),
        rf"{LABEL} cannot be read as XML \(it declares gb2312, but is UTF-8",
    ),
    "an encoding that is none": (
        replace('"utf-8"', '"rot13"'),
        rf"{LABEL} cannot be read as XML \(it declares rot13, expected utf-16 or one of utf-8",
    ),
    "entities in UTF-16": (
        put(LABEL, BOMB.replace('1.0"', '1.0" encoding="utf-16"').encode("utf-16")),
        rf"{LABEL}: expected no DOCTYPE",
    ),
    "another file as an entity": (put(LABEL, THEFT), rf"{LABEL}: expected no DOCTYPE"),
    "results of a detector": (
        objects(thing().replace("</name>", "</name><probability>0.97</probability>")),
        rf"{LABEL}: expected ground truth, found objects with a probability, as in the results of",
    ),
    "points on the globe": (
        replace(">pixel<", ">geographic<"),
        r"object 1: Boeing737: expected points in pixels .*, found coordinate 'geographic'",
    ),
    "entities": (put(LABEL, BOMB), rf"{LABEL}: expected no DOCTYPE"),
    "an entity that is not defined": (
        replace("None", "&x;"),
        rf"{LABEL} cannot .*undefined entity",
    ),
    "another root": (put(LABEL, "<html/>"), rf"{LABEL}: expected <annotation>, found <html>"),
    "no objects": (put(LABEL, "<annotation/>"), rf"{LABEL}: expected <objects>, found none"),
    # objects
    "unknown category": (
        objects(thing(), thing("Zeppelin")),
        rf"{LABEL}, object 2: unknown category 'Zeppelin'; see config/README.md#fair1m",
    ),
    "no category": (replace("<name>Boeing737</name>", ""), "object 1: unknown category ''"),
    "three points": (
        objects(thing(points=SQUARE[:3])),
        rf"{LABEL}, object 1: Boeing737: expected 4 or more points .* found 3",
    ),
    "no points": (replace("points>", "bndbox>"), rf"{LABEL} cannot be read as XML"),
    "empty points": (objects(thing(points=SQUARE[:1])), "expected 4 or more points .* found 1"),
    "NaN": (
        replace("10.000000,20.", "nan,20."),
        r"object 1: expected .*x,y; found 'nan,20.000000'",
    ),
    "infinite": (replace("10.000000,", "-inf,"), "object 1: expected points of two finite numbers"),
    "too large": (
        replace("10.000000,", "1e999,"),
        "object 1: expected points of two finite numbers",
    ),
    "one number": (replace("10.000000,", ""), "object 1: expected .*; found '20.000000'"),
    "three numbers": (replace("10.000000,", "10,1,"), "object 1: expected .*'10,1,20.000000'"),
    "words": (replace("10.000000,", "ten,"), "object 1: expected .*; found 'ten,20.000000'"),
    "outside": (
        objects(thing(points=[(x + 91, y) for x, y in SQUARE])),
        r"object 1: lies outside the image of 100x80 px, at x 101..131, y 20..60. Are annotations",
    ),
    "above": (objects(thing(points=[(x, y - 61) for x, y in SQUARE])), "object 1: lies outside"),
    "far away": (
        objects(thing(points=[(0, 0), (40_000, 0), (40_000, 60), (0, 60)])),
        "object 1: reaches more than 10,000 px out of the image",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_wrong_is_named(root, damage, message):
    damage(root)
    (problem,) = fair1m_images.problems(root, "val", "7")
    with pytest.raises(DatasetError, match=message) as raised:
        fair1m_images.read_image(root, "val", "7")
        fair1m_images.read_objects(root, "val", "7")
    assert str(raised.value) == problem
    assert "config/README.md#fair1m" in problem
    report = check(fair1m.DATASET, root, {"val": ["7__1__0___0.224_0_0"]})
    assert report.bad == {"val": {"7__1__0___0.224_0_0": [problem]}}


def test_every_bad_object_is_named(root):
    bad = [thing("Zeppelin") for _ in range(7)]
    objects(thing(), *bad)(root)
    lines = list(fair1m_images.problems(root, "val", "7"))
    assert [line.split(": ")[0] for line in lines] == [
        f"{root / LABEL}, object {number}" for number in range(2, 9)
    ]
    with pytest.raises(DatasetError) as raised:
        fair1m_images.read_objects(root, "val", "7")
    assert str(raised.value).splitlines() == [*lines[:5], "and 2 more"]


def test_a_bad_image_does_not_hide_bad_objects(root):
    objects(thing("Zeppelin"))(root)
    cut(IMAGE, 0.5)(root)
    image, label = fair1m_images.problems(root, "val", "7")
    assert "cannot be decoded as TIFF" in image
    assert "unknown category 'Zeppelin'" in label


def test_an_annotation_of_too_many_bytes_is_refused(root, monkeypatch):
    monkeypatch.setattr(fair1m_annotations, "_MAX_XML_BYTES", 100)
    (problem,) = fair1m_images.problems(root, "val", "7")
    assert problem.startswith(f"{root / LABEL}: expected at most 100 bytes")


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's about bad tags
def test_damaged_bytes_raise_nothing_but_errors_of_the_dataset(root, compression):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (80, 100, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(root / IMAGE, compression=compression)
    files = {path: (root / path).read_bytes() for path in (IMAGE, LABEL)}
    n_bad = 0
    for _ in range(150):
        for path, content in files.items():
            damaged = np.frombuffer(content, np.uint8).copy()
            size = len(damaged)
            ends = [*range(min(size, 200)), *range(max(size - 200, 0), size)]  # tags are there
            damaged[rng.choice(ends, 3)] = rng.integers(0, 256, 3)
            (root / path).write_bytes(damaged[: rng.integers(size // 2, 2 * size)].tobytes())
            lines = list(fair1m_images.problems(root, "val", "7"))
            n_bad += bool(lines)
            assert all(str(root / path) in line for line in lines)
            (root / path).write_bytes(content)
    assert 50 < n_bad < 300
    assert list(fair1m_images.problems(root, "val", "7")) == []
