"""Datasets with a folder per land-use class: layout, images, lists and splits."""

import os
import re

import numpy as np
import pytest
from PIL import Image
from torchvision.transforms import Resize

from patchprobe.datasets import eurosat, resisc45, uc_merced
from patchprobe.errors import DatasetError

READERS = {"uc_merced": uc_merced, "resisc45": resisc45, "eurosat": eurosat}
TWO_ITEMS = {
    "uc_merced": ["beach/beach07.tif", "river/river99.tif"],
    "resisc45": ["beach/beach_007.jpg", "thermal_power_station/thermal_power_station_700.jpg"],
    "eurosat": ["Forest/Forest_7.jpg", "SeaLake/SeaLake_3000.jpg"],
}
each_reader = pytest.mark.parametrize("name", READERS)


def save(path, px=256, mode="RGB", colour=(10, 20, 30), **kwargs):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (px, px) if isinstance(px, int) else px, colour).save(path, **kwargs)


def write_two(root, name):
    """One image in each of two classes."""
    for item in TWO_ITEMS[name]:
        save(root / item, READERS[name].LAND_USE.image_px)
    return root


def touch(root, items):
    """Files without contents, where only names matter."""
    for folder in {item.split("/")[0] for item in items}:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for item in items:
        (root / item).touch()
    return root


def cut(path, share=0.5):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


@pytest.fixture
def merced(tmp_path):
    return write_two(tmp_path / "Images", "uc_merced")


# ------------------------------------------------------------------------------ tables


@pytest.mark.parametrize(
    ("reader", "n_classes", "n_images", "px"),
    [(uc_merced, 21, 2100, 256), (resisc45, 45, 31_500, 256), (eurosat, 10, 27_000, 64)],
)
def test_classes_are_as_many_as_published_in_alphabetical_order(reader, n_classes, n_images, px):
    counts = reader.LAND_USE.n_images
    assert reader.DATASET.classes("").names == tuple(counts) == tuple(sorted(counts))
    assert (len(counts), sum(counts.values()), reader.LAND_USE.image_px) == (
        n_classes,
        n_images,
        px,
    )
    assert all(0.3 < mean < 0.5 for mean in reader.MEAN) and len(reader.MEAN) == 3
    assert all(0.1 < std < 0.25 for std in reader.STD) and len(reader.STD) == 3


@each_reader
def test_items_are_class_and_file_and_know_their_label(tmp_path, name):
    reader = READERS[name]
    items = reader.DATASET.items(write_two(tmp_path, name), "all")
    assert items == TWO_ITEMS[name]
    groups = [reader.DATASET.read(tmp_path, "all", item).group for item in items]
    assert groups == [item.split("/")[0] for item in items]
    assert set(groups) <= set(reader.DATASET.classes(tmp_path).names)
    assert [list(reader.DATASET.problems(tmp_path, "all", item)) for item in items] == [[], []]
    assert reader.DATASET.missing(tmp_path) is None


@pytest.mark.parametrize(
    "item",
    [
        *("", "river", "river00.tif", "./river/river00.tif", "/river/river00.tif"),
        *("beach/river00.tif", "river/river0.tif", "river/river000.tif", "river/river00.jpg"),
        *("River/River00.tif", "../river/river00.tif", "river/../river00.tif", "lake/lake00.tif"),
        *("river/river00.tif\n", "river/river٠٠.tif", "river\\river00.tif", "x" * 5000),
    ],
)
def test_bad_names_are_refused(merced, item):
    for refuse in (uc_merced.DATASET.files, uc_merced.DATASET.read):
        with pytest.raises(DatasetError, match="is not the name of an image of UC Merced") as e:
            refuse(merced, "all", item)
        assert len(str(e.value)) < 250
    assert "one like agricultural/agricultural00.tif" in next(
        uc_merced.DATASET.problems(merced, "all", item)
    )


# ------------------------------------------------------------------------------ images


@each_reader
def test_images_are_read_row_by_row_with_rgb_last(tmp_path, name):
    px, item = READERS[name].LAND_USE.image_px, TWO_ITEMS[name][0]
    pixels = np.full((px, px, 3), (200, 100, 50), np.uint8)
    pixels[:16, -16:] = (20, 60, 120)  # top right
    path = tmp_path / item
    path.parent.mkdir()
    exact = {} if path.suffix == ".tif" else {"quality": 100, "subsampling": 0}
    Image.fromarray(pixels).save(path, **exact)
    read = READERS[name].LAND_USE.read_image(tmp_path, item)
    assert (read.shape, read.dtype) == ((px, px, 3), np.uint8)
    tolerance = 0 if path.suffix == ".tif" else 3
    np.testing.assert_allclose(read.astype(int), pixels, atol=tolerance)


