"""What macOS, Windows and network disks leave in folders of datasets is no part of them."""

import pytest

from miniature.world.generate import generate
from patchprobe.datasets import folders
from patchprobe.datasets.base import NAMES, dataset
from patchprobe.datasets.checks import check
from patchprobe.datasets.folders import is_litter
from patchprobe.errors import DatasetError
from tests.test_datasets_contract import WORLDS

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "
LEFT = (".DS_Store", "Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini", "Icon\r")
each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def littered(tmp_path_factory):
    """Root of a miniature in which every file and folder has its `._` twin, and what it held."""
    roots = {}

    def root(name):
        if name not in roots:
            used, n = WORLDS[name]
            folder = tmp_path_factory.mktemp(name) / "root"
            generate(name, folder, used, seed=0, n=n)
            clean = everything(name, folder)
            for path in [folder, *folder.rglob("*")]:
                path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)
                if path.is_dir():
                    for file in LEFT:
                        (path / file).write_bytes(b"\x00")
                    (path / "@eaDir").mkdir()
                    (path / "__MACOSX").mkdir()
            roots[name] = folder, clean
        return roots[name]

    return root


def everything(name, root):
    """All that a reader tells of the items under a root, but for pixels."""
    reader = dataset(name)
    items = reader.all_items(root)
    files = {item: reader.files(root, *item) for item in items}
    layout = list(reader.layout_problems(root, True))
    return items, files, layout, reader.missing(root), reader.classes(root)


@each
def test_litter_is_no_part_of_a_dataset(littered, name):
    root, clean = littered(name)
    assert everything(name, root) == clean
    assert clean[2:4] == ([], None)


@each
def test_litter_is_neither_good_nor_bad(littered, name):
    root, (items, *_) = littered(name)
    used = {split: [item for of, item in items if of == split][:3] for split, _ in items}
    report = check(dataset(name), root, used, is_miniature=True)
    assert report.problems == []
    assert report.n_items == {split: len(names) for split, names in used.items()}


@each
def test_litter_alone_is_no_dataset(tmp_path, name):
    for file in (*LEFT, "._images", "._train", "._river"):
        (tmp_path / file).write_bytes(APPLE_DOUBLE)
    message = dataset(name).missing(tmp_path)
    assert f"{dataset(name).name} not found in {tmp_path}" in message
    assert not any(file in message for file in LEFT)


def test_what_is_litter():
    assert all(map(is_litter, (*LEFT, "._7.tif", "ehthumbs.db", "@eaDir", "__MACOSX")))
    assert not any(map(is_litter, ("7.tif", "aachen", "_", "a._b.png", "Thumbs.db.png")))


@each
def test_a_folder_that_cannot_be_listed_is_named(littered, name, monkeypatch):
    root, _ = littered(name)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(folders.Path, "iterdir", refuse)
    with pytest.raises(DatasetError, match="cannot be listed .*Permission denied"):
        dataset(name).all_items(root)
    (line,) = check(dataset(name), root, {}).problems
    assert "cannot be listed" in line and str(root) in line and "config/README.md#" in line


CAPITALS = {
    "cityscapes": ("train", "leftImg8bit/train/ulm/ulm_000001_000019_leftImg8bit.png"),
    "ade20k": ("val", "images/validation/ADE_val_00000001.jpg"),
}


@pytest.mark.parametrize(("name", "split", "path"), [(k, *v) for k, v in CAPITALS.items()])
def test_a_suffix_in_capitals_is_told_and_not_left_out(tmp_path, name, split, path):
    used, n = WORLDS[name]
    generate(name, tmp_path / "root", used, seed=0, n=n)
    items = dataset(name).items(tmp_path / "root", split)
    path = tmp_path / "root" / path
    path.rename(path.with_suffix(path.suffix.upper()))
    assert dataset(name).items(tmp_path / "root", split) == items
    (line,) = check(dataset(name), tmp_path / "root", {split: items}, is_miniature=True).problems
    assert line.startswith(f"missing: {path}")
