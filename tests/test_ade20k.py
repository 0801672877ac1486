"""ADE20K on disk: where files lie, what is read, and what each kind of damage is called."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from patchprobe.crops.patch_labels import resize_nearest
from patchprobe.datasets import ade20k
from patchprobe.errors import DatasetError

ITEM = "ADE_train_00000001"
VAL_ITEM = "ADE_val_00000001"
IMAGE = f"images/training/{ITEM}.jpg"
LABELS = f"annotations/training/{ITEM}.png"
INFO = "objectInfo150.txt"
PARTS = [
    f"{kind}/{part}" for kind in ("images", "annotations") for part in ("training", "validation")
]
# lines 1 to 3, 8 and 22 as in the official file, with its spaces
OFFICIAL = {
    1: "1\t0.1576\t11664\t1172\twall",
    2: "2\t0.1072\t6046\t612\tbuilding, edifice",
    8: "8\t0.0231\t1906\t199\tbed ",
    22: "22 \t0.0074\t709\t75\twater",
}
HEADER = "Idx\tRatio\tTrain\tVal\tName"
ROWS = [OFFICIAL.get(i, f"{i}\t0.01\t9\t9\tthing {i}, thingy") for i in range(1, 151)]


def save(path, mode="RGB", colour=7, size=(60, 40)):
    """An image of one colour; `size` is width, height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def write_pair(root, item=ITEM, split="training"):
    save(root / "images" / split / f"{item}.jpg", "RGB", (10, 20, 30))
    save(root / "annotations" / split / f"{item}.png", "L", 7)


