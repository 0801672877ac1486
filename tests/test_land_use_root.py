"""Where the class folders of the land-use datasets are looked for."""

import numpy as np
import pytest

from patchprobe.datasets import eurosat, land_use_splits, resisc45, uc_merced
from patchprobe.errors import DatasetNotFoundError
from tests import test_land_use
from tests.test_land_use import READERS, TWO_ITEMS, each_reader, touch, write_two

merced = test_land_use.merced  # the fixture

# ------------------------------------------------------------------------------ root


@pytest.mark.parametrize(
    ("name", "given", "actual"),
    [
        ("uc_merced", "", "UCMerced_LandUse/Images"),
        ("uc_merced", "UCMerced_LandUse", "UCMerced_LandUse/Images"),
        ("uc_merced", "Images/river", "Images"),
        ("resisc45", "", "NWPU-RESISC45"),
        ("resisc45", "NWPU-RESISC45/beach", "NWPU-RESISC45"),
        ("eurosat", "", "2750"),
        ("eurosat", "", "EuroSAT/2750"),
        ("eurosat", "EuroSAT", "EuroSAT/2750"),
        ("eurosat", "", "EuroSAT_RGB"),
        ("eurosat", "2750/Forest", "2750"),
    ],
)
def test_a_root_too_high_or_too_low_is_told_where_to_go(tmp_path, name, given, actual):
    reader = READERS[name]
    write_two(tmp_path / actual, name)
    message = reader.DATASET.missing(tmp_path / given)
    assert (
        f"not found in {tmp_path / given}: its class folders are in {tmp_path / actual}." in message
    )
    assert "Give that as `root`" in message
    with pytest.raises(DatasetNotFoundError, match="Give that as `root`"):
        reader.DATASET.items(tmp_path / given, "all")
    assert list(reader.DATASET.layout_problems(tmp_path / given)) == [message]
    assert reader.DATASET.missing(tmp_path / actual) is None


def test_a_relative_root_too_low_is_told_where_to_go(merced, monkeypatch):
    monkeypatch.chdir(merced / "river")
    assert f"its class folders are in {merced}." in uc_merced.DATASET.missing(".")


@each_reader
@pytest.mark.parametrize("prepare", [lambda p: None, lambda p: p.mkdir(), lambda p: p.touch()])
def test_what_is_not_there_is_described(tmp_path, name, prepare):
    reader, root = READERS[name], tmp_path / "data"
    prepare(root)
    message = reader.DATASET.missing(root)
    assert message.startswith(
        f"{reader.DATASET.name} not found in {root}: expected a folder for each of"
    )
    assert (
        f"{len(reader.LAND_USE.n_images)} classes: {', '.join(reader.LAND_USE.n_images)}."
        in message
    )
    assert "see config/README.md#uc-merced-resisc45-eurosat" in message
    with pytest.raises(DatasetNotFoundError, match="not found in"):
        reader.DATASET.items(root, "all")


def test_a_root_linked_to_itself_is_not_there(tmp_path):
    (tmp_path / "data").symlink_to("data")
    assert "UC Merced not found" in uc_merced.DATASET.missing(tmp_path / "data")


@pytest.mark.parametrize("given", ["", "ds/images/remote_sensing/otherDatasets/sentinel_2/tif"])
def test_eurosat_with_thirteen_bands_is_refused(tmp_path, given):
    folder = tmp_path / "ds/images/remote_sensing/otherDatasets/sentinel_2/tif"
    touch(folder, ["AnnualCrop/AnnualCrop_1.tif", "Forest/Forest_1.tif"])
    message = eurosat.DATASET.missing(tmp_path / given)
    assert f"{folder / 'AnnualCrop'}: 'AnnualCrop_1.tif' is of the release with 13 " in message
    assert "expected images like AnnualCrop/AnnualCrop_1.jpg. Wanted is EuroSAT.zip" in message


@pytest.mark.parametrize(
    ("reader", "item"),
    [
        (uc_merced, "beach/beach_001.jpg"),
        (uc_merced, "beach/beach00.png"),
        (resisc45, "beach/beach00.tif"),
        (resisc45, "beach/beach_1.jpg"),
        (eurosat, "Forest/Forest_01.jpg"),
    ],
)
def test_classes_of_another_dataset_are_refused(tmp_path, reader, item):
    touch(tmp_path, [item])
    folder, name = item.split("/")
    assert (
        f"{tmp_path / folder}: '{name}' is not of {reader.DATASET.name};"
        in reader.DATASET.missing(tmp_path)
    )


def test_empty_class_folders_are_no_dataset(tmp_path):
    for name in uc_merced.LAND_USE.n_images:
        (tmp_path / name).mkdir()
    assert f"The class folders in {tmp_path} are empty." in uc_merced.DATASET.missing(tmp_path)


@each_reader
def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path, name):
    root, reader = tmp_path / "Bilder aus Köln" / "衛 星", READERS[name]
    write_two(root, name)
    assert reader.DATASET.missing(str(root)) is None
    (root / "list.txt").write_text(TWO_ITEMS[name][1])
    assert (
        land_use_splits.read_split_list(reader.LAND_USE, str(root), str(root / "list.txt"))
        == TWO_ITEMS[name][1:]
    )
    np.testing.assert_allclose(
        reader.LAND_USE.read_image(str(root), TWO_ITEMS[name][0])[5, 5].astype(int),
        (10, 20, 30),
        atol=2,
    )
