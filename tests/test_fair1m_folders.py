"""Folders of FAIR1M: what is not there, what is no FAIR1M, what is mixed."""

import pytest

from patchprobe.datasets import fair1m, fair1m_images
from patchprobe.datasets.checks import check
from patchprobe.errors import DatasetError, DatasetNotFoundError
from tests import test_fair1m_images
from tests.test_fair1m_images import annotation, write_image, write_item, write_text

IMAGE, LABEL = "validation/images/7.tif", "validation/labelXml/7.xml"

root = test_fair1m_images.root


# ------------------------------------------------------------------------------ names and folders


@pytest.mark.parametrize(
    "item",
    ["", "7.tif", "../7", "part1", "part1/", "/7", "part1/../7", "part1-7", "a", "٧", "7\n", "-7"],
)
def test_bad_item_is_refused(root, item):
    for read in (
        fair1m_images.read_image,
        fair1m_images.read_objects,
        fair1m_images.image_path,
        fair1m_images.label_path,
    ):
        with pytest.raises(
            DatasetError, match="is not the name of a FAIR1M image.*Mend the subset"
        ):
            read(root, "val", item)
    (problem,) = fair1m_images.problems(root, "val", item)
    assert "is not the name of a FAIR1M image" in problem


@pytest.mark.parametrize(
    ("split", "item", "message"),
    [
        ("val", "8", f"missing: .*{IMAGE.replace('7', '8')}"),
        ("val", "part1/7", "missing: part1/7.tif of the split val in .*, which has images <id>"),
        ("train", "7", "missing: .*train/images/7.tif"),
        ("train", "part1/7", "missing: .*train/part1/images/7.tif"),
        ("test", "7", "no split 'test' that can be used: its test images have no public labels"),
    ],
)
def test_what_is_not_there_is_named(root, split, item, message):
    with pytest.raises(DatasetError, match=message):
        fair1m_images.read_image(root, split, item)
    assert any(fair1m_images.problems(root, split, item))


def test_an_image_in_two_folders_of_a_part_is_refused(tmp_path):
    part = tmp_path / "train/part2"
    write_item(part, 7, images="images-1", labels="labelXmls")
    write_image(part / "images-2/7.tif")
    assert fair1m_images.items(tmp_path, "train") == ["part2/7"]
    (problem,) = fair1m_images.problems(tmp_path, "train", "part2/7")
    first, second = part / "images-1/7.tif", part / "images-2/7.tif"
    assert problem.startswith(f"part2/7 is there twice, as {first} and {second}: ids are unique")
    with pytest.raises(DatasetError, match="is there twice"):
        fair1m_images.read_objects(tmp_path, "train", "part2/7")


def test_missing_in_one_of_two_folders_names_both(tmp_path):
    part = tmp_path / "train/part2"
    write_item(part, 1, images="images-1")
    write_item(part, 2, images="images-2")
    with pytest.raises(DatasetNotFoundError, match="images-1/3.tif or .*images-2/3.tif"):
        fair1m_images.read_image(tmp_path, "train", "part2/3")


ABSENT = {
    "nothing": ([], "expected .*train/part1 or .*validation with folders .*; found nothing"),
    "something else": (["gtFine"], "not found in .*; found gtFine"),
    "a level too high": (["FAIR1M/validation/images"], "; found FAIR1M"),
    "test only": (["test/images"], "; found test"),
    "no labels": (["validation/images"], "expected .*validation/labelXml"),
    "no images": (["train/part1/labelXml"], "expected .*train/part1/images"),
    "converted to DOTA": (
        ["train/images", "train/labelTxt"],
        "train has labelTxt, but no labelXml: was FAIR1M converted by another program",
    ),
    "val twice": (
        ["val/images", "val/labelXml", "validation/images", "validation/labelXml"],
        "split val is in .* more than once: .*val, .*validation. Keep one",
    ),
    "with and without parts": (
        ["train/images", "train/labelXml", "train/part1/images", "train/part1/labelXml"],
        "split train is in .* more than once: .*train, .*train/part1. Keep one",
    ),
    "a part twice": (
        ["train/part1/images", "train/part1/labelXml", "train/Part_1/images"],
        "split train is in .* more than once",
    ),
}


