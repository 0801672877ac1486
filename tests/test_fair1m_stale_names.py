"""FAIR1M annotations that name another image than their file: stale names, or mixed-up labels."""

import pytest

from patchprobe.datasets import fair1m, fair1m_images
from patchprobe.datasets.checks import check
from patchprobe.errors import DatasetError
from tests.test_fair1m_images import annotation, thing, write_item, write_text


def names(folder, declared, part="validation"):
    """Write images whose annotations name others: {id: file name that is told}."""
    for number, name in declared.items():
        write_item(folder / part, number, thing())
        text = annotation(number, thing()).replace(f"{number}.tif", name)
        write_text(folder / part / f"labelXml/{number}.xml", text)


def checked(root, *numbers):
    return check(fair1m.DATASET, root, {"val": [f"{i}__1__0___0.224_0_0" for i in numbers]})


STALE = {
    "renumbered": ({1: "101.tif", 2: "102.tif", 3: "103.tif"}, 3),
    "turned": ({1: "2.tif", 2: "1.tif", 3: "3.tif"}, 2),
    "one word for all": ({1: "img.tif", 2: "img.tif", 3: "img.tif"}, 3),
    "nothing": ({1: "", 2: "", 3: ".tif"}, 0),
}


@pytest.mark.parametrize(("declared", "n_stale"), STALE.values(), ids=STALE.keys())
def test_stale_names_are_noted_and_do_no_harm(tmp_path, declared, n_stale):
    names(tmp_path, declared)
    report = checked(tmp_path, 1, 2, 3)
    assert report.as_dict()["is_good"]
    assert len(fair1m_images.read_objects(tmp_path, "val", "1")) == 1
    if not n_stale:
        assert report.notes == []
        return
    (note,) = report.notes
    assert note.startswith(f"{n_stale} of 3 annotations name another image than their file does: ")
    assert f"{tmp_path}/validation/labelXml/1.xml names '" in note
    assert f"  note: {note}" in report.text()


def test_a_copy_of_the_annotation_of_another_image_is_refused(tmp_path):
    names(tmp_path, {1: "1.tif", 2: "1.tif", 3: "3.tif"})
    report = checked(tmp_path, 1, 2, 3)
    (line,) = report.problems
    assert line.startswith(
        f"{tmp_path}/validation/labelXml/2.xml: expected the annotation of 2.tif, found that of "
        "1.tif, which 1.xml names, too. Are annotations of another split or part among these?"
    )
    with pytest.raises(DatasetError, match="which 1.xml names, too"):
        fair1m_images.read_objects(tmp_path, "val", "2")
    assert len(fair1m_images.read_objects(tmp_path, "val", "1")) == 1


def test_two_annotations_of_a_third_image_are_both_refused(tmp_path):
    names(tmp_path, {1: "7.tif", 2: "folder/7.TIF", 3: "3.tif"})
    assert len(checked(tmp_path, 1, 2, 3).problems) == 2


def test_the_same_name_in_two_parts_is_no_copy(tmp_path):
    for part in ("train/part1", "train/part2"):
        names(tmp_path, {1: "11.tif"}, part)
    for item in ("part1/1", "part2/1"):
        assert list(fair1m_images.problems(tmp_path, "train", item)) == []


def test_damaged_annotations_beside_a_stale_one_do_no_harm(tmp_path):
    names(tmp_path, {1: "11.tif", 2: "12.tif"})
    (tmp_path / "validation/labelXml/2.xml").write_text("<")
    (tmp_path / "validation/labelXml/._1.xml").write_text("")
    report = checked(tmp_path, 1, 2)
    assert [*report.bad["val"]] == ["2__1__0___0.224_0_0"]
    assert report.notes[0].startswith("1 of 2 annotations")