@pytest.mark.parametrize("size", [(247, 256), (256, 257), (250, 253), (288, 224)])
def test_other_sizes_of_uc_merced_are_resized_as_torchvision_does(merced, size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    image.save(merced / "river/river00.tif")
    read = uc_merced.LAND_USE.read_image(merced, "river/river00.tif")
    np.testing.assert_array_equal(read, np.array(Resize((256, 256))(image)))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiff_is_read_too(merced, compression):
    save(merced / "river/river01.tif", compression=compression)
    assert (uc_merced.LAND_USE.read_image(merced, "river/river01.tif") == (10, 20, 30)).all()


def replace_numbers(path, old, new):
    """Replace numbers of 2 bytes in a file."""
    old, new = (np.array(numbers, "<u2").tobytes() for numbers in (old, new))
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))


def claim_16_bits(path):
    """Change BitsPerSample of an RGB TIFF file from 8 to 16, which Pillow reads as RGB of 8."""
    replace_numbers(path, (8, 8, 8), (16, 16, 16))
    assert Image.open(path).mode == "RGB"


def claim_offsets_are_text(path):
    """Change the type of the tag StripOffsets, for which Pillow raises a TypeError."""
    replace_numbers(path, (273, 4), (273, 2))


def replace_by_link_to_itself(path):
    path.unlink()
    path.symlink_to(path.name)


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


TIFF, JPEG = "cannot be decoded as TIFF", "cannot be decoded as JPEG"
BROKEN = {
    "TIFF cut short": ("uc_merced", cut, TIFF),
    "TIFF without its end": ("uc_merced", lambda p: cut(p, 0.999), TIFF),
    "TIFF of no bytes": ("uc_merced", lambda p: cut(p, 0), TIFF),
    "TIFF with a damaged tag": ("uc_merced", claim_offsets_are_text, TIFF),
    "JPEG cut short": ("resisc45", cut, JPEG),
    "JPEG of no bytes": ("eurosat", lambda p: cut(p, 0), JPEG),
    "a web page": ("eurosat", lambda p: p.write_text("<html>"), JPEG),
    "PNG with a wrong suffix": ("eurosat", lambda p: save(p, 64, format="PNG"), JPEG),
    "JPEG with a wrong suffix": ("uc_merced", lambda p: save(p, format="JPEG"), TIFF),
    "grey TIFF": (
        "uc_merced",
        lambda p: save(p, mode="L", colour=7),
        "expected 256x256 px .32 more or less., mode RGB of 8 bits; found 256x256 px, mode L of 8",
    ),
    "grey JPEG": ("resisc45", lambda p: save(p, mode="L", colour=7), "256x256 px, mode L of 8"),
    "JPEG in CMYK": ("resisc45", lambda p: save(p, mode="CMYK", colour=7), "mode CMYK of 8"),
    "alpha": ("uc_merced", lambda p: save(p, mode="RGBA", colour=7), "mode RGBA of 8"),
    "palette": ("uc_merced", lambda p: save(p, mode="P", colour=7), "mode P of 8"),
    "grey of 16 bits": ("uc_merced", lambda p: save(p, mode="I;16", colour=7), "mode I;16 of 16"),
    "RGB of 16 bits": ("uc_merced", claim_16_bits, "mode RGB of 16 bits"),
    "other size": ("resisc45", lambda p: save(p, (256, 255)), "found 256x255 px, mode RGB of 8"),
    "EuroSAT enlarged": ("eurosat", lambda p: save(p, 224), "64x64 px.*found 224x224"),
    "UC Merced much too large": ("uc_merced", lambda p: save(p, (256, 600)), "found 256x600"),
    "UC Merced much too small": ("uc_merced", lambda p: save(p, 223), "found 223x223"),
    "a link to itself": ("uc_merced", replace_by_link_to_itself, f"{TIFF} .*symbolic"),
    "a folder": ("uc_merced", replace_by_folder, f"{TIFF} .*not a file"),
    "a pipe": ("resisc45", replace_by_pipe, f"{JPEG} .*not a file"),
    "not there": ("resisc45", lambda p: p.unlink(), "^missing: "),
}