def write_table(root, rows=ROWS, header=HEADER):
    (root / INFO).write_text("\n".join([header, *rows, ""]), encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    """A tree with one image of each split."""
    root = tmp_path / "ADEChallengeData2016"
    write_pair(root)
    write_pair(root, VAL_ITEM, "validation")
    write_table(root)
    return root


def problems(root, item=ITEM, split="train"):
    return list(ade20k.problems(root, split, item))


def cut(path, n_bytes):
    path.write_bytes(path.read_bytes()[:n_bytes])


def noise(path, mode="RGB", size=(60, 40)):
    """A file that can be cut within its pixels."""
    shape = (*size[::-1], 3) if mode == "RGB" else size[::-1]
    pixels = np.random.default_rng(0).integers(0, 151, shape, dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def loop(path):
    path.unlink()
    path.symlink_to(path.name)


def put_folder(path):
    path.unlink()
    path.mkdir()


def fill(path, labels):
    Image.fromarray(np.array(labels, np.uint8)).save(path)


# ------------------------------------------------------------------------------ names


def test_paths_are_those_of_the_download():
    assert ade20k.image_path("/data", "train", ITEM).as_posix() == f"/data/{IMAGE}"
    assert ade20k.label_path("/data", "train", ITEM).as_posix() == f"/data/{LABELS}"
    path = ade20k.label_path("/data", "val", VAL_ITEM)
    assert path.as_posix() == f"/data/annotations/validation/{VAL_ITEM}.png"


@pytest.mark.parametrize(
    "item",
    [
        "",
        "ADE_train_1",
        "ADE_train_000000001",
        "ADE_test_00000001",
        "ade_train_00000001",
        "ADE_train_00000001.jpg",
        "ADE_train_00000001\n",
        "ADE_train_٠٠٠٠٠٠٠١",
        "training/ADE_train_00000001",
        "../ADE_train_00000001",
    ],
)
def test_bad_name_is_refused(root, item):
    for refuse in (ade20k.image_path, ade20k.label_path, ade20k.read_labels, ade20k.read_resized):
        with pytest.raises(DatasetError, match="is not the name of an image.*Mend the subset"):
            refuse(root, "train", item)
    with pytest.raises(DatasetError, match="is not the name of an image"):
        ade20k.split_of(item)
    (line,) = problems(root, item)
    assert repr(item) in line


def test_split_of_a_name():
    assert (ade20k.split_of(ITEM), ade20k.split_of(VAL_ITEM)) == ("train", "val")


def test_an_image_of_the_other_split_is_named(root):
    assert problems(root, VAL_ITEM) == [
        f"{VAL_ITEM} is an image of val, not of train. Mend the subset list, "
        "see config/README.md#ade20k."
    ]


@pytest.mark.parametrize("split", ["test", "testing", "training", "../train"])
def test_other_splits_are_refused(root, split):
    message = "not public. Use train or val"
    with pytest.raises(DatasetError, match=message):
        ade20k.items(root, split)
    with pytest.raises(DatasetError, match=message):
        ade20k.read_image(root, split, ITEM)
    assert [message in line for line in problems(root, split=split)] == [True]


def test_items_are_the_images_of_the_split(root):
    write_pair(root, "ADE_train_00000010")
    (root / "images/training/ADE_train_00000002.jpg").touch()
    (root / "images/training/._ADE_train_00000001.jpg").touch()  # made by macOS
    (root / "images/training/Thumbs.db").touch()
    names = [f"ADE_train_{i:08d}" for i in (1, 2, 10)]
    assert ade20k.items(str(root), "train") == names
    assert ade20k.items(root, "val") == [VAL_ITEM]


def test_a_misnamed_image_is_an_item_with_a_problem(root):
    save(root / "images/training/ADE_train_2.jpg")
    assert ade20k.items(root, "train") == [ITEM, "ADE_train_2"]
    assert "rename the file" in problems(root, "ADE_train_2")[0]


# ------------------------------------------------------------------------------ table of classes


def test_class_names_are_first_synonyms(root):
    names = ade20k.class_names(str(root))
    assert len(names) == ade20k.N_CLASSES == 151
    assert names[:4] == ("other", "wall", "building", "thing 3")
    assert (names[8], names[22], names[150]) == ("bed", "water", "thing 150")
    assert (ade20k.EVALUATED[0], ade20k.EVALUATED[-1], len(ade20k.EVALUATED)) == (1, 150, 150)
    assert list(ade20k.layout_problems(root)) == []


def test_class_table_may_come_from_windows(root):
    expected = ade20k.class_names(root)
    text = "\r\n".join([HEADER, *ROWS, "", " "])
    (root / INFO).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert ade20k.class_names(root) == expected


def test_columns_of_the_class_table_are_found_by_name(root):
    expected = ade20k.class_names(root)
    cells = [row.split("\t") for row in ROWS]
    write_table(root, [f"{c[4]}\t1\t{c[0]}" for c in cells], "Name\tStuff\tIdx")
    assert ade20k.class_names(root) == expected


def swapped(i, j):
    rows = list(ROWS)
    rows[i - 1], rows[j - 1] = rows[j - 1], rows[i - 1]
    return rows


BROKEN_TABLE = {
    "149 lines": (lambda root: write_table(root, ROWS[:-1]), "expected 150 lines.*found 149"),
    "151 lines": (lambda root: write_table(root, [*ROWS, "151\t0\t0\t0\tx"]), "found 151"),
    "no header": (lambda root: write_table(root, ROWS[1:], ROWS[0]), "columns Idx and Name.*wall"),
    "commas": (lambda root: write_table(root, header="Idx,Ratio,Name"), "columns Idx and Name"),
    "empty": (lambda root: (root / INFO).write_text(""), r"columns Idx and Name.*found \[\]"),
    "from 0": (
        lambda root: write_table(root, ["0\t0\t0\t0\twall", *ROWS[:-1]]),
        "expected Idx 1 and a Name on line 1 below the header, found .'0', .*wall",
    ),
    "other order": (lambda root: write_table(root, swapped(3, 5)), "expected Idx 3.*'5'"),
    "no name": (
        lambda root: write_table(root, [*ROWS[:-1], "150\t0\t0\t0\t ,flag"]),
        "expected Idx 150 and a Name",
    ),
    "short line": (lambda root: write_table(root, ["1\t0.1576", *ROWS[1:]]), "Idx 1 and a Name"),
    "not UTF-8": (
        lambda root: (root / INFO).write_bytes(b"Idx\tName\n1\tcaf\xe9\n"),
        "cannot be read as UTF-8",
    ),
    "a folder": (lambda root: put_folder(root / INFO), "cannot be read as UTF-8"),
    "a link to itself": (lambda root: loop(root / INFO), "cannot be read as UTF-8"),
    "missing": (lambda root: (root / INFO).unlink(), "missing: "),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN_TABLE.values(), ids=BROKEN_TABLE.keys())
def test_bad_class_table_is_named(root, damage, message):
    damage(root)
    with pytest.raises(DatasetError, match=message) as raised:
        ade20k.class_names(root)
    assert str(root / INFO) in str(raised.value)
    assert "config/README.md#ade20k" in str(raised.value)
    assert list(ade20k.layout_problems(root)) == [str(raised.value)]


# ------------------------------------------------------------------------------ reading


def test_pixels_are_read_row_by_row_with_rgb_last(root):
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:16, 48:] = (250, 20, 10)
    Image.fromarray(pixels).save(root / IMAGE, quality=95, subsampling=0)
    read = ade20k.read_image(str(root), "train", ITEM)
    assert (read.shape, read.dtype) == ((48, 64, 3), np.uint8)
    np.testing.assert_allclose(read.astype(int), pixels, atol=6)


def test_grey_images_get_three_equal_channels(root):
    save(root / IMAGE, "L", 99)
    read = ade20k.read_image(root, "train", ITEM)
    assert read.shape == (40, 60, 3)
    assert np.unique(read).tolist() == [99]
    assert problems(root) == []


def test_labels_are_read_as_they_are(root):
    labels = (np.arange(40 * 60) % 151).astype(np.uint8).reshape(40, 60)
    fill(root / LABELS, labels)
    read = ade20k.read_labels(root, "train", ITEM)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, labels)


