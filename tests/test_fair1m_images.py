"""FAIR1M on disk: spellings of folders, what is read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from patchprobe.datasets import fair1m_annotations, fair1m_images
from patchprobe.errors import DatasetNotFoundError

SQUARE = ((10, 20), (40, 20), (40, 60), (10, 60))
OBJECT = """<object><coordinate>pixel</coordinate><type>rectangle</type>
<description>None</description><possibleresult><name>{name}</name></possibleresult>
<points>{points}</points></object>
"""
ANNOTATION = """<?xml version="1.0" encoding="utf-8"?>
<annotation>
<source><filename>{filename}</filename><origin>GF2/GF3</origin></source>
<research><version>1.0</version><provider>大学</provider></research>
<size><width>1</width><height>1</height><depth>3</depth></size>
<objects>
{objects}</objects>
</annotation>
"""


def thing(name="Boeing737", points=SQUARE):
    """XML of an object; the first point is repeated, as in the annotations."""
    texts = [f"<point>{x:.6f},{y:.6f}</point>" for x, y in (*points, points[0])]
    return OBJECT.format(name=name, points="".join(texts))


def annotation(number, *objects):
    return ANNOTATION.format(filename=f"{number}.tif", objects="".join(objects))


def write_image(path, size=(100, 80), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(path, **options)


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_item(folder, number, *objects, images="images", labels="labelXml", size=(100, 80)):
    """An image of `size` (width, height) with its annotation."""
    write_image(folder / images / f"{number}.tif", size)
    write_text(folder / labels / f"{number}.xml", annotation(number, *(objects or [thing()])))


@pytest.fixture
def root(tmp_path):
    """One image of the validation split."""
    write_item(tmp_path / "validation", 7, thing(), thing("other-ship"))
    return tmp_path


# ------------------------------------------------------------------------------ folders


LAYOUTS = {
    "2.0": ("val", "validation", "images", "labelXml", "7"),
    "2.0, part 1": ("train", "train/part1", "images", "labelXml", "part1/7"),
    "2.0, part 2": ("train", "train/part2", "images", "labelXmls", "part2/7"),
    "1.0": ("train", "train/part2", "images-2", "labelXmls", "part2/7"),
    "capitals": ("train", "Train/Part2", "Images", "labelXMLs", "part2/7"),
    "numbered labels": ("train", "train/part1", "images_1", "labelXml-1", "part1/7"),
    "without parts": ("train", "train", "images", "labelXml", "7"),
    "val": ("val", "val", "images", "labelXmls", "7"),
}


@pytest.mark.parametrize(
    ("split", "folder", "images", "labels", "item"), LAYOUTS.values(), ids=LAYOUTS.keys()
)
def test_folders_in_all_spellings(tmp_path, split, folder, images, labels, item):
    write_item(tmp_path / folder, 7, images=images, labels=labels)
    assert fair1m_images.missing(tmp_path) is None
    assert fair1m_images.items(tmp_path, split) == [item]
    other = {"train": "val", "val": "train"}[split]
    assert fair1m_images.items(tmp_path, other) == []
    assert fair1m_images.image_path(tmp_path, split, item) == tmp_path / folder / images / "7.tif"
    assert fair1m_images.label_path(tmp_path, split, item) == tmp_path / folder / labels / "7.xml"
    assert list(fair1m_images.problems(tmp_path, split, item)) == []
    assert len(fair1m_images.read_objects(tmp_path, split, item)) == 1
    assert list(fair1m_images.layout_problems(tmp_path)) == []


def test_the_same_id_in_parts_and_splits_is_three_images(tmp_path):
    folders = {"part1/0": "train/part1", "part2/0": "train/part2", "0": "validation"}
    for width, folder in enumerate(folders.values(), 80):
        write_item(tmp_path / folder, 0, size=(width, 90))
    assert fair1m_images.items(tmp_path, "train") == ["part1/0", "part2/0"]
    assert fair1m_images.items(tmp_path, "val") == ["0"]
    splits = ("train", "train", "val")
    sizes = [fair1m_images.read_size(tmp_path, *key) for key in zip(splits, folders, strict=True)]
    assert sizes == [(90, 80), (90, 81), (90, 82)]
    with pytest.raises(DatasetNotFoundError, match="missing: 0.tif .* part1/<id> and part2/<id>"):
        fair1m_images.read_image(tmp_path, "train", "0")


def test_two_folders_of_images_share_the_labels_of_a_part(tmp_path):
    part = tmp_path / "train/part2"
    write_item(part, 1, images="images-1", labels="labelXmls")
    write_item(part, 2, images="images-2", labels="labelXmls")
    assert fair1m_images.items(tmp_path, "train") == ["part2/1", "part2/2"]
    for item in fair1m_images.items(tmp_path, "train"):
        assert list(fair1m_images.problems(tmp_path, "train", item)) == []


def test_half_an_item_is_an_item(root):
    write_image(root / "validation/images/10.tif")
    write_text(root / "validation/labelXml/9.xml", annotation(9, thing()))
    assert fair1m_images.items(root, "val") == ["10", "7", "9"]
    images, labels = root / "validation/images", root / "validation/labelXml"
    assert [*fair1m_images.problems(root, "val", "10")] == [
        f"missing: {labels / '10.xml'}. {fair1m_images.HELP}"
    ]
    assert [*fair1m_images.problems(root, "val", "9")] == [
        f"missing: {images / '9.tif'}. {fair1m_images.HELP}"
    ]


# ------------------------------------------------------------------------------ reading


def test_pixels_are_read_row_by_row_with_rgb_last(root):
    image = Image.new("RGB", (100, 80), (10, 20, 30))
    image.putpixel((99, 0), (255, 1, 2))  # x, y: top right
    image.save(root / "validation/images/7.tif", compression="tiff_lzw")
    read = fair1m_images.read_image(root, "val", "7")
    assert (read.shape, read.dtype) == ((80, 100, 3), np.uint8)
    assert read[0, 99].tolist() == [255, 1, 2]
    assert read[79, 99].tolist() == [10, 20, 30]
    assert fair1m_images.read_size(root, "val", "7") == (80, 100)


def test_objects_are_read_in_order_with_the_fifth_point_dropped(root):
    first, second = fair1m_images.read_objects(root, "val", "7")
    assert [first.category, second.category] == [1, 21]
    assert first.polygon.dtype == np.float64
    assert first.polygon.tolist() == [[10, 20], [40, 20], [40, 60], [10, 60]]
    with pytest.raises(AttributeError):
        first.category = 2


def test_five_different_points_are_kept(root):
    points = ((10, 20), (40.5, 20.25), (50, 40), (40, 60), (10, 60))
    write_text(root / "validation/labelXml/7.xml", annotation(7, thing("Bridge", points)))
    (bridge,) = fair1m_images.read_objects(root, "val", "7")
    assert bridge.polygon.tolist() == [list(point) for point in points]


VARIANTS = {
    "BOM": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "one line": lambda text: text.replace("\n", ""),
    "white space": lambda text: text.replace("<name>", "<name>\n  ").replace(",", " ,\t"),
    "no list of objects": lambda text: text.replace("<objects>", "").replace("</objects>", ""),
    "no file name": lambda text: text.replace("<filename>7.tif</filename>", ""),
    "file name with a folder": lambda text: text.replace("7.tif", r"images\7.tif"),
    "two results": lambda text: text.replace(
        "</possibleresult>", "</possibleresult><possibleresult><name>Van</name></possibleresult>"
    ),
    "no XML declaration": lambda text: text.split("?>\n")[1],
    "name of another image": lambda text: text.replace("7.tif", "8.tif"),
    "a comment": lambda text: text.replace("<objects>", "<!--目标--><objects>"),
}


@pytest.mark.parametrize("vary", VARIANTS.values(), ids=VARIANTS.keys())
def test_variants_of_the_annotation_are_read_the_same(root, vary):
    path = root / "validation/labelXml/7.xml"
    expected = fair1m_images.read_objects(root, "val", "7")
    text = path.read_text(encoding="utf-8")
    assert vary(text) != text
    path.write_text(vary(text), encoding="utf-8", newline="")
    read = fair1m_images.read_objects(root, "val", "7")
    assert [x.category for x in read] == [x.category for x in expected]
    np.testing.assert_array_equal([x.polygon for x in read], [x.polygon for x in expected])
    assert list(fair1m_images.problems(root, "val", "7")) == []


DECLARED = {
    "gb2312": ("gb2312", "gb2312", "大学"),
    "GB2312": ("GB2312", "gb2312", "大学"),
    "what Windows calls gb2312": ("gb2312", "gbk", "朱镕基"),
    "gbk": ("gbk", "gbk", "大学"),
    "gb18030": ("gb18030", "gb18030", "大学 €"),
    "UTF-8 with a mark": ("UTF-8", "utf-8-sig", "大学"),
    "utf8": ("utf8", "utf-8", "大学"),
    "UTF-16": ("utf-16", "utf-16", "大学"),
    "UTF-16 from its high bytes": ("utf-16", "utf-16-be", "大学"),
    "Latin": ("ISO-8859-1", "latin-1", "Université"),
    "ASCII": ("us-ascii", "ascii", "university"),
}


@pytest.mark.parametrize(("declared", "codec", "word"), DECLARED.values(), ids=DECLARED.keys())
def test_annotations_are_read_in_the_encoding_that_they_declare(root, declared, codec, word):
    expected = fair1m_images.read_objects(root, "val", "7")
    path = root / "validation/labelXml/7.xml"
    text = path.read_text(encoding="utf-8").replace('"utf-8"', f'"{declared}"')
    path.write_bytes(text.replace("大学", word).encode(codec))
    read = fair1m_images.read_objects(root, "val", "7")
    assert [x.category for x in read] == [x.category for x in expected]
    assert fair1m_annotations.read_xml(path).findtext("research/provider") == word
    assert list(fair1m_images.problems(root, "val", "7")) == []


def test_an_image_may_have_no_object(root):
    write_text(root / "validation/labelXml/7.xml", annotation(7))
    assert fair1m_images.read_objects(root, "val", "7") == []
    assert list(fair1m_images.problems(root, "val", "7")) == []


def test_points_may_lie_a_little_outside_the_image(root):
    points = ((-3.5, -2), (102, -2), (102, 81.25), (-3.5, 81.25))
    write_text(root / "validation/labelXml/7.xml", annotation(7, thing("Bridge", points)))
    (bridge,) = fair1m_images.read_objects(root, "val", "7")
    assert bridge.polygon.tolist() == [list(point) for point in points]


def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path):
    folder = tmp_path / "Straßen in Köln" / "images 街 景"
    write_item(folder / "validation", 7)
    assert fair1m_images.items(str(folder), "val") == ["7"]
    assert list(fair1m_images.problems(str(folder), "val", "7")) == []
    assert fair1m_images.read_image(str(folder), "val", "7").shape == (80, 100, 3)


def test_folders_and_files_may_be_links(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "train").mkdir()
    (other / "train" / "part1").symlink_to(root / "validation", target_is_directory=True)
    assert fair1m_images.items(other, "train") == ["part1/7"]
    assert list(fair1m_images.problems(other, "train", "part1/7")) == []


def test_root_may_be_relative(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    assert fair1m_images.items(Path(root.name), "val") == ["7"]