@pytest.mark.parametrize(("name", "damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_wrong_with_an_image_is_named(tmp_path, name, damage, message):
    reader, (item, other) = READERS[name], TWO_ITEMS[name]
    write_two(tmp_path, name)
    damage(tmp_path / item)
    with pytest.raises(DatasetError, match=message) as raised:
        reader.LAND_USE.read_image(tmp_path, item)
    assert list(reader.DATASET.problems(tmp_path, "all", item)) == [str(raised.value)]
    assert str(tmp_path / item) in str(raised.value)
    assert "see config/README.md#uc-merced-resisc45-eurosat" in str(raised.value)
    assert list(reader.DATASET.problems(tmp_path, "all", other)) == []


# ------------------------------------------------------------------------------ layout


def test_the_official_layout_is_good(tmp_path):
    names = [f"{name}/{name}{i:02}.tif" for name in uc_merced.LAND_USE.n_images for i in range(100)]
    touch(tmp_path, names)
    for litter in (".DS_Store", "river/._river00.tif", "river/Thumbs.db", "readme.txt"):
        (tmp_path / litter).touch()
    (tmp_path / "__MACOSX").mkdir()
    assert list(uc_merced.DATASET.layout_problems(tmp_path)) == []
    assert uc_merced.DATASET.items(tmp_path, "all") == names


def test_every_class_that_is_not_complete_is_named_with_its_official_number(tmp_path):
    touch(tmp_path, [f"{name}/{name}_1.jpg" for name in eurosat.LAND_USE.n_images])
    lines = list(eurosat.DATASET.layout_problems(tmp_path))
    assert [line.partition(". ")[0] for line in lines] == [
        f"{tmp_path / name}: expected {n} images, found 1"
        for name, n in eurosat.LAND_USE.n_images.items()
    ]
    assert list(eurosat.DATASET.layout_problems(tmp_path, is_miniature=True)) == []


def test_missing_classes_are_named_unless_fewer_are_allowed(merced):
    lines = list(uc_merced.DATASET.layout_problems(merced))
    assert len(lines) == 21
    assert f"missing: {merced / 'agricultural'} with 100 images. Unpack it again" in lines[0]
    assert f"{merced / 'beach'}: expected 100 images, found 1." in lines[3]
    assert list(uc_merced.DATASET.layout_problems(merced, is_miniature=True)) == []


LAYOUT = {
    "unknown class": (
        lambda root: (root / "wald").mkdir(),
        r"Images: UC Merced has no class 'wald'\. Take it away",
    ),
    "class in capitals": (lambda root: (root / "RIVER").mkdir(), "has no class 'RIVER'"),
    "empty class": (
        lambda root: (root / "forest").mkdir(),
        r"forest: expected 100 images, found 0\. Unpack",
    ),
    "wrong suffix": (
        lambda root: touch(root, ["river/river00.jpg", "river/river01.TIF"]),
        "river: expected names like river/river00.tif, found 2 others, e.g. 'river00.jpg'",
    ),
    "image of another class": (
        lambda root: touch(root, ["river/beach00.tif"]),
        "river: .*found 1 others, e.g. 'beach00.tif'",
    ),
    "folder in a class": (
        lambda root: (root / "river/river").mkdir(),
        "river: .*found 1 others, e.g. 'river'",
    ),
    "file as a class": (lambda root: (root / "forest").touch(), "forest is not a folder: expected"),
    "class linked to itself": (
        lambda root: (root / "forest").symlink_to("forest"),
        "forest is not a folder: expected 100 images in it",
    ),
    "class linked to the root": (
        lambda root: (root / "forest").symlink_to("."),
        "forest: expected names like forest/forest00.tif, found 3 others, e.g. 'beach'",
    ),
}


@pytest.mark.parametrize(("damage", "message"), LAYOUT.values(), ids=LAYOUT.keys())
def test_what_is_wrong_with_the_layout_is_named(merced, damage, message):
    damage(merced)
    text = "\n".join(uc_merced.DATASET.layout_problems(merced, is_miniature=True))
    assert re.search(message, text)


def test_more_images_than_official_are_named(tmp_path):
    touch(tmp_path, [f"river/river_{i:03}.jpg" for i in range(701)])
    (line,) = resisc45.DATASET.layout_problems(tmp_path, is_miniature=True)
    assert line.startswith(f"{tmp_path / 'river'}: expected 700 images, found 701.")


def test_names_in_an_old_encoding_can_be_printed(merced):
    (merced / "river" / os.fsdecode(b"r\xedo.tif")).touch()
    lines = [*uc_merced.DATASET.layout_problems(merced)]
    assert any("e.g. 'r\\udcedo.tif'" in line for line in lines)
    assert "\n".join(lines).encode("utf-8")