def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path):
    root = tmp_path / "Straßen in Köln" / "街 景 [a-z]*"
    write_pair(root)
    write_pair(root, VAL_ITEM, "validation")
    write_table(root)
    assert ade20k.items(root, "train") == [ITEM]
    assert problems(root) == []
    assert ade20k.DATASET.read(root, "train", ITEM).labels.max() == 7
    assert ade20k.class_names(root)[1] == "wall"


# ------------------------------------------------------------------------------ frames


def test_frame_is_resized_as_by_opencv(root):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (512, 683, 3), dtype=np.uint8)).save(root / IMAGE)
    labels = rng.integers(0, 151, (512, 683), dtype=np.uint8)
    fill(root / LABELS, labels)
    sample = ade20k.DATASET.read(root, "train", ITEM)
    assert ade20k.DATASET.layout(root, "train", ITEM).size == (448, 672) == sample.image.shape[:2]
    assert (sample.image.dtype, sample.labels.dtype) == (np.uint8, np.uint8)
    assert sample.labels.shape == (512, 683)
    image = ade20k.read_image(root, "train", ITEM)
    expected = cv2.resize(image, (672, 448), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(sample.image, expected)
    expected = cv2.resize(labels, (672, 448), interpolation=cv2.INTER_NEAREST_EXACT)
    np.testing.assert_array_equal(resize_nearest(sample.labels, (448, 672)), expected)


def test_frame_of_half_the_size_takes_every_pixel_twice(root):
    labels = (np.arange(224 * 336) % 151).astype(np.uint8).reshape(224, 336)
    fill(root / LABELS, labels)
    save(root / IMAGE, "RGB", (10, 20, 30), (336, 224))
    sample = ade20k.DATASET.read(root, "train", ITEM)
    resized = resize_nearest(sample.labels, (448, 672))
    np.testing.assert_array_equal(resized, labels.repeat(2, axis=0).repeat(2, axis=1))
    assert np.ptp(sample.image, axis=(0, 1)).tolist() == [0, 0, 0]


@settings(deadline=None, max_examples=60)
@given(st.tuples(*[st.integers(1, 900)] * 2), st.tuples(*[st.integers(1, 700)] * 2))
def test_labels_are_resized_by_the_rule_of_nearest_exact(native, resized):
    labels = np.random.default_rng(native).integers(0, 151, native, dtype=np.uint8)
    expected = cv2.resize(labels, resized[::-1], interpolation=cv2.INTER_NEAREST_EXACT)
    np.testing.assert_array_equal(resize_nearest(labels, resized), expected)
