"""Cityscapes on disk: where files lie, what is read, and what each kind of damage is called."""

import numpy as np
import pytest
from cityscapesscripts.helpers.labels import id2label
from PIL import Image

from patchprobe.datasets import checks, cityscapes
from patchprobe.errors import DatasetError, DatasetNotFoundError

STEM = "aachen_000000_000019"
OTHER_STEM = "ulm_000012_000019"
IMAGE = f"leftImg8bit/train/aachen/{STEM}_leftImg8bit.png"
LABELS = f"gtFine/train/aachen/{STEM}_gtFine_labelIds.png"


def save(path, mode, colour, size=(2048, 1024)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def write_pair(root, stem=STEM, split="train"):
    """One image of one colour, all road."""
    city = stem.split("_")[0]
    save(root / "leftImg8bit" / split / city / f"{stem}_leftImg8bit.png", "RGB", (10, 20, 30))
    save(root / "gtFine" / split / city / f"{stem}_gtFine_labelIds.png", "L", 7)


def check(root, split, stems):
    checks.require(checks.check(cityscapes.DATASET, root, {split: stems}, threads=2))


def cut(path, n_bytes):
    path.write_bytes(path.read_bytes()[:n_bytes])


def put_folder(path):
    path.unlink()
    path.mkdir()


@pytest.fixture
def root(tmp_path):
    """A tree with one image of the training split."""
    write_pair(tmp_path)
    return tmp_path


def test_paths_are_those_of_the_download():
    assert cityscapes.image_path("/data", "train", STEM).as_posix() == f"/data/{IMAGE}"
    assert cityscapes.label_path("/data", "train", STEM).as_posix() == f"/data/{LABELS}"
    assert cityscapes.city_of(OTHER_STEM) == "ulm"


@pytest.mark.parametrize(
    "stem",
    [
        "",
        "aachen",
        "Aachen_000000_000019",
        "aachen_00000_000019",
        "aachen_000000_000019_leftImg8bit",
        "aachen_000000_000019.png",
        "aachen/aachen_000000_000019",
        "../aachen_000000_000019",
        "bad_goedesberg_000000_000019",
    ],
)
def test_bad_stem_is_refused(root, stem):
    message = "is not a Cityscapes image name.*Mend the subset list"
    for refuse in (cityscapes.image_path, cityscapes.label_path, cityscapes.read_labels):
        with pytest.raises(DatasetError, match=message):
            refuse(root, "train", stem)
    with pytest.raises(DatasetError, match=message):
        check(root, "train", [STEM, stem])


def test_label_table_is_the_official_one():
    official = [id2label[i] for i in range(34)]
    assert cityscapes.N_CLASSES == 34
    assert list(cityscapes.LABELS) == [(o.name, o.color, not o.ignoreInEval) for o in official]
    assert list(cityscapes.CLASS_NAMES) == [o.name for o in official]
    assert list(cityscapes.EVALUATED) == [o.id for o in official if not o.ignoreInEval]


def test_nineteen_classes_are_evaluated_in_the_order_of_their_train_ids():
    train_ids = [id2label[i].trainId for i in cityscapes.EVALUATED]
    assert train_ids == list(range(19))


def test_tiles_fill_the_image():
    assert cityscapes.IMAGE_SIZE == (1024, 2048)
    assert [side % cityscapes.TILE_PX for side in cityscapes.IMAGE_SIZE] == [0, 0]


def test_pixels_are_read_row_by_row_with_rgb_last(root):
    image = Image.new("RGB", (2048, 1024), (10, 20, 30))
    image.putpixel((2047, 0), (255, 1, 2))  # x, y: top right
    image.save(root / IMAGE)
    read = cityscapes.read_image(root, "train", STEM)
    assert (read.shape, read.dtype) == ((1024, 2048, 3), np.uint8)
    assert read[0, 2047].tolist() == [255, 1, 2]
    read[0, 2047] = (10, 20, 30)
    assert (read == (10, 20, 30)).all()


def test_label_ids_are_read_as_they_are(root):
    label_ids = (np.arange(1024)[:, None] // 31 + np.zeros(2048)).astype(np.uint8)  # 0..33
    label_ids[0, 2047] = 29
    Image.fromarray(label_ids).save(root / LABELS)
    read = cityscapes.read_labels(root, "train", STEM)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, label_ids)


def test_a_complete_subset_passes(root):
    write_pair(root, OTHER_STEM)
    assert cityscapes.missing(root) is None
    assert check(root, "train", [STEM, OTHER_STEM]) is None


def test_spaces_and_foreign_letters_in_the_path_do_no_harm(tmp_path):
    folder = tmp_path / "Straßen in Köln" / "街 景"
    write_pair(folder)
    check(folder, "train", [STEM])
    assert cityscapes.read_image(folder, "train", STEM)[5, 5].tolist() == [10, 20, 30]
    assert np.unique(cityscapes.read_labels(folder, "train", STEM)).tolist() == [7]


def test_root_may_be_a_string(root):
    check(str(root), "train", [STEM])
    assert cityscapes.read_labels(str(root), "train", STEM)[0, 0] == 7


# ------------------------------------------------------------------------------ check

BROKEN = {
    "no image": (lambda root: (root / IMAGE).unlink(), rf"1 problems in(.|\n)*missing: .*{IMAGE}"),
    "no labels": (lambda root: (root / LABELS).unlink(), rf"missing: .*{LABELS}"),
    "image is a folder": (lambda root: put_folder(root / IMAGE), rf"{IMAGE} cannot be decoded"),
    "labels are a folder": (lambda root: put_folder(root / LABELS), rf"{LABELS} cannot be"),
    "half the size": (
        lambda root: save(root / IMAGE, "RGB", (1, 2, 3), (1024, 512)),
        rf"{IMAGE}: expected 2048x1024 px, mode RGB; found 1024x512 px, mode RGB",
    ),
    "upright": (
        lambda root: save(root / LABELS, "L", 7, (1024, 2048)),
        rf"{LABELS}: expected 2048x1024 px, mode L; found 1024x2048 px, mode L",
    ),
    "grey image": (lambda root: save(root / IMAGE, "L", 7), "mode RGB; found .* mode L"),
    "image with alpha": (
        lambda root: save(root / IMAGE, "RGBA", (1, 2, 3, 4)),
        "mode RGB; found 2048x1024 px, mode RGBA",
    ),
    "colour labels": (lambda root: save(root / LABELS, "RGBA", 7), "mode L; found .* mode RGBA"),
    "palette labels": (lambda root: save(root / LABELS, "P", 7), "mode L; found .* mode P"),
    "instance ids": (lambda root: save(root / LABELS, "I;16", 7000), "mode L; found .* mode I;16"),
    "no bytes": (
        lambda root: cut(root / IMAGE, 0),
        rf"{IMAGE} cannot be decoded as PNG \(it is empty\)",
    ),
    "no whole head": (lambda root: cut(root / LABELS, 20), rf"{LABELS} cannot be decoded"),
    "cut in the middle": (lambda root: cut(root / IMAGE, 500), rf"{IMAGE} cannot be decoded"),
    "a link to itself": (
        lambda root: ((root / IMAGE).unlink(), (root / IMAGE).symlink_to(IMAGE.split("/")[-1])),
        rf"{IMAGE} cannot be decoded as PNG \(.*(symbolic|symlink)",
    ),
    "no PNG": (
        lambda root: (root / IMAGE).write_text("<html>log in first</html>"),
        rf"{IMAGE} cannot be decoded",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_check_names_what_is_wrong(root, damage, message):
    damage(root)
    with pytest.raises(DatasetError, match=message) as raised:
        check(root, "train", [STEM])
    assert "unpack or fetch these files again" in str(raised.value)
    assert "`on_bad_file: quarantine`" in str(raised.value)


def test_check_lists_every_problem_of_every_image(root):
    write_pair(root, OTHER_STEM)
    (root / IMAGE).unlink()
    other = "ulm/ulm_000012_000019"
    cut(root / f"gtFine/train/{other}_gtFine_labelIds.png", 0)
    with pytest.raises(DatasetError) as raised:
        check(root, "train", [STEM, OTHER_STEM])
    message = str(raised.value)
    assert message.startswith(f"2 problems in Cityscapes in {root}")
    assert "train         2 used       0 good     2 bad" in message
    assert f"missing: {root / IMAGE}" in message
    assert f"{other}_gtFine_labelIds.png cannot be decoded as PNG (it is empty)" in message


def test_check_of_many_problems_shows_twenty(root):
    stems = [f"ulm_{i:06}_000019" for i in range(15)]
    with pytest.raises(DatasetError) as raised:
        check(root, "train", stems)
    assert str(raised.value).startswith("30 problems")
    assert str(raised.value).count("missing: ") == 20
    assert "and 10 more" in str(raised.value)


def test_images_of_another_split_are_missing(root):
    with pytest.raises(DatasetError, match=r"2 problems in(.|\n)*val  .*1 used"):
        check(root, "val", [STEM])


@pytest.mark.parametrize(
    ("present", "named"),
    [
        ([], ["leftImg8bit", "gtFine"]),
        (["leftImg8bit"], ["gtFine"]),
        (["gtFine"], ["leftImg8bit"]),
    ],
)
def test_missing_root_or_folder_is_named_with_where_to_get_it(tmp_path, present, named):
    root = tmp_path / "cityscapes"
    for name in present:
        (root / name).mkdir(parents=True)
    with pytest.raises(DatasetNotFoundError) as raised:
        check(root, "train", [STEM])
    message = str(raised.value)
    assert message == cityscapes.missing(root)
    assert message.startswith(f"Cityscapes not found in {root}: expected ")
    assert "config/README.md#cityscapes" in message
    for name in ("leftImg8bit", "gtFine"):
        assert (str(root / name) in message) == (name in named)


def test_a_file_in_place_of_the_root_is_no_dataset(tmp_path):
    (tmp_path / "cityscapes").write_text("")
    with pytest.raises(DatasetNotFoundError, match="Cityscapes not found"):
        check(tmp_path / "cityscapes", "train", [STEM])


def test_empty_subset_is_refused(root):
    with pytest.raises(DatasetError, match="no item of the split train is listed"):
        check(root, "train", [])


@pytest.mark.parametrize("split", ["test", "trian"])
def test_other_splits_are_refused(root, split):
    write_pair(root, split=split)
    message = f"no split '{split}' that can be used: .* test split are dummies. Use train or val"
    with pytest.raises(DatasetError, match=f"1 problems(.|\n)*{message}"):
        check(root, split, [STEM])
    with pytest.raises(DatasetError, match=message):
        cityscapes.items(root, split)


# ------------------------------------------------------------------------------ reading


def damage_chunk_header(path):
    """Overwrite the type of the second image-data chunk."""
    content = bytearray(path.read_bytes())
    second = content.index(b"IDAT", content.index(b"IDAT") + 1)
    content[second : second + 4] = b"\x1cDAT"
    path.write_bytes(content)


def save_noise(root):
    """A label image that does not fit into one chunk of image data."""
    noise = np.random.default_rng(0).integers(0, 34, (1024, 2048), dtype=np.uint8)
    Image.fromarray(noise).save(root / LABELS, compress_level=1)
    return root / LABELS


UNREADABLE = {
    "cut short": lambda root: cut(root / LABELS, (root / LABELS).stat().st_size // 2),
    "cut within a chunk header": lambda root: cut(
        path := save_noise(root), path.read_bytes().rindex(b"IDAT") + 2
    ),
    "damaged chunk header": lambda root: damage_chunk_header(save_noise(root)),
    "no bytes": lambda root: cut(root / LABELS, 0),
    "a folder": lambda root: put_folder(root / LABELS),
}


@pytest.mark.parametrize("damage", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_damaged_file_is_named_when_read(root, damage):
    damage(root)
    with pytest.raises(DatasetError, match=rf"{LABELS} cannot be decoded .* unpack it again"):
        cityscapes.read_labels(root, "train", STEM)


def test_image_cut_short_is_named_when_read(root):
    cut(root / IMAGE, 5000)
    with pytest.raises(DatasetError, match=rf"{IMAGE} cannot be decoded"):
        cityscapes.read_image(root, "train", STEM)


def test_missing_file_is_named_when_read(root):
    with pytest.raises(DatasetNotFoundError, match=f"missing: .*{OTHER_STEM}_leftImg8bit.png"):
        cityscapes.read_image(root, "train", OTHER_STEM)
    with pytest.raises(DatasetNotFoundError, match=f"missing: .*{OTHER_STEM}_gtFine_labelIds"):
        cityscapes.read_labels(root, "train", OTHER_STEM)


def test_size_and_mode_are_checked_when_read(root):
    save(root / IMAGE, "RGB", (1, 2, 3), (1024, 512))
    with pytest.raises(DatasetError, match="expected 2048x1024 px"):
        cityscapes.read_image(root, "train", STEM)
    save(root / LABELS, "RGB", (1, 2, 3))
    with pytest.raises(DatasetError, match="mode L; found 2048x1024 px, mode RGB"):
        cityscapes.read_labels(root, "train", STEM)


@pytest.mark.parametrize(
    ("values", "unknown"),
    [([0, 18, 255], r"\[255\]"), ([33, 34, 33], r"\[34\]"), ([33, 34, 40], r"\[34, 40\]")],
)
def test_labels_that_are_no_label_ids_are_refused(root, values, unknown):
    label_ids = np.zeros((1024, 2048), np.uint8)
    label_ids[-1, -3:] = values
    Image.fromarray(label_ids).save(root / LABELS)
    message = rf"expected labelIds 0\.\.33, found {unknown}. Is it a labelTrainIds"
    with pytest.raises(DatasetError, match=message):
        cityscapes.read_labels(root, "train", STEM)


def test_a_bad_name_does_not_hide_other_problems(tmp_path):
    for folder in ("leftImg8bit", "gtFine"):
        (tmp_path / folder).mkdir()
    with pytest.raises(DatasetError, match=r"3 problems(.|\n)*not a Cityscapes(.|\n)*missing"):
        check(tmp_path, "train", ["nonsense", "aachen_000000_000019"])