@pytest.mark.parametrize(("folders", "message"), ABSENT.values(), ids=ABSENT.keys())
def test_what_is_no_fair1m_is_told(tmp_path, folders, message):
    root = tmp_path / "fair1m"
    for folder in folders:
        (root / folder).mkdir(parents=True)
    with pytest.raises(DatasetNotFoundError, match=message) as raised:
        fair1m_images.items(root, "train")
    assert str(raised.value) == fair1m_images.missing(root)
    assert "config/README.md#fair1m" in str(raised.value)


def test_a_file_in_place_of_the_root_is_no_dataset(tmp_path):
    (tmp_path / "fair1m").write_text("")
    assert fair1m_images.missing(tmp_path / "fair1m").endswith(
        f"found nothing. {fair1m_images.HELP}"
    )


def test_folders_that_are_links_to_themselves_are_not_there(tmp_path):
    (tmp_path / "train").symlink_to("train")
    assert fair1m_images.missing(tmp_path).startswith("FAIR1M not found")


def test_a_part_that_is_its_split_is_refused(tmp_path):
    write_item(tmp_path / "train", 7)
    (tmp_path / "train" / "part1").symlink_to(".", target_is_directory=True)
    assert "split train is in" in fair1m_images.missing(tmp_path)


def test_images_of_another_format_are_refused(tmp_path):
    write_image(tmp_path / "validation/images/7.png")
    write_text(tmp_path / "validation/labelXml/7.xml", annotation(7))
    message = fair1m_images.missing(tmp_path)
    assert message.startswith(f"{tmp_path}/validation/images/7.png: expected a name of digits")


def test_boxes_of_another_format_are_refused(root):
    box = "<object><name>ship</name><bndbox><xmin>1</xmin></bndbox></object>"
    write_text(root / LABEL, f"<annotation>{box}</annotation>")
    assert "expected objects with points, found other boxes" in fair1m_images.missing(root)


def test_a_damaged_first_annotation_is_no_reason_to_refuse_all(root):
    (root / LABEL).write_text("")
    assert fair1m_images.missing(root) is None
    assert fair1m_images.items(root, "val") == ["7"]


# ------------------------------------------------------------------------------ layout


def test_annotations_of_another_split_are_told(root):
    for number in range(8, 20):
        write_image(root / f"validation/images/{number}.tif")
        write_text(root / f"validation/labelXml/{number + 92}.xml", annotation(number + 92))
    (problem,) = fair1m_images.layout_problems(root)
    assert problem.startswith(
        f"{root}/validation: the annotations are not those of the images: there is no annotation "
        "of 8, 9, 10, 11, 12 and 7 more, and no image of 100, 101, 102, 103, 104 and 7 more."
    )
    assert not check(fair1m.DATASET, root, {"val": ["7__1__0___0.224_0_0"]}).as_dict()["is_good"]


@pytest.mark.parametrize("kind", ["images", "labels"])
def test_half_a_download_is_no_mixture(root, kind):
    for number in range(8, 20):
        if kind == "images":
            write_image(root / f"validation/images/{number}.tif")
        else:
            write_text(root / f"validation/labelXml/{number}.xml", annotation(number))
    assert list(fair1m_images.layout_problems(root)) == []


def test_strange_files_are_told_and_others_left_alone(root):
    for name in ("P0001.tif", "7.tiff", "8.TIF", "٧.tif", "7 (1).tif"):
        write_image(root / "validation/images" / name, format="TIFF")
    for name in (".DS_Store", "._7.tif", "Thumbs.db", "readme.txt"):
        (root / "validation/images" / name).write_text("")
    (root / "validation/labelXml/x.xml").write_text("")
    lines = list(fair1m_images.layout_problems(root))
    assert [line.split(": expected")[0].rsplit("/", 1)[1] for line in lines] == [
        *sorted(("P0001.tif", "7.tiff", "8.TIF", "٧.tif", "7 (1).tif")),
        "x.xml",
    ]
    assert fair1m_images.items(root, "val") == ["7"]
